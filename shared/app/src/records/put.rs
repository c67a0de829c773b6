//! Creating or replacing a record by its external id.

use super::{check_version, contended, create::in_use, stale};
use crate::{App, names::Holding};
use rol_domain::{Cx, PersonKey, Record, Result, limits::WRITE_RETRIES, record::NewRecord, text::ExternalId};
use rol_store::Outcome;

/// A record as it shall be, whether it exists or not.
#[derive(Debug, Clone)]
pub struct Put {
    /// Under which name.
    pub external_id: ExternalId,
    /// The record; its content carries the same name.
    pub new: NewRecord,
    /// The version that is to be replaced (`If-Match`).
    pub if_match: Option<u64>,
    /// Whether an existing record shall stay as it is (`If-None-Match: *`).
    pub only_new: bool,
}

impl App {
    /// Creates or replaces a record; whether it was created. Two calls to create, three to replace.
    ///
    /// # Errors
    /// [`rol_domain::Error::Invalid`], `Denied` for another tenant's, `Stale`, or `Conflict` where the name leads to a
    /// record that the caller may not know of, or every retry lost.
    pub async fn put_record(&self, cx: &Cx, put: &Put) -> Result<(Record, bool)> {
        put.new.echo.check_tenant(cx)?;
        let store = self.store().for_tenant(&cx.tenant);
        let person = PersonKey::of(cx.tenant, &put.new.person_id);
        let minted = self.mint_record_id(cx.now, person);
        for _ in 0..=WRITE_RETRIES {
            match self.hold(cx, &put.external_id, minted, 1).await? {
                Holding::Mine(id) => {
                    let made =
                        if put.if_match.is_some() { Err(stale()) } else { Record::create(id, put.new.clone(), cx) };
                    let record = match made {
                        Ok(record) => record,
                        Err(error) => {
                            // Nothing will come under this name: give it up now, not when its grace ends.
                            if let Err(error) =
                                store.release(rol_store::Name::ExternalId(&put.external_id), id, 1).await
                            {
                                tracing::warn!(error = error.chain(), "left a name behind");
                            }
                            return Err(error);
                        }
                    };
                    if let Outcome::Done(record) = store.create_record(&record).await? {
                        return Ok((record, true));
                    }
                }
                Holding::Taken(record) if !record.is_visible_to(cx) => return Err(in_use(&put.external_id)),
                Holding::Taken(_) if put.only_new => {
                    return Err(rol_domain::Error::Stale("a record with this external id exists"));
                }
                Holding::Taken(record) => {
                    check_version(&record, put.if_match)?;
                    let Some(next) = record.replaced(put.new.clone(), cx)? else { return Ok((*record, false)) };
                    if let Outcome::Done(record) = self.write_over(cx, &record, next).await? {
                        return Ok((record, false));
                    }
                    if put.if_match.is_some() {
                        return Err(stale());
                    }
                }
            }
        }
        Err(contended())
    }
}
