//! Where records go, and how far the list has come with them.

use super::{Position, RecordSink};
use crate::plan::QueryPlan;
use rol_domain::Record;

/// A sink, with the position behind the last record that it took.
pub(super) struct Delivery<'a, S> {
    sink: &'a mut S,
    plan: &'a QueryPlan,
    pub(super) position: Position,
    /// How many records the sink took.
    pub(super) taken: usize,
}

impl<'a, S: RecordSink> Delivery<'a, S> {
    pub(super) fn new(sink: &'a mut S, plan: &'a QueryPlan, after: Option<&Position>) -> Self {
        let (person, key) = after.map(|at| (at.person.clone(), at.key.clone())).unwrap_or_default();
        Self { sink, plan, position: Position { person, key, ..Position::start(plan) }, taken: 0 }
    }

    pub(super) fn wanted(&self) -> usize {
        self.sink.wanted()
    }

    /// Hands over a record; `false` where there is no room for it. A record without a place in the order is dropped.
    pub(super) fn take(&mut self, record: Record) -> bool {
        let Some(behind) = Position::behind(self.plan, &record) else { return true };
        let taken = self.sink.take(record);
        if taken {
            self.position = behind;
            self.taken += 1;
        }
        taken
    }
}
