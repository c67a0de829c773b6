//! Many creates, changes and deletes in one request, each on its own.

use super::{create::IdStrategy, not_found};
use crate::{
    App, Idempotency, PersonSelector,
    access::{PartitionAccess, ReferenceLocation},
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use rol_domain::{
    Cx, Error, Permission, PersonKey, RecordId, Result,
    limits::IDEMPOTENCY_LIFETIME_S,
    record::{NewRecord, RecordPatch},
};
use rol_store::{BatchLedger, LedgerEntry};
use std::collections::HashMap;

/// One operation of a batch.
#[derive(Debug, Clone)]
pub enum Operation {
    /// Adds a record to a person.
    Create(PersonSelector, Box<NewRecord>),
    /// Changes a record in part.
    Patch(RecordId, Option<u64>, Box<RecordPatch>),
    /// Deletes a record.
    Delete(RecordId, Option<u64>),
}

/// What became of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationOutcome {
    /// The record.
    pub id: RecordId,
    /// The version that it has since; none where it was deleted.
    pub version: Option<u64>,
    /// Whether an earlier request with the same `Idempotency-Key` did it.
    pub replayed: bool,
}

/// What became of a batch.
#[derive(Debug)]
pub struct BatchOutcome {
    /// Of each operation, in the order of the request.
    pub results: Vec<Result<OperationOutcome>>,
    /// Whether an earlier request with the same `Idempotency-Key` was the first.
    pub replayed: bool,
}

/// How many operations are under way at once.
const AT_ONCE: usize = 16;

/// A batch under way: what ids are made from, and what was done of it before.
struct BatchRun {
    ledger: BatchLedger,
    is_first: bool,
}

impl App {
    /// Does every operation, each with its place in the request, for itself, several at once, as the single requests
    /// would: at the same calls and with the same rights. One that fails stops no other. `Idempotency-Key` costs a call
    /// before and one after all of them; what was done is not done again then, what failed is tried again.
    ///
    /// # Errors
    /// [`Error::IdempotencyMismatch`], and those of the store on the way to the key.
    pub async fn batch(
        &self,
        cx: &Cx,
        operations: Vec<(usize, Operation)>,
        idempotency: Option<&Idempotency>,
    ) -> Result<BatchOutcome> {
        let run = self.start_batch(cx, idempotency).await?;
        // Whatever this batch wrote before bears the request that it was then.
        let cx = &Cx { request_id: run.ledger.request_id.clone(), ..cx.clone() };
        let done: HashMap<usize, &LedgerEntry> = run.ledger.done.iter().map(|item| (item.index, item)).collect();
        let places: Vec<usize> = operations.iter().map(|(place, _)| *place).collect();
        let operations = operations.into_iter().map(|(place, operation)| {
            let done =
                done.get(&place).map(|item| OperationOutcome { id: item.id, version: item.version, replayed: true });
            let run = &run;
            async move {
                match done {
                    Some(done) => self.check_replay(cx, &operation).await.map(|()| done),
                    None => self.operate(cx, place, operation, run).await,
                }
            }
        });
        let results: Vec<Result<OperationOutcome>> = stream::iter(operations).buffered(AT_ONCE).collect().await;
        if let Some(idempotency) = idempotency {
            let done: Vec<LedgerEntry> = places.into_iter().zip(&results).filter_map(noted).collect();
            if done != run.ledger.done {
                let ledger = BatchLedger { done, ..run.ledger.clone() };
                let store = self.store().for_tenant(&cx.tenant);
                if let Err(error) = store.save_batch_ledger(idempotency.name(cx), &ledger, ends_at(ledger.at)).await {
                    // It was done; who repeats it is answered by what it left in the records.
                    tracing::warn!(error = error.chain(), "could not save the ledger of a batch");
                }
            }
        }
        Ok(BatchOutcome { results, replayed: !run.is_first })
    }

    async fn start_batch(&self, cx: &Cx, idempotency: Option<&Idempotency>) -> Result<BatchRun> {
        let token = format!("{:032x}", u128::from_be_bytes(self.random()));
        let body_hash = idempotency.map(|idempotency| idempotency.body_hash.clone()).unwrap_or_default();
        let ledger = BatchLedger { token, at: cx.now, request_id: cx.request_id.clone(), body_hash, done: Vec::new() };
        let Some(idempotency) = idempotency else { return Ok(BatchRun { ledger, is_first: true }) };
        let store = self.store().for_tenant(&cx.tenant);
        match store.reserve_batch(idempotency.name(cx), &ledger, ends_at(ledger.at)).await? {
            None => Ok(BatchRun { ledger, is_first: true }),
            Some(held) if held.body_hash != ledger.body_hash => Err(Error::IdempotencyMismatch),
            Some(held) => Ok(BatchRun { ledger: held, is_first: false }),
        }
    }

