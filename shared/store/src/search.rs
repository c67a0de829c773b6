//! Finding records: a plan is carried out until there are enough, nothing is left, or the budget is spent.

mod candidates;
mod position;
mod walk;

pub use position::Position;

use crate::{
    TenantStore,
    call::Item,
    filter::Filter,
    keys::{self, Index, ListedKind, SHARDS},
    merge::{Merge, ReadCost},
    plan::{self, AccessPath, ListOrder, PlanInput, QueryPlan},
    range::Range,
    records::read_record,
};
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use rol_domain::{PersonKey, Record, RecordQuery, Result, query::Visibility, text::PersonId};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of the records that are found, one after the other.
pub trait RecordSink: Send {
    /// How many more are wanted.
    fn wanted(&self) -> usize;
    /// Takes a record; `false` where there is no room for it, and it was not taken.
    fn take(&mut self, record: Record) -> bool;
}

/// A search for records.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Which records.
    pub query: &'a RecordQuery,
    /// Whose.
    pub audience: &'a Visibility,
    /// At which moment.
    pub now: DateTime<Utc>,
    /// From behind where on.
    pub after: Option<&'a Position>,
    /// How many items may be read; a call more is made where the last one leaves some.
    pub budget: usize,
}

/// How a search ended.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchEnd {
    /// Where to go on, where there may be more.
    pub next: Option<Position>,
    /// Whether it ended because its budget was spent.
    pub partial: bool,
    /// Which way it took; none where it was clear that there is nothing.
    pub plan: Option<QueryPlan>,
    /// What it took.
    pub spent: ReadCost,
}

/// Why a search can go no further on a position: what it was made for has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutdatedPosition;

/// Where carrying out a plan ended.
enum End {
    /// Nothing is left.
    Exhausted,
    /// There is no more room, behind this person and key.
    Full(Option<PersonId>, Option<String>),
    /// The budget was spent, behind this person and key.
    ReadCost(Option<PersonId>, Option<String>),
}

/// The largest step of a search.
const MAX_STEP: usize = 2_000;
/// As many people are looked up in one call.
const LOOKED_UP_AT_ONCE: usize = 100;
/// As many people are read at once.
const READ_AT_ONCE: usize = 16;

/// A search under way.
struct Run<'a, S> {
    store: TenantStore<'a>,
    query: RecordQuery,
    /// What is still to be asked of people.
    audience: Visibility,
    now: DateTime<Utc>,
    filter: Filter,
    budget: usize,
    spent: ReadCost,
    /// How many of the items that were read are no records: people and memberships.
    aside: usize,
    taken: usize,
    /// The members of the first groups, where all of them are known; nothing more is asked of the groups then.
    members: Option<BTreeSet<PersonId>>,
    admitted: BTreeMap<PersonId, bool>,
    sink: &'a mut S,
}

impl TenantStore<'_> {
    /// Finds records and hands them to `sink`, on the way that reads least. One person's are strongly consistent,
    /// others as they were a moment ago.
    ///
    /// # Errors
    /// Those of the store. Where the position is [`OutdatedPosition`], that.
    pub async fn find_records<S: RecordSink>(
        &self,
        search: Search<'_>,
        sink: &mut S,
    ) -> Result<Result<SearchEnd, OutdatedPosition>> {
        let Search { query, audience, now, after, budget } = search;
        let mut run = Run {
            store: *self,
            query: query.clone(),
            audience: audience.clone(),
            now,
            filter: Filter::default(),
            budget,
            spent: ReadCost::default(),
            aside: 0,
            taken: 0,
            members: None,
            admitted: BTreeMap::new(),
            sink,
        };
        let ended = |run: &Run<'_, S>, plan, next, partial| Ok(Ok(SearchEnd { next, partial, plan, spent: run.spent }));
        let Some(crowd) = run.crowd(after).await? else { return ended(&run, None, None, false) };
        let facts = PlanInput { crowd, looks_up: !run.audience.is_everybody(), limit: run.sink.wanted(), now };
        let mut plan = match after {
            None => plan::choose(&run.query, facts),
            Some(after) => match after.plan(plan::plans(&run.query, facts)) {
                Some(plan) => plan,
                None => return Ok(Err(OutdatedPosition)),
            },
        };
        run.filter = Filter::of(&run.query, now);
        if !matches!(plan.path, AccessPath::People | AccessPath::Members) {
            run.load_members().await?;
        }
        let mut end = run.carry_out(&plan, after).await?;
        if end.is_none() {
            // Too much to be sorted here: an index has the order.
            plan = plan::choose(&run.query, PlanInput { crowd: plan::CandidatePeople::Everybody, ..facts });
            end = run.carry_out(&plan, after).await?;
        }
        let position = |person, key| Some(Position { path: plan.path, order: plan.order.to_string(), person, key });
        let (next, partial) = match end.unwrap_or(End::Exhausted) {
            End::Exhausted => (None, false),
            End::Full(person, key) => (position(person, key), false),
            End::ReadCost(person, key) => (position(person, key), true),
        };
        ended(&run, Some(plan), next, partial)
    }
}

