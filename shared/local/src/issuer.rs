//! The local identity provider: one development key, known to everybody and trusted by local stacks alone.

use anyhow::{Result, anyhow};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use rol_domain::{
    Role, TenantId,
    tenant::{self, Issuer},
};
use serde::Serialize;
use serde_json::{Value, json};

/// An Ed25519 private key in PKCS #8 (RFC 8410): its prefix, then 32 bytes that say what it is for.
const PRIVATE_KEY: &[u8; 48] =
    b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20development only: trust it never";
/// The key's id.
const KEY_ID: &str = "local-development";

/// The identity provider at a URL.
#[derive(Debug, Clone)]
pub struct LocalIssuer {
    /// Its `iss`.
    pub url: String,
}

/// What a token says.
#[derive(Debug, Clone, Serialize)]
pub struct Claims {
    /// As whom.
    pub sub: String,
    /// In which role.
    pub role: Role,
    /// For which application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// With which scopes, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

impl LocalIssuer {
    /// The provider at this URL.
    pub fn at(url: String) -> Self {
        Self { url }
    }

    /// Where its keys are.
    pub fn jwks_url(&self) -> String {
        format!("{}/.well-known/jwks.json", self.url)
    }

    /// Its public keys.
    pub fn key_set(&self) -> Value {
        let key = EncodingKey::from_ed_der(PRIVATE_KEY);
        let key = Jwk::from_encoding_key(&key, Algorithm::EdDSA).map(|mut key| {
            key.common.key_id = Some(KEY_ID.into());
            key
        });
        json!({"keys": key.into_iter().collect::<Vec<_>>()})
    }

    /// What a tenant trusts: tokens of this provider whose audience is the tenant's id.
    pub fn trusted_by(&self, tenant: TenantId) -> Issuer {
        Issuer {
            tenant,
            issuer: self.url.clone(),
            audience: tenant.to_string(),
            jwks_url: self.jwks_url(),
            algorithms: vec![tenant::Algorithm::EdDSA],
        }
    }

    /// A token for an audience: a tenant's id, where the local stack made the tenant.
    ///
    /// # Errors
    /// Where it cannot be signed.
    pub fn token(&self, audience: &str, claims: &Claims, now: DateTime<Utc>, lifetime: TimeDelta) -> Result<String> {
        let mut all = serde_json::to_value(claims)?;
        let more = json!({
            "iss": self.url,
            "aud": audience,
            "iat": now.timestamp(),
            "exp": (now + lifetime).timestamp(),
        });
        if let (Some(all), Some(more)) = (all.as_object_mut(), more.as_object()) {
            all.extend(more.clone());
        }
        let header = Header { kid: Some(KEY_ID.into()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &all, &EncodingKey::from_ed_der(PRIVATE_KEY))
            .map_err(|error| anyhow!("signing a token: {error}"))
    }
}
