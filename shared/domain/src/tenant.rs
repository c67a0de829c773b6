//! Tenants and the issuers whose tokens speak for them.

use crate::{id::TenantId, text::Label, time};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A customer: everything else belongs to exactly one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub name: Label,
    /// When it was made.
    #[serde(with = "time::fixed_width")]
    pub created_at: DateTime<Utc>,
}

/// An identity provider whose tokens for one audience speak for one tenant. The tenant of a token comes from here
/// and not from the token: one tenant's provider could otherwise mint tokens of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    /// For which tenant.
    pub tenant: TenantId,
    /// The `iss` of its tokens, compared as it stands.
    pub issuer: String,
    /// The `aud` of its tokens, compared as it stands.
    pub audience: String,
    /// Where its public keys are (RFC 7517).
    pub jwks_url: String,
    /// The algorithms that it signs with.
    pub algorithms: Vec<Algorithm>,
}

/// The signature algorithms accepted on tokens (RFC 7518 §3.1, RFC 8037 §3.1): only asymmetric ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
}
