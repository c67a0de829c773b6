//! Keys of what is published of changes: marks, events of the feed, audit entries; and of denials.

use super::{Key, WIDTH, escape, shard_of};
use rol_domain::TenantId;

/// The prefix of denials' sort keys.
pub(crate) const DENIAL_PREFIX: &str = "DENIED#";
/// The last place of a chain that a key can hold.
pub(crate) const LAST_PLACE: u64 = 999_999_999_999_999;
/// The number of events of a shard in one partition.
const EVENTS_OF_A_PARTITION: u64 = 1_000;

impl Key {
    /// The mark that a change of an entity without a history was published.
    pub(crate) fn mark(tenant: TenantId, sequence: &str) -> Self {
        Self::new(format!("T#{tenant}#MARK#{}", shard_of(sequence)), sequence)
    }

    /// The denial of an operation to an actor in this minute since 1970.
    pub(crate) fn denied(tenant: TenantId, actor: &str, operation: &str, minute: i64) -> Self {
        let sk = format!("{DENIAL_PREFIX}{}#{}#{minute}", escape(actor), escape(operation));
        Self::new(format!("T#{tenant}#DENIED"), sk)
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
}

pub(crate) fn event_partition(tenant: TenantId, shard: u8, position: u64) -> String {
    format!("T#{tenant}#EVT#{shard}#{}", position / EVENTS_OF_A_PARTITION)
}

/// The number of the partition that holds the position `last` of a shard.
pub(crate) fn event_partitions(last: u64) -> u64 {
    last / EVENTS_OF_A_PARTITION
}

/// The first position in a partition of a shard.
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
