//! The feed: every change of a record, in order for each record, for consumers who come back with their cursor.

use super::history::version_of;
use crate::App;
use futures_util::future::{try_join_all, try_join3};
use rol_domain::{
    Attachment, Cx, Error, Permission, PersonKey, Result, Role, change::Action, limits::FEED_CURSOR_LIFETIME_S,
    past::Past,
};
use rol_store::{FEED_SHARDS, FeedEvent, HistoryEntry};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An event with what it happened to.
#[derive(Debug)]
pub struct FeedItem {
    /// The event.
    pub event: FeedEvent,
    /// As it was then.
    pub subject: Subject,
}

/// What an event happened to, as the caller may see it.
#[derive(Debug)]
pub enum Subject {
    /// A version of a record.
    Record(Box<HistoryEntry>),
    /// A file of a record.
    Attachment(Box<Attachment>),
}

/// Some events, and where to go on.
#[derive(Debug)]
pub struct Feed {
    /// The events.
    pub items: Vec<FeedItem>,
    /// From behind which events the next request goes on; there is always one.
    pub next_cursor: String,
    /// Whether more events are there already.
    pub more: bool,
}

/// The last position read of each shard.
type Positions = Vec<u64>;

impl App {
    /// Events from behind a cursor, or from the oldest that is kept; at most `limit`, oldest first, those of one
    /// record always in their order. One call, and one for each shard with news, one for the versions, for an
    /// educator one for each person, and for a student one for the records.
    ///
    /// # Errors
    /// [`Error::Denied`] for a student who is shown nothing, `Invalid` for a cursor of something else, [`Error::Gone`]
    /// where events behind it are no longer kept.
    pub async fn feed(&self, cx: &Cx, after: Option<&str>, types: &BTreeSet<Action>, limit: usize) -> Result<Feed> {
        if cx.role == Role::Student {
            // Also where there is nothing to be seen: that there is something is not for those who are shown nothing.
            self.students_see_since(cx).await?;
        }
        // Not bound to who reads: a consumer keeps its place when its key is replaced. What it may see is decided for
        // each event.
        let bound = format!("feed {types:?}");
        let mut positions: Positions = match after {
            Some(cursor) => serde_json::from_str(&self.open_tenants_cursor(cx, &bound, "after", cursor)?)
                .map_err(|error| Error::internal("reading a cursor", error))?,
            None => vec![0; usize::from(FEED_SHARDS)],
        };
        let store = self.store().for_tenant(&cx.tenant);
        let heads = store.event_heads().await?;
        let news = (0..FEED_SHARDS).filter(|shard| heads[usize::from(*shard)] > positions[usize::from(*shard)]);
        let reads = news.map(|shard| {
            let (after, head) = (positions[usize::from(shard)], heads[usize::from(shard)]);
            async move {
                let mut events = store.events(shard, after, limit, cx.now).await?;
                if events.is_empty() && after == 0 {
                    events = store.oldest_events(shard, head, limit, cx.now).await?;
                }
                Ok::<_, Error>((shard, VecDeque::from(events)))
            }
        });
        let mut shards: BTreeMap<u8, VecDeque<FeedEvent>> = try_join_all(reads).await?.into_iter().collect();
        for (shard, events) in &shards {
            let at = positions[usize::from(*shard)];
            let first = events.front().map_or(u64::MAX, |event| event.position);
            // Positions are dense: what is missing has ended.
            if at > 0 && first > at + 1 {
                return Err(Error::Gone("events behind this cursor are no longer kept: start again without one"));
            }
        }
        let mut chosen = Vec::new();
        while chosen.len() < limit {
            let next = shards.iter().filter_map(|(shard, events)| Some((events.front()?.trace.at, *shard))).min();
            let Some((_, shard)) = next else { break };
            let Some(event) = shards.get_mut(&shard).and_then(VecDeque::pop_front) else { break };
            positions[usize::from(shard)] = event.position;
            if types.is_empty() || types.contains(&event.action) {
                chosen.push(event);
            }
        }
        let more = (0..usize::from(FEED_SHARDS)).any(|shard| heads[shard] > positions[shard]);
        let items = self.seen(cx, chosen).await?;
        let text = serde_json::to_string(&positions).map_err(|error| Error::internal("writing a cursor", error))?;
        let next_cursor = self.seal_tenants_cursor(cx, &bound, &text, FEED_CURSOR_LIFETIME_S)?;
        Ok(Feed { items, next_cursor, more })
    }

    /// Those of the events that the caller may see, with their versions: see [`Past`].
    async fn seen(&self, cx: &Cx, events: Vec<FeedEvent>) -> Result<Vec<FeedItem>> {
        let own = |event: &FeedEvent| cx.app_id.is_none() || event.app_id == cx.app_id;
        // Verdicts on files are for whoever looks after records.
        let mine = |event: &FeedEvent| {
            cx.role != Role::Student || event.attachment.is_none() && cx.person() == event.person_id.as_ref()
        };
        let events: Vec<FeedEvent> = events.into_iter().filter(|event| own(event) && mine(event)).collect();
        let people: BTreeSet<PersonKey> = events.iter().map(|event| event.record_id.person_key()).collect();
        let accesses = try_join_all(people.iter().map(|key| self.partition_access(cx, *key)));
        let of_records = || events.iter().filter(|event| event.attachment.is_none());
        let wanted = of_records().map(|event| (event.record_id, event.version)).collect();
        let records = of_records().map(|event| event.record_id).filter(|_| Past::depends_on_now(cx)).collect();
        let store = self.store().for_tenant(&cx.tenant);
        let reads = try_join3(accesses, store.versions(&wanted), store.records_by_ids(&records));
        let (accesses, mut versions, now) = reads.await?;
        let attributes = self.attributes_of_past(cx, versions.values()).await?;
        let accesses: BTreeMap<PersonKey, _> = people.into_iter().zip(accesses).collect();
        let mut items = Vec::new();
        for event in events {
            let Some(partition_access) = accesses.get(&event.record_id.person_key()) else { continue };
            if let (Some(attachment), Some(person)) = (&event.attachment, &event.person_id) {
                if partition_access.access(cx, person).verbs.contains(&Permission::View) {
                    let subject = Subject::Attachment(Box::new(attachment.clone()));
                    items.push(FeedItem { event, subject });
                }
                continue;
            }
            // A version that is gone was erased, and its event with it.
            let Some(entry) = versions.remove(&(event.record_id, event.version)) else { continue };
            let access = partition_access.access(cx, &entry.record.person_id);
            let past = Past::in_feed(cx, &access, now.get(&event.record_id));
            if let Some(entry) = past.and_then(|past| version_of(&past, entry, &attributes)) {
                items.push(FeedItem { event, subject: Subject::Record(Box::new(entry)) });
            }
        }
        Ok(items)
    }
}
