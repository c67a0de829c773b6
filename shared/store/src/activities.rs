//! Activities, by id and by a client's own id, and the records that point to one.

use crate::{
    TenantStore,
    call::{self, Item},
    condition::WriteCondition,
    entity::{self, Stored},
    keys::{self, ACTIVITY_PREFIX, Index, Key, SHARDS},
    list::Slice,
    records::read_record,
    transaction::{CommitOutcome, Transaction},
};
use futures_util::future::try_join_all;
use rol_domain::{
    Activity, Cx, Error, MintedActivityId, Record, RecordId, Result, Stamp, TenantId,
    text::{ActivityId, ExternalId, Title},
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct ActivityName {
    activity_id: MintedActivityId,
}

/// What became of a write of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActivityWriteOutcome {
    /// It was done.
    Done,
    /// Nothing was done: another activity has its external id.
    NameTaken,
    /// Nothing was done: the activity is not what was read.
    Stale,
    /// Nothing was done: others are writing the same activity or name at this moment.
    Contended,
}

/// A title on its way to the records of an activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retitling {
    /// Whose data it is.
    pub tenant: TenantId,
    /// Of which activity.
    pub activity: MintedActivityId,
    /// The title.
    pub title: Title,
    /// Who gave it.
    pub given: Stamp,
    /// In which of the four shards of the activity's records it is.
    pub shard: u8,
    /// Behind which record of that shard it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<RecordId>,
    /// Counted up by every step.
    pub version: u64,
}

impl Retitling {
    /// The title of an activity that got it just now, before any record has it.
    fn of(tenant: TenantId, activity: &Activity) -> Self {
        let (title, given) = (activity.content.title.clone(), activity.stamp.clone());
        Self { tenant, activity: activity.id, title, given, shard: 0, behind: None, version: 1 }
    }

    /// What is left behind these records; `None` where nothing is.
    pub fn after(&self, page: &Slice<Record>) -> Option<Self> {
        match page.items.last().filter(|_| page.more) {
            Some(last) => Some(Self { behind: Some(last.id), ..self.clone() }),
            None if self.shard + 1 < SHARDS => Some(Self { shard: self.shard + 1, behind: None, ..self.clone() }),
            None => None,
        }
    }
}

fn read_activity(item: Item) -> Result<Activity> {
    entity::read("reading an activity", item)
}

