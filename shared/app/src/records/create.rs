//! Adding a record to a person.

use crate::{
    App, PersonSelector,
    access::ReferenceLocation,
    reservations::{ExternalIdReservation, Idempotency, IdempotencyReservation, gone},
};
use rol_domain::{
    Cx, Error, Permission, PersonKey, Record, RecordId, Result, access::Access, attribute::Attributes,
    limits::MINT_RETRIES, record::NewRecord,
};
use rol_store::WriteOutcome;

/// A wish for a new record.
#[derive(Debug, Clone)]
pub struct Create {
    /// Whose it is.
    pub selector: PersonSelector,
    /// The record.
    pub new: NewRecord,
    /// The request's `Idempotency-Key`.
    pub idempotency: Option<Idempotency>,
}

/// A record that was made.
#[derive(Debug)]
pub struct Created {
    /// The record as it is now.
    pub record: Record,
    /// Whether an earlier request with the same `Idempotency-Key` made it.
    pub replayed: bool,
}

/// Under which id a record is made.
#[derive(Clone, Copy)]
pub(super) enum IdStrategy<'a> {
    /// Any.
    Any,
    /// The one that an `Idempotency-Key` holds.
    Key(&'a Idempotency),
    /// The same one each time that it is tried.
    Id(&'a (dyn Fn(PersonKey) -> RecordId + Send + Sync)),
}

impl App {
    /// Adds a record to a person. One call, one more for each of external id, `Idempotency-Key`, a reference to the
    /// person, and for an educator.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::Denied`] for another tenant's; [`Error::Conflict`] where the external id is in
    /// use; those of an `Idempotency-Key` used before.
    pub async fn create_record(&self, cx: &Cx, create: Create) -> Result<Created> {
        let Create { selector, new, idempotency } = create;
        let id_strategy = idempotency.as_ref().map_or(IdStrategy::Any, IdStrategy::Key);
        let Created { record, replayed } = self.create_under(cx, &selector, new, id_strategy).await?;
        Ok(Created { record: self.shown_one(cx, record).await?, replayed })
    }

    pub(super) async fn create_under(
        &self,
        cx: &Cx,
        selector: &PersonSelector,
        new: NewRecord,
        id_strategy: IdStrategy<'_>,
    ) -> Result<Created> {
        new.read_only.check_tenant(cx)?;
        let person_id = self.resolve(cx, selector, ReferenceLocation::Body).await?;
        let person = PersonKey::of(cx.tenant, &person_id);
        // All rights and rules before any name is reserved.
        let access = self.partition_access(cx, person).await?.access(cx, &person_id);
        access.require(Permission::Create)?;
        let (new, wrong) = self.with_activity_defaults(cx, new, None).await?;
        let id = match id_strategy {
            IdStrategy::Id(id) => id(person),
            IdStrategy::Any | IdStrategy::Key(_) => self.mint_record_id(cx.now, person),
        };
        let decide = |attributes: &_| Record::create(id, person_id.clone(), new.clone(), attributes, cx);
        let mut record = wrong.with(self.with_attributes(cx, &Attributes::new(), decide).await)?;
        if let IdStrategy::Key(idempotency) = id_strategy {
            match self.reserve_idempotency_key(cx, idempotency, record.id).await? {
                IdempotencyReservation::First => {}
                IdempotencyReservation::Resumed(id) => record.id = id,
                IdempotencyReservation::Done(made) => return replayed(cx, &access, *made),
            }
        }
        if let Some(external_id) = &record.content.external_id {
            match self.reserve_external_id(cx, external_id, record.id, record.stamp.version).await? {
                ExternalIdReservation::Mine(id) if id == record.id || matches!(id_strategy, IdStrategy::Any) => {
                    record.id = id
                }
                ExternalIdReservation::Mine(_) => {
                    return Err(Error::Conflict(format!(
                        "the external id {external_id} is being taken by another request: try again"
                    )));
                }
                ExternalIdReservation::Taken(_) => return Err(in_use(external_id)),
            }
        }
        let store = self.store().for_tenant(&cx.tenant);
        let repeatable = !matches!(id_strategy, IdStrategy::Any);
        let named = repeatable || record.content.external_id.is_some();
        for _ in 0..=MINT_RETRIES {
            match store.create_record(&record).await? {
                WriteOutcome::Done(record) => return Ok(Created { record, replayed: false }),
                // The id is taken. Without a name that holds it, another one will do.
                WriteOutcome::Refused(_) if !named => record.id = self.mint_record_id(cx.now, person),
                WriteOutcome::Refused(Some(made)) if repeatable && made.stamp.created_by == record.stamp.created_by => {
                    return replayed(cx, &access, made);
                }
                // The attempt whose id this one took over came first.
                WriteOutcome::Refused(_) => match &record.content.external_id {
                    Some(external_id) => return Err(in_use(external_id)),
                    None => break,
                },
            }
        }
        Err(Error::internal("minting an id", "the id met an existing record"))
    }
}

/// The record that an earlier request made. It was the caller who made it; what others made of it since is for those
/// who may view it, and that it was deleted for those who see deleted records.
fn replayed(cx: &Cx, access: &Access, made: Record) -> Result<Created> {
    if made.deleted.is_some() && !cx.sees_deleted() {
        return Err(gone());
    }
    if made.stamp.version > 1 {
        access.check(cx, Permission::View, &made)?;
    }
    Ok(Created { record: made, replayed: true })
}

pub(super) fn in_use(external_id: &rol_domain::text::ExternalId) -> Error {
    Error::Conflict(format!("the external id {external_id} belongs to another record"))
}
