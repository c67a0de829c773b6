//! Minted ids: a prefix and a ULID, 16 bytes inside and text only at the edge.
//!
//! A record's id is **self-locating**. A ULID has 48 bits of time and 80 free bits; ours spends 40 of them on the
//! [`PersonKey`], a hash of tenant and person, and 40 on randomness. The partition of a record follows from its id
//! alone, so get, delete and restore by id need no index and no pointer item.

use crate::text::PersonId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use std::{fmt, hash, marker::PhantomData, str::FromStr};
use ulid::Ulid;

/// What an id is of; gives the prefix of its text.
pub trait Marker {
    /// Three letters, without the underscore.
    const PREFIX: &'static str;
}

macro_rules! markers {
    ($($(#[$doc:meta])+ $name:ident: $marker:ident = $prefix:literal;)+) => {$(
        #[doc = concat!("Marks an id that starts with `", $prefix, "_`.")]
        #[derive(Debug)]
        pub enum $marker {}
        impl Marker for $marker {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])+
        pub type $name = Id<$marker>;
    )+};
}

markers! {
    /// A record's id: `lrn_` and a self-locating ULID.
    RecordId: OfRecord = "lrn";
    /// A tenant's id: `ten_` and a ULID.
    TenantId: OfTenant = "ten";
    /// An API key's id: `key_` and a ULID. It is no secret.
    KeyId: OfKey = "key";
    /// A group's id: `grp_` and a ULID.
    GroupId: OfGroup = "grp";
    /// An attachment's id: `att_` and a ULID.
    AttachmentId: OfAttachment = "att";
    /// An activity's id: `atv_` and a ULID. A record may also name another system's activity, which is
    /// [`crate::text::ActivityId`].
    MintedActivityId: OfActivity = "atv";
}

/// An id of a `K`.
pub struct Id<K> {
    ulid: Ulid,
    of: PhantomData<fn() -> K>,
}

/// Not an id of this kind: the prefix, an underscore and 26 characters of a ULID, or the UUID spelling of its 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an id of the form {prefix}_01ARZ3NDEKTSV4RRFFQ69G5FAV", prefix = .0)]
pub struct InvalidId(&'static str);

impl<K: Marker> Id<K> {
    /// The id with these 128 bits.
    pub const fn from_ulid(ulid: Ulid) -> Self {
        Self { ulid, of: PhantomData }
    }

    /// A new id of the moment `now` with 80 bits of randomness. Records use [`RecordId::mint`] instead.
    pub fn random(now: DateTime<Utc>, random: [u8; 10]) -> Self {
        let low = random.iter().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
        Self::from_ulid(Ulid::from_parts(time_of(now), low))
    }

    /// The ULID without the prefix, 26 characters in Crockford's base 32, which sort by time.
    pub fn ulid(self) -> Ulid {
        self.ulid
    }

    /// The UUID spelling of the same 128 bits: 8-4-4-4-12 lower-case hexadecimal digits.
    pub fn to_uuid(self) -> String {
        let hex = format!("{:032x}", u128::from(self.ulid));
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// Reads either spelling; letters in either case.
    ///
    /// # Errors
    /// Where the text is neither.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let invalid = InvalidId(K::PREFIX);
        if let Some(uuid) = uuid_bits(text) {
            return Ok(Self::from_ulid(Ulid::from(uuid)));
        }
        let ulid = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or(invalid)?;
        // 26 characters hold 130 bits: the first may not exceed 7, or two spellings would be one id. Crockford's
        // base 32 also reads I, L and O as digits, which the same rule excludes.
        if ulid.len() != 26
            || !ulid.starts_with(|c| ('0'..='7').contains(&c))
            || ulid.contains(['i', 'l', 'o', 'u', 'I', 'L', 'O', 'U'])
        {
            return Err(invalid);
        }
        Ulid::from_string(ulid).map(Self::from_ulid).map_err(|_| invalid)
    }
}

fn uuid_bits(text: &str) -> Option<u128> {
    let shape = text.len() == 36
        && text
            .bytes()
            .enumerate()
            .all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() });
    shape.then(|| u128::from_str_radix(&text.replace('-', ""), 16).ok()).flatten()
}

fn time_of(now: DateTime<Utc>) -> u64 {
    u64::try_from(now.timestamp_millis()).unwrap_or(0)
}

/// 40 bits of a hash of tenant and person: the part of a record's id, and of its partition key, that says whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonKey([u8; 5]);

impl PersonKey {
    /// The key of a person in a tenant. In a tenant of a million people some two share one: whoever reads a
    /// partition filters by the person's id.
    pub fn of(tenant: TenantId, person: &PersonId) -> Self {
        let mut hash = Sha256::new();
        hash.update(tenant.ulid.to_bytes());
        hash.update(person.as_str());
        let digest = hash.finalize();
        Self([digest[0], digest[1], digest[2], digest[3], digest[4]])
    }

    fn bits(self) -> u128 {
        self.0.iter().fold(0, |bits, byte| bits << 8 | u128::from(*byte))
    }
}

impl fmt::Display for PersonKey {
    /// 8 characters in Crockford's base 32.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A ULID's last 16 characters are its 80 free bits; these 40 are the upper half.
        f.write_str(&Ulid::from_parts(0, self.bits() << 40).to_string()[10..18])
    }
}

