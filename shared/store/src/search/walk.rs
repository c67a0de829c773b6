//! Person by person: partitions one after the other, some of them read ahead.

use super::{End, Position, READ_AT_ONCE, RecordSink, Run, wanted};
use crate::{
    call::Item,
    keys::Index,
    merge::Merge,
    plan::{AccessPath, QueryPlan},
    range::{Range, Step},
};
use futures_util::future::try_join_all;
use rol_domain::{Result, text::PersonId};
use std::collections::VecDeque;

/// How many records a person is expected to have before any was read.
const RECORDS_EACH: usize = 10;

/// The people to come, by their ids.
enum People<'a, D> {
    Named(VecDeque<PersonId>),
    Members(Merge<'a, PersonId, D>),
}

impl<'a, S: RecordSink> Run<'a, S> {
    /// Takes the records of one person after the other.
    pub(super) async fn walk(&mut self, plan: &QueryPlan, after: Option<&Position>) -> Result<End> {
        let mut people = match plan.path {
            AccessPath::Members => People::Members(self.members(after)),
            _ => People::Named(self.named(after)),
        };
        if plan.path == AccessPath::Members {
            // Who is met is a member.
            self.audience = self.audience.beyond_first_groups();
            self.admitted.clear();
        }
        let (mut at, mut visited) = (after.cloned(), 0);
        loop {
            let missing = self.sink.wanted().saturating_add(1);
            let each = if visited == 0 { RECORDS_EACH } else { self.taken.div_ceil(visited).max(1) };
            let some = self.next_people(&mut people, (missing / each).clamp(1, READ_AT_ONCE), at.as_ref()).await?;
            if some.is_empty() {
                return Ok(End::Exhausted);
            }
            visited += some.len();
            let last = some.last().cloned();
            self.look_up(&some).await?;
            let some: Vec<PersonId> = some.into_iter().filter(|person| self.admits(person)).collect();
            let ranges: Vec<Range<'a>> = some.iter().map(|person| self.range_of(plan, person, at.as_ref())).collect();
            let limit = Some(self.sink.wanted().saturating_add(1).min(super::MAX_STEP));
            let steps = try_join_all(ranges.iter().map(|range| range.step(None, limit))).await?;
            steps.iter().for_each(|step| self.spent.add(step));
            for ((person, range), step) in some.into_iter().zip(ranges).zip(steps) {
                if let Some(end) = self.visit(&person, &range, step, &mut at).await? {
                    return Ok(end);
                }
                if self.spent.items >= self.budget {
                    return Ok(End::ReadCost(Some(person), None));
                }
            }
            if self.spent.items >= self.budget {
                return Ok(End::ReadCost(last, None));
            }
        }
    }

    /// Takes the records of one person; how that ended, unless all were taken.
    async fn visit(
        &mut self,
        person: &PersonId,
        range: &Range<'a>,
        mut step: Step,
        at: &mut Option<Position>,
    ) -> Result<Option<End>> {
        let place = |person: &PersonId, key| Position {
            path: AccessPath::People,
            order: String::new(),
            person: Some(person.clone()),
            key,
        };
        loop {
            for item in step.items {
                let Some(record) = wanted(&self.query, self.now, item)? else { continue };
                // People may share a partition.
                if record.person_id != *person {
                    continue;
                }
                let key = record.id.to_string();
                if !self.take(record) {
                    return Ok(Some(End::Full(
                        at.as_ref().and_then(|at| at.person.clone()),
                        at.as_ref().and_then(|at| at.key.clone()),
                    )));
                }
                *at = Some(place(person, Some(key)));
            }
            let Some(next) = step.next else {
                *at = Some(place(person, None));
                return Ok(None);
            };
            if self.spent.items >= self.budget {
                return Ok(Some(End::ReadCost(
                    Some(person.clone()),
                    Some(super::position::order_key(AccessPath::People, crate::keys::sort_key_of(&next))),
                )));
            }
            step = range.step(Some(next), Some(self.step(1))).await?;
            self.spent.add(&step);
        }
    }

    /// Those who are named, from the position on.
    fn named(&self, after: Option<&Position>) -> VecDeque<PersonId> {
        let is_left = |person: &PersonId| match after {
            Some(Position { person: Some(at), key, .. }) => person > at || (person == at && key.is_some()),
            _ => true,
        };
        self.query.people.iter().filter(|person| is_left(person)).cloned().collect()
    }

    /// The next people, each once.
    async fn next_people<D: Fn(Item) -> Result<Option<PersonId>>>(
        &mut self,
        people: &mut People<'a, D>,
        count: usize,
        at: Option<&Position>,
    ) -> Result<Vec<PersonId>> {
        let mut some: Vec<PersonId> = Vec::new();
        let members = match people {
            People::Named(named) => return Ok(named.drain(..count.min(named.len())).collect()),
            People::Members(members) => members,
        };
        // Who was finished is not met again in another group.
        let finished = at.filter(|at| at.key.is_none()).and_then(|at| at.person.clone());
        loop {
            while let Some((_, person)) = if some.len() < count { members.pop() } else { None } {
                if some.last() != Some(&person) && finished.as_ref() != Some(&person) {
                    some.push(person);
                }
            }
            if some.len() == count || members.is_done() {
                return Ok(some);
            }
            if self.spent.items >= self.budget && !some.is_empty() {
                return Ok(some);
            }
            let wanted = (count - some.len()) * members.width();
            self.read_members(members, wanted).await?;
        }
    }

    /// What is left of a person's records.
    fn range_of(&self, plan: &QueryPlan, person: &PersonId, at: Option<&Position>) -> Range<'a> {
        let range = self.range(plan, Index::Table, self.partition(person), false).descending();
        let key = at.filter(|at| at.person.as_ref() == Some(person)).and_then(|at| at.key.as_deref());
        let behind = key.map(|key| super::position::sort_key(AccessPath::People, key));
        range.behind(behind.as_deref())
    }
}
