//! Deleting a record, softly.

use super::{contended, live, not_found, stale};
use crate::App;
use rol_domain::{Cx, Permission, RecordId, Result, limits::WRITE_RETRIES};
use rol_store::WriteOutcome;

impl App {
    /// Marks a record as deleted. One call, two for an educator, one more to give up its external id, and where others
    /// wrote it in the same moment.
    ///
    /// # Errors
    /// [`rol_domain::Error::NotFound`], also for a deleted one; `Denied`; `Stale`; `Conflict` where every retry lost.
    pub async fn delete_record(&self, cx: &Cx, id: RecordId, if_match: Option<u64>) -> Result<()> {
        let store = self.store().for_tenant(&cx.tenant);
        let partition_access = self.partition_access(cx, id.person_key()).await?;
        let people = partition_access.people_with(cx, Permission::Delete);
        if people.as_ref().is_some_and(Vec::is_empty) {
            // Nobody's: whether that is all there is to say depends on whether the record may be seen.
            partition_access.check(cx, Permission::Delete, &live(store.record(id).await?)?)?;
        }
        let mut version = if_match;
        for _ in 0..=WRITE_RETRIES {
            match store.delete_record(id, version, people.as_deref(), cx).await? {
                WriteOutcome::Done(record) => {
                    if let Some(external_id) = &record.content.external_id {
                        self.release(external_id, &record).await;
                    }
                    return Ok(());
                }
                WriteOutcome::Refused(Some(record)) if record.deleted.is_none() => {
                    partition_access.check(cx, Permission::Delete, &record)?;
                    if if_match.is_some() {
                        return Err(stale());
                    }
                    // Written after this request began, by clocks that need not agree.
                    version = Some(record.stamp.version);
                }
                WriteOutcome::Refused(_) => return Err(not_found()),
            }
        }
        Err(contended())
    }
}
