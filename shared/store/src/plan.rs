//! Which access path a query takes: a pure decision from the query and its candidate people.
//!
//! `choose` applies ranked rules. A rule decides how much is read and in which order records come without a `sort`,
//! never which records are found: every possible path leads to the same ones.

mod bounds;
#[cfg(test)]
mod tests;

use crate::{list::Order, search::CandidatePeople};
use chrono::{DateTime, TimeDelta, Utc};
use rol_domain::{
    RecordQuery,
    limits::MAX_MERGED_ACTIVITIES,
    query::{Moment, Sort, SortBy},
};
use std::fmt;

/// The longest range of time, in days, that is read from an index rather than by walking the members of groups: about
/// as many records fall into a quarter as members have.
pub(crate) const NARROW_RANGE_DAYS: i64 = 92;

/// The partitions or the index that a query reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessPath {
    /// The partitions of people who are named.
    People,
    /// The partitions of the members of groups, one person after the other.
    Members,
    /// Index `by-activity`.
    Activities,
    /// Index `by-completion`: completed records.
    Completion,
    /// Index `by-completion`: unfinished records by when they are due.
    Overdue,
    /// Index `by-expiry`.
    Expiry,
    /// Index `by-tenant`: all records.
    Tenant,
}

impl AccessPath {
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

/// The order in which records come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListOrder {
    /// By a moment, then by id.
    By(Sort),
    /// By due date, then by id.
    Due,
    /// Person by person by their ids, each person's newest record first.
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

/// How the partitions of an access path are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// The partitions have the list's order: they are merged.
    Merge,
    /// One person after the other.
    Walk,
    /// The partitions have another order: they are read whole and sorted.
    Gather,
}

/// An access path and how it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryPlan {
    pub path: AccessPath,
    pub order: ListOrder,
    pub strategy: Strategy,
    /// The first and the last sort key to read in each partition of the path.
    pub(crate) bounds: (String, String),
}

impl QueryPlan {
    pub(crate) fn new(path: AccessPath, query: &RecordQuery, people: &CandidatePeople, now: DateTime<Utc>) -> Self {
        let order = order_of(path, query, people);
        let strategy = match (path, order) {
            (_, ListOrder::Person) => Strategy::Walk,
            (AccessPath::People, ListOrder::By(sort)) if sort.by != SortBy::Created => Strategy::Gather,
            _ => Strategy::Merge,
        };
        Self { path, order, strategy, bounds: bounds::of(path, query, now) }
    }

    /// The direction in which sort keys are read.
    pub(crate) fn direction(&self) -> Order {
        match self.order {
            ListOrder::By(Sort { descending: false, .. }) | ListOrder::Due => Order::Ascending,
            ListOrder::By(_) | ListOrder::Person => Order::Descending,
        }
    }
}

/// The plan of the first rule that applies:
///
/// 1. People are named: their partitions, which hold all of their records and little else.
/// 2. An index has the query's order, or its filter is narrow: that index (see [`preferred_index`]).
/// 3. The members of groups can be walked: person by person.
/// 4. A range of completion or expiry is given, however long: its index, which holds fewer records than `by-tenant`.
/// 5. Otherwise all records of the tenant, newest first.
pub(crate) fn choose(query: &RecordQuery, people: &CandidatePeople, now: DateTime<Utc>) -> QueryPlan {
    let path = match people {
        CandidatePeople::Named(_) => Some(AccessPath::People),
        CandidatePeople::Members { .. } => preferred_index(query, now).or(Some(AccessPath::Members)),
        CandidatePeople::Anybody => preferred_index(query, now),
    };
    let path = path.or_else(|| shortest_range(query, now).map(|(_, path)| path)).unwrap_or(AccessPath::Tenant);
    QueryPlan::new(path, query, people, now)
}

/// The plan of a path that has this order, preferably of `path`; `None` where no possible path has the order.
pub(crate) fn resume(
    (path, order): (AccessPath, &str),
    query: &RecordQuery,
    people: &CandidatePeople,
    now: DateTime<Utc>,
) -> Option<QueryPlan> {
    let possible = AccessPath::ALL.into_iter().filter(|path| is_possible(*path, query, people, now));
    let plans = possible.map(|path| QueryPlan::new(path, query, people, now));
    plans.filter(|plan| plan.order.to_string() == order).min_by_key(|plan| plan.path != path)
}

