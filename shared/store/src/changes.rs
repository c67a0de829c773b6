//! What the table's stream tells: a record of it becomes a change, and changes become history, events of the feed and
//! entries of the audit trail, all of it in one transaction or none.

use crate::{
    TenantStore,
    call::{self, Item},
    entity::{self, Stored},
    keys::{self, Key},
    listed::Slice,
    records::RecordItem,
    transaction::{Committed, Transaction, When},
};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use chrono::{DateTime, TimeDelta, Utc};
use rol_domain::{
    Attachment, Error, Record, RecordId, Result,
    audit::{CHAINS, Entry, Facts, Head},
    change::{Action, Change, Trace},
    limits::{FEED_RETENTION_DAYS, MARK_RETENTION_DAYS},
    text::{AppId, PersonId},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many shards a tenant's feed has: the events of one record are in one of them, in order.
pub const FEED_SHARDS: u8 = 8;

/// A version of a record, and how it came to be.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The record at this version.
    pub record: Record,
    /// What happened.
    pub action: Action,
    /// What changed.
    pub changed: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
struct HistoryItem {
    image: RecordItem,
    action: Action,
    #[serde(default)]
    changed: BTreeSet<String>,
}

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
struct EventItem {
    #[serde(flatten)]
    event: FeedEvent,
    ttl: i64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct FeedHead {
    version: u64,
}

#[derive(Serialize, Deserialize)]
struct HeadItem {
    /// Named as every counter is on which a write is conditioned.
    version: u64,
    hash: String,
}

#[derive(Serialize, Deserialize)]
struct EntryItem {
    #[serde(flatten)]
    entry: Entry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
}

#[derive(Serialize)]
struct MarkItem {
    ttl: i64,
}

/// The shard of the feed in which a record's events are.
pub(crate) fn feed_shard(record: RecordId) -> u8 {
    keys::shard_among(record, FEED_SHARDS)
}

/// The chain of the audit trail in which a thing's entries are.
pub(crate) fn chain_of(entity_id: &str) -> u8 {
    keys::shard_among(entity_id, CHAINS)
}

/// The ends of shards and chains as they were read.
#[derive(Default)]
struct Heads {
    feed: BTreeMap<u8, u64>,
    audit: BTreeMap<u8, Head>,
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
    pub async fn tell(&self, changes: &[Change], now: DateTime<Utc>, audit_days: u32) -> Result<()> {
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
                    transaction.put(Stored::new("History", key, item).into_item()?, Some(When::Absent))?;
                }
                None => {
                    let item = MarkItem { ttl: (now + TimeDelta::days(MARK_RETENTION_DAYS)).timestamp() };
                    transaction.put(Stored::new("Mark", key, item).into_item()?, Some(When::Absent))?;
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
                transaction.put(Stored::new("Event", key, item).into_item()?, Some(When::Absent))?;
            }
            let chain = chain_of(&change.id);
            let head = heads.audit.entry(chain).or_default();
            let entry = Entry::after(head, Facts::from(change));
            *head = entry.head();
            chains.insert(chain);
            let ttl = (change.trace.at + TimeDelta::days(i64::from(audit_days))).timestamp();
            let key = Key::audit(self.tenant, chain, entry.place);
            let item = Stored::new("AuditEntry", key, EntryItem { entry, ttl: Some(ttl) });
            transaction.put(item.into_item()?, Some(When::Absent))?;
        }
        if chains.is_empty() {
            return Ok(());
        }
        for shard in feeds {
            let version = heads.feed.get(&shard).copied().unwrap_or_default();
            let item = Stored::new("FeedHead", Key::event_head(self.tenant, shard), FeedHead { version });
            let before = was.0.get(&shard).copied().unwrap_or_default();
            transaction.put(item.into_item()?, Some(When::VersionOrNone(before)))?;
        }
        for chain in chains {
            let head = heads.audit.get(&chain).cloned().unwrap_or_default();
            let item = HeadItem { version: head.place, hash: head.hash };
            let item = Stored::new("AuditHead", Key::audit_head(self.tenant, chain), item);
            let before = was.1.get(&chain).map_or(0, |head| head.place);
            transaction.put(item.into_item()?, Some(When::VersionOrNone(before)))?;
        }
        match transaction.commit().await? {
            Committed::Done => Ok(()),
            Committed::Refused(_) | Committed::Contended => {
                Err(Error::Conflict("another publisher told changes of this tenant first".into()))
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
            .filter_map(|change| change.record_id())
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
                let HeadItem { version, hash } = entity::read("reading a chain's head", item)?;
                heads.audit.insert(*chain, Head { place: version, hash });
            } else {
                told.insert(place);
            }
        }
        Ok((told, heads))
    }

    /// These items, those that are there; at most 100. One call, more where DynamoDB puts off a part of it; strongly
    /// consistent.
    pub(crate) async fn batch(&self, keys: Vec<Item>) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        if keys.is_empty() {
            return Ok(items);
        }
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
        let wanted = wanted.map_err(|error| Error::internal("building a batch", error))?;
        let mut left = Some(HashMap::from([(self.store.table.clone(), wanted)]));
        while let Some(asked) = left.take() {
            let answer = self.store.client.batch_get_item().set_request_items(Some(asked)).send().await;
            let answer = answer.map_err(call::decode)?;
            items.extend(answer.responses.unwrap_or_default().into_values().flatten());
            left = answer.unprocessed_keys.filter(|keys| !keys.is_empty());
        }
        Ok(items)
    }

    /// A record's history, newest first, from before version `before`. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn history(&self, record: RecordId, before: Option<u64>, limit: usize) -> Result<Slice<HistoryEntry>> {
        let pk = keys::person_partition(self.tenant, record.person_key());
        let prefix = keys::history_prefix(record);
        let before = before.map(|version| Key::history(self.tenant, record, version).sk);
        let page = self.page_backwards(pk, &prefix, before.as_deref(), limit).await?;
        Ok(Slice { items: page.items.into_iter().map(read_history).collect::<Result<_>>()?, more: page.more })
    }

    /// One version of a record. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn version(&self, record: RecordId, version: u64) -> Result<Option<HistoryEntry>> {
        let key = Key::history(self.tenant, record, version).into_item();
        let call = self.store.client.get_item().table_name(&self.store.table).set_key(Some(key)).consistent_read(true);
        call.send().await.map_err(call::decode)?.item.map(read_history).transpose()
    }

    /// These versions of records, those that are there; at most 100. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn versions(&self, wanted: &BTreeSet<(RecordId, u64)>) -> Result<HashMap<(RecordId, u64), HistoryEntry>> {
        let keys = wanted.iter().map(|(record, version)| Key::history(self.tenant, *record, *version).into_item());
        let mut found = HashMap::new();
        for item in self.batch(keys.collect()).await? {
            let entry = read_history(item)?;
            found.insert((entry.record.id, entry.record.stamp.version), entry);
        }
        Ok(found)
    }

    /// All history of a person's partition, the newest version of the newest record first, from behind `after`. One
    /// call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn history_of_person(
        &self,
        person: &PersonId,
        after: Option<(RecordId, u64)>,
        limit: usize,
    ) -> Result<Slice<HistoryEntry>> {
        let pk = keys::person_partition(self.tenant, rol_domain::PersonKey::of(self.tenant, person));
        let after = after.map(|(record, version)| Key::history(self.tenant, record, version).sk);
        let page = self.page_backwards(pk, "HIS#", after.as_deref(), limit).await?;
        Ok(Slice { items: page.items.into_iter().map(read_history).collect::<Result<_>>()?, more: page.more })
    }

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
            let items = self.range(pk, &keys::place_key(next), &keys::place_key(keys::LAST_PLACE), left).await?;
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
            let is_empty = self.range(pk, "0", &keys::place_key(keys::LAST_PLACE), 1).await?.is_empty();
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

    /// The head of a chain of the audit trail. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit_head(&self, chain: u8) -> Result<Head> {
        let key = Key::audit_head(self.tenant, chain).into_item();
        let call = self.store.client.get_item().table_name(&self.store.table).set_key(Some(key)).consistent_read(true);
        let item = call.send().await.map_err(call::decode)?.item;
        let head = item.map(|item| entity::read::<HeadItem>("reading a chain's head", item)).transpose()?;
        Ok(head.map_or_else(Head::default, |HeadItem { version, hash }| Head { place: version, hash }))
    }

    /// Entries of a chain from behind `after`, in order. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit_entries(&self, chain: u8, after: u64, limit: usize) -> Result<Vec<Entry>> {
        let pk = keys::audit_partition(self.tenant, chain);
        let items = self.range(pk, &keys::place_key(after + 1), &keys::place_key(keys::LAST_PLACE), limit).await?;
        items.into_iter().map(read_entry).collect()
    }

    /// Entries of a chain from before `before`, newest first. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit_entries_before(&self, chain: u8, before: Option<u64>, limit: usize) -> Result<Slice<Entry>> {
        let pk = keys::audit_partition(self.tenant, chain);
        let before = before.map(keys::place_key);
        // Places are digits; the head is not.
        let page = self.page_backwards(pk, "0", before.as_deref(), limit).await?;
        Ok(Slice { items: page.items.into_iter().map(read_entry).collect::<Result<_>>()?, more: page.more })
    }

    /// One entry of a chain. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit_entry(&self, chain: u8, place: u64) -> Result<Option<Entry>> {
        let key = Key::audit(self.tenant, chain, place).into_item();
        let call = self.store.client.get_item().table_name(&self.store.table).set_key(Some(key)).consistent_read(true);
        call.send().await.map_err(call::decode)?.item.map(read_entry).transpose()
    }
}

fn pair(key: Key) -> (String, String) {
    (key.pk, key.sk)
}

fn event_of(change: &Change, record_id: RecordId, position: u64) -> FeedEvent {
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

fn read_history(item: Item) -> Result<HistoryEntry> {
    let HistoryItem { image, action, changed } = entity::read("reading a history entry", item)?;
    Ok(HistoryEntry { record: image.into(), action, changed })
}

fn read_entry(item: Item) -> Result<Entry> {
    Ok(entity::read::<EntryItem>("reading an audit entry", item)?.entry)
}
