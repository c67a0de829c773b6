//! What a tenant has of one kind, by id: four shards asked at once and merged.

use crate::{
    TenantStore,
    call::{self, Item, s},
    keys::{self, BY_TENANT, ID, Listed, SHARDS, TENANT_SHARD},
};
use futures_util::future::try_join_all;
use rol_domain::Result;

/// In which order of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Ascending,
    Descending,
}

/// Some things, and from after which of them the next page starts.
#[derive(Debug)]
pub struct Slice<T> {
    /// The things, in order.
    pub items: Vec<T>,
    /// Whether more follow.
    pub more: bool,
}

impl<T> Slice<T> {
    /// The first `limit` of what was read, where one more than that was asked for.
    pub(crate) fn of(mut items: Vec<T>, limit: usize) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        Self { items, more }
    }
}

/// The `id` attribute of an item.
pub(crate) fn id_of(item: &Item) -> &str {
    item.get(ID).and_then(|id| id.as_s().ok()).map(String::as_str).unwrap_or_default()
}

impl TenantStore<'_> {
    /// The first `limit` things of a kind from after `after`, eventually consistent. Four calls, one a shard; more
    /// where a shard's share exceeds 1 MB.
    pub(crate) async fn listed(
        &self,
        kind: Listed,
        order: Order,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Slice<Item>> {
        let shards = (0..SHARDS).map(|shard| self.listed_in_shard(kind, shard, order, after, limit + 1));
        let mut items: Vec<Item> = try_join_all(shards).await?.into_iter().flatten().collect();
        items.sort_by(|a, b| match order {
            Order::Ascending => id_of(a).cmp(id_of(b)),
            Order::Descending => id_of(b).cmp(id_of(a)),
        });
        Ok(Slice::of(items, limit))
    }

    async fn listed_in_shard(
        &self,
        kind: Listed,
        shard: u8,
        order: Order,
        after: Option<&str>,
        wanted: usize,
    ) -> Result<Vec<Item>> {
        let condition = match (after, order) {
            (None, _) => "#shard = :shard",
            (Some(_), Order::Ascending) => "#shard = :shard AND #id > :id",
            (Some(_), Order::Descending) => "#shard = :shard AND #id < :id",
        };
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let mut call = self
                .store
                .client
                .query()
                .table_name(&self.store.table)
                .index_name(BY_TENANT)
                .key_condition_expression(condition)
                .expression_attribute_names("#shard", TENANT_SHARD)
                .expression_attribute_values(":shard", s(keys::tenant_shard(self.tenant, kind, shard)))
                .scan_index_forward(order == Order::Ascending)
                .limit(i32::try_from(wanted - items.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start.take());
            if let Some(after) = after {
                call = call.expression_attribute_names("#id", ID).expression_attribute_values(":id", s(after));
            }
            let answer = call.send().await.map_err(call::decode)?;
            items.extend(answer.items.unwrap_or_default());
            start = answer.last_evaluated_key;
            if start.is_none() || items.len() >= wanted {
                return Ok(items);
            }
        }
    }
}
