//! Which way leads to the wanted records by reading least: decided from the query alone, without a call.
//!
//! How many records a filter leaves is not known without reading them; it is estimated from an organisation of a
//! stated size. The estimate only chooses: whatever it chooses, the records are the same.

mod estimate;
#[cfg(test)]
mod tests;

use crate::{
    keys::{DUE_PREFIX, RECORD_PREFIX},
    list::Order,
};
use chrono::{DateTime, TimeDelta, Utc};
use rol_domain::{
    RecordId, RecordQuery,
    limits::{IDEMPOTENCY_ABANDONED_S, MAX_MERGED_ACTIVITIES},
    query::{Moment, Span},
    query::{Sort, SortBy},
    time::fixed,
};
use std::fmt;

/// A way to records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessPath {
    /// The partitions of people who are named.
    People,
    /// The partitions of the members of groups, one person after the other.
    Members,
    /// Index `by-activity`.
    Activities,
    /// Index `by-completion`: what was done.
    Completion,
    /// Index `by-completion`: what is still to be done.
    Overdue,
    /// Index `by-expiry`.
    Expiry,
    /// Index `by-tenant`: all records.
    Tenant,
}

impl AccessPath {
    /// All of them; of two that promise the same, the first is taken.
    pub const ALL: [Self; 7] =
        [Self::People, Self::Members, Self::Activities, Self::Completion, Self::Overdue, Self::Expiry, Self::Tenant];
}

impl fmt::Display for AccessPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::People => "people",
            Self::Members => "members",
            Self::Activities => "by-activity",
            Self::Completion => "by-completion",
            Self::Overdue => "by-completion/due",
            Self::Expiry => "by-expiry",
            Self::Tenant => "by-tenant",
        })
    }
}

/// Whose records can match at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidatePeople {
    /// Anybody's.
    Everybody,
    /// Those of so many people, who are known.
    Named(usize),
    /// Those of the members of groups that can be walked through.
    Members,
    /// Those of the members of more groups than can be walked through.
    ManyGroups,
}

/// What is known when the way is chosen, besides the query.
#[derive(Debug, Clone, Copy)]
pub struct PlanInput {
    /// Whose records can match.
    pub crowd: CandidatePeople,
    /// Whether people have to be looked up in the directory, where they are not known beforehand.
    pub looks_up: bool,
    /// How many records are wanted.
    pub limit: usize,
    /// The moment of the request.
    pub now: DateTime<Utc>,
}

/// In which order the records come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListOrder {
    /// By a moment, then by id.
    By(Sort),
    /// By when they are due, then by id.
    Due,
    /// Person by person by their ids, and of each the newest first.
    Person,
}

impl fmt::Display for ListOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By(sort) => {
                write!(f, "{}{}", if sort.descending { "-" } else { "" }, sort.moment().name())
            }
            Self::Due => f.write_str("due"),
            Self::Person => f.write_str("person,-created"),
        }
    }
}

/// A way, and what it takes to go it.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryPlan {
    /// The way.
    pub path: AccessPath,
    /// The order in which the records come.
    pub order: ListOrder,
    /// Whether everything has to be read and sorted first, because its partitions are ordered by another key.
    pub gathers: bool,
    /// The sort keys between which the records lie, in each partition on the way.
    pub(crate) bounds: (String, String),
    /// How many items it is expected to read.
    pub expected: usize,
}

impl QueryPlan {
    /// The direction in which sort keys are read.
    pub(crate) fn direction(&self) -> Order {
        match self.order {
            ListOrder::By(Sort { descending: false, .. }) | ListOrder::Due => Order::Ascending,
            ListOrder::By(_) | ListOrder::Person => Order::Descending,
        }
    }
}

/// The way that is expected to read least; of two alike, the one that comes first in [`AccessPath::ALL`].
pub fn choose(query: &RecordQuery, facts: PlanInput) -> QueryPlan {
    let plans = plans(query, facts).into_iter();
    plans.min_by_key(|plan| (plan.expected, plan.path)).unwrap_or_else(|| plan(AccessPath::Tenant, query, facts))
}

/// Every way that leads to all wanted records in a right order.
pub fn plans(query: &RecordQuery, facts: PlanInput) -> Vec<QueryPlan> {
    let possible = AccessPath::ALL.into_iter().filter(|path| is_possible(*path, query, facts));
    possible.map(|path| plan(path, query, facts)).collect()
}

