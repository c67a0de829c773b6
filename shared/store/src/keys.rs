//! Every key of the table, as functions of what it identifies. Parts are typed, and text of clients is escaped, so
//! that distinct things have distinct keys.
//!
//! | entity | pk | sk | indexes |
//! |---|---|---|---|
//! | Record | `T#<tenant>#P#<person key>` | `REC#<ulid>` | by-tenant, by-completion?, by-expiry?, by-activity? |
//! | Name | `T#<tenant>#NAME#<kind>#<value>` | `NAME` | – |
//! | API key | `KEY#<sha256>` | `KEY` | by-tenant |
//! | Tenant | `TENANT#<id>` | `TENANT` | by-tenant |
//! | Issuer | `ISS#<sha256 of issuer, audience>` | `ISS` | – |
//!
//! Index keys are attributes of their own, absent where they do not apply: `tenant_shard` (`<tenant>#<KIND>#<0..3>`),
//! `id`, `completed_key`, `expires_key` (UTC at fixed width, `#`, id), `activity_shard` (`<tenant>#<activity>#<0..3>`).

use aws_sdk_dynamodb::types::AttributeValue;
use rol_domain::{
    PersonKey, RecordId, TenantId, When,
    api_key::KeyHash,
    text::{ActivityId, AppId, ExternalId, IdempotencyKey},
};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Display;

/// The table's partition key.
pub(crate) const PK: &str = "pk";
/// The table's sort key.
pub(crate) const SK: &str = "sk";
/// The index over everything of a tenant that is listed.
pub(crate) const BY_TENANT: &str = "by-tenant";
/// The partition key of `by-tenant`, `by-completion` and `by-expiry`.
pub(crate) const TENANT_SHARD: &str = "tenant_shard";
/// The sort key of `by-tenant` and `by-activity`.
pub(crate) const ID: &str = "id";
/// What the sort keys of records start with.
pub(crate) const RECORD_PREFIX: &str = "REC#";
/// The shards of an index partition: a tenant's index accepts 4,000 writes a second, not 1,000.
pub(crate) const SHARDS: u8 = 4;

/// The primary key of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    pub(crate) fn record(tenant: TenantId, id: RecordId) -> Self {
        Self::new(person_partition(tenant, id.person_key()), format!("{RECORD_PREFIX}{}", id.ulid()))
    }

    pub(crate) fn external_id(tenant: TenantId, external_id: &ExternalId) -> Self {
        Self::new(format!("T#{tenant}#NAME#external_id#{}", escape(external_id)), "NAME")
    }

    /// An `Idempotency-Key` counts per actor, application and route.
    pub(crate) fn idempotency(
        tenant: TenantId,
        actor: &str,
        app: Option<&AppId>,
        route: &str,
        key: &IdempotencyKey,
    ) -> Self {
        let app = app.map(escape).unwrap_or_default();
        Self::new(
            format!("T#{tenant}#NAME#idempotency#{}#{app}#{}#{}", escape(actor), escape(route), escape(key)),
            "NAME",
        )
    }

    pub(crate) fn api_key(hash: KeyHash) -> Self {
        Self::new(format!("KEY#{hash}"), "KEY")
    }

    pub(crate) fn tenant(tenant: TenantId) -> Self {
        Self::new(format!("TENANT#{tenant}"), "TENANT")
    }

    pub(crate) fn issuer(issuer: &str, audience: &str) -> Self {
        let mut hash = Sha256::new();
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hash.update(issuer.len().to_be_bytes());
        hash.update(issuer);
        hash.update(audience);
        Self::new(format!("ISS#{}", hex(&hash.finalize())), "ISS")
    }

    /// A key that no item has.
    pub(crate) fn prime() -> Self {
        Self::new("PRIME", "PRIME")
    }

    pub(crate) fn into_item(self) -> HashMap<String, AttributeValue> {
        HashMap::from([(PK.to_owned(), AttributeValue::S(self.pk)), (SK.to_owned(), AttributeValue::S(self.sk))])
    }
}

/// The partition of a person: records, and what belongs to them.
pub(crate) fn person_partition(tenant: TenantId, person: PersonKey) -> String {
    format!("T#{tenant}#P#{person}")
}

/// The kinds of thing in `by-tenant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    Record,
    ApiKey,
}

/// The partition of a tenant's things of one kind in `by-tenant`, `by-completion` and `by-expiry`.
pub(crate) fn tenant_shard(tenant: TenantId, kind: Listed, shard: u8) -> String {
    let kind = match kind {
        Listed::Record => "RECORD",
        Listed::ApiKey => "KEY",
    };
    format!("{tenant}#{kind}#{shard}")
}

/// The partition of the tenants themselves in `by-tenant`: scheduled work and the local stack walk all tenants.
pub(crate) fn tenants_shard(shard: u8) -> String {
    format!("*#TENANT#{shard}")
}