/// Whether the people of groups are walked unless they are known. Otherwise it helps to know them before records are
/// read.
pub(crate) fn walks_members(query: &RecordQuery, now: DateTime<Utc>) -> bool {
    query.sort.is_none() && preferred_index(query, now).is_none()
}

/// The index that has the order that was asked for, or else a filter of the query that leaves few records: up to
/// [`MAX_MERGED_ACTIVITIES`] activities, what is overdue, or the shortest range of at most [`NARROW_RANGE_DAYS`].
fn preferred_index(query: &RecordQuery, now: DateTime<Utc>) -> Option<AccessPath> {
    let supports = |path: &AccessPath| supports(*path, query, now);
    let by_filter = [AccessPath::Activities, AccessPath::Overdue].into_iter().find(supports);
    by_filter.or_else(|| match query.sort.map(|sort| sort.by) {
        Some(SortBy::Completed) => Some(AccessPath::Completion),
        Some(SortBy::Expires) => Some(AccessPath::Expiry),
        Some(SortBy::Created) => Some(AccessPath::Tenant),
        None => {
            let (length, path) = shortest_range(query, now)?;
            (length <= TimeDelta::days(NARROW_RANGE_DAYS)).then_some(path)
        }
    })
}

/// The shortest range of a moment by which an index is ordered, and that index.
fn shortest_range(query: &RecordQuery, now: DateTime<Utc>) -> Option<(TimeDelta, AccessPath)> {
    let length = |moment| {
        let span = query.span(moment, now)?;
        // Nothing is completed or created in the future; what expires may do so at any time.
        let end = span.to.or((moment != Moment::Expires).then_some(now));
        Some(span.from.zip(end).map_or(TimeDelta::MAX, |(from, end)| end - from))
    };
    let ranges = [
        (Moment::Completed, AccessPath::Completion),
        (Moment::Expires, AccessPath::Expiry),
        (Moment::Created, AccessPath::Tenant),
    ];
    let ranges = ranges.into_iter().filter(|(_, path)| supports(*path, query, now));
    ranges.filter_map(|(moment, path)| Some((length(moment)?, path))).min_by_key(|(length, _)| *length)
}

/// Whether a path leads to all records that the query can find, in an order that it allows.
fn is_possible(path: AccessPath, query: &RecordQuery, people: &CandidatePeople, now: DateTime<Utc>) -> bool {
    match path {
        AccessPath::People => matches!(people, CandidatePeople::Named(_)),
        AccessPath::Members => matches!(people, CandidatePeople::Members { .. }) && query.sort.is_none(),
        _ => supports(path, query, now),
    }
}

/// Whether an index has all records that the query can find, in an order that it allows, whosever they are.
fn supports(index: AccessPath, query: &RecordQuery, now: DateTime<Utc>) -> bool {
    // A deleted record is in its person's partition and in by-tenant only.
    let live = !query.include_deleted;
    let sorted_by = |by| query.sort.is_none_or(|sort| sort.by == by);
    let has_range = |moment| query.span(moment, now).is_some();
    match index {
        AccessPath::People | AccessPath::Members => false,
        AccessPath::Activities => {
            live && sorted_by(SortBy::Created) && (1..=MAX_MERGED_ACTIVITIES).contains(&query.activities.len())
        }
        AccessPath::Completion => {
            live && sorted_by(SortBy::Completed) && (query.sort.is_some() || has_range(Moment::Completed))
        }
        AccessPath::Overdue => live && query.sort.is_none() && query.is_overdue == Some(true),
        AccessPath::Expiry => {
            live && sorted_by(SortBy::Expires) && (query.sort.is_some() || has_range(Moment::Expires))
        }
        AccessPath::Tenant => sorted_by(SortBy::Created),
    }
}

/// The order that was asked for, or the one that the path has by itself.
fn order_of(path: AccessPath, query: &RecordQuery, people: &CandidatePeople) -> ListOrder {
    let by = |by, descending| ListOrder::By(query.sort.unwrap_or(Sort { by, descending }));
    match path {
        AccessPath::People if query.sort.is_none() && !people.is_one() => ListOrder::Person,
        AccessPath::People | AccessPath::Activities | AccessPath::Tenant => by(SortBy::Created, true),
        AccessPath::Members => ListOrder::Person,
        AccessPath::Completion => by(SortBy::Completed, true),
        // The longest overdue, and what expires next, come first.
        AccessPath::Overdue => ListOrder::Due,
        AccessPath::Expiry => by(SortBy::Expires, false),
    }
}
