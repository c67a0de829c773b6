//! An issuer's public keys (RFC 7517): fetched, bounded, cached, fetched once more for an unknown key id.

use crate::App;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{
    DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse},
};
use rol_domain::{
    Error, Result,
    error::Source,
    limits::{ISSUER_CACHE_S, JWKS_REFETCH_S},
    tenant::Algorithm,
};
use serde::Deserialize;
use std::sync::Arc;

/// The shortest RSA modulus, in bytes (RFC 7518 §3.3); the highest bit of one that short is set.
const MIN_RSA_MODULUS: usize = 256;
/// The length of a coordinate of P-256 and of a key of Ed25519, in bytes (RFC 7518 §6.2.1.2, RFC 8032 §5.1.5).
const COORDINATE: usize = 32;

/// The keys of one set that can verify a signature.
pub(super) type KeySet = Arc<Vec<Jwk>>;

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

impl App {
    /// The key of a set that a token names, for one algorithm. Without a key id the set may hold only one such key.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the set cannot be had.
    pub(super) async fn verifying_key(
        &self,
        url: &str,
        key_id: Option<&str>,
        algorithm: Algorithm,
        now: DateTime<Utc>,
    ) -> Result<Option<DecodingKey>> {
        let cache = &self.0.identities.jwks;
        let url = url.to_owned();
        let (at, mut keys) = match cache.get(&url, now, ISSUER_CACHE_S) {
            Some(known) => known,
            None => (now, self.fetch_keys(&url, now).await?),
        };
        let mut found = find(&keys, key_id, algorithm);
        if found.is_none() && now - at >= TimeDelta::seconds(JWKS_REFETCH_S) {
            let missed = &self.0.identities.missed;
            if missed.get(&url, now, JWKS_REFETCH_S).is_some() {
                return Err(unavailable("it could not be had a moment ago"));
            }
            // Until it comes: a key id costs an attacker nothing, and a provider that is down should not be asked for
            // each.
            missed.put(url.clone(), now, ());
            keys = self.fetch_keys(&url, now).await?;
            found = find(&keys, key_id, algorithm);
        }
        Ok(found)
    }

    async fn fetch_keys(&self, url: &str, now: DateTime<Utc>) -> Result<KeySet> {
        let body = (self.0.ports.fetch)(url.to_owned()).await?;
        let document: Document = serde_json::from_slice(&body).map_err(unavailable)?;
        // A key that we cannot read is one that we do not use.
        let keys = document.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        let keys: KeySet = Arc::new(keys.collect());
        self.0.identities.jwks.put(url.to_owned(), now, keys.clone());
        Ok(keys)
    }
}

fn unavailable(source: impl Into<Source>) -> Error {
    Error::Unavailable { what: "the identity provider", source: source.into() }
}

fn find(keys: &[Jwk], key_id: Option<&str>, algorithm: Algorithm) -> Option<DecodingKey> {
    let mut fitting = keys.iter().filter(|key| fits(key, algorithm));
    let key = match key_id {
        Some(id) => fitting.find(|key| key.common.key_id.as_deref() == Some(id))?,
        None => {
            let only = fitting.next()?;
            if fitting.next().is_some() {
                return None;
            }
            only
        }
    };
    DecodingKey::from_jwk(key).ok()
}

/// Whether a key is of the algorithm's kind and strength, whole, and meant to verify signatures.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(rsa), Algorithm::RS256) => is_strong(&rsa.n),
        (AlgorithmParameters::EllipticCurve(ec), Algorithm::ES256) => {
            ec.curve == EllipticCurve::P256 && is_whole(&ec.x) && is_whole(&ec.y)
        }
        (AlgorithmParameters::OctetKeyPair(okp), Algorithm::EdDSA) => {
            okp.curve == EllipticCurve::Ed25519 && is_whole(&okp.x)
        }
        _ => false,
    };
    let named = match key.common.key_algorithm {
        Some(named) => named.to_string() == format!("{algorithm:?}"),
        None => true,
    };
    let signs = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let verifies = key.common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify));
    kind && named && signs && verifies
}

fn is_strong(modulus: &str) -> bool {
    let bytes = URL_SAFE_NO_PAD.decode(modulus).unwrap_or_default();
    let digits: &[u8] = bytes.iter().position(|byte| *byte != 0).map_or(&[], |first| &bytes[first..]);
    digits.len() > MIN_RSA_MODULUS || (digits.len() == MIN_RSA_MODULUS && digits[0] >= 0x80)
}

/// Of its full length: `jsonwebtoken` panics at an Ed25519 key that is shorter.
fn is_whole(coordinate: &str) -> bool {
    URL_SAFE_NO_PAD.decode(coordinate).is_ok_and(|bytes| bytes.len() == COORDINATE)
}
