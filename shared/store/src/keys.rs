//! Every key of the table, as functions of what it identifies. Parts are typed, and clients' text is escaped, so that
//! distinct things have distinct keys.
//!
//! | entity | pk | sk | indexes |
//! |---|---|---|---|
//! | Record | `T#<tenant>#P#<person key>` | `REC#<ulid>` | by-tenant, by-completion?, by-expiry?, by-activity? |
//! | Person | as the record | `PERSON#<person id>` | by-tenant |
//! | Attachment; the number of declarations of a record | as the record | `ATT#<record ulid>#<ulid>` (ttl unless ready); `ATT#<record ulid>` | – |
//! | Download of an attachment, for the audit trail | as the record | `GOT#<ulid>#<request>` (ttl) | – |
//! | History entry | as the record | `HIS#<record ulid>#<version>` | – |
//! | Unique key (external id of a record or an activity, `Idempotency-Key`) | `T#<tenant>#NAME#<kind>#<value>` | `NAME` (ttl for an `Idempotency-Key`) | – |
//! | Finder (e-mail address, name or external id → person) | `T#<tenant>#FIND#<0..3>` | `<BY>#<value>#<person id>` | – |
//! | Attribute, Settings | `T#<tenant>#<KIND>` | `<KIND>#<id>` | – |
//! | Group; Grant; version of the tree | `T#<tenant>#GROUP` | `GROUP#<id>`; `GRANT#<group>#<over>`; `TREE` | – |
//! | Membership | `T#<tenant>#G#<group>` | `P#<person id>` | – |
//! | Activity; retitling in progress | `T#<tenant>#ACT#<0..3>` | `ACT#<id>`; `RETITLING#<id>#<version>` | – |
//! | Mark (a change of something without a history was published) | `T#<tenant>#MARK#<0..3>` | `<sequence>` (ttl) | – |
//! | Event of the feed; last position of a shard | `T#<tenant>#EVT#<0..7>#<thousands>`; `T#<tenant>#EVT#<0..7>` | `<position>` (ttl); `HEAD` | – |
//! | Audit entry; head of a chain | `T#<tenant>#AUD#<0..3>` | `<place>` (ttl); `HEAD` | – |
//! | Denial | `T#<tenant>#DENIED` | `DENIED#<actor>#<operation>#<minute>` (ttl) | – |
//! | API key | `KEY#<sha256>` | `KEY` | by-tenant |
//! | Tenant | `TENANT#<id>` | `TENANT` | by-tenant |
//! | Issuer | `ISS#<sha256 of issuer, audience>` | `ISS` | – |
//!
//! Index keys are attributes of their own, absent where they do not apply:
//!
//! | attribute | value |
//! |---|---|
//! | `tenant_shard` | `<tenant>#<KIND>#<0..3>`; of tenants `*#TENANT#<0..3>` |
//! | `activity_shard` | `<tenant>#<activity>#<0..3>` |
//! | `id` | the id |
//! | `completed_key` | `<completed_at>#<id>`, in UTC at fixed width; of an open record `due#<due_at>#<id>` |
//! | `expires_key` | `<expires_at>#<id>`, in UTC at fixed width |

mod activities;
mod attachments;
mod changes;
mod directory;
mod indexes;
mod records;

pub use directory::FindBy;
pub(crate) use {activities::*, attachments::*, changes::*, directory::*, indexes::*, records::*};

use aws_sdk_dynamodb::types::AttributeValue;
use rol_domain::{TenantId, api_key::KeyHash, text::AttributeKey};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Display;

/// The table's partition key.
pub(crate) const PK: &str = "pk";
/// The table's sort key.
pub(crate) const SK: &str = "sk";
/// When an item ends, in seconds since 1970; from then on it counts as absent, and DynamoDB removes it some day.
pub(crate) const TTL: &str = "ttl";
/// The shards of an index partition: a tenant's index accepts 4,000 writes a second, not 1,000.
pub(crate) const SHARDS: u8 = 4;
/// The width of numbers in sort keys, so that they sort as texts.
const WIDTH: usize = 15;

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

    /// A key that no item has.
    pub(crate) fn prime() -> Self {
        Self::new("PRIME", "PRIME")
    }

    pub(crate) fn into_item(self) -> HashMap<String, AttributeValue> {
        HashMap::from([(PK.to_owned(), AttributeValue::S(self.pk)), (SK.to_owned(), AttributeValue::S(self.sk))])
    }
}

/// The partition of a tenant's custom attributes.
pub(crate) fn attributes_partition(tenant: TenantId) -> String {
    format!("T#{tenant}#ATTRIBUTE")
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
mod tests;
