//! Keys of the indexes.

use super::escape;
use rol_domain::{TenantId, When, text::ActivityId};
use std::fmt::Display;

/// The index over everything of a tenant that is listed.
pub(crate) const BY_TENANT: &str = "by-tenant";
/// The partition key of `by-tenant`, `by-completion` and `by-expiry`.
pub(crate) const TENANT_SHARD: &str = "tenant_shard";
/// The index over the records of each activity.
pub(crate) const BY_ACTIVITY: &str = "by-activity";
/// The partition key of `by-activity`.
pub(crate) const ACTIVITY_SHARD: &str = "activity_shard";
/// The sort key of `by-tenant` and `by-activity`.
pub(crate) const ID: &str = "id";

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
