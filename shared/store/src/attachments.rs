//! Attachments: in the partition of their record's person, so that those of a record are one query. Their content is
//! in the bucket: see [`crate::Bucket`].

use crate::{
    TenantStore,
    call::{self, Item, n, s},
    condition::WriteCondition,
    entity::{self, Stored},
    keys::{self, Key},
    records::ATTACHMENTS_COUNT,
    transaction::{AttributeUpdate, CommitOutcome, Transaction},
    values::{ATTRIBUTES, Values},
};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use rol_domain::{
    Attachment, AttachmentId, Cx, Error, Record, RecordId, Result,
    change::Trace,
    text::{AppId, PersonId},
    time,
};
use serde::{Deserialize, Serialize};

/// An attachment as an item: it ends by itself unless it is ready.
#[derive(Serialize, Deserialize)]
struct AttachmentItem {
    #[serde(flatten)]
    attachment: Attachment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
}

/// How often files were declared for a record.
#[derive(Default, Serialize, Deserialize)]
struct DeclarationsItem {
    version: u64,
}

/// That somebody was given a file's content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DownloadItem {
    /// Of which file.
    pub(crate) attachment_id: AttachmentId,
    /// Who.
    #[serde(flatten)]
    pub(crate) trace: Trace,
    /// Whose record it is.
    pub(crate) person_id: PersonId,
    /// The application whose record it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) app_id: Option<AppId>,
}

/// The files of a record.
#[derive(Debug, Default)]
pub struct AttachmentsOf {
    /// Those that are there, oldest first.
    pub attachments: Vec<Attachment>,
    /// How often some were declared.
    pub declarations: u64,
}

/// What a verdict, or the loss of a file, changes of its record.
#[derive(Debug)]
pub struct RecordChange<'a> {
    /// How many more files it has.
    pub count: i32,
    /// The record with another value of a file attribute, and the version that it replaces.
    pub next: Option<(&'a Record, u64)>,
}

fn item_of(attachment: &Attachment) -> Result<Item> {
    let key = Key::attachment(attachment.tenant_id, attachment.record_id, attachment.id);
    let ttl = attachment.ends_at().map(|end| end.timestamp());
    Stored::new("Attachment", key, AttachmentItem { attachment: attachment.clone(), ttl }).into_item()
}

pub(crate) fn read_attachment(item: Item) -> Result<Attachment> {
    entity::read::<AttachmentItem>("reading an attachment", item).map(|item| item.attachment)
}

impl TenantStore<'_> {
    /// The files of a record that are there. One call, strongly consistent; more where they exceed 1 MB.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn attachments(&self, record: RecordId, now: DateTime<Utc>) -> Result<AttachmentsOf> {
        let partition = keys::person_partition(self.tenant, record.person_key());
        let declarations = Key::declarations(self.tenant, record).sk;
        let mut found = AttachmentsOf::default();
        for item in self.range(partition).starting(&keys::attachments_prefix(record)).any().all().await? {
            if keys::sort_key_of(&item) == declarations {
                found.declarations = call::read::<DeclarationsItem>("reading a count", item)?.version;
            } else {
                found.attachments.push(read_attachment(item)?);
            }
        }
        found.attachments.retain(|attachment| attachment.is_live(now));
        Ok(found)
    }

    /// A file of a record, if it is there. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn attachment(
        &self,
        record: RecordId,
        id: AttachmentId,
        now: DateTime<Utc>,
    ) -> Result<Option<Attachment>> {
        let item = self.any_item(Key::attachment(self.tenant, record, id)).await?;
        let found = item.map(read_attachment).transpose()?;
        Ok(found.filter(|attachment| attachment.is_live(now)))
    }

    /// Adds files to a record for which files were declared so often: all or none, so that nobody is left with a part
    /// of what was asked for, and no more than a record may have. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn declare_attachments(&self, new: &[Attachment], declarations: u64) -> Result<CommitOutcome> {
        let mut transaction = Transaction::new(*self);
        for attachment in new {
            transaction.put(item_of(attachment)?, Some(WriteCondition::New))?;
        }
        if let Some(first) = new.first() {
            transaction.count_up(Key::declarations(self.tenant, first.record_id), declarations)?;
        }
        transaction.commit().await
    }

    /// Puts a file in the place of its version `replaces`, and changes its record in the same transaction: a count
    /// that is off, or a value that names no file, could not be told from a right one later. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn settle_attachment(
        &self,
        next: &Attachment,
        replaces: u64,
        record: Option<RecordChange<'_>>,
    ) -> Result<CommitOutcome> {
        let mut transaction = Transaction::new(*self);
        transaction.put(item_of(next)?, Some(WriteCondition::AnyVersion(replaces)))?;
        if let Some(RecordChange { count, next: written }) = record {
            let key = Key::record(self.tenant, next.record_id);
            let counted = if count == 0 {
                AttributeUpdate::default()
            } else {
                AttributeUpdate::default().add(ATTACHMENTS_COUNT, count)
            };
            match written {
                None => transaction.update(key, &counted, WriteCondition::Present)?,
                Some((record, version)) => {
                    transaction.update(key, &rewritten(counted, record)?, WriteCondition::Version(version))?
                }
            }
        }
        transaction.commit().await
    }

    /// Notes that a file's content was given to the caller: told from the table's stream. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn record_download(&self, attachment: &Attachment, cx: &Cx) -> Result<()> {
        let key = Key::download(self.tenant, attachment.record_id, attachment.id, &cx.request_id);
        let item = DownloadItem {
            attachment_id: attachment.id,
            trace: Trace::from(cx),
            person_id: attachment.person_id.clone(),
            app_id: attachment.app_id.clone(),
        };
        // It has ended when it is written: the stream alone has it.
        let item = Stored::new("Download", key, item).into_tombstone(cx).into_item()?;
        let call = self.store.client.put_item().table_name(&self.store.table).set_item(Some(item));
        call.send().await.map_err(call::decode)?;
        Ok(())
    }
}

/// What a new value of a file attribute changes of its record's item.
fn rewritten(change: AttributeUpdate, record: &Record) -> Result<AttributeUpdate> {
    let (values, stamp) = (&record.content.attributes, &record.stamp);
    let kept = serde_dynamo::to_attribute_value::<_, AttributeValue>(&Values(values))
        .map_err(|error| Error::internal("writing a record", error))?;
    Ok(change
        .set_or_remove(ATTRIBUTES, (!values.is_empty()).then_some(kept))
        .set("version", n(stamp.version))
        .set("updated_at", s(time::fixed(stamp.updated_at)))
        .set("updated_by", s(&stamp.updated_by))
        .set_or_remove("updated_for", stamp.updated_for.as_ref().map(s))
        .set("request_id", s(&stamp.request_id)))
}
