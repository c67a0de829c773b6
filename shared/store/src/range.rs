//! Ranges of one partition, in either direction, strongly consistent.

use crate::{
    TenantStore,
    call::{self, Item, s},
    keys::{self, PK, SK},
    listed::Slice,
};
use rol_domain::Result;

impl TenantStore<'_> {
    /// The first `limit` items of a partition with sort keys from `from` to `to`, in order. One call for each MB.
    pub(crate) async fn range(&self, pk: String, from: &str, to: &str, limit: usize) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let call = self
                .store
                .client
                .query()
                .table_name(&self.store.table)
                .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
                .expression_attribute_names("#pk", PK)
                .expression_attribute_names("#sk", SK)
                .expression_attribute_values(":pk", s(&pk))
                .expression_attribute_values(":from", s(from))
                .expression_attribute_values(":to", s(to))
                .consistent_read(true)
                .limit(i32::try_from(limit - items.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start.take());
            let answer = call.send().await.map_err(call::decode)?;
            items.extend(answer.items.unwrap_or_default());
            start = answer.last_evaluated_key;
            if start.is_none() || items.len() >= limit {
                return Ok(items);
            }
        }
    }

    /// The last `limit` items of a partition whose sort keys start so and come before `before`, last first. One call
    /// for each MB.
    pub(crate) async fn page_backwards(
        &self,
        pk: String,
        prefix: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Slice<Item>> {
        let wanted = limit + 1;
        // Nothing that starts with the prefix sorts behind it and the last character.
        let last = format!("{prefix}\u{10ffff}");
        let to = before.unwrap_or(&last);
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let call = self
                .store
                .client
                .query()
                .table_name(&self.store.table)
                .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
                .expression_attribute_names("#pk", PK)
                .expression_attribute_names("#sk", SK)
                .expression_attribute_values(":pk", s(&pk))
                .expression_attribute_values(":from", s(prefix))
                .expression_attribute_values(":to", s(to))
                .consistent_read(true)
                .scan_index_forward(false)
                // One more, because the range ends with `before` itself.
                .limit(i32::try_from(wanted + 1 - items.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start.take());
            let answer = call.send().await.map_err(call::decode)?;
            let found = answer.items.unwrap_or_default();
            items
                .extend(found.into_iter().filter(|item| before.is_none_or(|before| keys::sort_key_of(item) != before)));
            start = answer.last_evaluated_key;
            if start.is_none() || items.len() >= wanted {
                return Ok(Slice::of(items, limit));
            }
        }
    }
}