impl<'a, S: RecordSink> Run<'a, S> {
    /// Nothing where there is more to be gathered than the budget allows.
    async fn carry_out(&mut self, plan: &QueryPlan, after: Option<&Position>) -> Result<Option<End>> {
        if plan.gathers {
            return self.gather(plan, after).await;
        }
        if plan.order == ListOrder::Person {
            return self.walk(plan, after).await.map(Some);
        }
        self.merge(plan, after).await.map(Some)
    }

    /// Takes records in the order of their partitions, merged.
    async fn merge(&mut self, plan: &QueryPlan, after: Option<&Position>) -> Result<End> {
        let mut last = after.and_then(|after| after.key.clone());
        let behind = last.as_deref().map(|key| position::sort_key(plan.path, key));
        let ranges = self.ranges(plan).into_iter().map(|range| range.behind(behind.as_deref()));
        let ranges: Vec<Range<'a>> = ranges.collect();
        let (query, now) = (self.query.clone(), self.now);
        let mut merge = Merge::new(ranges, plan.direction(), move |item| wanted(&query, now, item));
        loop {
            let mut some = Vec::new();
            let most =
                if self.audience.is_everybody() { self.sink.wanted().saturating_add(1) } else { LOOKED_UP_AT_ONCE };
            while let Some((_, record)) = if some.len() < most { merge.pop() } else { None } {
                some.push(record);
            }
            if some.is_empty() {
                if merge.is_done() {
                    return Ok(End::Exhausted);
                }
                if self.sink.wanted() == 0 {
                    return Ok(End::Full(None, last));
                }
                // Every page gets somewhere: at least one item of each partition is read.
                if self.spent.items >= self.budget
                    && let Some(frontier) = merge.frontier()
                {
                    return Ok(End::ReadCost(None, Some(position::order_key(plan.path, &frontier))));
                }
                let step = self.step(merge.width());
                merge.fill(step, &mut self.spent).await?;
                continue;
            }
            self.look_up(some.iter().map(|record| &record.person_id)).await?;
            for record in some {
                if self.admits(&record.person_id) {
                    let key = position::key_of(plan.order, &record);
                    if !self.take(record) {
                        return Ok(End::Full(None, last));
                    }
                    last = key;
                }
            }
        }
    }

    /// How many items to read next, from so many partitions: what is expected to give what is still wanted.
    fn step(&self, width: usize) -> usize {
        let missing = self.sink.wanted().saturating_add(1).min(MAX_STEP);
        let read = self.spent.items - self.aside;
        let step = if read == 0 && width > 1 {
            // Some more, because no partition has exactly its share.
            missing + missing / 4 + width
        } else {
            missing * (read + 1) / (self.taken + 1)
        };
        step.min(MAX_STEP).min(self.budget.saturating_sub(self.spent.items)).max(1)
    }

