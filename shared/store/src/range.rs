//! Ranges of sort keys in one partition of the table or of an index, in either direction: every `Query` that reads
//! items is made here.

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

/// Which items of a partition are wanted; [`Self::all`], [`Self::first`] and [`Self::page`] read them.
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

/// What one call read.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// The items that passed the filter.
    pub(crate) items: Vec<Item>,
    /// How many items were read.
    pub(crate) read: usize,
    /// The read units that it took.
    pub(crate) units: f64,
    /// Where the next call goes on, where there is more.
    pub(crate) next: Option<Item>,
}

impl<'a> TenantStore<'a> {
    /// The items of this partition of the table, in order, strongly consistent; those that ended are skipped.
    pub(crate) fn range(self, pk: String) -> Range<'a> {
        Range { consistent: true, ..self.range_in(Index::Table, pk) }
    }

    /// The items of this partition of an index, in order, eventually consistent; those that ended are skipped.
    pub(crate) fn range_in(self, index: Index, pk: String) -> Range<'a> {
        let (order, filter) = (Order::Ascending, Filter::default());
        Range { store: self, index, pk, bounds: None, order, behind: None, filter, consistent: false, any: false }
    }
}

impl Range<'_> {
    /// Only those whose sort keys start so.
    pub(crate) fn starting(self, prefix: &str) -> Self {
        // Nothing that starts with the prefix sorts behind it and the last character.
        self.between(prefix, &format!("{prefix}\u{10ffff}"))
    }

    /// Only those with sort keys from `from` to `to`.
    pub(crate) fn between(self, from: &str, to: &str) -> Self {
        Self { bounds: Some((from.to_owned(), to.to_owned())), ..self }
    }

    /// The last first.
    pub(crate) fn descending(self) -> Self {
        self.ordered(Order::Descending)
    }

    /// In this order.
    pub(crate) fn ordered(self, order: Order) -> Self {
        Self { order, ..self }
    }

    /// From behind this sort key on, in the order of the range.
    pub(crate) fn behind(self, sk: Option<&str>) -> Self {
        Self { behind: sk.map(str::to_owned), ..self }
    }

    /// Also those that have a `ttl`.
    pub(crate) fn any(self) -> Self {
        Self { any: true, ..self }
    }

    /// Only those that pass.
    pub(crate) fn filtered(self, filter: Filter) -> Self {
        Self { filter, ..self }
    }

    /// As they were a moment ago, for half the units.
    pub(crate) fn eventual(self) -> Self {
        Self { consistent: false, ..self }
    }

    /// The attribute that is its sort key.
    pub(crate) fn sort_key(&self) -> &'static str {
        self.index.keys().1
    }

    /// All of them. One call for each MB.
    pub(crate) async fn all(self) -> Result<Vec<Item>> {
        self.read(None).await
    }

    /// The first `limit` of them. One call for each MB.
    pub(crate) async fn first(self, limit: usize) -> Result<Vec<Item>> {
        self.read(Some(limit)).await
    }

    /// The first `limit` of them, and whether more follow. One call for each MB.
    pub(crate) async fn page(self, limit: usize) -> Result<Slice<Item>> {
        // One more than asked for tells whether a page follows.
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

    /// One call: at most `limit` items are read, and at most 1 MB. None where nothing can be in the range.
    pub(crate) async fn step(&self, start: Option<Item>, limit: Option<usize>) -> Result<Step> {
        let Some((from, to)) = self.left() else { return Ok(Step::default()) };
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

    /// What is left of the bounds behind the place to start at; nothing where they are passed.
    fn left(&self) -> Option<(String, String)> {
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
