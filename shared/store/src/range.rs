//! Ranges of sort keys in one partition, in either direction, strongly consistent.

use crate::{
    TenantStore,
    call::{self, Item, s},
    keys::{Key, PK, SK},
    listed::{Order, Slice},
    presence::is_there,
};
use rol_domain::Result;

/// Which items of a partition are wanted; [`Self::all`], [`Self::first`] and [`Self::page`] read them.
pub(crate) struct Range<'a> {
    store: TenantStore<'a>,
    pk: String,
    bounds: Option<(String, String)>,
    order: Order,
    behind: Option<String>,
    any: bool,
}

impl<'a> TenantStore<'a> {
    /// The items of this partition, in order; those that ended are skipped.
    pub(crate) fn range(self, pk: String) -> Range<'a> {
        Range { store: self, pk, bounds: None, order: Order::Ascending, behind: None, any: false }
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
        Self { order: Order::Descending, ..self }
    }

    /// From behind this sort key on, in the order of the range.
    pub(crate) fn behind(self, sk: Option<&str>) -> Self {
        Self { behind: sk.map(str::to_owned), ..self }
    }

    /// Also those that have a `ttl`.
    pub(crate) fn any(self) -> Self {
        Self { any: true, ..self }
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
        let Ok(mut start) = self.start() else { return Ok(items) };
        loop {
            let mut call = self
                .store
                .store
                .client
                .query()
                .table_name(&self.store.store.table)
                .expression_attribute_names("#pk", PK)
                .expression_attribute_values(":pk", s(&self.pk))
                .consistent_read(true)
                .scan_index_forward(self.order == Order::Ascending)
                .set_limit(limit.map(|limit| i32::try_from(limit - items.len()).unwrap_or(i32::MAX)))
                .set_exclusive_start_key(start.take());
            call = match &self.bounds {
                None => call.key_condition_expression("#pk = :pk"),
                Some((from, to)) => call
                    .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
                    .expression_attribute_names("#sk", SK)
                    .expression_attribute_values(":from", s(from))
                    .expression_attribute_values(":to", s(to)),
            };
            let answer = call.send().await.map_err(call::decode)?;
            let found = answer.items.unwrap_or_default();
            items.extend(found.into_iter().filter(|item| self.any || is_there(item)));
            start = answer.last_evaluated_key;
            if start.is_none() || limit.is_some_and(|limit| items.len() >= limit) {
                return Ok(items);
            }
        }
    }

    /// Where to start; DynamoDB refuses a place outside of the bounds.
    ///
    /// # Errors
    /// Where nothing of the range lies behind that place.
    fn start(&self) -> std::result::Result<Option<Item>, Exhausted> {
        let Some(behind) = &self.behind else { return Ok(None) };
        if let Some((from, to)) = &self.bounds {
            let (is_before, is_past) = match self.order {
                Order::Ascending => (behind < from, behind >= to),
                Order::Descending => (behind > to, behind <= from),
            };
            if is_past {
                return Err(Exhausted);
            }
            if is_before {
                return Ok(None);
            }
        }
        Ok(Some(Key { pk: self.pk.clone(), sk: behind.clone() }.into_item()))
    }
}

/// A range of which nothing is left.
struct Exhausted;
