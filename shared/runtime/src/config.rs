//! What a function is told by its environment.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Where the engines are, and with which secrets.
#[derive(Debug, Clone)]
pub struct Config {
    /// The AWS region.
    pub region: String,
    /// The table's name.
    pub table: String,
    /// The bucket's name.
    pub bucket: String,
    /// The name of the bucket in which the audit trail's heads are noted, where they are.
    pub heads_bucket: Option<String>,
    /// Another DynamoDB endpoint than the region's.
    pub dynamodb_endpoint: Option<String>,
    /// Another S3 endpoint than the region's.
    pub s3_endpoint: Option<String>,
    /// The credentials of the function's role.
    pub credentials: Credentials,
    /// What cursors are sealed with: SHA-256 of `CURSOR_KEY`.
    pub cursor_key: Option<[u8; 32]>,
    /// Whether uploads are scanned for malware before they are looked at.
    pub scans_uploads: bool,
    /// How long engines may take.
    pub patience: Patience,
}

/// How long a caller waits for an engine.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For one try of a call.
    pub attempt: Duration,
    /// For a call with all its tries.
    pub call: Duration,
    /// How long at most between two tries.
    pub pause: Duration,
    /// How long a connection is kept that nobody uses.
    pub idle: Duration,
}

impl Patience {
    /// A Lambda's: a call with all its tries takes less than any function may.
    const OF_LAMBDA: Self = Self {
        connect: Duration::from_secs(1),
        attempt: Duration::from_secs(3),
        call: Duration::from_secs(8),
        pause: Duration::from_secs(1),
        idle: Duration::from_secs(90),
    };
}

/// AWS credentials.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The access key's id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: SecretString,
    /// The session's token.
    pub session_token: Option<SecretString>,
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The Lambda that is asked for: the template's `Handler`.
pub(crate) fn handler() -> String {
    variable("_HANDLER").unwrap_or_default()
}

impl Config {
    /// Reads the environment that Lambda and the template make.
    ///
    /// # Errors
    /// The name of the variable that is missing.
    pub fn from_env() -> Result<Self, String> {
        let required = |name: &str| variable(name).ok_or_else(|| format!("expected {name} in the environment"));
        Ok(Self {
            region: required("AWS_REGION")?,
            table: required("TABLE_NAME")?,
            bucket: required("BUCKET_NAME")?,
            heads_bucket: variable("CHECKPOINTS_BUCKET_NAME"),
            dynamodb_endpoint: variable("AWS_ENDPOINT_URL_DYNAMODB"),
            s3_endpoint: variable("AWS_ENDPOINT_URL_S3"),
            credentials: Credentials {
                access_key_id: required("AWS_ACCESS_KEY_ID")?,
                secret_access_key: SecretString::from(required("AWS_SECRET_ACCESS_KEY")?),
                session_token: variable("AWS_SESSION_TOKEN").map(SecretString::from),
            },
            cursor_key: variable("CURSOR_KEY").map(|key| Self::cursor_key_of(&SecretString::from(key))),
            scans_uploads: variable("SCAN_UPLOADS").is_some_and(|value| value == "true"),
            patience: Patience::OF_LAMBDA,
        })
    }

    /// The 256 bits that a secret text stands for.
    pub fn cursor_key_of(secret: &SecretString) -> [u8; 32] {
        Sha256::digest(secret.expose_secret()).into()
    }

    /// Whether every engine is reached without TLS, as on a laptop.
    pub(crate) fn is_plain(&self) -> bool {
        self.dynamodb_endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"))
    }
}
