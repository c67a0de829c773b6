//! What a tenant has of one kind, by id: four shards asked at once and merged.

use crate::{
    TenantStore,
    call::Item,
    keys::{self, ID, Index, ListedKind, SHARDS},
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
        kind: ListedKind,
        order: Order,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Slice<Item>> {
        let shards = (0..SHARDS).map(|shard| {
            let range = self.range_in(Index::ByTenant, keys::tenant_shard(self.tenant, kind, shard));
            range.ordered(order).behind(after).first(limit + 1)
        });
        let mut items: Vec<Item> = try_join_all(shards).await?.into_iter().flatten().collect();
        items.sort_by(|a, b| match order {
            Order::Ascending => id_of(a).cmp(id_of(b)),
            Order::Descending => id_of(b).cmp(id_of(a)),
        });
        Ok(Slice::of(items, limit))
    }
}
