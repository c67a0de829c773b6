//! Every key of the table, as functions of what it identifies. Parts are typed, and text of clients is escaped, so
//! that distinct things have distinct keys.
//!
//! | entity | pk | sk | indexes |
//! |---|---|---|---|
//! | Record | `T#<tenant>#P#<person key>` | `REC#<ulid>` | by-tenant, by-completion?, by-expiry?, by-activity? |
//! | Name | `T#<tenant>#NAME#<kind>#<value>` | `NAME` | – |
//! | Person | same | `PERSON#<person id>` | by-tenant |
//! | Finder (by e-mail, name, external id → person) | `T#<tenant>#FIND#<0..3>` | `<BY>#<value>#<person id>` | – |
//! | Attribute, Setting | `T#<tenant>#<KIND>` | `<KIND>#<id>` | – |
//! | Group; Grant; the tree's version | `T#<tenant>#GROUP` | `GROUP#<id>`; `GRANT#<group>#<over>`; `TREE` | – |
//! | Membership | `T#<tenant>#G#<group>` | `P#<person id>` | – |
//! | Attachment; how often files were declared for a record | as the record | `ATT#<record ulid>#<ulid>` (ttl); `ATT#<record ulid>` | – |
//! | Download (of an attachment, to be told) | as the record | `GOT#<ulid>#<request>` (ttl) | – |
//! | History entry | as the record | `HIS#<record ulid>#<version>` | – |
//! | Mark (a change of anything else was told) | `T#<tenant>#MARK#<0..3>` | `<sequence>` (ttl) | – |
//! | Event of the feed; a shard's last position | `T#<tenant>#EVT#<0..7>#<thousands>`; `T#<tenant>#EVT#<0..7>` | `<position>` (ttl); `HEAD` | – |
//! | Audit entry; a chain's head | `T#<tenant>#AUD#<0..3>` | `<place>` (ttl); `HEAD` | – |
//! | API key | `KEY#<sha256>` | `KEY` | by-tenant |
//! | Tenant | `TENANT#<id>` | `TENANT` | by-tenant |
//! | Issuer | `ISS#<sha256 of issuer, audience>` | `ISS` | – |
//!
//! Index keys are attributes of their own, absent where they do not apply: `tenant_shard` (`<tenant>#<KIND>#<0..3>`),
//! `id`, `completed_key`, `expires_key` (UTC at fixed width, `#`, id), `activity_shard` (`<tenant>#<activity>#<0..3>`).

