//! Names: ids of clients' own making that lead to a record.
//!
//! A name is reserved before the record is put under the reserved id, so that a crash in between is completed by the
//! next attempt under the same id. A reservation says which version of the record it is made for: once the record has
//! come that far, the record alone tells whether the name is in use. It also carries a token of its own, on which a
//! theft is conditioned: of two who find a name dangling, or of a thief and a returning owner, one wins.

use crate::{
    TenantStore,
    call::{self, Item, n, s},
    keys::{Key, PK},
};
use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use chrono::{DateTime, Utc};
use rol_domain::{
    Actor, Error, RecordId, Result,
    text::{AppId, ExternalId, IdempotencyKey, PersonId},
    time,
};
use serde::{Deserialize, Serialize};

/// A client's own name for a record.
#[derive(Debug, Clone, Copy)]
pub enum UniqueKey<'a> {
    /// A client's own id for it.
    ExternalId(&'a ExternalId),
    /// The `Idempotency-Key` of the request that made it.
    Idempotency {
        /// Who made the request.
        actor: &'a Actor,
        /// For whom.
        subject: Option<&'a PersonId>,
        /// By which application.
        app: Option<&'a AppId>,
        /// On which route.
        route: &'a str,
        /// The key.
        key: &'a IdempotencyKey,
    },
}

/// A wish to hold a name.
#[derive(Debug, Clone)]
pub struct NewReservation {
    /// For which record.
    pub record: RecordId,
    /// For which version of it.
    pub version: u64,
    /// Which wish it is; distinct for each.
    pub token: String,
    /// Since when.
    pub at: DateTime<Utc>,
    /// The hash of the request's body, for an idempotency key.
    pub body_hash: Option<String>,
    /// From when on the name is free again by itself.
    pub ends_at: Option<DateTime<Utc>>,
}

/// A name that is held.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HeldReservation {
    /// For which record.
    #[serde(rename = "record_id")]
    pub record: RecordId,
    /// For which version of it.
    pub for_version: u64,
    token: String,
    /// Since when.
    #[serde(rename = "claimed_at", with = "time::fixed_width")]
    pub at: DateTime<Utc>,
    /// The hash of the request's body, for an idempotency key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_hash: Option<String>,
}

/// What became of a claim.
#[derive(Debug)]
pub enum Reservation {
    /// The name is the claimant's.
    Reserved,
    /// It is held already.
    Held(HeldReservation),
}

#[derive(Serialize)]
struct UniqueKeyItem<'a> {
    pk: &'a str,
    sk: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    held: HeldReservation,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
}

impl TenantStore<'_> {
    pub(crate) fn name_key(&self, name: UniqueKey<'_>) -> Key {
        match name {
            UniqueKey::ExternalId(id) => Key::external_id(self.tenant, id),
            UniqueKey::Idempotency { actor, subject, app, route, key } => {
                Key::idempotency(self.tenant, &actor.to_string(), subject, app, route, key)
            }
        }
    }

    /// Reserves a name that nobody holds; one past its `ttl` counts as free. One call, 1 write unit either way.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn reserve(&self, name: UniqueKey<'_>, claim: &NewReservation) -> Result<Reservation> {
        let condition = "attribute_not_exists(#pk) OR #guard < :guard";
        self.claim(name, claim, condition, "ttl", n(claim.at.timestamp())).await
    }

    /// Takes a name from whom `held` says, unless it changed hands since. One call, 1 write unit either way.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn take_over(
        &self,
        name: UniqueKey<'_>,
        held: &HeldReservation,
        claim: &NewReservation,
    ) -> Result<Reservation> {
        let condition = "attribute_not_exists(#pk) OR #guard = :guard";
        self.claim(name, claim, condition, "token", s(&held.token)).await
    }

    async fn claim(
        &self,
        name: UniqueKey<'_>,
        claim: &NewReservation,
        condition: &str,
        guard: &str,
        value: AttributeValue,
    ) -> Result<Reservation> {
        let key = self.name_key(name);
        let held = HeldReservation {
            record: claim.record,
            for_version: claim.version,
            token: claim.token.clone(),
            at: claim.at,
            body_hash: claim.body_hash.clone(),
        };
        let ttl = claim.ends_at.map(|end| end.timestamp());
        let item = UniqueKeyItem { pk: &key.pk, sk: &key.sk, kind: "Name", held, ttl };
        let call = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .set_item(Some(call::write("writing a unique key", &item)?))
            .condition_expression(condition)
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#guard", guard)
            .expression_attribute_values(":guard", value)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match call.send().await {
            Ok(_) => Ok(Reservation::Reserved),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    let held = read_name(failed.item.clone().unwrap_or_default())?;
                    // The answer to an earlier try of this very call may have been lost.
                    Ok(if held.token == claim.token { Reservation::Reserved } else { Reservation::Held(held) })
                }
                _ => Err(call::decode(error)),
            },
        }
    }

    /// Who holds a name. One call, strongly consistent, 1 read unit.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn name(&self, name: UniqueKey<'_>) -> Result<Option<HeldReservation>> {
        self.any_item(self.name_key(name)).await?.map(read_name).transpose()
    }

    /// Gives up a name that `record` no longer carries in its version `version`. One call, 1 write unit; a name that
    /// changed hands, or was claimed again for a later version, stays.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn release(&self, name: UniqueKey<'_>, record: RecordId, version: u64) -> Result<()> {
        let call = self
            .store
            .client
            .delete_item()
            .table_name(&self.store.table)
            .set_key(Some(self.name_key(name).into_item()))
            .condition_expression("#record = :record AND #version <= :version")
            .expression_attribute_names("#record", "record_id")
            .expression_attribute_names("#version", "for_version")
            .expression_attribute_values(":record", s(record))
            .expression_attribute_values(":version", n(version));
        match call.send().await {
            Err(error) if !error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Err(call::decode(error))
            }
            _ => Ok(()),
        }
    }
}

fn read_name(item: Item) -> Result<HeldReservation> {
    if item.is_empty() {
        return Err(Error::internal("reading a unique key", "a failed condition came without its item"));
    }
    call::read("reading a unique key", item)
}
