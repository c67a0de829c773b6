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
        self.seal(cx.now.timestamp() + CURSOR_LIFETIME_S, &bound_to(cx, query), position)
    }

    /// Opens a cursor of this caller and this query. Whatever is wrong with it, the answer is the same.
    pub(crate) fn open_cursor(&self, cx: &Cx, query: &str, cursor: &str) -> Result<String> {
        let expected = "expected an unchanged cursor of this list, less than a day old";
        self.open(cx, &bound_to(cx, query), cursor)?.ok_or_else(|| Error::bad_parameter("cursor", expected))
    }

    /// Seals a position that every caller of the tenant may go on from, for so many seconds.
    pub(crate) fn seal_tenants_cursor(&self, cx: &Cx, query: &str, position: &str, seconds: i64) -> Result<String> {
        self.seal(cx.now.timestamp() + seconds, &parts([cx.tenant.to_string(), query.to_owned()]), position)
    }

    /// Opens a cursor of this tenant and this query, which stood in the parameter `name`.
    pub(crate) fn open_tenants_cursor(&self, cx: &Cx, query: &str, name: &str, cursor: &str) -> Result<String> {
        let bound = parts([cx.tenant.to_string(), query.to_owned()]);
        let expected = "expected an unchanged cursor of this feed, less than 30 days old";
        self.open(cx, &bound, cursor)?.ok_or_else(|| Error::bad_parameter(name, expected))
    }

    fn seal(&self, ends: i64, bound: &[u8], position: &str) -> Result<String> {
        let nonce: [u8; NONCE] = self.random();
        let mut plain = ends.to_be_bytes().to_vec();
        plain.extend_from_slice(position.as_bytes());
        let payload = Payload { msg: &plain, aad: bound };
        let sealed = self
            .cipher()?
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| Error::internal("sealing a cursor", "the cipher failed"))?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What was sealed, if nothing is wrong with it.
    fn open(&self, cx: &Cx, bound: &[u8], cursor: &str) -> Result<Option<String>> {
        let cipher = self.cipher()?;
        let plain = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| {
            let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
            cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: bound }).ok()
        });
        Ok(plain.and_then(|plain| {
            let (ends, position) = plain.split_first_chunk::<TIME>()?;
            (i64::from_be_bytes(*ends) >= cx.now.timestamp()).then(|| String::from_utf8(position.to_vec()).ok())?
        }))
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

/// Tenant, caller, role and query.
fn bound_to(cx: &Cx, query: &str) -> Vec<u8> {
    let app = cx.app_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let subject = cx.subject.as_ref().map(ToString::to_string).unwrap_or_default();
    parts([cx.tenant.to_string(), cx.actor.to_string(), subject, cx.role.to_string(), app, query.to_owned()])
}

/// Each part with its length in front.
fn parts<const N: usize>(parts: [String; N]) -> Vec<u8> {
    parts.iter().flat_map(|part| [&part.len().to_be_bytes(), part.as_bytes()].concat()).collect()
}
