//! Cursors: opaque, sealed, and of use only to the caller who got one, for the same query, for a day.

use crate::App;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rol_domain::{Cx, Error, Result, limits::CURSOR_LIFETIME_S};

const NONCE: usize = 24;
const TIME: usize = 8;

impl App {
    /// Seals a position in the list that `query` names.
    pub(crate) fn seal_cursor(&self, cx: &Cx, query: &str, position: &str) -> Result<String> {
        let nonce: [u8; NONCE] = self.random();
        let mut plain = (cx.now.timestamp() + CURSOR_LIFETIME_S).to_be_bytes().to_vec();
        plain.extend_from_slice(position.as_bytes());
        let payload = Payload { msg: &plain, aad: &bound_to(cx, query) };
        let sealed = self
            .cipher()?
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| Error::internal("sealing a cursor", "the cipher failed"))?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens a cursor of this caller and this query. Whatever is wrong with it, the answer is the same.
    pub(crate) fn open_cursor(&self, cx: &Cx, query: &str, cursor: &str) -> Result<String> {
        let refused =
            || Error::bad_parameter("cursor", "expected an unchanged cursor of this list, less than a day old");
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or_else(refused)?;
        let payload = Payload { msg: sealed, aad: &bound_to(cx, query) };
        let plain = self.cipher()?.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| refused())?;
        let (time, position) = plain.split_first_chunk::<TIME>().ok_or_else(refused)?;
        if i64::from_be_bytes(*time) < cx.now.timestamp() {
            return Err(refused());
        }
        String::from_utf8(position.to_vec()).map_err(|_| refused())
    }

    fn cipher(&self) -> Result<XChaCha20Poly1305> {
        let key = self
            .0
            .ports
            .cursor_key
            .ok_or_else(|| Error::internal("sealing a cursor", "this function has no CURSOR_KEY"))?;
        Ok(XChaCha20Poly1305::new(&key.into()))
    }
}

/// Tenant, caller, role and query, each with its length in front.
fn bound_to(cx: &Cx, query: &str) -> Vec<u8> {
    let app = cx.app_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let subject = cx.subject.as_ref().map(ToString::to_string).unwrap_or_default();
    let parts = [cx.tenant.to_string(), cx.actor.to_string(), subject, cx.role.to_string(), app, query.to_owned()];
    parts.iter().flat_map(|part| [&part.len().to_be_bytes(), part.as_bytes()].concat()).collect()
}
