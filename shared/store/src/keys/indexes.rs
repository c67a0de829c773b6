//! Keys of the indexes.

use super::{PK, SK, escape};
use chrono::{DateTime, Utc};
use rol_domain::{TenantId, text::ActivityId, time::fixed};
use std::fmt::Display;

/// The table or an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Index {
    Table,
    /// A tenant's records, people and API keys, by id.
    ByTenant,
    /// A tenant's records by completion, unfinished ones by due date.
    ByCompletion,
    /// A tenant's records by expiry.
    ByExpiry,
    /// An activity's records, by id.
    ByActivity,
}

impl Index {
    /// The index's name; `None` for the table.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Table => None,
            Self::ByTenant => Some(BY_TENANT),
            Self::ByCompletion => Some("by-completion"),
            Self::ByExpiry => Some("by-expiry"),
            Self::ByActivity => Some("by-activity"),
        }
    }

    /// The attributes that are the partition key and the sort key.
    pub(crate) fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Table => (PK, SK),
            Self::ByTenant => (TENANT_SHARD, ID),
            Self::ByCompletion => (TENANT_SHARD, "completed_key"),
            Self::ByExpiry => (TENANT_SHARD, "expires_key"),
            Self::ByActivity => ("activity_shard", ID),
        }
    }
}

pub(crate) const BY_TENANT: &str = "by-tenant";
/// The partition key of `by-tenant`, `by-completion` and `by-expiry`.
pub(crate) const TENANT_SHARD: &str = "tenant_shard";
/// The sort key of `by-tenant` and `by-activity`.
pub(crate) const ID: &str = "id";

/// The kinds of items in `by-tenant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListedKind {
    Record,
    Person,
    ApiKey,
}

/// The partition of a tenant's items of one kind in `by-tenant`, `by-completion` and `by-expiry`.
pub(crate) fn tenant_shard(tenant: TenantId, kind: ListedKind, shard: u8) -> String {
    let kind = match kind {
        ListedKind::Record => "RECORD",
        ListedKind::Person => "PERSON",
        ListedKind::ApiKey => "KEY",
    };
    format!("{tenant}#{kind}#{shard}")
}

/// The partition of the tenants in `by-tenant`: scheduled work and the local stack read all tenants.
pub(crate) fn tenants_shard(shard: u8) -> String {
    format!("*#TENANT#{shard}")
}

/// The partition of an activity's records in `by-activity`.
pub(crate) fn activity_shard(tenant: TenantId, activity: &ActivityId, shard: u8) -> String {
    format!("{tenant}#{}#{shard}", escape(activity))
}

/// The prefix of unfinished records' sort keys in `by-completion`; those of completed records start with a digit.
pub(crate) const DUE_PREFIX: &str = "due#";

/// A sort key by time: UTC at fixed width, then the id.
pub(crate) fn time_key(moment: DateTime<Utc>, id: impl Display) -> String {
    format!("{}#{id}", fixed(moment))
}

/// The sort key of an unfinished record in `by-completion`.
pub(crate) fn due_key(moment: DateTime<Utc>, id: impl Display) -> String {
    format!("{DUE_PREFIX}{}", time_key(moment, id))
}

/// The least text behind a key: keys have no control characters.
pub(crate) fn above(key: &str) -> String {
    format!("{key} ")
}

/// A text before a key and behind all keys before it, except for its own prefixes.
pub(crate) fn below(key: &str) -> String {
    let mut chars = key.chars();
    let last = chars.next_back().and_then(|last| char::from_u32(u32::from(last).wrapping_sub(1)));
    format!("{}{}\u{10ffff}", chars.as_str(), last.unwrap_or_default())
}
