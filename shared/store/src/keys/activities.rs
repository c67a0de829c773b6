//! Keys of activities, of their unique keys and of their retitlings.

use super::{Key, SHARDS, escape, shard_of};
use rol_domain::{MintedActivityId, TenantId, text::ExternalId};

/// The prefix of activities' sort keys.
pub(crate) const ACTIVITY_PREFIX: &str = "ACT#";
/// The prefix of retitlings' sort keys.
pub(crate) const RETITLING_PREFIX: &str = "RETITLING#";

impl Key {
    pub(crate) fn activity(tenant: TenantId, id: MintedActivityId) -> Self {
        Self::new(activities_partition(tenant, shard_of(id)), format!("{ACTIVITY_PREFIX}{id}"))
    }

    /// The unique key of an activity's external id.
    pub(crate) fn activity_name(tenant: TenantId, external_id: &ExternalId) -> Self {
        Self::new(format!("T#{tenant}#NAME#activity#{}", escape(external_id)), "NAME")
    }

    /// The retitling to the title that an activity got in `version`. It is in the activity's partition, so that the
    /// table's stream has all titles of an activity in order.
    pub(crate) fn retitling(tenant: TenantId, id: MintedActivityId, version: u64) -> Self {
        Self::new(activities_partition(tenant, shard_of(id)), format!("{RETITLING_PREFIX}{id}#{version}"))
    }
}

pub(crate) fn activities_partition(tenant: TenantId, shard: u8) -> String {
    debug_assert!(shard < SHARDS, "there are four of them");
    format!("T#{tenant}#ACT#{shard}")
}
