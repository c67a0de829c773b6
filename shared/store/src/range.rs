//! Ranges of sort keys in one partition of the table or of an index, in either direction.

use crate::{
    TenantStore,
    call::{self, Item, s},
    condition::is_live,
    filter::Filter,
    keys::{self, Index},
    list::{Order, Slice},
};
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use rol_domain::Result;

/// A range of items in a partition. [`Self::all`], [`Self::first`] and [`Self::page`] read it.
#[derive(Debug, Clone)]
pub(crate) struct Range<'a> {
    store: TenantStore<'a>,
    index: Index,
    pk: String,
    bounds: Option<(String, String)>,
    order: Order,
    behind: Option<String>,
    filter: Filter,
    consistent: bool,
    any: bool,
}

/// The result of one call.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// The items that passed the filter.
    pub(crate) items: Vec<Item>,
    /// How many items were read, whether they passed or not.
    pub(crate) read: usize,
    /// Read units.
    pub(crate) units: f64,
    /// Where the next call starts, if there may be more items.
    pub(crate) next: Option<Item>,
}

impl<'a> TenantStore<'a> {
    /// The items of a partition of the table, ascending, strongly consistent, without tombstones.
    pub(crate) fn range(self, pk: String) -> Range<'a> {
        Range { consistent: true, ..self.range_in(Index::Table, pk) }
    }

    /// The items of a partition of an index, ascending, eventually consistent, without tombstones.
    pub(crate) fn range_in(self, index: Index, pk: String) -> Range<'a> {
        let (order, filter) = (Order::Ascending, Filter::default());
        Range { store: self, index, pk, bounds: None, order, behind: None, filter, consistent: false, any: false }
    }
}

impl Range<'_> {
    /// Only items whose sort keys start with `prefix`.
    pub(crate) fn starting(self, prefix: &str) -> Self {
        // No key that starts with the prefix sorts behind the prefix and the last character.
        self.between(prefix, &format!("{prefix}\u{10ffff}"))
    }

    /// Only items with sort keys from `from` to `to`, inclusive.
    pub(crate) fn between(self, from: &str, to: &str) -> Self {
        Self { bounds: Some((from.to_owned(), to.to_owned())), ..self }
    }

    pub(crate) fn descending(self) -> Self {
        self.ordered(Order::Descending)
    }

    pub(crate) fn ordered(self, order: Order) -> Self {
        Self { order, ..self }
    }

    /// Only items behind this sort key, in the order of the range.
    pub(crate) fn behind(self, sk: Option<&str>) -> Self {
        Self { behind: sk.map(str::to_owned), ..self }
    }

    /// Items with a `ttl` too.
    pub(crate) fn any(self) -> Self {
        Self { any: true, ..self }
    }

    pub(crate) fn filtered(self, filter: Filter) -> Self {
        Self { filter, ..self }
    }

    /// Eventually consistent, for half the read units.
    pub(crate) fn eventual(self) -> Self {
        Self { consistent: false, ..self }
    }

    /// The name of the attribute that is the sort key.
    pub(crate) fn sort_key(&self) -> &'static str {
        self.index.keys().1
    }

    /// All items. One call for each MB.
    pub(crate) async fn all(self) -> Result<Vec<Item>> {
        self.read(None).await
    }

    /// The first `limit` items. One call for each MB.
    pub(crate) async fn first(self, limit: usize) -> Result<Vec<Item>> {
        self.read(Some(limit)).await
    }

    /// The first `limit` items, and whether more follow. One call for each MB.
    pub(crate) async fn page(self, limit: usize) -> Result<Slice<Item>> {
        Ok(Slice::of(self.read(Some(limit + 1)).await?, limit))
    }

    async fn read(self, limit: Option<usize>) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let step = self.step(start.take(), limit.map(|limit| limit - items.len())).await?;
            items.extend(step.items.into_iter().filter(|item| self.any || is_live(item)));
            start = step.next;
            if start.is_none() || limit.is_some_and(|limit| items.len() >= limit) {
                return Ok(items);
            }
        }
    }

    /// Reads at most `limit` items and 1 MB in one call; in none if the range is empty.
    pub(crate) async fn step(&self, start: Option<Item>, limit: Option<usize>) -> Result<Step> {
        let Some((from, to)) = self.bounds_ahead() else { return Ok(Step::default()) };
        let (pk, sk) = self.index.keys();
        let call = self
            .store
            .store
            .client
            .query()
            .table_name(&self.store.store.table)
            .set_index_name(self.index.name().map(str::to_owned))
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
            .set_filter_expression(self.filter.expression())
            .set_expression_attribute_names(Some(self.filter.names().clone()))
            .set_expression_attribute_values(Some(self.filter.values().clone()))
            .expression_attribute_names("#pk", pk)
            .expression_attribute_names("#sk", sk)
            .expression_attribute_values(":pk", s(&self.pk))
            .expression_attribute_values(":from", s(from))
            .expression_attribute_values(":to", s(to))
            .consistent_read(self.consistent)
            .scan_index_forward(self.order == Order::Ascending)
            .set_limit(limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .set_exclusive_start_key(start);
        let answer = call.send().await.map_err(call::decode)?;
        Ok(Step {
            items: answer.items.unwrap_or_default(),
            read: usize::try_from(answer.scanned_count).unwrap_or(0),
            units: answer.consumed_capacity.and_then(|consumed| consumed.capacity_units).unwrap_or(0.0),
            next: answer.last_evaluated_key,
        })
    }

    /// The first and the last sort key to read; `None` if the range is empty.
    fn bounds_ahead(&self) -> Option<(String, String)> {
        let (mut from, mut to) = self.bounds.clone().unwrap_or_else(|| (" ".to_owned(), "\u{10ffff}".to_owned()));
        if let Some(behind) = &self.behind {
            match self.order {
                Order::Ascending => from = from.max(keys::above(behind)),
                Order::Descending => to = to.min(keys::below(behind)),
            }
        }
        (from <= to).then_some((from, to))
    }
}
