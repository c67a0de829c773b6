//! Unique keys: clients' own ids for records.
//!
//! A unique key is reserved before the record is put under the reserved id; after a crash in between, the next attempt
//! completes the write under the same id. A reservation names the version of the record that it is made for: once the
//! record is at that version, the record alone says whether the key is in use. A dangling reservation may be taken over
//! on condition of its token, so that one of several attempts wins.

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

/// A unique key.
#[derive(Debug, Clone, Copy)]
pub enum UniqueKey<'a> {
    /// The record's external id.
    ExternalId(&'a ExternalId),
    /// The `Idempotency-Key` of the request that created the record.
    Idempotency {
        actor: &'a Actor,
        /// The person for whom the actor acts.
        subject: Option<&'a PersonId>,
        app: Option<&'a AppId>,
        route: &'a str,
        key: &'a IdempotencyKey,
    },
}

/// A reservation to be made.
#[derive(Debug, Clone)]
pub struct NewReservation {
    pub record: RecordId,
    /// The version of the record that will carry the key.
    pub version: u64,
    /// Distinct for each reservation.
    pub token: String,
    pub at: DateTime<Utc>,
    /// The hash of the request's body, for an `Idempotency-Key`.
    pub body_hash: Option<String>,
    /// When the reservation expires, if it does.
    pub ends_at: Option<DateTime<Utc>>,
}

/// A reservation in the table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HeldReservation {
    #[serde(rename = "record_id")]
    pub record: RecordId,
    /// The version of the record that carries or will carry the key.
    pub for_version: u64,
    token: String,
    #[serde(rename = "claimed_at", with = "time::fixed_width")]
    pub at: DateTime<Utc>,
    /// The hash of the request's body, for an `Idempotency-Key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_hash: Option<String>,
}

/// The outcome of reserving a unique key.
#[derive(Debug)]
pub enum Reservation {
    Reserved,
    /// The reservation that holds the key already.
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

    /// Reserves a unique key that is free or expired. One call, 1 write unit either way.
    pub async fn reserve(&self, name: UniqueKey<'_>, new: &NewReservation) -> Result<Reservation> {
        let condition = "attribute_not_exists(#pk) OR #guard < :guard";
        self.put_reservation(name, new, condition, "ttl", n(new.at.timestamp())).await
    }

    /// Replaces the reservation `held`, if it still holds the key. One call, 1 write unit either way.
    pub async fn take_over(
        &self,
        name: UniqueKey<'_>,
        held: &HeldReservation,
        new: &NewReservation,
    ) -> Result<Reservation> {
        let condition = "attribute_not_exists(#pk) OR #guard = :guard";
        self.put_reservation(name, new, condition, "token", s(&held.token)).await
    }

    async fn put_reservation(
        &self,
        name: UniqueKey<'_>,
        new: &NewReservation,
        condition: &str,
        guard: &str,
        value: AttributeValue,
    ) -> Result<Reservation> {
        let key = self.name_key(name);
        let held = HeldReservation {
            record: new.record,
            for_version: new.version,
            token: new.token.clone(),
            at: new.at,
            body_hash: new.body_hash.clone(),
        };
        let ttl = new.ends_at.map(|end| end.timestamp());
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
                    // An earlier attempt of the same call may have succeeded and its response been lost.
                    Ok(if held.token == new.token { Reservation::Reserved } else { Reservation::Held(held) })
                }
                _ => Err(call::decode(error)),
            },
        }
    }

    /// The reservation of a unique key. One call, strongly consistent, 1 read unit.
    pub async fn name(&self, name: UniqueKey<'_>) -> Result<Option<HeldReservation>> {
        self.any_item(self.name_key(name)).await?.map(read_name).transpose()
    }

    /// Releases a unique key that version `version` of the record no longer carries; a reservation for another record
    /// or a later version stays. One call, 1 write unit.
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
