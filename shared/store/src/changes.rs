//! What the table's stream tells: a record of it becomes a change, and changes become history, events of the feed and
//! entries of the audit trail, all of it in one transaction or none.

mod audit;
mod feed;
mod history;

pub use feed::{FEED_SHARDS, FeedEvent};
pub use history::HistoryEntry;

use crate::{
    TenantStore,
    call::Item,
    condition::WriteCondition,
    entity::{self, Stored},
    keys::{self, Key},
    records::RecordItem,
    transaction::{CommitOutcome, Transaction},
};
use audit::{EntryItem, HeadItem, chain_of};
use chrono::{DateTime, TimeDelta, Utc};
use feed::{EventItem, FeedHead, event_of, feed_shard};
use history::HistoryItem;
use rol_domain::{
    Error, Result,
    audit::{AuditEntry, AuditFacts, ChainHead},
    change::Change,
    limits::{FEED_RETENTION_DAYS, MARK_RETENTION_DAYS},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Serialize)]
struct MarkItem {
    ttl: i64,
}

/// The ends of shards and chains as they were read.
#[derive(Default)]
struct Heads {
    feed: BTreeMap<u8, u64>,
    audit: BTreeMap<u8, ChainHead>,
}

impl TenantStore<'_> {
    /// Tells these changes, which are of this tenant and in order: each one's history entry (or mark), its event and
    /// its audit entry. What was told already stays as it is, however often it comes. Two calls, one transaction: a
    /// part of a change must not be told without the rest, or be told twice.
    ///
    /// Each change takes three writes, each shard and chain one more; of 20 changes they are at most 72.
    ///
    /// # Errors
    /// Those of the store, or [`Error::Conflict`] where another publisher came first: nothing was told then.
    pub async fn publish_changes(&self, changes: &[Change], now: DateTime<Utc>, audit_days: u32) -> Result<()> {
        let (told, mut heads) = self.read_heads(changes).await?;
        let mut transaction = Transaction::new(*self);
        let (mut feeds, mut chains) = (BTreeSet::new(), BTreeSet::new());
        let was = (heads.feed.clone(), heads.audit.clone());
        let mut seen = BTreeSet::new();
        for change in changes {
            let place = self.place_of(change);
            // The same change twice in one batch is one change.
            if told.contains(&place) || !seen.insert(place.clone()) {
                continue;
            }
            let key = Key { pk: place.0, sk: place.1 };
            match &change.record {
                Some(record) => {
                    let item = HistoryItem {
                        image: RecordItem::from(record),
                        action: change.action,
                        changed: change.changed.clone(),
                    };
                    transaction.put(Stored::new("History", key, item).into_item()?, Some(WriteCondition::New))?;
                }
                None => {
                    let item = MarkItem { ttl: (now + TimeDelta::days(MARK_RETENTION_DAYS)).timestamp() };
                    transaction.put(Stored::new("Mark", key, item).into_item()?, Some(WriteCondition::New))?;
                }
            }
            if let Some(record_id) = change.record_id() {
                let shard = feed_shard(record_id);
                let position = heads.feed.entry(shard).or_default();
                *position += 1;
                feeds.insert(shard);
                let item = EventItem {
                    event: event_of(change, record_id, *position),
                    ttl: (now + TimeDelta::days(FEED_RETENTION_DAYS)).timestamp(),
                };
                let key = Key::event(self.tenant, shard, *position);
                transaction.put(Stored::new("Event", key, item).into_item()?, Some(WriteCondition::New))?;
            }
            let chain = chain_of(&change.id);
            let head = heads.audit.entry(chain).or_default();
            let kept_until = change.trace.at + TimeDelta::days(i64::from(audit_days));
            let entry = AuditEntry::after(head, AuditFacts::from(change), kept_until);
            *head = entry.head();
            chains.insert(chain);
            let key = Key::audit(self.tenant, chain, entry.place);
            let ttl = Some(entry.kept_until.timestamp());
            let item = Stored::new("AuditEntry", key, EntryItem { entry, ttl });
            transaction.put(item.into_item()?, Some(WriteCondition::New))?;
        }
        if chains.is_empty() {
            return Ok(());
        }
        for shard in feeds {
            let version = heads.feed.get(&shard).copied().unwrap_or_default();
            let item = Stored::new("FeedHead", Key::event_head(self.tenant, shard), FeedHead { version });
            let before = was.0.get(&shard).copied().unwrap_or_default();
            transaction.put(item.into_item()?, Some(WriteCondition::VersionOrNone(before)))?;
        }
        for chain in chains {
            let head = heads.audit.get(&chain).cloned().unwrap_or_default();
            let item = HeadItem { version: head.place, hash: head.hash, kept_until: head.kept_until };
            let item = Stored::new("AuditHead", Key::audit_head(self.tenant, chain), item);
            let before = was.1.get(&chain).map_or(0, |head| head.place);
            transaction.put(item.into_item()?, Some(WriteCondition::VersionOrNone(before)))?;
        }
        match transaction.commit().await? {
            CommitOutcome::Done => Ok(()),
            CommitOutcome::Refused(_) | CommitOutcome::Contended => {
                Err(Error::Conflict("another publisher published changes of this tenant first".into()))
            }
        }
    }

    /// Where it is noted that a change was told.
    fn place_of(&self, change: &Change) -> (String, String) {
        let key = match &change.record {
            Some(record) => Key::history(self.tenant, record.id, record.stamp.version),
            None => Key::mark(self.tenant, &change.sequence),
        };
        (key.pk, key.sk)
    }

    /// Which of the changes were told already, and the ends of the shards and chains that they belong to. One call,
    /// strongly consistent.
    async fn read_heads(&self, changes: &[Change]) -> Result<(BTreeSet<(String, String)>, Heads)> {
        let places: BTreeSet<(String, String)> = changes.iter().map(|change| self.place_of(change)).collect();
        let feeds: BTreeMap<(String, String), u8> = changes
            .iter()
            .filter_map(Change::record_id)
            .map(feed_shard)
            .map(|shard| (pair(Key::event_head(self.tenant, shard)), shard))
            .collect();
        let chains: BTreeMap<(String, String), u8> = changes
            .iter()
            .map(|change| chain_of(&change.id))
            .map(|chain| (pair(Key::audit_head(self.tenant, chain)), chain))
            .collect();
        let wanted = places.iter().chain(feeds.keys()).chain(chains.keys()).cloned();
        let wanted: Vec<Item> = wanted.map(|(pk, sk)| Key { pk, sk }.into_item()).collect();
        let (mut told, mut heads) = (BTreeSet::new(), Heads::default());
        for item in self.batch(wanted).await? {
            let place = (keys::partition_key_of(&item).to_owned(), keys::sort_key_of(&item).to_owned());
            if let Some(shard) = feeds.get(&place) {
                heads.feed.insert(*shard, entity::read::<FeedHead>("reading a feed's head", item)?.version);
            } else if let Some(chain) = chains.get(&place) {
                heads.audit.insert(*chain, entity::read::<HeadItem>("reading a chain's head", item)?.into());
            } else {
                told.insert(place);
            }
        }
        Ok((told, heads))
    }
}

fn pair(key: Key) -> (String, String) {
    (key.pk, key.sk)
}
