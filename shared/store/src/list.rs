//! Everything of one kind that a tenant has, by id: four shards are read at once and merged.

use crate::{
    TenantStore,
    call::Item,
    keys::{self, ID, Index, ListedKind, SHARDS},
};
use futures_util::future::try_join_all;
use rol_domain::Result;
use std::cmp::Ordering;

/// The direction in which keys are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Ascending,
    Descending,
}

impl Order {
    /// Less is what comes first.
    pub(crate) fn compare<T: Ord + ?Sized>(self, a: &T, b: &T) -> Ordering {
        match self {
            Self::Ascending => a.cmp(b),
            Self::Descending => b.cmp(a),
        }
    }
}

/// A page of a list.
#[derive(Debug)]
pub struct Slice<T> {
    pub items: Vec<T>,
    /// Whether more items follow.
    pub more: bool,
}

impl<T> Slice<T> {
    /// The first `limit` of the items; one more than that tells that more follow.
    pub(crate) fn of(mut items: Vec<T>, limit: usize) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        Self { items, more }
    }
}

pub(crate) fn id_of(item: &Item) -> &str {
    item.get(ID).and_then(|id| id.as_s().ok()).map(String::as_str).unwrap_or_default()
}

impl TenantStore<'_> {
    /// The first `limit` items of a kind behind the id `after`, eventually consistent. One call for each of four
    /// shards, more where a shard's share exceeds 1 MB.
    pub(crate) async fn list_by_id(
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
        items.sort_by(|a, b| order.compare(id_of(a), id_of(b)));
        Ok(Slice::of(items, limit))
    }
}
