//! Records: each write is one conditional call, decided on what the caller read. Reads by id are strongly consistent.

use crate::{
    TenantStore,
    call::{self, Item, n, s},
    keys::{self, Key, ListedKind, PK},
    values,
};
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use chrono::{DateTime, Utc};
use rol_domain::{
    Cx, Error, Record, RecordId, Result, Stamp, TenantId,
    attribute::Attributes,
    limits::WRITE_RETRIES,
    record::{Content, Deletion, SCHEMA_VERSION, SourceType},
    text::{AppId, PersonId, Source},
    time,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The number of a record's files that are ready.
pub(crate) const ATTACHMENTS_COUNT: &str = "attachments_count";

#[derive(Serialize, Deserialize)]
pub(crate) struct RecordItem {
    pk: String,
    sk: String,
    #[serde(rename = "type")]
    kind: String,
    tenant_shard: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    completed_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    activity_shard: Option<String>,
    id: RecordId,
    tenant_id: TenantId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    app_id: Option<AppId>,
    person_id: PersonId,
    /// What clients say of it, apart from the values of custom attributes.
    #[serde(flatten)]
    content: Content,
    #[serde(default, skip_serializing_if = "Attributes::is_empty", with = "values")]
    attributes: Attributes,
    source: Source,
    source_type: SourceType,
    attachments_count: u32,
    schema_version: u32,
    #[serde(flatten)]
    stamp: Stamp,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::fixed_width::option")]
    deleted_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deleted_by: Option<String>,
}

impl From<&Record> for RecordItem {
    fn from(record: &Record) -> Self {
        let Record { id, tenant, content, .. } = record;
        let place = Key::record(*tenant, *id);
        let shard = keys::shard_of(id);
        // A deleted record is in by-tenant only.
        let live = record.deleted.is_none();
        Self {
            pk: place.pk,
            sk: place.sk,
            kind: "Record".into(),
            tenant_shard: keys::tenant_shard(*tenant, ListedKind::Record, shard),
            completed_key: completed_key(record).filter(|_| live),
            expires_key: content.expires_at.filter(|_| live).map(|at| keys::time_key(at.last_moment(), id)),
            activity_shard: content
                .activity_id
                .as_ref()
                .filter(|_| live)
                .map(|activity| keys::activity_shard(*tenant, activity, shard)),
            id: *id,
            tenant_id: *tenant,
            app_id: record.app_id.clone(),
            person_id: record.person_id.clone(),
            content: Content { attributes: Attributes::new(), ..content.clone() },
            attributes: content.attributes.clone(),
            source: record.source.clone(),
            source_type: record.source_type,
            attachments_count: record.attachments_count,
            schema_version: SCHEMA_VERSION,
            stamp: record.stamp.clone(),
            deleted_at: record.deleted.as_ref().map(|deletion| deletion.at),
            deleted_by: record.deleted.as_ref().map(|deletion| deletion.by.clone()),
        }
    }
}

impl From<RecordItem> for Record {
    fn from(item: RecordItem) -> Self {
        Self {
            id: item.id,
            tenant: item.tenant_id,
            app_id: item.app_id,
            person_id: item.person_id,
            content: Content { attributes: item.attributes, ..item.content },
            source: item.source,
            source_type: item.source_type,
            attachments_count: item.attachments_count,
            stamp: item.stamp,
            deleted: item.deleted_at.zip(item.deleted_by).map(|(at, by)| Deletion { at, by }),
        }
    }
}

/// The sort key in `by-completion`: when the record was completed, or when an unfinished one is due, so that overdue
/// records need no index of their own.
fn completed_key(record: &Record) -> Option<String> {
    let Content { completed_at, due_at, .. } = record.content;
    let due = due_at.filter(|_| record.content.is_unfinished());
    (completed_at.map(|at| keys::time_key(at.last_moment(), record.id)))
        .or(due.map(|at| keys::due_key(at.last_moment(), record.id)))
}

pub(crate) fn read_record(item: Item) -> Result<Record> {
    call::read::<RecordItem>("reading a record", item).map(Record::from)
}

/// The outcome of a conditional write.
#[derive(Debug)]
pub enum WriteOutcome {
    /// The record as it is now.
    Done(Record),
    /// The condition failed on this record, or because there is none.
    Refused(Option<Record>),
}

impl TenantStore<'_> {
    /// The record with this id, even if it is deleted. One call, strongly consistent, 1 read unit for each 4 KB.
    pub async fn record(&self, id: RecordId) -> Result<Option<Record>> {
        self.item(Key::record(self.tenant, id)).await?.map(read_record).transpose()
    }

    /// The records with these ids, deleted or not; an id without a record is left out. At most 100. One call, strongly
    /// consistent, 1 read unit for each 4 KB of each.
    pub async fn records_by_ids(&self, ids: &BTreeSet<RecordId>) -> Result<BTreeMap<RecordId, Record>> {
        let keys = ids.iter().map(|id| Key::record(self.tenant, *id).into_item()).collect();
        let records = self.batch(keys).await?.into_iter().map(read_record);
        records.map(|record| record.map(|record| (record.id, record))).collect()
    }

    /// Puts a new record. One call; 1 write unit for each KB, and as many for each index that applies.
    pub async fn create_record(&self, record: &Record) -> Result<WriteOutcome> {
        self.put_record(record, "attribute_not_exists(#guard)", PK, None).await
    }

    /// Puts a record in place of its version `replaces`. One call; write units as for [`Self::create_record`], twice
    /// for an index in which its key changes. One more call each time the number of its files changed in between: that
    /// makes no version, so the stored number is kept whatever `record` says.
    pub async fn write_record(&self, record: &Record, replaces: u64) -> Result<WriteOutcome> {
        let mut record = record.clone();
        for _ in 0..WRITE_RETRIES {
            let outcome =
                self.put_record(&record, "#guard = :guard AND #count = :count", "version", Some(replaces)).await?;
            match &outcome {
                WriteOutcome::Refused(Some(old))
                    if old.stamp.version == replaces && old.attachments_count != record.attachments_count =>
                {
                    record.attachments_count = old.attachments_count;
                }
                _ => return Ok(outcome),
            }
        }
        Ok(WriteOutcome::Refused(Some(record)))
    }

    async fn put_record(
        &self,
        record: &Record,
        condition: &str,
        guard: &str,
        replaces: Option<u64>,
    ) -> Result<WriteOutcome> {
        debug_assert_eq!(record.tenant, self.tenant, "a record is written in its own tenant");
        let mut call = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .set_item(Some(call::write("writing a record", &RecordItem::from(record))?))
            .condition_expression(condition)
            .expression_attribute_names("#guard", guard)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if let Some(replaces) = replaces {
            call = call
                .expression_attribute_names("#count", ATTACHMENTS_COUNT)
                .expression_attribute_values(":guard", n(replaces))
                .expression_attribute_values(":count", n(record.attachments_count));
        }
        use aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException as Failed;
        match call.send().await {
            Ok(_) => Ok(WriteOutcome::Done(record.clone())),
            Err(error) => match error.as_service_error() {
                Some(Failed(failed)) => outcome_of_refusal(failed.item.clone(), |old| {
                    // The number of files may have changed since; that is no other write of the record.
                    *old == Record { attachments_count: old.attachments_count, ..record.clone() }
                }),
                _ => Err(call::decode(error)),
            },
        }
    }

    /// Marks a live record as deleted. Restricted to `version` and to records of `people`, if they are `Some`. One
    /// call, without reading first.
    pub async fn delete_record(
        &self,
        id: RecordId,
        version: Option<u64>,
        people: Option<&[PersonId]>,
        cx: &Cx,
    ) -> Result<WriteOutcome> {
        let update = ("#deleted_at = :now, #deleted_by = :actor, ", "completed_key, expires_key, activity_shard");
        let condition = "attribute_exists(#pk) AND attribute_not_exists(#deleted_at)";
        self.mark_record(id, (version, people), cx, update, condition).await
    }

    /// Restores a deleted record that has no external id and no index key besides `by-tenant`, with the restrictions of
    /// [`Self::delete_record`]. One call, without reading first; [`WriteOutcome::Refused`] has the record otherwise.
    pub async fn restore_plain_record(
        &self,
        id: RecordId,
        version: Option<u64>,
        people: Option<&[PersonId]>,
        cx: &Cx,
    ) -> Result<WriteOutcome> {
        let update = ("", "#deleted_at, #deleted_by");
        let condition = "attribute_exists(#pk) AND attribute_exists(#deleted_at) AND attribute_not_exists(external_id) \
                         AND attribute_not_exists(completed_at) AND attribute_not_exists(due_at) \
                         AND attribute_not_exists(expires_at) AND attribute_not_exists(activity_id)";
        self.mark_record(id, (version, people), cx, update, condition).await
    }

    async fn mark_record(
        &self,
        id: RecordId,
        (version, people): (Option<u64>, Option<&[PersonId]>),
        cx: &Cx,
        (sets, removes): (&str, &str),
        condition: &str,
    ) -> Result<WriteOutcome> {
        let mut condition = condition.to_owned();
        let stamp = "#updated_at = :now, #updated_by = :actor, #request = :request, #version = #version + :one";
        let update = match &cx.subject {
            Some(_) => format!("SET {sets}{stamp}, #updated_for = :subject REMOVE {removes}"),
            None => format!("SET {sets}{stamp} REMOVE {removes}, #updated_for"),
        };
        let mut call = self
            .store
            .client
            .update_item()
            .table_name(&self.store.table)
            .set_key(Some(Key::record(self.tenant, id).into_item()))
            .update_expression(update)
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#deleted_at", "deleted_at")
            .expression_attribute_names("#deleted_by", "deleted_by")
            .expression_attribute_names("#updated_at", "updated_at")
            .expression_attribute_names("#updated_by", "updated_by")
            .expression_attribute_names("#updated_for", "updated_for")
            .expression_attribute_names("#request", "request_id")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":now", s(time::fixed(cx.now)))
            .expression_attribute_values(":actor", s(&cx.actor))
            .expression_attribute_values(":request", s(&cx.request_id))
            .expression_attribute_values(":one", n(1));
        if let Some(subject) = &cx.subject {
            call = call.expression_attribute_values(":subject", s(subject));
        }
        match version {
            Some(version) => {
                condition.push_str(" AND #version = :version");
                call = call.expression_attribute_values(":version", n(version));
            }
            // A late attempt may arrive when somebody has already undone what another attempt did.
            None => condition.push_str(" AND #updated_at <= :now"),
        }
        if let Some(people) = people {
            let names: Vec<String> = (0..people.len()).map(|i| format!(":person{i}")).collect();
            condition.push_str(&format!(" AND person_id IN ({})", names.join(", ")));
            for (name, person) in names.into_iter().zip(people) {
                call = call.expression_attribute_values(name, s(person));
            }
        }
        if let Some(app) = &cx.app_id {
            condition.push_str(" AND app_id = :app");
            call = call.expression_attribute_values(":app", s(app));
        }
        use aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException as Failed;
        match call.condition_expression(condition).send().await {
            Ok(answer) => answer
                .attributes
                .map(read_record)
                .transpose()?
                .map(WriteOutcome::Done)
                .ok_or_else(|| Error::internal("marking a record", "the response came without the item")),
            Err(error) => match error.as_service_error() {
                Some(Failed(failed)) => {
                    outcome_of_refusal(failed.item.clone(), |old| old.stamp.request_id == cx.request_id)
                }
                _ => Err(call::decode(error)),
            },
        }
    }
}

/// The outcome of a failed condition. If an earlier attempt of the same write succeeded and its response was lost, the
/// write was done.
fn outcome_of_refusal(old: Option<Item>, is_ours: impl FnOnce(&Record) -> bool) -> Result<WriteOutcome> {
    let old = old.filter(|item| !item.is_empty()).map(read_record).transpose()?;
    Ok(match old {
        Some(old) if is_ours(&old) => WriteOutcome::Done(old),
        old => WriteOutcome::Refused(old),
    })
}
