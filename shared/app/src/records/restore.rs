//! Bringing a deleted record back.

use super::{check_version, contended, create::in_use, not_found, stale};
use crate::{App, names::Holding};
use rol_domain::{Cx, Record, RecordId, Result, Verb};
use rol_store::Outcome;

impl App {
    /// Brings a deleted record back, which takes the right to delete it; a live one stays as it is. One call, two for
    /// an educator; where an index key or the external id has
    /// to come back too, one more to write it and one to take the name.
    ///
    /// # Errors
    /// [`rol_domain::Error::NotFound`], `Stale`, or `Conflict` where another record has its external id now.
    pub async fn restore_record(&self, cx: &Cx, id: RecordId, if_match: Option<u64>) -> Result<Record> {
        let store = self.store().for_tenant(&cx.tenant);
        let reach = self.reach(cx, id.person_key()).await?;
        let people = reach.people_with(cx, Verb::Delete);
        if people.as_ref().is_some_and(Vec::is_empty) {
            reach.check(cx, Verb::Delete, &store.record(id).await?.ok_or_else(not_found)?)?;
        }
        let record = match store.restore_plain_record(id, if_match, people.as_deref(), cx).await? {
            Outcome::Done(record) => return Ok(record),
            Outcome::Refused(record) => record.ok_or_else(not_found)?,
        };
        reach.check(cx, Verb::Delete, &record)?;
        check_version(&record, if_match)?;
        if record.deleted.is_none() {
            return Ok(record);
        }
        let restored = Record { deleted: None, stamp: record.stamp.next(cx), ..record.clone() };
        let restored = self.freshly_titled(cx, restored).await?;
        if let Some(external_id) = &restored.content.external_id {
            match self.hold(cx, external_id, id, restored.stamp.version).await? {
                Holding::Mine(_) => {}
                Holding::Taken(_) => return Err(in_use(external_id)),
            }
        }
        match store.write_record(&restored, record.stamp.version).await? {
            Outcome::Done(record) => Ok(record),
            Outcome::Refused(None) => Err(not_found()),
            Outcome::Refused(Some(_)) if if_match.is_some() => Err(stale()),
            Outcome::Refused(Some(_)) => Err(contended()),
        }
    }
}
