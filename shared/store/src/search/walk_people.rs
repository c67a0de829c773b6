//! The strategy for lists that come person by person: partitions are read one after the other, a few of them ahead.

use super::{
    Ending, Position, READ_AT_ONCE, RecordSink,
    delivery::Delivery,
    narrow::{CandidatePeople, MemberMerge, merge_members},
    position,
    reader::RecordReader,
};
use crate::{
    keys,
    plan::AccessPath,
    range::{Range, Step},
};
use rol_domain::{Result, text::PersonId};
use std::collections::VecDeque;

/// How many records a person is expected to have before any were read.
const EXPECTED_RECORDS: usize = 10;

pub(super) async fn walk<S: RecordSink>(
    reader: &mut RecordReader<'_>,
    delivery: &mut Delivery<'_, S>,
) -> Result<Ending> {
    let mut walk = PeopleWalk::start(reader, &delivery.position);
    let mut visited = 0;
    loop {
        let missing = delivery.wanted().saturating_add(1);
        let each = if visited == 0 { EXPECTED_RECORDS } else { delivery.taken.div_ceil(visited).max(1) };
        let people = walk.next(reader, (missing / each).clamp(1, READ_AT_ONCE)).await?;
        let Some(last) = people.last().cloned() else { return Ok(Ending::Exhausted) };
        visited += people.len();
        reader.look_up(&people).await?;
        let people: Vec<PersonId> = people.into_iter().filter(|person| reader.admits(person)).collect();
        let Position { person: at, key, .. } = &delivery.position;
        let behind = |person: &PersonId| key.as_deref().filter(|_| at.as_ref() == Some(person));
        let ranges: Vec<Range<'_>> = people.iter().map(|person| reader.range_of(person, behind(person))).collect();
        let steps = reader.read(ranges.iter().map(|range| (range, None)), Some(missing)).await?;
        for ((person, range), step) in people.iter().zip(&ranges).zip(steps) {
            if let Some(ending) = visit(reader, delivery, person, range, step).await? {
                return Ok(ending);
            }
        }
        move_to(delivery, &last, None);
        if reader.is_budget_spent() {
            return Ok(Ending::BudgetSpent);
        }
    }
}

/// Delivers the records of one person, of which the first are in `step`; `None` once all of them were taken.
async fn visit<'a, S: RecordSink>(
    reader: &mut RecordReader<'a>,
    delivery: &mut Delivery<'_, S>,
    person: &PersonId,
    range: &Range<'a>,
    mut step: Step,
) -> Result<Option<Ending>> {
    let decode = reader.decoder();
    loop {
        for item in step.items {
            // People may share a partition.
            if let Some(record) = decode(item)?.filter(|record| record.person_id == *person)
                && !delivery.take(record)
            {
                return Ok(Some(Ending::Full));
            }
        }
        let Some(next) = step.next else {
            move_to(delivery, person, None);
            return Ok(None);
        };
        if reader.is_budget_spent() {
            move_to(delivery, person, Some(position::order_key(AccessPath::People, keys::sort_key_of(&next))));
            return Ok(Some(Ending::BudgetSpent));
        }
        let limit = reader.next_step(delivery, 1);
        step = reader.read([(range, Some(next))], Some(limit)).await?.pop().unwrap_or_default();
    }
}

fn move_to<S>(delivery: &mut Delivery<'_, S>, person: &PersonId, key: Option<String>) {
    delivery.position.person = Some(person.clone());
    delivery.position.key = key;
}

/// The people to visit, each once, by their ids.
struct PeopleWalk<'a> {
    source: PeopleSource<'a>,
    last: Option<PersonId>,
}

enum PeopleSource<'a> {
    Named(VecDeque<PersonId>),
    Members(MemberMerge<'a>),
}

impl<'a> PeopleWalk<'a> {
    fn start(reader: &RecordReader<'a>, from: &Position) -> Self {
        let source = match reader.people {
            CandidatePeople::Named(people) => {
                let is_ahead = |person: &&PersonId| from.person.as_ref().is_none_or(|at| *person >= at);
                PeopleSource::Named(people.iter().filter(is_ahead).cloned().collect())
            }
            CandidatePeople::Anybody | CandidatePeople::Members { .. } => {
                let groups = reader.search.visibility.groups.first();
                PeopleSource::Members(merge_members(reader.store, groups.into_iter().flatten(), from.person.as_ref()))
            }
        };
        // Without a key, everything of the person was delivered.
        Self { source, last: from.person.clone().filter(|_| from.key.is_none()) }
    }

    /// The next `count` people; fewer only at the end, or where the budget is spent.
    async fn next(&mut self, reader: &mut RecordReader<'a>, count: usize) -> Result<Vec<PersonId>> {
        let mut people = Vec::new();
        loop {
            while people.len() < count
                && let Some(person) = self.source.pop()
            {
                // A member of several groups comes several times in a row.
                if self.last.as_ref() != Some(&person) {
                    self.last = Some(person.clone());
                    people.push(person);
                }
            }
            let PeopleSource::Members(members) = &mut self.source else { return Ok(people) };
            let is_enough = people.len() == count || (reader.is_budget_spent() && !people.is_empty());
            if is_enough || members.is_done() {
                return Ok(people);
            }
            let wanted = (count - people.len()) * members.width();
            members.fill(wanted, &mut reader.directory_cost).await?;
        }
    }
}

impl PeopleSource<'_> {
    fn pop(&mut self) -> Option<PersonId> {
        match self {
            Self::Named(people) => people.pop_front(),
            Self::Members(members) => members.pop().map(|(_, person)| person),
        }
    }
}
