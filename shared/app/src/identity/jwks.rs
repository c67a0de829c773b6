//! An issuer's public keys (RFC 7517): fetched, bounded, cached, fetched once more for an unknown key id.

use crate::App;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{
    DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use rol_domain::{
    Error, Result,
    limits::{ISSUER_CACHE_S, JWKS_REFETCH_S},
    tenant::Algorithm,
};
use serde::Deserialize;
use std::sync::Arc;

/// The shortest RSA modulus, in base64url characters of 2,048 bits.
const MIN_RSA_MODULUS: usize = 342;

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
            keys = self.fetch_keys(&url, now).await?;
            found = find(&keys, key_id, algorithm);
        }
        Ok(found)
    }

    async fn fetch_keys(&self, url: &str, now: DateTime<Utc>) -> Result<KeySet> {
        let body = (self.0.ports.fetch)(url.to_owned()).await?;
        let document: Document = serde_json::from_slice(&body)
            .map_err(|error| Error::Unavailable { what: "the identity provider", source: error.into() })?;
        // A key that we cannot read is one that we do not use.
        let keys = document.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        let keys: KeySet = Arc::new(keys.collect());
        self.0.identities.jwks.put(url.to_owned(), now, keys.clone());
        Ok(keys)
    }
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

/// Whether a key is of the algorithm's kind and strength and meant for signatures.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(rsa), Algorithm::RS256) => rsa.n.len() >= MIN_RSA_MODULUS,
        (AlgorithmParameters::EllipticCurve(ec), Algorithm::ES256) => ec.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(okp), Algorithm::EdDSA) => okp.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let named = match key.common.key_algorithm {
        Some(named) => named.to_string() == format!("{algorithm:?}"),
        None => true,
    };
    let signs = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    kind && named && signs
}
