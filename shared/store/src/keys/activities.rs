//! Keys of activities, of their names and of what is under way with them.

use super::{Key, SHARDS, escape, shard_of};
use rol_domain::{MintedActivityId, TenantId, text::ExternalId};

/// What the sort keys of activities start with.
pub(crate) const ACTIVITY_PREFIX: &str = "ACT#";
/// What the sort keys of new titles on their way to the records start with.
pub(crate) const RETITLING_PREFIX: &str = "RETITLING#";

impl Key {
    pub(crate) fn activity(tenant: TenantId, id: MintedActivityId) -> Self {
        Self::new(activities_partition(tenant, shard_of(id)), format!("{ACTIVITY_PREFIX}{id}"))
    }

    /// The activity with a client's own id.
    pub(crate) fn activity_name(tenant: TenantId, external_id: &ExternalId) -> Self {
        Self::new(format!("T#{tenant}#NAME#activity#{}", escape(external_id)), "NAME")
    }

    /// The title that an activity got in its version `version`, on its way to the records. It lies beside the activity,
    /// so that the table's stream has all titles of one activity in order.
    pub(crate) fn retitling(tenant: TenantId, id: MintedActivityId, version: u64) -> Self {
        Self::new(activities_partition(tenant, shard_of(id)), format!("{RETITLING_PREFIX}{id}#{version}"))
    }
}

/// A partition of a tenant's activities.
pub(crate) fn activities_partition(tenant: TenantId, shard: u8) -> String {
    debug_assert!(shard < SHARDS, "there are four of them");
    format!("T#{tenant}#ACT#{shard}")
}
