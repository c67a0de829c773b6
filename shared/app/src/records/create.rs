//! Adding a record to a person.

use crate::{
    App, Whose,
    access::Stood,
    names::{Attempt, Holding, Idempotency},
};
use rol_domain::{Cx, Error, PersonKey, Record, RecordId, Result, Verb, limits::MINT_RETRIES, record::NewRecord};
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

/// Under which id a record is made.
#[derive(Clone, Copy)]
pub(super) enum Under<'a> {
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
        let Create { whose, new, idempotency } = create;
        self.create_under(cx, &whose, new, idempotency.as_ref().map_or(Under::Any, Under::Key)).await
    }

    pub(super) async fn create_under(
        &self,
        cx: &Cx,
        whose: &Whose,
        new: NewRecord,
        under: Under<'_>,
    ) -> Result<Created> {
        new.echo.check_tenant(cx)?;
        let person_id = self.resolve(cx, whose, Stood::Body).await?;
        let person = PersonKey::of(cx.tenant, &person_id);
        // All rights and rules before any name is reserved.
        let access = self.reach(cx, person).await?.access(cx, &person_id);
        access.require(Verb::Create)?;
        let (new, wrong) = self.filled(cx, new, None).await?;
        let id = match under {
            Under::Id(id) => id(person),
            Under::Any | Under::Key(_) => self.mint_record_id(cx.now, person),
        };
        let decide = |attributes: &_| Record::create(id, person_id.clone(), new.clone(), attributes, cx);
        let mut record = wrong.with(self.with_attributes(cx, decide).await)?;
        if let Under::Key(idempotency) = under {
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
                Holding::Mine(id) if id == record.id || matches!(under, Under::Any) => record.id = id,
                Holding::Mine(_) => {
                    return Err(Error::Conflict(format!(
                        "the external id {external_id} is being taken by another request: try again"
                    )));
                }
                Holding::Taken(_) => return Err(in_use(external_id)),
            }
        }
        let store = self.store().for_tenant(&cx.tenant);
        let repeatable = !matches!(under, Under::Any);
        let named = repeatable || record.content.external_id.is_some();
        for _ in 0..=MINT_RETRIES {
            match store.create_record(&record).await? {
                Outcome::Done(record) => return Ok(Created { record, replayed: false }),
                // The id is taken. Without a name that holds it, another one will do.
                Outcome::Refused(_) if !named => record.id = self.mint_record_id(cx.now, person),
                Outcome::Refused(Some(made)) if repeatable && made.stamp.created_by == record.stamp.created_by => {
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