impl TenantStore<'_> {
    /// An activity. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn activity(&self, id: MintedActivityId) -> Result<Option<Activity>> {
        self.item(Key::activity(self.tenant, id)).await?.map(read_activity).transpose()
    }

    /// The activity with a client's own id. Two calls, strongly consistent; one where nobody has it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn activity_named(&self, external_id: &ExternalId) -> Result<Option<Activity>> {
        let Some(name) = self.item(Key::activity_name(self.tenant, external_id)).await? else { return Ok(None) };
        let ActivityName { activity_id } = entity::read("reading a unique key", name)?;
        let activity = self.activity(activity_id).await?;
        // Between the two reads it may have given it up.
        Ok(activity.filter(|activity| activity.content.external_id.as_ref() == Some(external_id)))
    }

    /// The first `limit` activities from behind `after`, by id, which is the order in which they were made. Four calls,
    /// one a shard, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn activities(&self, after: Option<MintedActivityId>, limit: usize) -> Result<Slice<Activity>> {
        let behind = after.map(|id| format!("{ACTIVITY_PREFIX}{id}"));
        let shards = (0..SHARDS).map(|shard| {
            let range = self.range(keys::activities_partition(self.tenant, shard)).starting(ACTIVITY_PREFIX);
            range.behind(behind.as_deref()).page(limit)
        });
        let pages = try_join_all(shards).await?;
        let cut = pages.iter().any(|page| page.more);
        let items = pages.into_iter().flat_map(|page| page.items).map(read_activity);
        let mut items: Vec<Activity> = items.collect::<Result<_>>()?;
        items.sort_by_key(|activity| activity.id);
        let more = items.len() > limit || cut;
        items.truncate(limit);
        Ok(Slice { items, more })
    }

    /// Puts an activity, a new one or in the place of the one that was read, with all that follows from it: its
    /// external id, and where it got another title that title's way to the records. One call, as a transaction where
    /// something follows: a name must not lead to nothing, nor a title be forgotten half-way.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn write_activity(
        &self,
        old: Option<&Activity>,
        new: &Activity,
        cx: &Cx,
    ) -> Result<ActivityWriteOutcome> {
        let when = WriteCondition::replacing(old.map(|old| old.stamp.version));
        let (was, is) = (old.and_then(|old| old.content.external_id.as_ref()), new.content.external_id.as_ref());
        let is_retitled = old.is_some_and(|old| old.content.title != new.content.title);
        let item = Stored::new("Activity", Key::activity(self.tenant, new.id), new.clone()).by(cx).into_item()?;
        if was == is && !is_retitled {
            let done = self.put_entity(item, when).await?;
            return Ok(if done { ActivityWriteOutcome::Done } else { ActivityWriteOutcome::Stale });
        }
        let mut transaction = Transaction::new(*self);
        transaction.put(item, Some(when))?;
        if was != is {
            if let Some(name) = is {
                let key = Key::activity_name(self.tenant, name);
                let item = Stored::new("Name", key, ActivityName { activity_id: new.id });
                transaction.put(item.into_item()?, Some(WriteCondition::Absent))?;
            }
            if let Some(name) = was {
                transaction.delete(Key::activity_name(self.tenant, name))?;
            }
        }
        if is_retitled {
            transaction.put(self.retitling_item(&Retitling::of(self.tenant, new))?, None)?;
        }
        Ok(match transaction.commit().await? {
            CommitOutcome::Done => ActivityWriteOutcome::Done,
            // The activity is the first of the writes; only its name has a condition besides.
            CommitOutcome::Refused(at) if at.contains(&0) => ActivityWriteOutcome::Stale,
            CommitOutcome::Refused(_) => ActivityWriteOutcome::NameTaken,
            CommitOutcome::Contended => ActivityWriteOutcome::Contended,
        })
    }

    /// Deletes an activity at this version, and frees its external id. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn delete_activity(&self, activity: &Activity, cx: &Cx) -> Result<ActivityWriteOutcome> {
        let left = Activity { stamp: activity.stamp.next(cx), ..activity.clone() };
        let item = Stored::new("Activity", Key::activity(self.tenant, activity.id), left).ended(cx);
        let mut transaction = Transaction::new(*self);
        transaction.put(item.into_item()?, Some(WriteCondition::Version(activity.stamp.version)))?;
        if let Some(name) = &activity.content.external_id {
            transaction.delete(Key::activity_name(self.tenant, name))?;
        }
        Ok(match transaction.commit().await? {
            CommitOutcome::Done => ActivityWriteOutcome::Done,
            CommitOutcome::Refused(_) => ActivityWriteOutcome::Stale,
            CommitOutcome::Contended => ActivityWriteOutcome::Contended,
        })
    }

    /// Records that point to an activity, of one of its four shards, by id, as they were a moment ago; at most `limit`
    /// or 1 MB, and whether there may be more. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn records_of_activity(
        &self,
        activity: MintedActivityId,
        shard: u8,
        behind: Option<RecordId>,
        limit: usize,
    ) -> Result<Slice<Record>> {
        let activity = ActivityId::parse(activity.to_string());
        let activity = activity.map_err(|error| Error::internal("naming an activity", error))?;
        let range = self.range_in(Index::ByActivity, keys::activity_shard(self.tenant, &activity, shard));
        let behind = behind.map(|id| id.to_string());
        let step = range.behind(behind.as_deref()).step(None, Some(limit)).await?;
        let items = step.items.into_iter().map(read_record).collect::<Result<_>>()?;
        Ok(Slice { items, more: step.next.is_some() })
    }

    fn retitling_item(&self, retitling: &Retitling) -> Result<Item> {
        let key = Key::retitling(self.tenant, retitling.activity, retitling.given.version);
        Stored::new("Retitling", key, retitling.clone()).into_item()
    }

    /// How far a title is on its way; `None` where it arrived. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn retitling(&self, activity: MintedActivityId, given: u64) -> Result<Option<Retitling>> {
        let item = self.item(Key::retitling(self.tenant, activity, given)).await?;
        item.map(|item| entity::read("reading a title on its way", item)).transpose()
    }

    /// Notes how far a title came, where nobody noted it since this version was read; whether it was done. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn save_retitling(&self, retitling: &Retitling) -> Result<bool> {
        let next = Retitling { version: retitling.version + 1, ..retitling.clone() };
        self.put_entity(self.retitling_item(&next)?, WriteCondition::Version(retitling.version)).await
    }

    /// Forgets a title that arrived, or that another one overtook. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end_retitling(&self, retitling: &Retitling) -> Result<()> {
        let key = Key::retitling(self.tenant, retitling.activity, retitling.given.version);
        let call = self.store.client.delete_item().table_name(&self.store.table).set_key(Some(key.into_item()));
        call.send().await.map_err(call::decode)?;
        Ok(())
    }
}
