//! Items: an entity with its keys in the table and in `by-tenant`.

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

#[derive(Serialize, Deserialize)]
pub(crate) struct Stored<T> {
    pk: String,
    sk: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant_shard: Option<String>,
    schema_version: u32,
    /// Only written, for tombstones: entities that are kept for a limited time have a `ttl` of their own.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
    /// Only written, for the stream's consumer: the application through which the entity was written.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    written_via: Option<AppId>,
    #[serde(flatten)]
    entity: T,
}

impl<T: Serialize> Stored<T> {
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

    /// Adds the item to `by-tenant`. The entity has to have an attribute `id`.
    pub(crate) fn listed(self, tenant: TenantId, listed: ListedKind, id: impl Display) -> Self {
        Self { tenant_shard: Some(keys::tenant_shard(tenant, listed, keys::shard_of(id))), ..self }
    }

    /// Adds the item to this partition of `by-tenant`.
    pub(crate) fn in_shard(self, tenant_shard: String) -> Self {
        Self { tenant_shard: Some(tenant_shard), ..self }
    }

    /// Adds the application of the caller. Applications write only people, groups and activities.
    pub(crate) fn by(self, cx: &Cx) -> Self {
        Self { written_via: cx.app_id.clone(), ..self }
    }

    /// The tombstone of the entity, in no index. The entity's stamp says who deleted it.
    pub(crate) fn into_tombstone(self, cx: &Cx) -> Self {
        Self { tenant_shard: None, ttl: Some(cx.now.timestamp()), ..self.by(cx) }
    }

    pub(crate) fn into_item(self) -> Result<Item> {
        call::write("writing an item", &self)
    }
}

pub(crate) fn read<T: DeserializeOwned>(what: &'static str, item: Item) -> Result<T> {
    call::read::<Stored<T>>(what, item).map(|stored| stored.entity)
}

impl TenantStore<'_> {
    /// The item with this key, unless it is a tombstone. One call, strongly consistent.
    pub(crate) async fn item(&self, key: Key) -> Result<Option<Item>> {
        Ok(self.any_item(key).await?.filter(is_live))
    }

    /// The item with this key, even if it has a `ttl`. One call, strongly consistent.
    pub(crate) async fn any_item(&self, key: Key) -> Result<Option<Item>> {
        let call = self.store.client.get_item().table_name(&self.store.table).set_key(Some(key.into_item()));
        Ok(call.consistent_read(true).send().await.map_err(call::decode)?.item)
    }

    /// The items that exist of at most 100 keys, even with a `ttl`. One call, more if DynamoDB leaves keys unprocessed;
    /// strongly consistent.
    pub(crate) async fn batch(&self, keys: Vec<Item>) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        if keys.is_empty() {
            return Ok(items);
        }
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
        let wanted = wanted.map_err(|error| Error::internal("building a batch", error))?;
        let mut unread = Some(HashMap::from([(self.store.table.clone(), wanted)]));
        while let Some(keys) = unread.take() {
            let answer = self.store.client.batch_get_item().set_request_items(Some(keys)).send().await;
            let answer = answer.map_err(call::decode)?;
            items.extend(answer.responses.unwrap_or_default().into_values().flatten());
            unread = answer.unprocessed_keys.filter(|keys| !keys.is_empty());
        }
        Ok(items)
    }

    /// Puts an item if the condition holds; whether it did.
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
                // An earlier attempt of the same call may have succeeded and its response been lost.
                Some(PutItemError::ConditionalCheckFailedException(failed)) => Ok(failed.item.as_ref() == Some(&item)),
                _ => Err(call::decode(error)),
            },
        }
    }
}
