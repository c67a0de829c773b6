//! API keys: read by hash before the tenant is known, listed and changed by id afterwards.

use crate::{
    Store, TenantStore,
    call::{self, Item, n, s},
    condition::{WriteCondition, is_live},
    entity::{self, Stored},
    keys::{self, Index, Key, ListedKind, PK},
    list::Order,
};
use aws_sdk_dynamodb::{
    operation::{put_item::PutItemError, update_item::UpdateItemError},
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use chrono::{DateTime, Utc};
use rol_domain::{
    Cx, Error, KeyId, Result,
    api_key::{ApiKey, KeyHash},
    text::Label,
    time,
};

/// A page of a tenant's keys, newest first.
#[derive(Debug)]
pub struct KeyPage {
    pub keys: Vec<ApiKey>,
    /// The last of the keys, if more follow.
    pub next: Option<KeyId>,
}

pub(crate) fn key_item(key: &ApiKey, hash: KeyHash) -> Result<Item> {
    Stored::new("ApiKey", Key::api_key(hash), key.clone()).listed(key.tenant, ListedKind::ApiKey, key.id).into_item()
}

fn read_key(item: Item) -> Result<ApiKey> {
    entity::read("reading an API key", item)
}

/// The item that failed a condition, if this request wrote it itself: the response to an earlier attempt was lost.
fn key_of_request(item: Option<Item>, request: &str) -> Result<Option<ApiKey>> {
    let key = item.filter(|item| !item.is_empty()).map(read_key).transpose()?;
    Ok(key.filter(|key| key.stamp.request_id == request))
}

impl Store {
    /// The key with this hash. One call, strongly consistent, 1 read unit.
    pub async fn api_key(&self, hash: KeyHash) -> Result<Option<ApiKey>> {
        let key = Key::api_key(hash).into_item();
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let item = call.send().await.map_err(call::decode)?.item;
        item.filter(is_live).map(read_key).transpose()
    }

    /// Sets the time a key was last used; a deleted key stays deleted. One call.
    pub async fn touch_api_key(&self, hash: KeyHash, now: DateTime<Utc>) -> Result<()> {
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::api_key(hash).into_item()))
            .update_expression("SET last_used_at = :now")
            .condition_expression(WriteCondition::Present.expression())
            .set_expression_attribute_names(Some(WriteCondition::Present.names()))
            .expression_attribute_values(":now", s(time::fixed(now)));
        match call.send().await {
            Err(error) if !error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Err(call::decode(error))
            }
            _ => Ok(()),
        }
    }
}

impl TenantStore<'_> {
    /// Puts a new key. One call.
    ///
    /// # Errors
    /// [`Error::Conflict`] if a key with this secret exists.
    pub async fn create_api_key(&self, key: &ApiKey, hash: KeyHash) -> Result<()> {
        debug_assert_eq!(key.tenant, self.tenant, "a key is created in its own tenant");
        let call = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .set_item(Some(key_item(key, hash)?))
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", PK)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    let made = key_of_request(failed.item.clone(), &key.stamp.request_id)?;
                    made.map(drop).ok_or_else(|| Error::Conflict("the API key exists already".into()))
                }
                _ => Err(call::decode(error)),
            },
        }
    }

    /// The tenant's keys behind `after`, newest first, eventually consistent. One call for each of four shards.
    pub async fn api_keys(&self, after: Option<KeyId>, limit: usize) -> Result<KeyPage> {
        let after = after.map(|id| id.to_string());
        let page = self.list_by_id(ListedKind::ApiKey, Order::Descending, after.as_deref(), limit).await?;
        let keys = page.items.into_iter().map(read_key).collect::<Result<Vec<_>>>()?;
        let next = keys.last().filter(|_| page.more).map(|key| key.id);
        Ok(KeyPage { keys, next })
    }

    /// Relabels a key if there is a `label`, and revokes it if `revoke`; `None` if the tenant has no such key. Two
    /// calls: one locates the key by its id, one writes it.
    pub async fn update_api_key(
        &self,
        id: KeyId,
        label: Option<&Label>,
        revoke: bool,
        cx: &Cx,
    ) -> Result<Option<ApiKey>> {
        let mut sets = String::new();
        if label.is_some() {
            sets.push_str("#label = :label, ");
        }
        if revoke {
            sets.push_str("revoked_at = if_not_exists(revoked_at, :now), ");
        }
        let values = label.map(|label| ("#label", "label", ":label", s(label)));
        self.write_api_key(id, &sets, "", values, cx).await
    }

    /// Deletes a key by its id; whether there was one. Two calls, as for [`Self::update_api_key`]. The tombstone says
    /// who deleted it.
    pub async fn delete_api_key(&self, id: KeyId, cx: &Cx) -> Result<bool> {
        let values = Some(("#ttl", "ttl", ":ttl", n(cx.now.timestamp())));
        Ok(self.write_api_key(id, "#ttl = :ttl, ", ", tenant_shard", values, cx).await?.is_some())
    }

    async fn write_api_key(
        &self,
        id: KeyId,
        sets: &str,
        removes: &str,
        value: Option<(&str, &str, &str, AttributeValue)>,
        cx: &Cx,
    ) -> Result<Option<ApiKey>> {
        let Some(place) = self.locate_api_key(id).await? else { return Ok(None) };
        let stamp = "#updated_at = :now, #updated_by = :actor, #request = :request, #version = #version + :one";
        let update = match &cx.subject {
            Some(_) if removes.is_empty() => format!("SET {sets}{stamp}, updated_for = :subject"),
            Some(_) => format!("SET {sets}{stamp}, updated_for = :subject REMOVE {}", &removes[2..]),
            None => format!("SET {sets}{stamp} REMOVE updated_for{removes}"),
        };
        let mut call = self
            .store
            .client
            .update_item()
            .table_name(&self.store.table)
            .set_key(Some(place))
            .update_expression(update)
            .condition_expression("attribute_exists(#pk) AND attribute_exists(tenant_shard) AND #request <> :request")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#updated_at", "updated_at")
            .expression_attribute_names("#updated_by", "updated_by")
            .expression_attribute_names("#request", "request_id")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":now", s(time::fixed(cx.now)))
            .expression_attribute_values(":actor", s(&cx.actor))
            .expression_attribute_values(":request", s(&cx.request_id))
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if let Some(subject) = &cx.subject {
            call = call.expression_attribute_values(":subject", s(subject));
        }
        if let Some((name, attribute, placeholder, value)) = value {
            call = call.expression_attribute_names(name, attribute).expression_attribute_values(placeholder, value);
        }
        match call.send().await {
            Ok(answer) => answer.attributes.map(read_key).transpose(),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    key_of_request(failed.item.clone(), &cx.request_id)
                }
                _ => Err(call::decode(error)),
            },
        }
    }

    /// The primary key of the API key with this id: the table has keys by hash, the index has them by id. One call.
    async fn locate_api_key(&self, id: KeyId) -> Result<Option<Item>> {
        let shard = keys::tenant_shard(self.tenant, ListedKind::ApiKey, keys::shard_of(id));
        let id = id.to_string();
        // A tombstone is located too; the condition of the write recognises it.
        let mut items = self.range_in(Index::ByTenant, shard).between(&id, &id).any().first(1).await?;
        Ok(items.pop().map(|item| item.into_iter().filter(|(name, _)| name == PK || name == keys::SK).collect()))
    }
}