/// The partition of an activity's records in `by-activity`.
pub(crate) fn activity_shard(tenant: TenantId, activity: &ActivityId, shard: u8) -> String {
    format!("{tenant}#{}#{shard}", escape(activity))
}

/// A sort key by time: UTC at fixed width, then the id.
pub(crate) fn time_key(when: When, id: impl Display) -> String {
    format!("{}#{id}", when.sort_key())
}

/// The shard of an id, by its hash.
pub(crate) fn shard_of(id: impl Display) -> u8 {
    Sha256::digest(id.to_string())[0] % SHARDS
}

/// Text of a client as part of a key: no `#`, and still distinct.
fn escape(text: impl Display) -> String {
    text.to_string().replace('%', "%25").replace('#', "%23")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rol_domain::{Id, api_key::KeyText, text::PersonId};

    /// What a key can be made of.
    #[derive(Debug, Clone, PartialEq)]
    enum Input {
        Record(u128, u128),
        ExternalId(u128, String),
        Idempotency(u128, String, Option<String>, String, String),
        ApiKey(u128, u8),
        Tenant(u128),
        Issuer(String, String),
    }

    fn key(input: &Input) -> Key {
        let tenant = |bits: u128| Id::from_ulid(bits.into());
        match input {
            Input::Record(t, id) => Key::record(tenant(*t), Id::from_ulid((*id).into())),
            Input::ExternalId(t, id) => Key::external_id(tenant(*t), &ExternalId::parse(id).expect("valid")),
            Input::Idempotency(t, actor, app, route, name) => Key::idempotency(
                tenant(*t),
                actor,
                app.as_ref().map(|app| AppId::parse(app).expect("valid")).as_ref(),
                route,
                &IdempotencyKey::parse(name).expect("valid"),
            ),
            Input::ApiKey(id, secret) => Key::api_key(KeyText::new(Id::from_ulid((*id).into()), [*secret; 32]).hash()),
            Input::Tenant(t) => Key::tenant(tenant(*t)),
            Input::Issuer(issuer, audience) => Key::issuer(issuer, audience),
        }
    }

    /// Few characters, separators among them, so that collisions would be found.
    fn text() -> impl Strategy<Value = String> {
        "[#%235a]{1,6}"
    }

    fn input() -> impl Strategy<Value = Input> {
        let bits = 0u128..3;
        prop_oneof![
            (bits.clone(), bits.clone()).prop_map(|(t, id)| Input::Record(t, id)),
            (bits.clone(), text()).prop_map(|(t, id)| Input::ExternalId(t, id)),
            (bits.clone(), text(), proptest::option::of(text()), text(), text())
                .prop_map(|(t, actor, app, route, name)| Input::Idempotency(t, actor, app, route, name)),
            (bits.clone(), 0u8..3).prop_map(|(id, secret)| Input::ApiKey(id, secret)),
            bits.prop_map(Input::Tenant),
            (text(), text()).prop_map(|(issuer, audience)| Input::Issuer(issuer, audience)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn distinct_inputs_have_distinct_keys(a in input(), b in input()) {
            prop_assert_eq!(key(&a) == key(&b), a == b);
        }

        #[test]
        fn keys_fit_dynamodbs_limits(actor in "[!-~]{128}", app in "[!-~]{128}", name in "[!-~]{255}", id in "[!-~]{128}") {
            let tenant = Id::from_ulid(u128::MAX.into());
            let app = AppId::parse(app).expect("valid");
            let name = IdempotencyKey::parse(name).expect("valid");
            let idempotency = Key::idempotency(tenant, &actor, Some(&app), "PUT /v1/learning-records/by-external-id/{external_id}", &name);
            let external = Key::external_id(tenant, &ExternalId::parse(&id).expect("valid"));
            let shard = activity_shard(tenant, &ActivityId::parse(&id).expect("valid"), 3);
            prop_assert!(idempotency.pk.len() <= 2048 && external.pk.len() <= 2048 && shard.len() <= 2048);
        }

        #[test]
        fn a_record_lies_in_its_persons_partition(t: u128, person in "[!-~]{1,128}", random: [u8; 5]) {
            let tenant = Id::from_ulid(t.into());
            let person = PersonKey::of(tenant, &PersonId::parse(person).expect("valid"));
            let id = RecordId::mint(chrono::DateTime::UNIX_EPOCH, person, random);
            prop_assert_eq!(Key::record(tenant, id).pk, person_partition(tenant, person));
        }

        #[test]
        fn activities_have_distinct_shards(a in text(), b in text(), s in 0u8..4, t in 0u8..4) {
            let shard = |activity: &str, shard| {
                activity_shard(Id::from_ulid(1u128.into()), &ActivityId::parse(activity).expect("valid"), shard)
            };
            prop_assert_eq!(shard(&a, s) == shard(&b, t), a == b && s == t);
        }
    }
}
