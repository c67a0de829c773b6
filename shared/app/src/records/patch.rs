//! Changing a record in part.

use super::{check_version, contended, create::in_use, live, not_found, stale};
use crate::{App, names::Holding};
use futures_util::future::try_join;
use rol_domain::{
    Cx, Patch, Record, RecordId, Result, Verb, attribute::AttributeSet, limits::WRITE_RETRIES, record::RecordPatch,
};
use rol_store::Outcome;

impl App {
    /// Changes a record: reads it, decides, writes on the version that was read. Two calls, three for an
    /// educator; one less where nothing changes; one more for each name taken or given up. Without `if_match` a lost race is tried again.
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
        patch.echo.check_tenant(cx)?;
        let store = self.store().for_tenant(&cx.tenant);
        let (reach, read) = try_join(self.reach(cx, id.person_key()), store.record(id)).await?;
        let mut read = Some(read);
        for _ in 0..=WRITE_RETRIES {
            let record = match read.take() {
                Some(record) => record,
                None => store.record(id).await?,
            };
            let record = live(record)?;
            reach.check(cx, Verb::Edit, &record)?;
            check_version(&record, if_match)?;
            let (patch, wrong) = self.completed(cx, patch.clone(), &record).await?;
            let decide = |attributes: &_| record.patched(patch.clone(), attributes, cx);
            let next = match &patch.attributes {
                Patch::Absent => decide(&AttributeSet::default()),
                Patch::Null => self.with_attributes(cx, decide).await,
                Patch::Value(sent) => self.with_attributes_of(cx, id, sent, decide).await,
            };
            let Some(next) = wrong.with(next)? else { return Ok(record) };
            match self.write_over(cx, &record, next).await? {
                Outcome::Done(written) => return Ok(written),
                Outcome::Refused(None) => return Err(not_found()),
                Outcome::Refused(Some(_)) if if_match.is_some() => return Err(stale()),
                Outcome::Refused(Some(_)) => {}
            }
        }
        Err(contended())
    }

    /// Writes `next` in the place of `record`: takes a new external id first, gives up the old one last.
    pub(super) async fn write_over(&self, cx: &Cx, record: &Record, next: Record) -> Result<Outcome> {
        let (old, new) = (&record.content.external_id, next.content.external_id.as_ref());
        if let Some(new) = new
            && old.as_ref() != Some(new)
        {
            match self.hold(cx, new, next.id, next.stamp.version).await? {
                Holding::Mine(_) => {}
                Holding::Taken(_) => return Err(in_use(new)),
            }
        }
        let outcome = self.store().for_tenant(&cx.tenant).write_record(&next, record.stamp.version).await?;
        if let (Some(old), Outcome::Done(written)) = (old, &outcome)
            && written.content.external_id.as_ref() != Some(old)
        {
            self.release(old, written).await;
        }
        Ok(outcome)
    }
}