    /// Whether the caller may still know of what it did before. No call for whoever reaches all records; for an
    /// educator two, and one to find the person where they are named by reference.
    async fn check_replay(&self, cx: &Cx, operation: &Operation) -> Result<()> {
        match operation {
            Operation::Create(selector, _) => {
                let person = self.resolve(cx, selector, ReferenceLocation::Body).await?;
                let partition_access = self.partition_access(cx, PersonKey::of(cx.tenant, &person)).await?;
                partition_access.access(cx, &person).require(Permission::Create)
            }
            Operation::Patch(id, _, _) | Operation::Delete(id, _) => {
                let partition_access = self.partition_access(cx, id.person_key()).await?;
                if matches!(partition_access, PartitionAccess::All) {
                    return Ok(());
                }
                let record = self.store().for_tenant(&cx.tenant).record(*id).await?;
                let record =
                    record.filter(|record| record.deleted.is_none() || matches!(operation, Operation::Delete(..)));
                partition_access.check(cx, Permission::View, &record.ok_or_else(not_found)?)
            }
        }
    }

    async fn operate(&self, cx: &Cx, place: usize, operation: Operation, run: &BatchRun) -> Result<OperationOutcome> {
        let store = self.store().for_tenant(&cx.tenant);
        match operation {
            Operation::Create(selector, new) => {
                let id = |person| id_of(&run.ledger, place, person);
                let made = self.create_under(cx, &selector, *new, IdStrategy::Id(&id)).await?;
                let replayed = made.replayed && !run.is_first;
                Ok(OperationOutcome { id: made.record.id, version: Some(made.record.stamp.version), replayed })
            }
            Operation::Patch(id, if_match, patch) => {
                if !run.is_first
                    && let Some(record) = store.record(id).await?
                    && record.stamp.request_id == cx.request_id
                    && record.deleted.is_none()
                {
                    self.partition_access(cx, id.person_key()).await?.check(cx, Permission::View, &record)?;
                    return Ok(OperationOutcome { id, version: Some(record.stamp.version), replayed: true });
                }
                let record = self.patch_record(cx, id, if_match, &patch).await?;
                Ok(OperationOutcome { id, version: Some(record.stamp.version), replayed: false })
            }
            Operation::Delete(id, if_match) => {
                self.delete_record(cx, id, if_match).await?;
                Ok(OperationOutcome { id, version: None, replayed: false })
            }
        }
    }
}

fn noted((index, result): (usize, &Result<OperationOutcome>)) -> Option<LedgerEntry> {
    let OperationOutcome { id, version, .. } = result.as_ref().ok()?;
    Some(LedgerEntry { index, id: *id, version: *version })
}

fn ends_at(first: DateTime<Utc>) -> DateTime<Utc> {
    first + TimeDelta::seconds(IDEMPOTENCY_LIFETIME_S)
}

/// The id of the record that an operation makes: the same one, whenever the batch is repeated. It is a hash, so the
/// records of a batch fall evenly on the shards of each index.
fn id_of(ledger: &BatchLedger, place: usize, person: PersonKey) -> RecordId {
    RecordId::derived(ledger.at, person, &format!("{} {place}", ledger.token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rol_domain::{Id, limits::MAX_BATCH, text::PersonId};

    #[test]
    fn ids_are_the_same_whenever_a_batch_is_repeated_and_distinct_within_it() {
        let ledger = |token: &str| BatchLedger {
            token: token.into(),
            at: DateTime::UNIX_EPOCH,
            request_id: "r".into(),
            body_hash: String::new(),
            done: vec![],
        };
        let key = PersonKey::of(Id::from_ulid(1u128.into()), &PersonId::parse("ada").expect("valid"));
        let ids = |token| (0..MAX_BATCH).map(|place| id_of(&ledger(token), place, key)).collect::<Vec<_>>();
        assert_eq!(ids("a"), ids("a"));
        let mut all = [ids("a"), ids("b")].concat();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 2 * MAX_BATCH);
        assert!(all.iter().all(|id| id.person_key() == key));
    }
}
