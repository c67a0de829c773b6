//! Bringing a deleted record back.

use super::{check_version, contended, create::in_use, not_found};
use crate::{App, reservations::ExternalIdReservation};
use rol_domain::{Cx, Permission, Record, RecordId, Result, limits::WRITE_RETRIES};
use rol_store::WriteOutcome;

impl App {
    /// Brings a deleted record back, which takes the right to delete it; a live one stays as it is. One call, two for
    /// an educator; where an index key or the external id has to come back too, one more to write it and one to take
    /// the name.
    ///
    /// # Errors
    /// [`rol_domain::Error::NotFound`], `Stale`, or `Conflict` where another record has its external id now or every
    /// retry lost.
    pub async fn restore_record(&self, cx: &Cx, id: RecordId, if_match: Option<u64>) -> Result<Record> {
        let store = self.store().for_tenant(&cx.tenant);
        let partition_access = self.partition_access(cx, id.person_key()).await?;
        let people = partition_access.people_with(cx, Permission::Delete);
        if people.as_ref().is_some_and(Vec::is_empty) {
            partition_access.check(cx, Permission::Delete, &store.record(id).await?.ok_or_else(not_found)?)?;
        }
        for _ in 0..=WRITE_RETRIES {
            let record = match store.restore_plain_record(id, if_match, people.as_deref(), cx).await? {
                WriteOutcome::Done(record) => return self.shown_one(cx, record).await,
                WriteOutcome::Refused(record) => record.ok_or_else(not_found)?,
            };
            partition_access.check(cx, Permission::Delete, &record)?;
            check_version(&record, if_match)?;
            if record.deleted.is_none() {
                return self.shown_one(cx, record).await;
            }
            let restored = Record { deleted: None, stamp: record.stamp.next(cx), ..record.clone() };
            let restored = self.with_current_title(cx, restored).await?;
            if let Some(external_id) = &restored.content.external_id {
                match self.reserve_external_id(cx, external_id, id, restored.stamp.version).await? {
                    ExternalIdReservation::Mine(_) => {}
                    ExternalIdReservation::Taken(_) => return Err(in_use(external_id)),
                }
            }
            if let WriteOutcome::Done(record) = store.write_record(&restored, record.stamp.version).await? {
                return self.shown_one(cx, record).await;
            }
        }
        Err(contended())
    }
}
