//! How things are kept: an entity with its place in the table and in `by-tenant`.

use crate::{
    TenantStore,
    call::{self, Item},
    condition::{ConditionExpression, WriteCondition, is_live},
    keys::{self, Key, ListedKind},
};
use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{KeysAndAttributes, ReturnValuesOnConditionCheckFailure},
};
use rol_domain::{Cx, Error, Result, TenantId, text::AppId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{collections::HashMap, fmt::Display};

/// An entity as an item.
#[derive(Serialize, Deserialize)]
pub(crate) struct Stored<T> {
    pk: String,
    sk: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant_shard: Option<String>,
    schema_version: u32,
    /// Only written: what is kept for a time from the start has one of its own.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
    /// Only written: the application that somebody acted for who wrote it, which the stream's consumer tells.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    written_via: Option<AppId>,
    #[serde(flatten)]
    entity: T,
}

impl<T: Serialize> Stored<T> {
    /// An entity of this kind at this place.
    pub(crate) fn new(kind: &str, place: Key, entity: T) -> Self {
        Self {
            pk: place.pk,
            sk: place.sk,
            kind: kind.into(),
            tenant_shard: None,
            schema_version: 1,
            ttl: None,
            written_via: None,
            entity,
        }
    }

    /// The same, found by tenant. The entity has an attribute `id`.
    pub(crate) fn listed(self, tenant: TenantId, listed: ListedKind, id: impl Display) -> Self {
        Self { tenant_shard: Some(keys::tenant_shard(tenant, listed, keys::shard_of(id))), ..self }
    }

    /// The same, in this partition of `by-tenant`.
    pub(crate) fn in_shard(self, tenant_shard: String) -> Self {
        Self { tenant_shard: Some(tenant_shard), ..self }
    }

    /// The same, written by whom the context says. Only people, groups and activities are written for applications.
    pub(crate) fn by(self, cx: &Cx) -> Self {
        Self { written_via: cx.app_id.clone(), ..self }
    }

    /// The same as it is left when it is deleted: ended, and in no index. The entity's stamp says who deleted it.
    pub(crate) fn ended(self, cx: &Cx) -> Self {
        Self { tenant_shard: None, ttl: Some(cx.now.timestamp()), ..self.by(cx) }
    }

    /// The item.
    pub(crate) fn into_item(self) -> Result<Item> {
        call::write("writing an item", &self)
    }
}

/// The entity of an item.
pub(crate) fn read<T: DeserializeOwned>(what: &'static str, item: Item) -> Result<T> {
    call::read::<Stored<T>>(what, item).map(|stored| stored.entity)
}

impl TenantStore<'_> {
    /// The item with this key, if it has not ended. One call, strongly consistent.
    pub(crate) async fn item(&self, key: Key) -> Result<Option<Item>> {
        Ok(self.any_item(key).await?.filter(is_live))
    }

    /// The item with this key, also one that has a `ttl`. One call, strongly consistent.
    pub(crate) async fn any_item(&self, key: Key) -> Result<Option<Item>> {
        let call = self.store.client.get_item().table_name(&self.store.table).set_key(Some(key.into_item()));
        Ok(call.consistent_read(true).send().await.map_err(call::decode)?.item)
    }

    /// These items, those that are there, also those that have a `ttl`; at most 100. One call, more where DynamoDB puts off a part of it; strongly
    /// consistent.
    pub(crate) async fn batch(&self, keys: Vec<Item>) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        if keys.is_empty() {
            return Ok(items);
        }
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
        let wanted = wanted.map_err(|error| Error::internal("building a batch", error))?;
        let mut left = Some(HashMap::from([(self.store.table.clone(), wanted)]));
        while let Some(asked) = left.take() {
            let answer = self.store.client.batch_get_item().set_request_items(Some(asked)).send().await;
            let answer = answer.map_err(call::decode)?;
            items.extend(answer.responses.unwrap_or_default().into_values().flatten());
            left = answer.unprocessed_keys.filter(|keys| !keys.is_empty());
        }
        Ok(items)
    }

    /// Puts an item on this condition; whether it was done.
    pub(crate) async fn put_entity(&self, item: Item, when: WriteCondition) -> Result<bool> {
        let ConditionExpression { expression, names, values } = ConditionExpression::of_putting(&item, when);
        let call = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .set_item(Some(item.clone()))
            .condition_expression(expression)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                // The answer to an earlier try of this very call may have been lost.
                Some(PutItemError::ConditionalCheckFailedException(failed)) => Ok(failed.item.as_ref() == Some(&item)),
                _ => Err(call::decode(error)),
            },
        }
    }
}
