//! Changing a record in part.

use super::{check_version, contended, create::in_use, live, not_found, stale};
use crate::{App, reservations::ExternalIdReservation};
use futures_util::future::try_join;
use rol_domain::{
    Cx, Patch, Permission, Record, RecordId, Result, attribute::AttributeSet, limits::WRITE_RETRIES,
    record::RecordPatch,
};
use rol_store::WriteOutcome;

impl App {
    /// Changes a record: reads it, decides, writes on the version that was read. Two calls, three for an
    /// educator; one less where nothing changes; one more for each name taken or given up. Without `if_match` a lost
    /// race is tried again.
    ///
    /// # Errors
    /// [`rol_domain::Error::Invalid`], `NotFound`, `Stale`, or `Conflict` where the external id is in use or every
    /// retry lost.
    pub async fn patch_record(
        &self,
        cx: &Cx,
        id: RecordId,
        if_match: Option<u64>,
        patch: &RecordPatch,
    ) -> Result<Record> {
        patch.read_only.check_tenant(cx)?;
        let store = self.store().for_tenant(&cx.tenant);
        let (partition_access, read) = try_join(self.partition_access(cx, id.person_key()), store.record(id)).await?;
        let mut read = Some(read);
        for _ in 0..=WRITE_RETRIES {
            let record = match read.take() {
                Some(record) => record,
                None => store.record(id).await?,
            };
            let record = live(record)?;
            partition_access.check(cx, Permission::Edit, &record)?;
            check_version(&record, if_match)?;
            let (patch, wrong) = self.with_patched_defaults(cx, patch.clone(), &record).await?;
            let decide = |attributes: &_| record.patched(patch.clone(), attributes, cx);
            let values = &record.content.attributes;
            let next = match &patch.attributes {
                // Nothing depends on them.
                Patch::Absent if values.is_empty() => decide(&AttributeSet::default()),
                Patch::Absent | Patch::Null => self.with_attributes(cx, values, decide).await,
                Patch::Value(sent) => self.with_attributes_of(cx, &record, sent, decide).await,
            };
            let Some(next) = wrong.with(next)? else { return self.shown_one(cx, record).await };
            match self.write_over(cx, &record, next).await? {
                WriteOutcome::Done(written) => return self.shown_one(cx, written).await,
                WriteOutcome::Refused(None) => return Err(not_found()),
                WriteOutcome::Refused(Some(_)) if if_match.is_some() => return Err(stale()),
                WriteOutcome::Refused(Some(_)) => {}
            }
        }
        Err(contended())
    }

    /// Writes `next` in the place of `record`: takes a new external id first, gives up the old one last.
    pub(super) async fn write_over(&self, cx: &Cx, record: &Record, next: Record) -> Result<WriteOutcome> {
        let (old, new) = (&record.content.external_id, next.content.external_id.as_ref());
        if let Some(new) = new
            && old.as_ref() != Some(new)
        {
            match self.reserve_external_id(cx, new, next.id, next.stamp.version).await? {
                ExternalIdReservation::Mine(_) => {}
                ExternalIdReservation::Taken(_) => return Err(in_use(new)),
            }
        }
        let outcome = self.store().for_tenant(&cx.tenant).write_record(&next, record.stamp.version).await?;
        if let (Some(old), WriteOutcome::Done(written)) = (old, &outcome)
            && written.content.external_id.as_ref() != Some(old)
        {
            self.release(old, written).await;
        }
        Ok(outcome)
    }
}
