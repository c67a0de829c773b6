//! The verdict on an upload: at least once delivered, in any order, late or never, and given once.

use super::pdf;
use crate::App;
use chrono::{DateTime, Utc};
use futures_util::future::try_join;
use rol_domain::{
    Attachment, Error, Record, Result, Stamp,
    attachment::{ContentHash, Mismatch, Rejection, State, check_upload},
    attribute::{Attribute, AttributeType},
    limits::{MAX_FILE_BYTES, VERDICT_RETRIES},
};
use rol_store::{CommitOutcome, FilePlace, RecordChange, Uploaded};

/// That something was uploaded, or scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The key of the object.
    pub key: String,
    /// What the malware scan found, where it is what tells of the upload.
    pub scan: Option<Scan>,
    /// The id of the event that tells it.
    pub event_id: String,
}

/// What a malware scan found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    /// Nothing, in the object with this `ETag`.
    Clean(String),
    /// Something.
    Malware,
    /// Nothing, because it could not look inside.
    NotScannable,
}

impl App {
    /// Gives the verdict on an upload: what is right is copied to where files are served and becomes `ready`, the rest
    /// is `rejected`; then the upload is emptied. Whatever is delivered twice, late or after the file is gone changes
    /// nothing that was decided. Two reads, the object, its copy, one transaction and the emptying: six calls.
    ///
    /// # Errors
    /// Those of the store, or [`Error::Conflict`] where everything changed at once: it is to be delivered again.
    pub async fn verify_upload(&self, upload: &Upload) -> Result<()> {
        let Some(place) = FilePlace::of_upload(&upload.key) else {
            tracing::warn!("ignored an upload whose key names no file");
            return Ok(());
        };
        if self.scans_uploads() && upload.scan.is_none() {
            return Ok(());
        }
        let now = self.now();
        let store = self.store().for_tenant(&place.tenant);
        for _ in 0..=VERDICT_RETRIES {
            let reads = try_join(store.attachment(place.record, place.attachment, now), store.record(place.record));
            let (Some(attachment), Some(record)) = reads.await? else {
                // Deleted, or ended before it came. What may have been copied in the meantime is nobody's.
                self.objects().delete_served(&place).await?;
                return self.objects().empty(&place).await;
            };
            if attachment.state != State::Pending {
                return self.objects().empty(&place).await;
            }
            let Some(found) = self.objects().upload(&place, MAX_FILE_BYTES).await? else { return Ok(()) };
            if found.size == 0 {
                // It is being deleted at this moment.
                return Ok(());
            }
            if self.decide(&attachment, &record, found, upload, now).await? {
                return self.objects().empty(&place).await;
            }
        }
        Err(Error::Conflict("the file changed each time that its verdict was ready".into()))
    }

    /// Gives the verdict on what was found; whether it was still called for.
    async fn decide(
        &self,
        attachment: &Attachment,
        record: &Record,
        found: Uploaded,
        upload: &Upload,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let stamp = attachment.stamp.next_by("attachments.verify", now, &upload.event_id);
        let etag = found.etag.clone();
        let (next, change, with_file);
        match verdict(attachment, found, upload.scan.as_ref()) {
            Ok(content) => {
                if !self.objects().accept(&FilePlace::from(attachment), &etag).await? {
                    return Ok(false);
                }
                with_file = self.with_file(attachment, record, now).await?;
                change =
                    Some(RecordChange { count: 1, next: with_file.as_ref().map(|next| (next, record.stamp.version)) });
                next = attachment.accepted(content, stamp);
            }
            Err(why) => {
                tracing::info!(reason = why.code(), attachment.id = %attachment.id, "rejected a file");
                change = None;
                next = attachment.rejected(why, stamp);
            }
        }
        let next = next.ok_or_else(|| Error::internal("giving a verdict", "the file waits for none"))?;
        let store = self.store().for_tenant(&attachment.tenant_id);
        Ok(store.settle_attachment(&next, attachment.stamp.version, change).await? == CommitOutcome::Done)
    }

    /// The record with the file as the value of the attribute that it was declared for; `None` where it was declared
    /// for none, or that is gone or none of files any longer. It is written for whoever declared the file.
    async fn with_file(&self, attachment: &Attachment, record: &Record, now: DateTime<Utc>) -> Result<Option<Record>> {
        let Some(key) = &attachment.attribute_key else { return Ok(None) };
        let attributes = self.store().for_tenant(&attachment.tenant_id).attributes().await?;
        let is_meant = |it: &&Attribute| attachment.is_for(it) && it.content.kind == AttributeType::File;
        let Some(attribute) = attributes.get(key).filter(is_meant) else { return Ok(None) };
        let declared = &attachment.stamp;
        let stamp = Stamp {
            updated_for: declared.updated_for.clone(),
            ..record.stamp.next_by(&declared.created_by, now, &declared.request_id)
        };
        Ok(Some(record.with_file(attribute, attachment.id, stamp)))
    }
}

/// Whether what was uploaded is what was declared, and a PDF that does nothing but show its pages.
fn verdict(attachment: &Attachment, found: Uploaded, scan: Option<&Scan>) -> Result<ContentHash, Rejection> {
    match scan {
        Some(Scan::Malware) => return Err(Rejection::Upload(Mismatch::Malware)),
        Some(Scan::NotScannable) => return Err(Rejection::Upload(Mismatch::NotScannable)),
        // The scan saw something else than what is there.
        Some(Scan::Clean(etag)) if etag.trim_matches('"') != found.etag.trim_matches('"') => {
            return Err(Rejection::Upload(Mismatch::WrongContent));
        }
        Some(Scan::Clean(_)) | None => {}
    }
    let hash = || ContentHash::of(&found.content);
    let hash = check_upload(attachment, found.size, found.content_type.as_deref(), hash).map_err(Rejection::Upload)?;
    pdf::check(&found.content).map_err(Rejection::Content)?;
    Ok(hash)
}
