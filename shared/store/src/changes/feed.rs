//! The feed: events in dense positions, in shards.

use super::pair;
use crate::{
    TenantStore, entity,
    keys::{self, Key},
};
use chrono::{DateTime, Utc};
use rol_domain::{
    Attachment, RecordId, Result,
    change::{Action, Change, Trace},
    text::{AppId, PersonId},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many shards a tenant's feed has: the events of one record are in one of them, in order.
pub const FEED_SHARDS: u8 = 8;

/// An event of the feed: where its record's version is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedEvent {
    /// Its position in its shard, from 1.
    pub position: u64,
    /// What happened.
    pub action: Action,
    /// Of which record.
    pub record_id: RecordId,
    /// The file as it was then, where it happened to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
    /// Which version of the record or file.
    pub version: u64,
    /// Who did it, and when.
    #[serde(flatten)]
    pub trace: Trace,
    /// What changed.
    #[serde(default)]
    pub changed: BTreeSet<String>,
    /// Whose record it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_id: Option<PersonId>,
    /// The application whose record it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<AppId>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct EventItem {
    #[serde(flatten)]
    pub(super) event: FeedEvent,
    pub(super) ttl: i64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct FeedHead {
    pub(super) version: u64,
}

impl TenantStore<'_> {
    /// The events of a shard of the feed from behind `after`, in order; those past their end are left out. One call,
    /// and one more where a partition ends; strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn events(&self, shard: u8, after: u64, limit: usize, now: DateTime<Utc>) -> Result<Vec<FeedEvent>> {
        let mut events: Vec<FeedEvent> = Vec::new();
        let mut next = after + 1;
        while events.len() < limit {
            let pk = keys::event_partition(self.tenant, shard, next);
            let left = limit - events.len();
            let items = self
                .range(pk)
                .any()
                .between(&keys::place_key(next), &keys::place_key(keys::LAST_PLACE))
                .first(left)
                .await?;
            let mut last = None;
            for item in items {
                let EventItem { event, ttl } = entity::read("reading an event", item)?;
                last = Some(event.position);
                if ttl > now.timestamp() {
                    events.push(event);
                }
            }
            match last {
                // The partition goes on, or the next one does.
                Some(last) if events.len() < limit => next = last + 1,
                _ => break,
            }
        }
        Ok(events)
    }

    /// The oldest events of a shard that are still kept, where its first ones are not. Some calls, which grow with the
    /// logarithm of how many there ever were.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn oldest_events(
        &self,
        shard: u8,
        head: u64,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Result<Vec<FeedEvent>> {
        // Partitions end from the oldest on: the first that is not empty is found by halving.
        let (mut low, mut high) = (0, keys::event_partitions(head));
        while low < high {
            let middle = low + (high - low) / 2;
            let first = keys::first_of_partition(middle);
            let pk = keys::event_partition(self.tenant, shard, first);
            let is_empty = self.range(pk).any().first(1).await?.is_empty();
            if is_empty { low = middle + 1 } else { high = middle }
        }
        self.events(shard, keys::first_of_partition(low) - 1, limit, now).await
    }

    /// The last position of each shard of the feed. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn event_heads(&self) -> Result<Vec<u64>> {
        let shards: BTreeMap<(String, String), u8> =
            (0..FEED_SHARDS).map(|shard| (pair(Key::event_head(self.tenant, shard)), shard)).collect();
        let wanted = shards.keys().map(|(pk, sk)| Key { pk: pk.clone(), sk: sk.clone() }.into_item()).collect();
        let mut heads = vec![0; usize::from(FEED_SHARDS)];
        for item in self.batch(wanted).await? {
            let place = (keys::partition_key_of(&item).to_owned(), keys::sort_key_of(&item).to_owned());
            if let Some(shard) = shards.get(&place) {
                heads[usize::from(*shard)] = entity::read::<FeedHead>("reading a feed's head", item)?.version;
            }
        }
        Ok(heads)
    }
}

/// The shard of the feed in which a record's events are.
pub(super) fn feed_shard(record: RecordId) -> u8 {
    keys::shard_among(record, FEED_SHARDS)
}

pub(super) fn event_of(change: &Change, record_id: RecordId, position: u64) -> FeedEvent {
    let stamp = change.record.as_ref().map(|record| &record.stamp);
    let stamp = stamp.or_else(|| change.attachment.as_ref().map(|attachment| &attachment.stamp));
    FeedEvent {
        position,
        action: change.action,
        record_id,
        attachment: change.attachment.clone(),
        version: stamp.map_or(0, |stamp| stamp.version),
        trace: change.trace.clone(),
        changed: change.changed.clone(),
        person_id: change.person_id.clone(),
        app_id: change.app_id.clone(),
    }
}
