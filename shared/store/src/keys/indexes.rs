//! Keys of the indexes.

use super::{PK, SK, escape};
use chrono::{DateTime, Utc};
use rol_domain::{TenantId, text::ActivityId, time::fixed};
use std::fmt::Display;

/// Where a query looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Index {
    /// In the table itself.
    Table,
    /// Everything of a tenant that is listed, by id.
    ByTenant,
    /// A tenant's records by when they were done, and those still to be done by when they are due.
    ByCompletion,
    /// A tenant's records by when their certificates lapse.
    ByExpiry,
    /// An activity's records, by id.
    ByActivity,
}

impl Index {
    /// Its name, where it is not the table.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Table => None,
            Self::ByTenant => Some(BY_TENANT),
            Self::ByCompletion => Some("by-completion"),
            Self::ByExpiry => Some("by-expiry"),
            Self::ByActivity => Some("by-activity"),
        }
    }

    /// The attributes that are its partition key and its sort key.
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

/// The index over everything of a tenant that is listed.
pub(crate) const BY_TENANT: &str = "by-tenant";
/// The partition key of `by-tenant`, `by-completion` and `by-expiry`.
pub(crate) const TENANT_SHARD: &str = "tenant_shard";
/// The sort key of `by-tenant` and `by-activity`.
pub(crate) const ID: &str = "id";

/// The kinds of thing in `by-tenant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListedKind {
    Record,
    Person,
    ApiKey,
}

/// The partition of a tenant's things of one kind in `by-tenant`, `by-completion` and `by-expiry`.
pub(crate) fn tenant_shard(tenant: TenantId, kind: ListedKind, shard: u8) -> String {
    let kind = match kind {
        ListedKind::Record => "RECORD",
        ListedKind::Person => "PERSON",
        ListedKind::ApiKey => "KEY",
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

/// What the sort keys of what is still to be done start with, in `by-completion`; those of moments start with a digit.
pub(crate) const DUE_PREFIX: &str = "due#";

/// A sort key by time: UTC at fixed width, then the id.
pub(crate) fn time_key(moment: DateTime<Utc>, id: impl Display) -> String {
    format!("{}#{id}", fixed(moment))
}

/// A sort key by when something is due, among those of when others were done.
pub(crate) fn due_key(moment: DateTime<Utc>, id: impl Display) -> String {
    format!("{DUE_PREFIX}{}", time_key(moment, id))
}

/// Greater than this key, and no greater than any other that is: keys have no control characters.
pub(crate) fn above(key: &str) -> String {
    format!("{key} ")
}

/// Less than this key, and no less than any other that is and is not what it starts with.
pub(crate) fn below(key: &str) -> String {
    let mut chars = key.chars();
    let last = chars.next_back().and_then(|last| char::from_u32(u32::from(last).wrapping_sub(1)));
    format!("{}{}\u{10ffff}", chars.as_str(), last.unwrap_or_default())
}
