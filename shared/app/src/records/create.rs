//! Adding a record to a person.

use crate::{
    App, Whose,
    access::Stood,
    names::{Attempt, Holding, Idempotency},
};
use rol_domain::{Cx, Error, PersonKey, Record, Result, Verb, limits::MINT_RETRIES, record::NewRecord};
use rol_store::Outcome;

/// A wish for a new record.
#[derive(Debug, Clone)]
pub struct Create {
    /// Whose it is.
    pub whose: Whose,
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

impl App {
    /// Adds a record to a person. One call, one more for each of external id, `Idempotency-Key`, a reference to the
    /// person, and for an educator.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::Denied`] for another tenant's; [`Error::Conflict`] where the external id is in
    /// use; those of an `Idempotency-Key` used before.
    pub async fn create_record(&self, cx: &Cx, create: Create) -> Result<Created> {
        let Create { whose, new, idempotency } = create;
        new.echo.check_tenant(cx)?;
        let person_id = self.resolve(cx, &whose, Stood::Body).await?;
        let person = PersonKey::of(cx.tenant, &person_id);
        // All rights and rules before any name is reserved.
        let access = self.reach(cx, person).await?.access(cx, &person_id);
        access.require(Verb::Create)?;
        let (new, wrong) = self.filled(cx, new, None).await?;
        let id = self.mint_record_id(cx.now, person);
        let decide = |attributes: &_| Record::create(id, person_id.clone(), new.clone(), attributes, cx);
        let mut record = wrong.with(self.with_attributes(cx, decide).await)?;
        if let Some(idempotency) = &idempotency {
            match self.attempt(cx, idempotency, record.id).await? {
                Attempt::First => {}
                Attempt::Resumed(id) => record.id = id,
                Attempt::Done(made) => {
                    // It was the caller who made it; what others made of it since is for those who may view it.
                    if made.stamp.version > 1 {
                        access.check(cx, Verb::View, &made)?;
                    }
                    return Ok(Created { record: *made, replayed: true });
                }
            }
        }
        if let Some(external_id) = &record.content.external_id {
            match self.hold(cx, external_id, record.id, record.stamp.version).await? {
                Holding::Mine(id) if id == record.id || idempotency.is_none() => record.id = id,
                Holding::Mine(_) => {
                    return Err(Error::Conflict(format!(
                        "the external id {external_id} is being taken by another request: try again"
                    )));
                }
                Holding::Taken(_) => return Err(in_use(external_id)),
            }
        }
        let store = self.store().for_tenant(&cx.tenant);
        let named = idempotency.is_some() || record.content.external_id.is_some();
        for _ in 0..=MINT_RETRIES {
            match store.create_record(&record).await? {
                Outcome::Done(record) => return Ok(Created { record, replayed: false }),
                // The id is taken. Without a name that holds it, another one will do.
                Outcome::Refused(_) if !named => record.id = self.mint_record_id(cx.now, person),
                Outcome::Refused(Some(made))
                    if idempotency.is_some() && made.stamp.created_by == record.stamp.created_by =>
                {
                    return Ok(Created { record: made, replayed: true });
                }
                // The attempt whose id this one took over came first.
                Outcome::Refused(_) => match &record.content.external_id {
                    Some(external_id) => return Err(in_use(external_id)),
                    None => break,
                },
            }
        }
        Err(Error::internal("minting an id", "the id met an existing record"))
    }
}

pub(super) fn in_use(external_id: &rol_domain::text::ExternalId) -> Error {
    Error::Conflict(format!("the external id {external_id} belongs to another record"))
}
