//! The strategy for partitions that have the list's order: they are merged.

use super::{Ending, LOOKED_UP_AT_ONCE, RecordSink, delivery::Delivery, position, reader::RecordReader};
use crate::merge::ShardMerge;
use rol_domain::Result;

pub(super) async fn merge<S: RecordSink>(
    reader: &mut RecordReader<'_>,
    delivery: &mut Delivery<'_, S>,
) -> Result<Ending> {
    let path = reader.plan.path;
    let behind = delivery.position.key.as_deref().map(|key| position::sort_key(path, key));
    let ranges = reader.ranges().into_iter().map(|range| range.behind(behind.as_deref()));
    let mut merge = ShardMerge::new(ranges, reader.plan.direction(), reader.decoder());
    loop {
        // People are looked up many at once, or not at all.
        let count = if reader.needs_no_look_up() { delivery.wanted().saturating_add(1) } else { LOOKED_UP_AT_ONCE };
        let mut records = Vec::new();
        while records.len() < count
            && let Some((_, record)) = merge.pop()
        {
            records.push(record);
        }
        if records.is_empty() {
            if merge.is_done() {
                return Ok(Ending::Exhausted);
            }
            if delivery.wanted() == 0 {
                return Ok(Ending::Full);
            }
            // There is no frontier before each partition was read once, so every search gets on.
            if reader.is_budget_spent()
                && let Some(frontier) = merge.frontier()
            {
                delivery.position.key = Some(position::order_key(path, &frontier));
                return Ok(Ending::BudgetSpent);
            }
            let step = reader.next_step(delivery, merge.width());
            merge.fill(step, &mut reader.record_cost).await?;
            continue;
        }
        reader.look_up(records.iter().map(|record| &record.person_id)).await?;
        for record in records {
            if reader.admits(&record.person_id) && !delivery.take(record) {
                return Ok(Ending::Full);
            }
        }
    }
}
