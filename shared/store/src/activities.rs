//! Activities, by id and by external id, and the records that point to one.

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

/// The outcome of writing an activity. Nothing is written unless it is [`Self::Done`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActivityWriteOutcome {
    Done,
    /// Another activity has the external id.
    NameTaken,
    /// The activity is no longer at the version that was read.
    Stale,
    /// Another transaction is writing the activity or its external id.
    Contended,
}

/// An activity's new title, as far as it has been copied to the activity's records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retitling {
    pub tenant: TenantId,
    pub activity: MintedActivityId,
    pub title: Title,
    /// The activity's stamp when it got the title.
    pub given: Stamp,
    /// The shard of the activity's records that is being retitled.
    pub shard: u8,
    /// The last record of that shard that was retitled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<RecordId>,
    /// Incremented by every step.
    pub version: u64,
}

impl Retitling {
    /// The start: no record has the title yet.
    fn of(tenant: TenantId, activity: &Activity) -> Self {
        let (title, given) = (activity.content.title.clone(), activity.stamp.clone());
        Self { tenant, activity: activity.id, title, given, shard: 0, behind: None, version: 1 }
    }

    /// The state after the records of `page` were retitled; `None` once all records were.
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
    /// One call, strongly consistent.
    pub async fn activity(&self, id: MintedActivityId) -> Result<Option<Activity>> {
        self.item(Key::activity(self.tenant, id)).await?.map(read_activity).transpose()
    }

    /// The activity with this external id. Two calls, strongly consistent; one if there is none.
    pub async fn activity_named(&self, external_id: &ExternalId) -> Result<Option<Activity>> {
        let Some(name) = self.item(Key::activity_name(self.tenant, external_id)).await? else { return Ok(None) };
        let ActivityName { activity_id } = entity::read("reading a unique key", name)?;
        let activity = self.activity(activity_id).await?;
        // It may have given up the external id between the two reads.
        Ok(activity.filter(|activity| activity.content.external_id.as_ref() == Some(external_id)))
    }

    /// The first `limit` activities behind `after`, oldest first. One call for each of four shards, strongly
    /// consistent.
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

    /// Puts an activity, in place of `old` if there is one. If its external id or its title changes, the unique key and
    /// the [`Retitling`] are written in the same transaction: a unique key must not point to nothing, and a new title
    /// must reach all records. One call.
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
            // The activity is the first write; the only other one with a condition is its unique key.
            CommitOutcome::Refused(at) if at.contains(&0) => ActivityWriteOutcome::Stale,
            CommitOutcome::Refused(_) => ActivityWriteOutcome::NameTaken,
            CommitOutcome::Contended => ActivityWriteOutcome::Contended,
        })
    }

    /// Deletes an activity at the version of `activity`, and releases its external id. One call.
    pub async fn delete_activity(&self, activity: &Activity, cx: &Cx) -> Result<ActivityWriteOutcome> {
        let deleted = Activity { stamp: activity.stamp.next(cx), ..activity.clone() };
        let item = Stored::new("Activity", Key::activity(self.tenant, activity.id), deleted).into_tombstone(cx);
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

    /// The records of one shard that point to an activity, by id, eventually consistent; at most `limit` or 1 MB. One
    /// call.
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

    /// The retitling to the title that the activity got in version `given`; `None` once it is done. One call, strongly
    /// consistent.
    pub async fn retitling(&self, activity: MintedActivityId, given: u64) -> Result<Option<Retitling>> {
        let item = self.item(Key::retitling(self.tenant, activity, given)).await?;
        item.map(|item| entity::read("reading a retitling", item)).transpose()
    }

    /// Saves the progress of a retitling, unless somebody saved it since it was read; whether it was saved. One call.
    pub async fn save_retitling(&self, retitling: &Retitling) -> Result<bool> {
        let next = Retitling { version: retitling.version + 1, ..retitling.clone() };
        self.put_entity(self.retitling_item(&next)?, WriteCondition::Version(retitling.version)).await
    }

    /// Deletes a retitling that is done or superseded by another one. One call.
    pub async fn end_retitling(&self, retitling: &Retitling) -> Result<()> {
        let key = Key::retitling(self.tenant, retitling.activity, retitling.given.version);
        let call = self.store.client.delete_item().table_name(&self.store.table).set_key(Some(key.into_item()));
        call.send().await.map_err(call::decode)?;
        Ok(())
    }
}
