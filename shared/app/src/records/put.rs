//! Creating or replacing a record by its external id.

use super::{check_version, contended, create::in_use, stale};
use crate::{App, PersonSelector, access::ReferenceLocation, reservations::ExternalIdReservation};
use rol_domain::{
    Cx, Permission, PersonKey, Record, RecordId, Result,
    attribute::Attributes,
    limits::WRITE_RETRIES,
    record::NewRecord,
    text::{ExternalId, PersonId},
};
use rol_store::WriteOutcome;

/// A record as it shall be, whether it exists or not.
#[derive(Debug, Clone)]
pub struct Put {
    /// Under which name.
    pub external_id: ExternalId,
    /// Whose it is.
    pub selector: PersonSelector,
    /// The record; its content carries the same name.
    pub new: NewRecord,
    /// The version that is to be replaced (`If-Match`).
    pub if_match: Option<u64>,
    /// Whether an existing record shall stay as it is (`If-None-Match: *`).
    pub only_new: bool,
}

impl App {
    /// Creates or replaces a record; whether it was created. Two calls to create, three to
    /// replace; one more for a reference to the person, and for an educator.
    ///
    /// # Errors
    /// [`rol_domain::Error::Invalid`], `Denied` for another tenant's, `Stale`, or `Conflict` where the name leads to a
    /// record that the caller may not know of, or every retry lost.
    pub async fn put_record(&self, cx: &Cx, put: &Put) -> Result<(Record, bool)> {
        put.new.read_only.check_tenant(cx)?;
        let store = self.store().for_tenant(&cx.tenant);
        let person_id = self.resolve(cx, &put.selector, ReferenceLocation::Body).await?;
        let person = PersonKey::of(cx.tenant, &person_id);
        let partition_access = self.partition_access(cx, person).await?;
        let access = partition_access.access(cx, &person_id);
        if !access.verbs.contains(&Permission::Edit) {
            access.require(Permission::Create)?;
        }
        let minted = self.mint_record_id(cx.now, person);
        for _ in 0..=WRITE_RETRIES {
            match self.reserve_external_id(cx, &put.external_id, minted, 1).await? {
                ExternalIdReservation::Mine(id) => {
                    let made = match access.require(Permission::Create) {
                        Ok(()) => self.made_by(cx, id, &person_id, put).await,
                        Err(error) => Err(error),
                    };
                    let record = match made {
                        Ok(record) => record,
                        Err(error) => {
                            // Nothing will come under this name: give it up now, not when its grace ends.
                            if let Err(error) =
                                store.release(rol_store::UniqueKey::ExternalId(&put.external_id), id, 1).await
                            {
                                tracing::warn!(error = error.chain(), "could not release an external id");
                            }
                            return Err(error);
                        }
                    };
                    if let WriteOutcome::Done(record) = store.create_record(&record).await? {
                        return Ok((record, true));
                    }
                }
                ExternalIdReservation::Taken(record) => {
                    let there = match record.id.person_key() {
                        key if key == person => None,
                        key => Some(self.partition_access(cx, key).await?),
                    };
                    let access = there.as_ref().unwrap_or(&partition_access).access(cx, &record.person_id);
                    if !access.sees(cx, &record) {
                        // That somebody's record has this name is all that may be said.
                        return Err(in_use(&put.external_id));
                    }
                    if put.only_new {
                        return Err(rol_domain::Error::Stale("a record with this external id exists"));
                    }
                    access.require(Permission::Edit)?;
                    check_version(&record, put.if_match)?;
                    let (new, wrong) = self.with_activity_defaults(cx, put.new.clone(), Some(&record)).await?;
                    let decide = |attributes: &_| record.replaced(&person_id, new.clone(), attributes, cx);
                    let decided = self.with_attributes_of(cx, &record, &new.attributes, decide).await;
                    let Some(next) = wrong.with(decided)? else {
                        return Ok((self.shown_one(cx, *record).await?, false));
                    };
                    if let WriteOutcome::Done(record) = self.write_over(cx, &record, next).await? {
                        return Ok((self.shown_one(cx, record).await?, false));
                    }
                    if put.if_match.is_some() {
                        return Err(stale());
                    }
                }
            }
        }
        Err(contended())
    }

    async fn made_by(&self, cx: &Cx, id: RecordId, person: &PersonId, put: &Put) -> Result<Record> {
        if put.if_match.is_some() {
            return Err(stale());
        }
        let (new, wrong) = self.with_activity_defaults(cx, put.new.clone(), None).await?;
        let decide = |attributes: &_| Record::create(id, person.clone(), new.clone(), attributes, cx);
        wrong.with(self.with_attributes(cx, &Attributes::new(), decide).await)
    }
}
