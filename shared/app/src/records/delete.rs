//! Deleting a record, softly.

use super::{not_found, stale};
use crate::App;
use rol_domain::{Cx, RecordId, Result};
use rol_store::Outcome;

impl App {
    /// Marks a record as deleted. One call, one more to give up its external id.
    ///
    /// # Errors
    /// [`rol_domain::Error::NotFound`], also for a deleted one; `Stale`.
    pub async fn delete_record(&self, cx: &Cx, id: RecordId, if_match: Option<u64>) -> Result<()> {
        match self.store().for_tenant(&cx.tenant).delete_record(id, if_match, cx).await? {
            Outcome::Done(record) => {
                if let Some(external_id) = &record.content.external_id {
                    self.release(external_id, &record).await;
                }
                Ok(())
            }
            Outcome::Refused(Some(record)) if record.is_visible_to(cx) && record.deleted.is_none() => Err(stale()),
            Outcome::Refused(_) => Err(not_found()),
        }
    }
}