/// This way.
pub fn plan(path: AccessPath, query: &RecordQuery, facts: PlanInput) -> QueryPlan {
    let order = order(path, query, facts);
    let by = |order| matches!(order, ListOrder::By(Sort { by: SortBy::Created, .. }));
    let gathers = path == AccessPath::People
        && order != ListOrder::Person
        && !(facts.crowd == CandidatePeople::Named(1) && by(order));
    let expected = estimate::reads(path, query, facts, gathers);
    QueryPlan { path, order, gathers, bounds: bounds(path, query, facts.now), expected }
}

/// Whether more is to be known of the members of groups before the way is chosen: where walking through them all is
/// not the only good one.
pub(crate) fn depends_on_members(query: &RecordQuery) -> bool {
    query.sort.is_some()
        || !query.activities.is_empty()
        || query.is_overdue == Some(true)
        || query.is_expired == Some(true)
        || [Moment::Completed, Moment::Expires, Moment::Created].iter().any(|at| query.spans.contains_key(at))
}

fn is_possible(path: AccessPath, query: &RecordQuery, facts: PlanInput) -> bool {
    // A deleted record is in its person's partition and in by-tenant only.
    let live = !query.include_deleted;
    let sorted_by = |by| query.sort.is_none_or(|sort| sort.by == by);
    let spans = |moment| query.span(moment, facts.now).is_some();
    match path {
        AccessPath::People => matches!(facts.crowd, CandidatePeople::Named(_)),
        AccessPath::Members => facts.crowd == CandidatePeople::Members && query.sort.is_none(),
        AccessPath::Activities => {
            live && sorted_by(SortBy::Created) && (1..=MAX_MERGED_ACTIVITIES).contains(&query.activities.len())
        }
        AccessPath::Completion => {
            live && sorted_by(SortBy::Completed) && (query.sort.is_some() || spans(Moment::Completed))
        }
        AccessPath::Overdue => live && query.sort.is_none() && query.is_overdue == Some(true),
        AccessPath::Expiry => live && sorted_by(SortBy::Expires) && (query.sort.is_some() || spans(Moment::Expires)),
        AccessPath::Tenant => sorted_by(SortBy::Created),
    }
}

/// The order that was asked for, or the one that comes by itself.
fn order(path: AccessPath, query: &RecordQuery, facts: PlanInput) -> ListOrder {
    let by = |by, descending| ListOrder::By(query.sort.unwrap_or(Sort { by, descending }));
    match path {
        AccessPath::People if query.sort.is_none() && facts.crowd != CandidatePeople::Named(1) => ListOrder::Person,
        AccessPath::People | AccessPath::Activities | AccessPath::Tenant => by(SortBy::Created, true),
        AccessPath::Members => ListOrder::Person,
        AccessPath::Completion => by(SortBy::Completed, true),
        // The longest overdue, and what expires next, come first.
        AccessPath::Overdue => ListOrder::Due,
        AccessPath::Expiry => by(SortBy::Expires, false),
    }
}

fn bounds(path: AccessPath, query: &RecordQuery, now: DateTime<Utc>) -> (String, String) {
    let moment = |prefix: &str, moment| {
        let Span { from, to } = query.span(moment, now).unwrap_or_default();
        // No id sorts behind the tilde, and no year has five digits.
        let from = from.map_or_else(|| format!("{prefix}0"), |from| format!("{prefix}{}", fixed(from)));
        (from, to.map_or_else(|| format!("{prefix}9~"), |to| format!("{prefix}{}#~", fixed(to))))
    };
    match path {
        AccessPath::People | AccessPath::Members => {
            let (first, last) = ids(query);
            (format!("{RECORD_PREFIX}{}", first.ulid()), format!("{RECORD_PREFIX}{}", last.ulid()))
        }
        AccessPath::Activities | AccessPath::Tenant => {
            let (first, last) = ids(query);
            (first.to_string(), last.to_string())
        }
        AccessPath::Completion => moment("", Moment::Completed),
        AccessPath::Overdue => moment(DUE_PREFIX, Moment::Due),
        AccessPath::Expiry => moment("", Moment::Expires),
    }
}

/// The ids of records that were made in the range asked for. An id is minted when a record is first tried to be made,
/// and so no later than it was made, but perhaps some time before.
fn ids(query: &RecordQuery) -> (RecordId, RecordId) {
    let span = query.spans.get(&Moment::Created).copied().unwrap_or_default();
    let slack = TimeDelta::seconds(2 * IDEMPOTENCY_ABANDONED_S);
    let first = span.from.map_or(RecordId::from_ulid(0u128.into()), |from| RecordId::first_of(from - slack));
    (first, span.to.map_or(RecordId::from_ulid(u128::MAX.into()), RecordId::last_of))
}