impl RecordId {
    /// A new id of the moment `now` for a record of the person behind `person`, with 40 bits of randomness.
    pub fn mint(now: DateTime<Utc>, person: PersonKey, random: [u8; 5]) -> Self {
        let low = random.iter().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
        Self::from_ulid(Ulid::from_parts(time_of(now), person.bits() << 40 | low))
    }

    /// The first id that a moment can have.
    pub fn first_of(moment: DateTime<Utc>) -> Self {
        Self::from_ulid(Ulid::from_parts(time_of(moment), 0))
    }

    /// The last id that a moment can have.
    pub fn last_of(moment: DateTime<Utc>) -> Self {
        Self::from_ulid(Ulid::from_parts(time_of(moment), u128::MAX))
    }

    /// As [`Self::mint`], with the randomness of a text: the same id from the same text.
    pub fn derived(now: DateTime<Utc>, person: PersonKey, from: &str) -> Self {
        let digest = Sha256::digest(from);
        Self::mint(now, person, [digest[0], digest[1], digest[2], digest[3], digest[4]])
    }

    /// Whose record it is, and so its partition.
    pub fn person_key(self) -> PersonKey {
        let bytes = self.ulid.to_bytes();
        PersonKey([bytes[6], bytes[7], bytes[8], bytes[9], bytes[10]])
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.ulid == other.ulid
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.ulid.cmp(&other.ulid)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.ulid.hash(state);
    }
}
impl<K: Marker> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, self.ulid)
    }
}
impl<K: Marker> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<K: Marker> FromStr for Id<K> {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}
impl<K: Marker> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, K: Marker> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(ms).expect("in range")
    }

    fn tenant(bits: u128) -> TenantId {
        TenantId::from_ulid(Ulid::from(bits))
    }

    proptest! {
        #[test]
        fn a_record_id_locates_its_partition(
            ms in 0i64..(1 << 47), tenant_bits: u128, person in "[!-~]{1,128}", random: [u8; 5],
        ) {
            let key = PersonKey::of(tenant(tenant_bits), &PersonId::parse(person).expect("visible ASCII"));
            let id = RecordId::mint(at(ms), key, random);
            prop_assert_eq!(id.person_key(), key);
            prop_assert_eq!(&id.to_string()[14..22], key.to_string());
            prop_assert_eq!(id.ulid().timestamp_ms(), u64::try_from(ms).expect("not negative"));
        }

        #[test]
        fn record_ids_order_by_time(a in 0i64..(1 << 47), b in 0i64..(1 << 47), ka: [u8; 5], kb: [u8; 5], random: [u8; 5]) {
            prop_assume!(a != b);
            let (first, second) = (RecordId::mint(at(a), PersonKey(ka), random), RecordId::mint(at(b), PersonKey(kb), random));
            prop_assert_eq!(first.cmp(&second), a.cmp(&b));
            prop_assert_eq!(first.to_string().cmp(&second.to_string()), a.cmp(&b));
        }

        #[test]
        fn both_spellings_read_back(bits: u128) {
            let id = RecordId::from_ulid(Ulid::from(bits));
            prop_assert_eq!(RecordId::parse(&id.to_string()), Ok(id));
            prop_assert_eq!(RecordId::parse(&id.to_uuid()), Ok(id));
            prop_assert_eq!(RecordId::parse(&id.to_uuid().to_uppercase()), Ok(id));
        }

        #[test]
        fn another_tenant_or_person_has_another_key(a: u128, b: u128, p in "[!-~]{1,20}", q in "[!-~]{1,20}") {
            prop_assume!(a != b && p != q);
            let key = |t, p: &str| PersonKey::of(tenant(t), &PersonId::parse(p).expect("visible ASCII"));
            prop_assert_ne!(key(a, &p), key(b, &p));
            prop_assert_ne!(key(a, &p), key(a, &q));
        }
    }

    #[rstest]
    #[case::empty("")]
    #[case::no_prefix("01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    #[case::of_a_tenant("ten_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    #[case::short("lrn_01ARZ3NDEKTSV4RRFFQ69G5FA")]
    #[case::long("lrn_01ARZ3NDEKTSV4RRFFQ69G5FAVV")]
    #[case::over_128_bits("lrn_81ARZ3NDEKTSV4RRFFQ69G5FAV")]
    #[case::letter_outside_the_alphabet("lrn_01ARZ3NDEKTSV4RRFFQ69G5FAU")]
    #[case::letter_read_as_a_digit("lrn_O1ARZ3NDEKTSV4RRFFQ69G5FAV")]
    #[case::not_ascii("lrn_01ARZ3NDEKTSV4RRFFQ69G5Fé")]
    #[case::uuid_without_dashes("0163f9d1b4cdcf24a4c3df31b9b8b5db")]
    #[case::signed_uuid("+163f9d1-b4cd-cf24-a4c3-df31b9b8b5db")]
    fn another_text_is_no_record_id(#[case] text: &str) {
        assert!(RecordId::parse(text).is_err());
    }

    #[test]
    fn letters_may_be_lower_case() {
        let id = RecordId::parse("lrn_01arz3ndektsv4rrffq69g5fav").expect("valid");
        assert_eq!(id.to_string(), "lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    }
}
