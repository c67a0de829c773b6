//! Tokens with anything in them, and identity providers that exist in the test alone.
//!
//! The keys in `keys/` were made once with OpenSSL and open nothing: `openssl genrsa -traditional 2048` (and 1024) as
//! PKCS #1, `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256` (and P-384) and `openssl genpkey
//! -algorithm ED25519` as PKCS #8, all as DER.

use super::{Answer, Caller, Stack};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
pub(crate) use jsonwebtoken::Algorithm;
use jsonwebtoken::{EncodingKey, crypto, jwk::Jwk};
use rol_domain::TenantId;
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

/// A private key of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SigningKey {
    Ed25519,
    /// Another one: an attacker's, or the next after a rotation.
    OtherEd25519,
    P256,
    P384,
    Rsa2048,
    Rsa1024,
}

impl SigningKey {
    /// The key's name in tokens and key sets.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::OtherEd25519 => "other-ed25519",
            Self::P256 => "p-256",
            Self::P384 => "p-384",
            Self::Rsa2048 => "rsa-2048",
            Self::Rsa1024 => "rsa-1024",
        }
    }

    /// What it signs with.
    pub(crate) fn algorithm(self) -> Algorithm {
        match self {
            Self::Ed25519 | Self::OtherEd25519 => Algorithm::EdDSA,
            Self::P256 => Algorithm::ES256,
            Self::P384 => Algorithm::ES384,
            Self::Rsa2048 | Self::Rsa1024 => Algorithm::RS256,
        }
    }

    fn private(self) -> EncodingKey {
        match self {
            Self::Ed25519 => EncodingKey::from_ed_der(include_bytes!("keys/ed25519.der")),
            Self::OtherEd25519 => EncodingKey::from_ed_der(include_bytes!("keys/ed25519-other.der")),
            Self::P256 => EncodingKey::from_ec_der(include_bytes!("keys/p-256.der")),
            Self::P384 => EncodingKey::from_ec_der(include_bytes!("keys/p-384.der")),
            Self::Rsa2048 => EncodingKey::from_rsa_der(include_bytes!("keys/rsa-2048.der")),
            Self::Rsa1024 => EncodingKey::from_rsa_der(include_bytes!("keys/rsa-1024.der")),
        }
    }

    /// The public key as a JWK with its id and nothing that is optional.
    pub(crate) fn jwk(self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.private(), self.algorithm()).expect("a public key");
        jwk.common.key_algorithm = None;
        jwk.common.key_id = Some(self.id().into());
        serde_json::to_value(jwk).expect("serialisable")
    }

    /// The signature's part of a token.
    pub(crate) fn sign(self, signed: &str) -> String {
        crypto::sign(signed.as_bytes(), &self.private(), self.algorithm()).expect("a signature")
    }
}

/// Header and payload as they stand, whatever they are, with a correct signature.
pub(crate) fn seal(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>, key: SigningKey) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = key.sign(&signed);
    format!("{signed}.{signature}")
}

/// A token to be; valid until something is changed.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) key: SigningKey,
}

impl Draft {
    pub(crate) fn with_header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header[name] = value.into();
        self
    }

    pub(crate) fn without_header(mut self, name: &str) -> Self {
        members(&mut self.header).remove(name);
        self
    }

    pub(crate) fn with(mut self, claim: &str, value: impl Into<Value>) -> Self {
        self.claims[claim] = value.into();
        self
    }

    pub(crate) fn without(mut self, claim: &str) -> Self {
        members(&mut self.claims).remove(claim);
        self
    }

    /// Signed with another key, and nothing else changed.
    pub(crate) fn signed_by(mut self, key: SigningKey) -> Self {
        self.key = key;
        self
    }

    /// The token.
    pub(crate) fn token(&self) -> String {
        seal(self.header.to_string(), self.claims.to_string(), self.key)
    }
}

fn members(value: &mut Value) -> &mut Map<String, Value> {
    value.as_object_mut().expect("an object")
}

/// An identity provider of one test. Its tokens are for the audience `api`.
pub(crate) struct Provider<'a> {
    stack: &'a Stack,
    /// The `iss` of its tokens.
    pub(crate) issuer: String,
    /// Where its keys are.
    pub(crate) jwks_url: String,
}

impl<'a> Provider<'a> {
    /// A provider with these keys, whom nobody trusts yet.
    pub(crate) fn start(stack: &'a Stack, keys: impl IntoIterator<Item = Value>) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let (now, count) = (stack.now().timestamp_micros(), COUNT.fetch_add(1, Ordering::Relaxed));
        let issuer = format!("https://id-{now}-{count}.example");
        let provider = Self { stack, jwks_url: format!("{issuer}/keys"), issuer };
        provider.rotate(keys);
        provider
    }

    /// The same, and a tenant that trusts it in all algorithms.
    pub(crate) async fn trusted(stack: &'a Stack, keys: impl IntoIterator<Item = Value>) -> (Self, TenantId) {
        let provider = Self::start(stack, keys);
        let tenant = provider.tenant(provider.entry()).await;
        (provider, tenant)
    }

    /// How a tenant names it.
    pub(crate) fn entry(&self) -> Value {
        json!({"issuer": self.issuer, "audience": "api", "jwks_url": self.jwks_url})
    }

    /// A tenant that trusts it as `entry` says.
    pub(crate) async fn tenant(&self, entry: Value) -> TenantId {
        let event = json!({"name": "Test", "issuers": [entry]});
        let made = self.stack.invoke("tenants.create", event).await.expect("a tenant");
        serde_json::from_value(made["tenant_id"].clone()).expect("an id")
    }

    /// An admin's token, valid for an hour.
    pub(crate) fn draft(&self, key: SigningKey) -> Draft {
        let now = self.stack.now().timestamp();
        Draft {
            header: json!({"typ": "JWT", "alg": format!("{:?}", key.algorithm()), "kid": key.id()}),
            claims: json!({
                "iss": self.issuer, "aud": "api", "sub": "root@example.com", "role": "admin",
                "iat": now, "exp": now + 3_600,
            }),
            key,
        }
    }

    /// Lets its keys be these from now on.
    pub(crate) fn rotate(&self, keys: impl IntoIterator<Item = Value>) {
        let keys: Vec<Value> = keys.into_iter().collect();
        self.stack.wire.serve(&self.jwks_url, json!({"keys": keys}));
    }

    /// Who the bearer of this token is told to be.
    pub(crate) async fn me(&self, token: impl AsRef<str>) -> Answer {
        Caller::bearer(self.stack, token).get("/v1/me").send().await
    }
}
