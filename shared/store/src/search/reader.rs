//! What the strategies share: the ranges of the access path, the check of each item, and the account of what was read.

use super::{Search, delivery::Delivery, narrow::CandidatePeople, people_check::PeopleCheck, position};
use crate::{
    TenantStore,
    call::Item,
    filter::Filter,
    keys::{self, Index, ListedKind, SHARDS},
    merge::ReadCost,
    plan::{AccessPath, QueryPlan},
    range::{Range, Step},
    records::read_record,
};
use futures_util::future::try_join_all;
use rol_domain::{PersonKey, Record, RecordQuery, Result, query::Visibility, text::PersonId};
use std::collections::BTreeSet;

/// The most items to read in one step of a search.
const MAX_STEP: usize = 2_000;

pub(super) struct RecordReader<'a> {
    pub(super) store: TenantStore<'a>,
    pub(super) search: Search<'a>,
    pub(super) plan: &'a QueryPlan,
    pub(super) people: &'a CandidatePeople,
    filter: Filter,
    check: PeopleCheck<'a>,
    /// What reading people and memberships has cost.
    pub(super) directory_cost: ReadCost,
    /// What reading records has cost.
    pub(super) record_cost: ReadCost,
}

impl<'a> RecordReader<'a> {
    pub(super) fn new(
        store: TenantStore<'a>,
        search: Search<'a>,
        plan: &'a QueryPlan,
        people: &'a CandidatePeople,
        directory_cost: ReadCost,
    ) -> Self {
        let visibility = search.visibility;
        let (only, visibility) = match people {
            CandidatePeople::Anybody => (None, visibility.clone()),
            CandidatePeople::Named(people) => (Some(people), Visibility::default()),
            // Whoever is met on a walk is a member.
            CandidatePeople::Members { .. } if plan.path == AccessPath::Members => {
                (None, visibility.beyond_first_groups())
            }
            CandidatePeople::Members { known: Some(people) } => (Some(people), visibility.beyond_first_groups()),
            CandidatePeople::Members { known: None } => (None, visibility.clone()),
        };
        let named = match people {
            CandidatePeople::Named(people) => Some(people),
            _ => None,
        };
        Self {
            store,
            search,
            plan,
            people,
            filter: Filter::of(search.query, named, search.now),
            check: PeopleCheck::new(store, only, visibility),
            directory_cost,
            record_cost: ReadCost::default(),
        }
    }

    pub(super) fn cost(&self) -> ReadCost {
        self.directory_cost + self.record_cost
    }

    pub(super) fn is_budget_spent(&self) -> bool {
        self.cost().items >= self.search.budget
    }

    /// How many items to read next from `partitions`: as many as are expected to give the records that are missing,
    /// judged by how many of those read so far were wanted.
    pub(super) fn next_step<S: super::RecordSink>(&self, delivery: &Delivery<'_, S>, partitions: usize) -> usize {
        // One more than wanted tells whether there is another page.
        let missing = delivery.wanted().saturating_add(1).min(MAX_STEP);
        let read = self.record_cost.items;
        let step = if read == 0 && partitions > 1 {
            // No partition has exactly its share.
            missing + missing / 4 + partitions
        } else {
            missing * (read + 1) / (delivery.taken + 1)
        };
        step.min(MAX_STEP).min(self.search.budget.saturating_sub(self.cost().items)).max(1)
    }

    /// Reads on in several ranges at once.
    pub(super) async fn read<'r>(
        &mut self,
        ranges: impl IntoIterator<Item = (&'r Range<'a>, Option<Item>)>,
        limit: Option<usize>,
    ) -> Result<Vec<Step>>
    where
        'a: 'r,
    {
        let limit = limit.map(|limit| limit.min(MAX_STEP));
        let steps = ranges.into_iter().map(|(range, start)| range.step(start, limit));
        let steps = try_join_all(steps).await?;
        steps.iter().for_each(|step| self.record_cost.add(step));
        Ok(steps)
    }

    /// Looks up people who have to be, before [`Self::admits`].
    pub(super) async fn look_up<'p>(&mut self, people: impl IntoIterator<Item = &'p PersonId>) -> Result<()> {
        self.check.look_up(people, &mut self.directory_cost).await
    }

    pub(super) fn admits(&self, person: &PersonId) -> bool {
        self.check.admits(person)
    }

    pub(super) fn needs_no_look_up(&self) -> bool {
        self.check.needs_no_look_up()
    }

    /// The function that reads an item as a record; `None` where the query does not match it.
    pub(super) fn decoder(&self) -> impl Fn(Item) -> Result<Option<Record>> + use<'a> {
        let (query, now): (&'a RecordQuery, _) = (self.search.query, self.search.now);
        move |item| {
            let record = read_record(item)?;
            Ok(query.matches(&record, now).then_some(record))
        }
    }

    /// The partitions of the access path.
    pub(super) fn ranges(&self) -> Vec<Range<'a>> {
        let tenant = self.store.tenant;
        let shards = |index| {
            let shard = move |shard| (index, keys::tenant_shard(tenant, ListedKind::Record, shard));
            (0..SHARDS).map(shard).collect()
        };
        let partitions: Vec<(Index, String)> = match self.plan.path {
            AccessPath::People | AccessPath::Members => {
                let CandidatePeople::Named(people) = self.people else { return Vec::new() };
                // People may share a partition; it is read once.
                let partitions: BTreeSet<String> = people.iter().map(|person| self.partition_of(person)).collect();
                partitions.into_iter().map(|partition| (Index::Table, partition)).collect()
            }
            AccessPath::Activities => {
                let shards = |activity| (0..SHARDS).map(move |shard| keys::activity_shard(tenant, activity, shard));
                let shards = self.search.query.activities.iter().flat_map(shards);
                shards.map(|shard| (Index::ByActivity, shard)).collect()
            }
            AccessPath::Completion | AccessPath::Overdue => shards(Index::ByCompletion),
            AccessPath::Expiry => shards(Index::ByExpiry),
            AccessPath::Tenant => shards(Index::ByTenant),
        };
        partitions.into_iter().map(|(index, pk)| self.range(index, pk)).collect()
    }

    /// A person's records, newest first, from behind this key of theirs on.
    pub(super) fn range_of(&self, person: &PersonId, behind: Option<&str>) -> Range<'a> {
        let behind = behind.map(|key| position::sort_key(AccessPath::People, key));
        self.range(Index::Table, self.partition_of(person)).descending().behind(behind.as_deref())
    }

    fn range(&self, index: Index, pk: String) -> Range<'a> {
        let range = match index {
            Index::Table if self.people.is_one() => self.store.range(pk),
            Index::Table => self.store.range(pk).eventual(),
            index => self.store.range_in(index, pk),
        };
        range.between(&self.plan.bounds.0, &self.plan.bounds.1).filtered(self.filter.clone())
    }

    fn partition_of(&self, person: &PersonId) -> String {
        keys::person_partition(self.store.tenant, PersonKey::of(self.store.tenant, person))
    }
}
