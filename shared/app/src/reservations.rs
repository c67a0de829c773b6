//! Which record a name leads to, and whose a name becomes.

use crate::App;
use chrono::TimeDelta;
use rol_domain::{
    Cx, Error, Record, RecordId, Result,
    limits::{IDEMPOTENCY_ABANDONED_S, IDEMPOTENCY_LIFETIME_S, RESERVATION_GRACE_S, WRITE_RETRIES},
    text::{ExternalId, IdempotencyKey},
};
use rol_store::{HeldReservation, NewReservation, Reservation, UniqueKey};

/// The `Idempotency-Key` of a request, with what it stands for.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// The key.
    pub key: IdempotencyKey,
    /// The route on which it counts.
    pub route: &'static str,
    /// The hash of the body that it stands for.
    pub body_hash: String,
}

impl Idempotency {
    /// It counts per actor, subject, application and route.
    pub(crate) fn name<'a>(&'a self, cx: &'a Cx) -> UniqueKey<'a> {
        UniqueKey::Idempotency {
            actor: &cx.actor,
            subject: cx.subject.as_ref(),
            app: cx.app_id.as_ref(),
            route: self.route,
            key: &self.key,
        }
    }
}

/// Whose an external id is after it was asked for.
pub(crate) enum ExternalIdReservation {
    /// The caller's, for the record of this id: the one asked for, or one of an earlier attempt that got no further.
    Mine(RecordId),
    /// This live record's.
    Taken(Box<Record>),
}

/// What an `Idempotency-Key` stands for.
pub(crate) enum IdempotencyReservation {
    /// The first attempt, under this id.
    First,
    /// An earlier one that got no further, under this id.
    Resumed(RecordId),
    /// An earlier one that made this record.
    Done(Box<Record>),
}

impl App {
    fn claim(&self, cx: &Cx, record: RecordId, version: u64) -> NewReservation {
        let token = u128::from_be_bytes(self.random());
        NewReservation { record, version, token: format!("{token:032x}"), at: cx.now, body_hash: None, ends_at: None }
    }

    /// Asks for an external id for version `version` of `record`.
    ///
    /// One call where the name is free. Where it is held, a read of its record more; where nobody uses it any longer,
    /// a conditional write more.
    pub(crate) async fn reserve_external_id(
        &self,
        cx: &Cx,
        external_id: &ExternalId,
        record: RecordId,
        version: u64,
    ) -> Result<ExternalIdReservation> {
        let store = self.store().for_tenant(&cx.tenant);
        let name = UniqueKey::ExternalId(external_id);
        let claim = self.claim(cx, record, version);
        let mut outcome = store.reserve(name, &claim).await?;
        for _ in 0..=WRITE_RETRIES {
            let held = match outcome {
                Reservation::Reserved => return Ok(ExternalIdReservation::Mine(record)),
                Reservation::Held(held) => held,
            };
            let age = cx.now - held.at;
            if held.record == record && held.for_version >= version && age < TimeDelta::seconds(RESERVATION_GRACE_S / 2)
            {
                return Ok(ExternalIdReservation::Mine(record));
            }
            let fresh = age < TimeDelta::seconds(RESERVATION_GRACE_S);
            match store.record(held.record).await? {
                Some(holder) if carries(&holder, external_id) && held.record != record => {
                    return Ok(ExternalIdReservation::Taken(Box::new(holder)));
                }
                // An attempt to create that got no further: this one completes it under the same id.
                None if fresh && version == 1 && held.record.person_key() == record.person_key() => {
                    return Ok(ExternalIdReservation::Mine(held.record));
                }
                holder if held.record != record && fresh && is_underway(holder.as_ref(), &held) => {
                    return Err(Error::Conflict(format!(
                        "the external id {external_id} is being taken by another request: try again"
                    )));
                }
                _ => outcome = store.take_over(name, &held, &claim).await?,
            }
        }
        match outcome {
            Reservation::Reserved => Ok(ExternalIdReservation::Mine(record)),
            Reservation::Held(_) => {
                Err(Error::Conflict(format!("the external id {external_id} is sought by many requests: try again")))
            }
        }
    }

    /// The live record that carries an external id. Two calls; one where nobody has it.
    pub(crate) async fn record_by_external_id(&self, cx: &Cx, external_id: &ExternalId) -> Result<Option<Record>> {
        let store = self.store().for_tenant(&cx.tenant);
        let Some(held) = store.name(UniqueKey::ExternalId(external_id)).await? else { return Ok(None) };
        let record = store.record(held.record).await?;
        Ok(record.filter(|record| carries(record, external_id)))
    }

    /// Gives up an external id that `record` carried before its present version. What fails here is only logged:
    /// a name that nobody carries is free, whether its item is still there or not.
    pub(crate) async fn release(&self, external_id: &ExternalId, record: &Record) {
        let store = self.store().for_tenant(&record.tenant);
        if let Err(error) = store.release(UniqueKey::ExternalId(external_id), record.id, record.stamp.version).await {
            tracing::warn!(record.id = %record.id, error = error.chain(), "could not release an external id");
        }
    }

    /// Asks for an `Idempotency-Key` under which `record` shall be made. One call, and one more where it was used.
    ///
    /// # Errors
    /// [`Error::IdempotencyMismatch`], or [`Error::Gone`] where the record of an old attempt does not exist.
    pub(crate) async fn reserve_idempotency_key(
        &self,
        cx: &Cx,
        idempotency: &Idempotency,
        record: RecordId,
    ) -> Result<IdempotencyReservation> {
        let store = self.store().for_tenant(&cx.tenant);
        let name = idempotency.name(cx);
        let claim = NewReservation {
            body_hash: Some(idempotency.body_hash.clone()),
            ends_at: Some(cx.now + TimeDelta::seconds(IDEMPOTENCY_LIFETIME_S)),
            ..self.claim(cx, record, 1)
        };
        let held = match store.reserve(name, &claim).await? {
            Reservation::Reserved => return Ok(IdempotencyReservation::First),
            Reservation::Held(held) => held,
        };
        if held.body_hash != claim.body_hash {
            return Err(Error::IdempotencyMismatch);
        }
        match store.record(held.record).await? {
            Some(record) => Ok(IdempotencyReservation::Done(Box::new(record))),
            None if cx.now - held.at > TimeDelta::seconds(IDEMPOTENCY_ABANDONED_S) => Err(gone()),
            None => Ok(IdempotencyReservation::Resumed(held.record)),
        }
    }
}

/// Where the record of an earlier request does not exist any longer.
pub(crate) fn gone() -> Error {
    Error::Gone("the record made with this Idempotency-Key does not exist any longer: use another key")
}

/// Whether a record is live and has this external id.
fn carries(record: &Record, external_id: &ExternalId) -> bool {
    record.deleted.is_none() && record.content.external_id.as_ref() == Some(external_id)
}

/// Whether the write that a name was reserved for may still come.
fn is_underway(record: Option<&Record>, held: &HeldReservation) -> bool {
    record.is_none_or(|record| record.stamp.version < held.for_version)
}
