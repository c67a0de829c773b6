//! Batches that may be repeated: what an `Idempotency-Key` stands for where one request makes many writes.

use crate::{
    TenantStore, UniqueKey,
    call::{self, n},
    entity::{self, Stored},
    keys::{PK, TTL},
};
use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::ReturnValuesOnConditionCheckFailure};
use chrono::{DateTime, Utc};
use rol_domain::{RecordId, Result, time};
use serde::{Deserialize, Serialize};

/// A batch that may be repeated.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BatchLedger {
    /// What the ids of new records are made from; distinct for each batch.
    pub token: String,
    /// When it came first.
    #[serde(rename = "claimed_at", with = "time::fixed_width")]
    pub at: DateTime<Utc>,
    /// Which request it was then: what that wrote bears it.
    pub request_id: String,
    /// The hash of its body.
    pub body_hash: String,
    /// What was done of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<LedgerEntry>,
}

/// An operation of a batch that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Which one, from 0.
    #[serde(rename = "i")]
    pub index: usize,
    /// To which record.
    pub id: RecordId,
    /// Which version it has since; none where it was deleted.
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

#[derive(Serialize)]
struct LedgerItem<'a> {
    #[serde(flatten)]
    ledger: &'a BatchLedger,
    ttl: i64,
}

impl TenantStore<'_> {
    /// Reserves an `Idempotency-Key` for a batch; the batch that has it already, where one does. One call, 1 write unit
    /// either way.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn reserve_batch(
        &self,
        name: UniqueKey<'_>,
        ledger: &BatchLedger,
        ends_at: DateTime<Utc>,
    ) -> Result<Option<BatchLedger>> {
        let item = Stored::new("Batch", self.name_key(name), LedgerItem { ledger, ttl: ends_at.timestamp() });
        let call = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .set_item(Some(item.into_item()?))
            .condition_expression("attribute_not_exists(#pk) OR #ttl < :now")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":now", n(ledger.at.timestamp()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = call.send().await else { return Ok(None) };
        let Some(PutItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() else {
            return Err(call::decode(error));
        };
        let held: BatchLedger = entity::read("reading a batch", failed.item.clone().unwrap_or_default())?;
        // The answer to an earlier try of this very call may have been lost.
        Ok(Some(held).filter(|held| held.token != ledger.token))
    }

    /// Notes what was done of a batch. One call; 1 write unit for each KB: some 50 bytes for each operation.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn save_batch_ledger(
        &self,
        name: UniqueKey<'_>,
        ledger: &BatchLedger,
        ends_at: DateTime<Utc>,
    ) -> Result<()> {
        let item = Stored::new("Batch", self.name_key(name), LedgerItem { ledger, ttl: ends_at.timestamp() });
        let call = self.store.client.put_item().table_name(&self.store.table).set_item(Some(item.into_item()?));
        call.send().await.map_err(call::decode)?;
        Ok(())
    }
}
