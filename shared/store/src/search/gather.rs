//! The strategy for people's partitions in an order that these do not have: all of them are read and sorted.

use super::{Ending, READ_AT_ONCE, RecordSink, delivery::Delivery, position, reader::RecordReader};
use crate::plan::ListOrder;
use crate::{call::Item, list::Order, plan::AccessPath, range::Range};
use rol_domain::{Record, Result, query::SortBy};
use std::collections::BTreeMap;

/// Nothing can be delivered before everything was read. Where the budget does not suffice for that, the list goes on
/// in the index that has the order.
pub(super) async fn gather<S: RecordSink>(
    reader: &mut RecordReader<'_>,
    delivery: &mut Delivery<'_, S>,
) -> Result<Ending> {
    let (order, direction, decode) = (reader.plan.order, reader.plan.direction(), reader.decoder());
    let mut first = FirstRecords { records: BTreeMap::new(), direction, limit: delivery.wanted().saturating_add(1) };
    let ranges = reader.ranges();
    for ranges in ranges.chunks(READ_AT_ONCE) {
        let mut unread: Vec<(&Range<'_>, Option<Item>)> = ranges.iter().map(|range| (range, None)).collect();
        while !unread.is_empty() {
            if reader.is_budget_spent() {
                delivery.position.path = index_of(order);
                return Ok(Ending::BudgetSpent);
            }
            let ranges: Vec<&Range<'_>> = unread.iter().map(|(range, _)| *range).collect();
            let steps = reader.read(std::mem::take(&mut unread), None).await?;
            for (range, step) in ranges.into_iter().zip(steps) {
                for item in step.items {
                    if let Some(record) = decode(item)?.filter(|record| reader.admits(&record.person_id))
                        && let Some(key) = position::key_of(order, &record)
                        && delivery.position.key.as_ref().is_none_or(|last| direction.compare(&key, last).is_gt())
                    {
                        first.insert(key, record);
                    }
                }
                unread.extend(step.next.map(|next| (range, Some(next))));
            }
        }
    }
    for record in first.into_sorted() {
        if !delivery.take(record) {
            return Ok(Ending::Full);
        }
    }
    Ok(Ending::Exhausted)
}

/// The index that has an order by which people's partitions are gathered.
fn index_of(order: ListOrder) -> AccessPath {
    match order {
        ListOrder::By(sort) if sort.by == SortBy::Completed => AccessPath::Completion,
        ListOrder::By(sort) if sort.by == SortBy::Expires => AccessPath::Expiry,
        _ => AccessPath::Tenant,
    }
}

/// The first `limit` records in the order of their keys.
struct FirstRecords {
    records: BTreeMap<String, Record>,
    direction: Order,
    limit: usize,
}

impl FirstRecords {
    fn insert(&mut self, key: String, record: Record) {
        self.records.insert(key, record);
        if self.records.len() > self.limit {
            match self.direction {
                Order::Ascending => self.records.pop_last(),
                Order::Descending => self.records.pop_first(),
            };
        }
    }

    fn into_sorted(self) -> Vec<Record> {
        let records = self.records.into_values();
        match self.direction {
            Order::Ascending => records.collect(),
            Order::Descending => records.rev().collect(),
        }
    }
}
