//! Bringing a deleted record back.

use super::{check_version, contended, create::in_use, not_found, stale};
use crate::{App, names::Holding};
use rol_domain::{Cx, Record, RecordId, Result};
use rol_store::Outcome;

impl App {
    /// Brings a deleted record back; a live one stays as it is. One call; where an index key or the external id has
    /// to come back too, one more to write it and one to take the name.
    ///
    /// # Errors
    /// [`rol_domain::Error::NotFound`], `Stale`, or `Conflict` where another record has its external id now.
    pub async fn restore_record(&self, cx: &Cx, id: RecordId, if_match: Option<u64>) -> Result<Record> {
        let store = self.store().for_tenant(&cx.tenant);
        let record = match store.restore_plain_record(id, if_match, cx).await? {
            Outcome::Done(record) => return Ok(record),
            Outcome::Refused(record) => record.filter(|record| record.is_visible_to(cx)).ok_or_else(not_found)?,
        };
        check_version(&record, if_match)?;
        if record.deleted.is_none() {
            return Ok(record);
        }
        let restored = Record {
            deleted: None,
            version: record.version + 1,
            updated_at: cx.now,
            updated_by: cx.actor.to_string(),
            request_id: cx.request_id.clone(),
            ..record.clone()
        };
        if let Some(external_id) = &restored.content.external_id {
            match self.hold(cx, external_id, id, restored.version).await? {
                Holding::Mine(_) => {}
                Holding::Taken(_) => return Err(in_use(external_id)),
            }
        }
        match store.write_record(&restored, record.version).await? {
            Outcome::Done(record) => Ok(record),
            Outcome::Refused(None) => Err(not_found()),
            Outcome::Refused(Some(_)) if if_match.is_some() => Err(stale()),
            Outcome::Refused(Some(_)) => Err(contended()),
        }
    }
}
