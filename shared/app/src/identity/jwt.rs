//! JSON Web Tokens (RFC 7519) of a tenant's identity provider, checked as RFC 8725 advises.
//!
//! Issuer and audience are read first, unverified, only to find the [`Issuer`] item: it names the tenant, the keys
//! and the algorithms. Nothing of the token decides any of these.

use super::Identity;
use crate::App;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use rol_domain::{
    Actor, Error, KeyId, Result, Role, json,
    limits::{ISSUER_CACHE_S, MAX_AUDIENCES, MAX_TOKEN_BYTES, TOKEN_LEEWAY_S},
    tenant::{Algorithm, Issuer},
    text::{AppId, PersonId},
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IntoDeserializer, value::StringDeserializer},
};
use std::collections::BTreeSet;

/// Headers that would let a token bring its own key, or change what is signed (RFC 7515 §4.1, RFC 7797).
const REFUSED_HEADERS: [&str; 6] = ["jku", "jwk", "x5u", "x5c", "crit", "b64"];

/// What an access token may call itself (RFC 7519 §5.1, RFC 9068 §2.1), in any case. A token of another type is for
/// something else, though the same provider signed it (RFC 8725 §3.11).
const TYPES: [&str; 4] = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"];

#[derive(Deserialize)]
struct Header {
    #[serde(deserialize_with = "named")]
    alg: Algorithm,
    kid: Option<String>,
    typ: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    sub: PersonId,
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
    #[serde(deserialize_with = "named")]
    role: Role,
    app_id: Option<AppId>,
    scope: Option<String>,
    tenant_id: Option<String>,
}

/// One of several names, as a text: serde alone would also take `{"admin": null}`.
fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    let name: StringDeserializer<D::Error> = String::deserialize(deserializer)?.into_deserializer();
    T::deserialize(name)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(audience) => std::slice::from_ref(audience),
            Self::Many(audiences) => audiences,
        }
    }
}

/// A token taken apart, nothing of it verified.
struct Parts<'a> {
    header: Header,
    claims: Claims,
    signed: &'a [u8],
    signature: &'a str,
}

impl App {
    pub(super) async fn identify_token(&self, text: &str, now: DateTime<Utc>) -> Result<Identity> {
        let refused = || Error::Unauthenticated("the token is not valid");
        let parts = take_apart(text).ok_or_else(refused)?;
        let issuer = self.issuer_of(&parts.claims, now).await?.ok_or_else(refused)?;
        if !issuer.algorithms.contains(&parts.header.alg) {
            return Err(refused());
        }
        let key = self.verifying_key(&issuer.jwks_url, parts.header.kid.as_deref(), parts.header.alg, now).await?;
        let key = key.ok_or_else(refused)?;
        let verified = jsonwebtoken::crypto::verify(parts.signature, parts.signed, &key, algorithm(parts.header.alg));
        if !matches!(verified, Ok(true)) || !is_timely(&parts.claims, now) {
            return Err(refused());
        }
        identity(parts.claims, &issuer).ok_or_else(refused)
    }

    /// The issuer item of a token's (`iss`, `aud`), if there is one.
    async fn issuer_of(&self, claims: &Claims, now: DateTime<Utc>) -> Result<Option<Issuer>> {
        let cache = &self.0.identities.issuers;
        for audience in claims.aud.as_slice().iter().take(MAX_AUDIENCES) {
            let key = (claims.iss.clone(), audience.clone());
            if let Some((_, issuer)) = cache.get(&key, now, ISSUER_CACHE_S) {
                return Ok(Some(issuer));
            }
            if let Some(issuer) = self.store().issuer(&claims.iss, audience).await? {
                cache.put(key, now, issuer.clone());
                return Ok(Some(issuer));
            }
        }
        Ok(None)
    }
}

fn take_apart(text: &str) -> Option<Parts<'_>> {
    if text.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let (signed, signature) = text.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let header_value = object(header)?;
    if REFUSED_HEADERS.iter().any(|name| header_value.get(name).is_some()) {
        return None;
    }
    let header: Header = read(header_value)?;
    if header.typ.as_ref().is_some_and(|typ| !TYPES.iter().any(|known| typ.eq_ignore_ascii_case(known))) {
        return None;
    }
    Some(Parts { header, claims: read(object(payload)?)?, signed: signed.as_bytes(), signature })
}

/// A base64url part as a JSON object without duplicate names. Serde would also read a struct from a list.
fn object(part: &str) -> Option<serde_json::Value> {
    json::strict(&URL_SAFE_NO_PAD.decode(part).ok()?).ok().filter(serde_json::Value::is_object)
}

fn read<T: DeserializeOwned>(value: serde_json::Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

fn is_timely(claims: &Claims, now: DateTime<Utc>) -> bool {
    // Seconds since 1970 fit a double exactly for the next 285 million years.
    #[expect(clippy::cast_precision_loss, reason = "see above")]
    let (now, leeway) = (now.timestamp() as f64, TOKEN_LEEWAY_S as f64);
    let begun = |at: Option<f64>| at.is_none_or(|at| at <= now + leeway);
    now < claims.exp + leeway && begun(claims.nbf) && begun(claims.iat)
}

fn identity(claims: Claims, issuer: &Issuer) -> Option<Identity> {
    if claims.tenant_id.is_some_and(|tenant| tenant != issuer.tenant.to_string()) {
        return None;
    }
    // A person named like a key would leave that key's name on whatever they do.
    if KeyId::parse(claims.sub.as_str()).is_ok_and(|key| key.to_string() == claims.sub.as_str()) {
        return None;
    }
    // An application without an id would see every record.
    if claims.role == Role::Application && claims.app_id.is_none() {
        return None;
    }
    // RFC 8693 §4.2: scopes are separated by spaces. Those of other services are none of ours.
    let scopes = claims.scope.unwrap_or_default();
    let scopes = scopes.split(' ').filter_map(|scope| read(scope.into())).collect::<BTreeSet<_>>();
    Some(Identity {
        tenant: issuer.tenant,
        actor: Actor::Subject(claims.sub),
        subject: None,
        app_id: claims.app_id,
        role: claims.role,
        scopes: (claims.role == Role::Application).then_some(scopes),
        groups: BTreeSet::new(),
    })
}

fn algorithm(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::RS256 => jsonwebtoken::Algorithm::RS256,
        Algorithm::ES256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::EdDSA => jsonwebtoken::Algorithm::EdDSA,
    }
}