    fn take(&mut self, record: Record) -> bool {
        let taken = self.sink.take(record);
        self.taken += usize::from(taken);
        taken
    }

    /// Reads everything of some people and sorts it; nothing where that is more than the budget allows.
    async fn gather(&mut self, plan: &QueryPlan, after: Option<&Position>) -> Result<Option<End>> {
        let mut found: Vec<(String, Record)> = Vec::new();
        let ranges = self.ranges(plan);
        for some in ranges.chunks(READ_AT_ONCE) {
            let mut starts: Vec<(&Range<'a>, Option<Item>)> = some.iter().map(|range| (range, None)).collect();
            while !starts.is_empty() {
                if self.spent.items > self.budget {
                    return Ok(None);
                }
                let steps = starts.iter().map(|(range, start)| range.step(start.clone(), None));
                let steps = try_join_all(steps).await?;
                let ranges = starts.into_iter().map(|(range, _)| range);
                starts = Vec::new();
                for (range, step) in ranges.zip(steps) {
                    self.spent.add(&step);
                    for item in step.items {
                        let record = wanted(&self.query, self.now, item)?;
                        found.extend(record.and_then(|record| Some((position::key_of(plan.order, &record)?, record))));
                    }
                    starts.extend(step.next.map(|next| (range, Some(next))));
                }
            }
        }
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut last = after.and_then(|after| after.key.clone());
        let is_left =
            |key: &String| last.as_ref().is_none_or(|last| if descends(plan) { key < last } else { key > last });
        found.retain(|(key, _)| is_left(key));
        if descends(plan) {
            found.reverse();
        }
        for (key, record) in found {
            if !self.take(record) {
                return Ok(Some(End::Full(None, last)));
            }
            last = Some(key);
        }
        Ok(Some(End::Exhausted))
    }

    /// The partitions on the way.
    fn ranges(&self, plan: &QueryPlan) -> Vec<Range<'a>> {
        let tenant = self.store.tenant;
        let shards =
            |index| (0..SHARDS).map(move |shard| (index, keys::tenant_shard(tenant, ListedKind::Record, shard)));
        let places: Vec<(Index, String)> = match plan.path {
            AccessPath::People | AccessPath::Members => {
                let people = self.query.people.iter();
                // People may share a partition; it is read once.
                let partitions: BTreeSet<String> = people.map(|person| self.partition(person)).collect();
                partitions.into_iter().map(|partition| (Index::Table, partition)).collect()
            }
            AccessPath::Activities => {
                let shards = |activity| (0..SHARDS).map(move |shard| keys::activity_shard(tenant, activity, shard));
                self.query.activities.iter().flat_map(shards).map(|shard| (Index::ByActivity, shard)).collect()
            }
            AccessPath::Completion | AccessPath::Overdue => shards(Index::ByCompletion).collect(),
            AccessPath::Expiry => shards(Index::ByExpiry).collect(),
            AccessPath::Tenant => shards(Index::ByTenant).collect(),
        };
        let is_one = self.query.people.len() == 1;
        places.into_iter().map(|(index, pk)| self.range(plan, index, pk, is_one)).collect()
    }

    fn range(&self, plan: &QueryPlan, index: Index, pk: String, is_one: bool) -> Range<'a> {
        let range = match index {
            Index::Table if is_one => self.store.range(pk),
            Index::Table => self.store.range(pk).eventual(),
            index => self.store.range_in(index, pk),
        };
        range.between(&plan.bounds.0, &plan.bounds.1).filtered(self.filter.clone())
    }

    fn partition(&self, person: &PersonId) -> String {
        keys::person_partition(self.store.tenant, PersonKey::of(self.store.tenant, person))
    }
}

/// The record of an item, if it is wanted.
fn wanted(query: &RecordQuery, now: DateTime<Utc>, item: Item) -> Result<Option<Record>> {
    let record = read_record(item)?;
    Ok(query.matches(&record, now).then_some(record))
}

fn descends(plan: &QueryPlan) -> bool {
    plan.direction() == crate::list::Order::Descending
}
