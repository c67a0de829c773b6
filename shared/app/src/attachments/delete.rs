//! Deleting a file.

use super::{contended, not_found};
use crate::{App, records};
use futures_util::future::try_join3;
use rol_domain::{AttachmentId, Cx, Permission, Record, RecordId, Result, attachment::State, limits::WRITE_RETRIES};
use rol_store::{CommitOutcome, FilePlace, RecordChange};

impl App {
    /// Deletes a file, whatever its state, and the values of file attributes that name it. Four calls, one more for a
    /// file that is ready and for an educator.
    ///
    /// An empty object first takes the place of the upload: its URL opens nothing any longer, and should the rest be
    /// cut off, the sweep finds it.
    ///
    /// # Errors
    /// [`rol_domain::Error::NotFound`], `Denied`, or `Conflict` where every retry lost.
    pub async fn delete_attachment(&self, cx: &Cx, record: RecordId, id: AttachmentId) -> Result<()> {
        let store = self.store().for_tenant(&cx.tenant);
        let partition_access = self.partition_access(cx, record.person_key());
        let reads = try_join3(partition_access, store.record(record), store.attachment(record, id, cx.now));
        let (partition_access, mut current, mut found) = reads.await?;
        for attempt in 0..=WRITE_RETRIES {
            let record = records::live(current.take())?;
            partition_access.check(cx, Permission::Edit, &record)?;
            let attachment = found.take().ok_or_else(not_found)?;
            let place = FilePlace::from(&attachment);
            if attempt == 0 {
                self.objects().empty(&place).await?;
            }
            let is_ready = attachment.state == State::Ready;
            let without = if is_ready { self.without_file(cx, &record, id).await? } else { None };
            let change = RecordChange { count: -1, next: without.as_ref().map(|next| (next, record.stamp.version)) };
            let deleted = attachment.deleted(cx);
            let settled =
                store.settle_attachment(&deleted, attachment.stamp.version, is_ready.then_some(change)).await?;
            if settled == CommitOutcome::Done {
                if is_ready && let Err(error) = self.objects().delete_served(&place).await {
                    tracing::warn!(error = error.chain(), "left a file to attachments.sweep");
                }
                return Ok(());
            }
            let again = futures_util::future::try_join(
                store.record(attachment.record_id),
                store.attachment(attachment.record_id, id, cx.now),
            );
            (current, found) = again.await?;
        }
        Err(contended())
    }

    /// The record without its values that name a file; `None` where none does.
    async fn without_file(&self, cx: &Cx, record: &Record, file: AttachmentId) -> Result<Option<Record>> {
        if record.content.attributes.values().all(|kept| kept.file() != Some(file)) {
            return Ok(None);
        }
        let attributes = self.store().for_tenant(&cx.tenant).attributes().await?;
        Ok(record.without_file(file, &attributes, cx))
    }
}
