//! API keys: `rol_<id>_<secret><checksum>`, shown once and stored only as a hash.
//!
//! The checksum tells a mistyped key from a wrong one before anything is looked up.

use crate::{
    caller::{Role, Scope},
    id::{KeyId, TenantId},
    stamp::Stamp,
    text::{AppId, Label},
    time,
};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, fmt};

/// What every key starts with.
pub const PREFIX: &str = "rol_";
/// The digits of secret and checksum: 0–9, A–Z, a–z.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The length of the secret: 43 digits of base 62 hold 256 bits.
const SECRET_DIGITS: usize = 43;
/// The length of the checksum: 6 digits of base 62 hold a CRC-32.
const CHECKSUM_DIGITS: usize = 6;

/// A key as its holder has it.
pub struct KeyText(SecretString);

/// Not a key: mistyped, cut, or something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an API key")]
pub struct InvalidKey;

impl KeyText {
    /// The key with this id and 256 bits of secret.
    pub fn new(id: KeyId, secret: [u8; 32]) -> Self {
        let body = format!("{PREFIX}{}_{}", id.ulid(), base62(&secret, SECRET_DIGITS));
        let checksum = checksum(&body);
        Self(SecretString::from(body + &checksum))
    }

    /// Reads a key and checks its checksum (CRC-32 of all before it). It says nothing about whether the key exists.
    ///
    /// # Errors
    /// Where the form or the checksum is wrong.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let rest = text.strip_prefix(PREFIX).ok_or(InvalidKey)?;
        let (id, digits) = rest.split_once('_').ok_or(InvalidKey)?;
        let shape = id.len() == 26
            && digits.len() == SECRET_DIGITS + CHECKSUM_DIGITS
            && rest.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric());
        if !shape {
            return Err(InvalidKey);
        }
        let (body, sum) = text.split_at(text.len() - CHECKSUM_DIGITS);
        if checksum(body) == sum { Ok(Self(SecretString::from(text))) } else { Err(InvalidKey) }
    }

    /// What is stored: the SHA-256 of the whole text. A plain hash suffices, because the secret has 256 bits.
    pub fn hash(&self) -> KeyHash {
        KeyHash(Sha256::digest(self.0.expose_secret()).into())
    }

    /// The text, to be shown once.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

fn checksum(body: &str) -> String {
    base62(&crc32fast::hash(body.as_bytes()).to_be_bytes(), CHECKSUM_DIGITS)
}

/// A big-endian number in base 62 with leading zeros.
fn base62(bytes: &[u8], digits: usize) -> String {
    let mut number = bytes.to_vec();
    let mut text = vec![BASE62[0]; digits];
    for digit in text.iter_mut().rev() {
        let mut remainder = 0u32;
        for byte in &mut number {
            let value = remainder << 8 | u32::from(*byte);
            *byte = (value / 62).to_le_bytes()[0];
            remainder = value % 62;
        }
        *digit = BASE62[usize::try_from(remainder).unwrap_or(0)];
    }
    text.into_iter().map(char::from).collect()
}

/// The SHA-256 of a key, the only trace of it that is kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash([u8; 32]);

impl fmt::Display for KeyHash {
    /// 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(…)")
    }
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its id, which also names it as an actor.
    pub id: KeyId,
    /// For which tenant it speaks.
    pub tenant: TenantId,
    /// What its holder calls it.
    pub label: Label,
    /// In which role it acts: admin, manager or application.
    pub role: Role,
    /// With which scopes; only an application has any.
    #[serde(default)]
    pub scopes: BTreeSet<Scope>,
    /// The application whose records it is confined to; only an application has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<AppId>,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::fixed_width::option")]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::fixed_width::option")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was last used, to the hour.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::fixed_width::option")]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Who wrote it. Noting its use counts for nothing.
    #[serde(flatten)]
    pub stamp: Stamp,
}

impl ApiKey {
    /// Whether it is accepted at `now`. An application's key that names no application never is: nothing would confine
    /// it, and it would see every record.
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        let confined = self.role != Role::Application || self.app_id.is_some();
        confined && self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn key(secret: [u8; 32]) -> KeyText {
        KeyText::new(KeyId::from_ulid(0x0163_f9d1_b4cd_cf24_a4c3_df31_b9b8_b5db_u128.into()), secret)
    }

    #[rstest]
    #[case::an_applications(Role::Application, Some("lms"), true)]
    #[case::an_applications_that_names_none(Role::Application, None, false)]
    #[case::a_managers(Role::Manager, None, true)]
    fn nothing_but_a_managers_or_an_admins_key_is_unconfined(
        #[case] role: Role,
        #[case] app: Option<&str>,
        #[case] live: bool,
    ) {
        let cx = crate::caller::tests::cx_of(Role::Admin);
        let key = ApiKey {
            id: KeyId::from_ulid(1u128.into()),
            tenant: cx.tenant,
            label: Label::parse("k").expect("valid"),
            role,
            scopes: BTreeSet::new(),
            app_id: app.map(|app| AppId::parse(app).expect("valid")),
            expires_at: None,
            revoked_at: None,
            last_used_at: None,
            stamp: Stamp::first(&cx),
        };
        assert_eq!(key.is_live(cx.now), live);
    }

    #[test]
    fn a_key_is_prefix_id_secret_and_checksum() {
        let text = key([0xff; 32]).expose().to_owned();
        assert_eq!(text.len(), 4 + 26 + 1 + 43 + 6);
        assert!(text.starts_with("rol_01CFWX3D6DSWJA9GYZ66WVHDEV_"), "{text}");
    }

    #[rstest]
    #[case(&[0], 1, "0")]
    #[case(&[61], 1, "z")]
    #[case(&[62], 2, "10")]
    #[case(&[0xff, 0xff, 0xff, 0xff], 6, "4gfFC3")]
    fn base_62_is_a_positional_number(#[case] bytes: &[u8], #[case] digits: usize, #[case] text: &str) {
        assert_eq!(base62(bytes, digits), text);
    }

    proptest! {
        #[test]
        fn every_key_reads_back(secret: [u8; 32]) {
            let made = key(secret);
            let read = KeyText::parse(made.expose()).expect("valid");
            prop_assert_eq!(read.hash(), made.hash());
        }

        #[test]
        fn one_wrong_character_fails_the_checksum(secret: [u8; 32], at in 31usize..80, other in "[0-9A-Za-z]") {
            let text = key(secret).expose().to_owned();
            prop_assume!(text[at..=at] != other);
            let mistyped = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            prop_assert!(KeyText::parse(&mistyped).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,100}") {
            let _ = KeyText::parse(&text);
        }
    }

    #[test]
    fn nothing_prints_the_secret() {
        assert_eq!(format!("{:?}", key([7; 32]).hash()), "KeyHash(…)");
    }
}