use aws_sdk_dynamodb::types::AttributeValue;
use rol_domain::{
    AttachmentId, GroupId, PersonKey, RecordId, TenantId, When,
    api_key::KeyHash,
    text::{ActivityId, AppId, AttributeKey, ExternalId, IdempotencyKey, PersonId},
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
/// When an item ends, in seconds since 1970; from then on it counts as absent, and DynamoDB removes it some day.
pub(crate) const TTL: &str = "ttl";
/// The sort key of `by-tenant` and `by-activity`.
pub(crate) const ID: &str = "id";
/// What the sort keys of records start with.
pub(crate) const RECORD_PREFIX: &str = "REC#";
/// What the sort keys of attachments start with.
pub(crate) const ATTACHMENT_PREFIX: &str = "ATT#";
/// What the sort keys of downloads start with.
pub(crate) const DOWNLOAD_PREFIX: &str = "GOT#";
/// What the sort keys of people start with.
pub(crate) const PERSON_PREFIX: &str = "PERSON#";
/// What the sort keys of groups start with.
pub(crate) const GROUP_PREFIX: &str = "GROUP#";
/// What the sort keys of grants start with.
pub(crate) const GRANT_PREFIX: &str = "GRANT#";
/// The sort key of the version of a tenant's tree of groups.
pub(crate) const TREE: &str = "TREE";
/// What the sort keys of memberships start with.
pub(crate) const MEMBER_PREFIX: &str = "P#";
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

    pub(crate) fn attachment(tenant: TenantId, record: RecordId, attachment: AttachmentId) -> Self {
        let partition = person_partition(tenant, record.person_key());
        Self::new(partition, format!("{}#{}", attachments_prefix(record), attachment.ulid()))
    }

    /// How often files were declared for a record: who declares some counts it up.
    pub(crate) fn declarations(tenant: TenantId, record: RecordId) -> Self {
        Self::new(person_partition(tenant, record.person_key()), attachments_prefix(record))
    }

    /// That a file's content was asked for by a request.
    pub(crate) fn download(tenant: TenantId, record: RecordId, attachment: AttachmentId, request: &str) -> Self {
        let partition = person_partition(tenant, record.person_key());
        Self::new(partition, format!("{DOWNLOAD_PREFIX}{}#{}", attachment.ulid(), escape(request)))
    }

    pub(crate) fn external_id(tenant: TenantId, external_id: &ExternalId) -> Self {
        Self::new(format!("T#{tenant}#NAME#external_id#{}", escape(external_id)), "NAME")
    }

    /// An `Idempotency-Key` counts per actor, subject, application and route.
    pub(crate) fn idempotency(
        tenant: TenantId,
        actor: &str,
        subject: Option<&PersonId>,
        app: Option<&AppId>,
        route: &str,
        key: &IdempotencyKey,
    ) -> Self {
        let scope = [
            escape(actor),
            subject.map(escape).unwrap_or_default(),
            app.map(escape).unwrap_or_default(),
            escape(route),
            escape(key),
        ];
        Self::new(format!("T#{tenant}#NAME#idempotency#{}", scope.join("#")), "NAME")
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

    pub(crate) fn attribute(tenant: TenantId, key: &AttributeKey) -> Self {
        Self::new(attributes_partition(tenant), format!("ATTRIBUTE#{key}"))
    }

    pub(crate) fn settings(tenant: TenantId) -> Self {
        Self::new(format!("T#{tenant}#SETTING"), "SETTING#all")
    }

    pub(crate) fn person(tenant: TenantId, person: &PersonId) -> Self {
        Self::new(person_partition(tenant, PersonKey::of(tenant, person)), format!("{PERSON_PREFIX}{person}"))
    }

    /// Where a person is found by a value.
    pub(crate) fn finder(tenant: TenantId, by: FindBy, value: &str, person: &PersonId) -> Self {
        Self::new(finder_partition(tenant, finder_shard(by, value)), format!("{}{person}", finder_exact(by, value)))
    }

    pub(crate) fn group(tenant: TenantId, group: GroupId) -> Self {
        Self::new(groups_partition(tenant), format!("{GROUP_PREFIX}{group}"))
    }

    pub(crate) fn grant(tenant: TenantId, educators: GroupId, over: GroupId) -> Self {
        Self::new(groups_partition(tenant), format!("{GRANT_PREFIX}{educators}#{over}"))
    }

    /// The version of a tenant's tree of groups, counted up by every change of its shape.
    pub(crate) fn tree(tenant: TenantId) -> Self {
        Self::new(groups_partition(tenant), TREE)
    }

    pub(crate) fn history(tenant: TenantId, record: RecordId, version: u64) -> Self {
        let partition = person_partition(tenant, record.person_key());
        Self::new(partition, format!("{}{version:0WIDTH$}", history_prefix(record)))
    }

    /// That a change of something without a history was told.
    pub(crate) fn mark(tenant: TenantId, sequence: &str) -> Self {
        Self::new(format!("T#{tenant}#MARK#{}", shard_of(sequence)), sequence)
    }

    pub(crate) fn event(tenant: TenantId, shard: u8, position: u64) -> Self {
        Self::new(event_partition(tenant, shard, position), format!("{position:0WIDTH$}"))
    }

    /// The last position of a shard of the feed.
    pub(crate) fn event_head(tenant: TenantId, shard: u8) -> Self {
        Self::new(format!("T#{tenant}#EVT#{shard}"), "HEAD")
    }

    pub(crate) fn audit(tenant: TenantId, chain: u8, place: u64) -> Self {
        Self::new(audit_partition(tenant, chain), format!("{place:0WIDTH$}"))
    }

    /// The head of a chain of the audit trail.
    pub(crate) fn audit_head(tenant: TenantId, chain: u8) -> Self {
        Self::new(audit_partition(tenant, chain), "HEAD")
    }

    pub(crate) fn membership(tenant: TenantId, group: GroupId, person: &PersonId) -> Self {
        Self::new(members_partition(tenant, group), format!("{MEMBER_PREFIX}{person}"))
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

/// What the sort keys of a record's attachments start with.
pub(crate) fn attachments_prefix(record: RecordId) -> String {
    format!("{ATTACHMENT_PREFIX}{}", record.ulid())
}

/// The partition of a tenant's custom attributes.
pub(crate) fn attributes_partition(tenant: TenantId) -> String {
    format!("T#{tenant}#ATTRIBUTE")
}

/// The partition of a tenant's groups and grants: one query reads the whole policy.
pub(crate) fn groups_partition(tenant: TenantId) -> String {
    format!("T#{tenant}#GROUP")
}

/// The partition of a group's members.
pub(crate) fn members_partition(tenant: TenantId, group: GroupId) -> String {
    format!("T#{tenant}#G#{group}")
}

/// The width of numbers in sort keys, so that they sort as texts.
const WIDTH: usize = 15;
/// The last place there can be.
pub(crate) const LAST_PLACE: u64 = 999_999_999_999_999;
/// How many events of a shard lie in one partition.
const EVENTS_OF_A_PARTITION: u64 = 1_000;

/// What the sort keys of a record's history start with.
pub(crate) fn history_prefix(record: RecordId) -> String {
    format!("HIS#{}#", record.ulid())
}

/// The partition of an event.
pub(crate) fn event_partition(tenant: TenantId, shard: u8, position: u64) -> String {
    format!("T#{tenant}#EVT#{shard}#{}", position / EVENTS_OF_A_PARTITION)
}

/// The first positions of the partitions of a shard up to this one, oldest first.
pub(crate) fn event_partitions(last: u64) -> u64 {
    last / EVENTS_OF_A_PARTITION
}

/// The first position of a partition of a shard.
pub(crate) fn first_of_partition(partition: u64) -> u64 {
    (partition * EVENTS_OF_A_PARTITION).max(1)
}

/// The partition of a chain of the audit trail.
pub(crate) fn audit_partition(tenant: TenantId, chain: u8) -> String {
    format!("T#{tenant}#AUD#{chain}")
}

/// A number as the sort key of an event or an audit entry.
pub(crate) fn place_key(place: u64) -> String {
    format!("{place:0WIDTH$}")
}

/// By what a person is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindBy {
    /// By address.
    Email,
    /// By name, from one of its words on.
    Name,
    /// By what another system calls them.
    ExternalId,
}

/// A partition of a tenant's finders.
pub(crate) fn finder_partition(tenant: TenantId, shard: u8) -> String {
    format!("T#{tenant}#FIND#{shard}")
}

/// The one partition in which a whole value is found; those that only start with it may be in any.
pub(crate) fn finder_shard(by: FindBy, value: &str) -> u8 {
    shard_of(finder_exact(by, value))
}

/// What the sort keys of a value's finders start with.
pub(crate) fn finder_exact(by: FindBy, value: &str) -> String {
    format!("{}#", finder_prefix(by, value))
}

/// What the sort keys of the finders of all values that start with `value` start with.
pub(crate) fn finder_prefix(by: FindBy, value: &str) -> String {
    let by = match by {
        FindBy::Email => "EMAIL",
        FindBy::Name => "NAME",
        FindBy::ExternalId => "EXTERNAL",
    };
    // Character by character, so what one value starts with its key starts with too.
    format!("{by}#{}", escape(value))
}

/// The kinds of thing in `by-tenant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    Record,
    Person,
    ApiKey,
}

/// The partition of a tenant's things of one kind in `by-tenant`, `by-completion` and `by-expiry`.
pub(crate) fn tenant_shard(tenant: TenantId, kind: Listed, shard: u8) -> String {
    let kind = match kind {
        Listed::Record => "RECORD",
        Listed::Person => "PERSON",
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

/// The partition key of an item.
pub(crate) fn partition_key_of(item: &HashMap<String, AttributeValue>) -> &str {
    item.get(PK).and_then(|value| value.as_s().ok()).map(String::as_str).unwrap_or_default()
}

/// The sort key of an item.
pub(crate) fn sort_key_of(item: &HashMap<String, AttributeValue>) -> &str {
    item.get(SK).and_then(|value| value.as_s().ok()).map(String::as_str).unwrap_or_default()
}

/// The shard of an id, by its hash.
pub(crate) fn shard_of(id: impl Display) -> u8 {
    shard_among(id, SHARDS)
}

/// The one of so many shards that an id belongs to, by its hash.
pub(crate) fn shard_among(id: impl Display, shards: u8) -> u8 {
    Sha256::digest(id.to_string())[0] % shards
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
    use rol_domain::{Id, api_key::KeyText};

    /// What a key can be made of.
    #[derive(Debug, Clone, PartialEq)]
    enum Input {
        Record(u128, u128),
        Attachment(u128, u128, u128),
        Declarations(u128, u128),
        Download(u128, u128, u128, String),
        ExternalId(u128, String),
        Idempotency(u128, String, Option<String>, Option<String>, String, String),
        Person(u128, String),
        Finder(u128, FindBy, String, String),
        Group(u128, u128),
        Grant(u128, u128, u128),
        Tree(u128),
        Membership(u128, u128, String),
        ApiKey(u128, u8),
        Tenant(u128),
        Issuer(String, String),
    }

    fn person(id: &String) -> PersonId {
        PersonId::parse(id).expect("valid")
    }

    fn key(input: &Input) -> Key {
        let tenant = |bits: u128| Id::from_ulid(bits.into());
        match input {
            Input::Record(t, id) => Key::record(tenant(*t), Id::from_ulid((*id).into())),
            Input::Attachment(t, record, id) => {
                Key::attachment(tenant(*t), Id::from_ulid((*record).into()), Id::from_ulid((*id).into()))
            }
            Input::Declarations(t, record) => Key::declarations(tenant(*t), Id::from_ulid((*record).into())),
            // A download's key names the record's person only: an attachment's id is enough.
            Input::Download(t, person, id, request) => {
                let record = Id::from_ulid((*person << 40).into());
                Key::download(tenant(*t), record, Id::from_ulid((*id).into()), request)
            }
            Input::ExternalId(t, id) => Key::external_id(tenant(*t), &ExternalId::parse(id).expect("valid")),
            Input::Idempotency(t, actor, subject, app, route, name) => Key::idempotency(
                tenant(*t),
                actor,
                subject.as_ref().map(person).as_ref(),
                app.as_ref().map(|app| AppId::parse(app).expect("valid")).as_ref(),
                route,
                &IdempotencyKey::parse(name).expect("valid"),
            ),
            Input::Person(t, id) => Key::person(tenant(*t), &person(id)),
            Input::Finder(t, by, value, id) => Key::finder(tenant(*t), *by, value, &person(id)),
            Input::Group(t, id) => Key::group(tenant(*t), Id::from_ulid((*id).into())),
            Input::Grant(t, a, b) => Key::grant(tenant(*t), Id::from_ulid((*a).into()), Id::from_ulid((*b).into())),
            Input::Tree(t) => Key::tree(tenant(*t)),
            Input::Membership(t, group, id) => Key::membership(tenant(*t), Id::from_ulid((*group).into()), &person(id)),
            Input::ApiKey(id, secret) => Key::api_key(KeyText::new(Id::from_ulid((*id).into()), [*secret; 32]).hash()),
            Input::Tenant(t) => Key::tenant(tenant(*t)),
            Input::Issuer(issuer, audience) => Key::issuer(issuer, audience),
        }
    }

    /// Few characters, separators among them, so that collisions would be found.
    fn text() -> impl Strategy<Value = String> {
        "[#%235a]{1,6}"
    }

    fn find_by() -> impl Strategy<Value = FindBy> {
        prop_oneof![Just(FindBy::Email), Just(FindBy::Name), Just(FindBy::ExternalId)]
    }

    fn input() -> impl Strategy<Value = Input> {
        let bits = 0u128..3;
        prop_oneof![
            (bits.clone(), bits.clone()).prop_map(|(t, id)| Input::Record(t, id)),
            (bits.clone(), bits.clone(), bits.clone()).prop_map(|(t, r, id)| Input::Attachment(t, r, id)),
            (bits.clone(), bits.clone()).prop_map(|(t, r)| Input::Declarations(t, r)),
            (bits.clone(), bits.clone(), bits.clone(), text()).prop_map(|(t, p, id, r)| Input::Download(t, p, id, r)),
            (bits.clone(), text()).prop_map(|(t, id)| Input::ExternalId(t, id)),
            (bits.clone(), text(), proptest::option::of(text()), proptest::option::of(text()), text(), text())
                .prop_map(|(t, actor, subject, app, route, name)| Input::Idempotency(
                    t, actor, subject, app, route, name
                )),
            (bits.clone(), text()).prop_map(|(t, id)| Input::Person(t, id)),
            (bits.clone(), find_by(), text(), text()).prop_map(|(t, by, value, id)| Input::Finder(t, by, value, id)),
            (bits.clone(), bits.clone()).prop_map(|(t, id)| Input::Group(t, id)),
            (bits.clone(), bits.clone(), bits.clone()).prop_map(|(t, a, b)| Input::Grant(t, a, b)),
            bits.clone().prop_map(Input::Tree),
            (bits.clone(), bits.clone(), text()).prop_map(|(t, group, id)| Input::Membership(t, group, id)),
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
            let idempotency = Key::idempotency(tenant, &actor, Some(&person(&actor)), Some(&app), "PUT /v1/learning-records/by-external-id/{external_id}", &name);
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
        fn what_a_value_starts_with_its_finder_starts_with(by in find_by(), value in "[#%23a]{2,6}", id in text(), n in 1usize..6) {
            let start: String = value.chars().take(n).collect();
            let key = Key::finder(Id::from_ulid(1u128.into()), by, &value, &person(&id));
            prop_assert!(key.sk.starts_with(&finder_prefix(by, &start)));
            prop_assert!(key.sk.starts_with(&finder_exact(by, &value)));
            prop_assert_eq!(key.sk.starts_with(&finder_exact(by, &start)), start == value);
        }

        #[test]
        fn finders_fit_dynamodbs_limits(name in "[#\u{10000}]{200}", id in "[!-~]{128}") {
            let key = Key::finder(Id::from_ulid(u128::MAX.into()), FindBy::Name, &name, &person(&id));
            prop_assert!(key.sk.len() <= 1024);
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
