//! Where a list goes on: behind a key in its order. Any access path that has the order can go on from there.

use crate::{
    keys::{self, RECORD_PREFIX},
    plan::{AccessPath, ListOrder, QueryPlan},
};
use rol_domain::{Record, text::PersonId};
use std::fmt;

const ID_PREFIX: &str = "lrn_";

/// A place in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub(crate) path: AccessPath,
    pub(crate) order: String,
    /// The person it has come to, where the list comes person by person.
    pub(crate) person: Option<PersonId>,
    /// The last key; where there is none, everything of the person was listed.
    pub(crate) key: Option<String>,
}

impl fmt::Display for Position {
    /// Four parts with spaces between them; none of them contains a space.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key.as_deref().unwrap_or("-");
        write!(f, "{} {} {key} {}", self.path, self.order, self.person.as_ref().map_or("", PersonId::as_str))
    }
}

impl Position {
    /// Reads what [`fmt::Display`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, ' ');
        let (path, order, key, person) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            path: AccessPath::ALL.into_iter().find(|known| known.to_string() == path)?,
            order: order.to_owned(),
            key: (key != "-").then(|| key.to_owned()),
            person: if person.is_empty() { None } else { Some(PersonId::parse(person).ok()?) },
        })
    }

    /// Before the first record of a plan.
    pub(super) fn start(plan: &QueryPlan) -> Self {
        Self { path: plan.path, order: plan.order.to_string(), person: None, key: None }
    }

    /// Behind a record; `None` where the record has no place in the plan's order.
    pub(super) fn behind(plan: &QueryPlan, record: &Record) -> Option<Self> {
        let person = (plan.order == ListOrder::Person).then(|| record.person_id.clone());
        Some(Self { person, key: Some(key_of(plan.order, record)?), ..Self::start(plan) })
    }
}

/// The key of a record in an order; `None` where it has no place there.
pub(super) fn key_of(order: ListOrder, record: &Record) -> Option<String> {
    use rol_domain::query::SortBy;
    let content = &record.content;
    match order {
        ListOrder::Person => Some(record.id.to_string()),
        ListOrder::Due => content.due_at.map(|due| keys::due_key(due.last_moment(), record.id)),
        ListOrder::By(sort) => match sort.by {
            SortBy::Created => Some(record.id.to_string()),
            SortBy::Completed => content.completed_at.map(|at| keys::time_key(at.last_moment(), record.id)),
            SortBy::Expires => content.expires_at.map(|at| keys::time_key(at.last_moment(), record.id)),
        },
    }
}

/// The sort key that a key of the order has in the partitions of a path.
pub(super) fn sort_key(path: AccessPath, key: &str) -> String {
    match (path, key.strip_prefix(ID_PREFIX)) {
        (AccessPath::People | AccessPath::Members, Some(ulid)) => format!("{RECORD_PREFIX}{ulid}"),
        _ => key.to_owned(),
    }
}

/// The key of the order that a sort key of a path's partitions stands for.
pub(super) fn order_key(path: AccessPath, sort_key: &str) -> String {
    match (path, sort_key.strip_prefix(RECORD_PREFIX)) {
        (AccessPath::People | AccessPath::Members, Some(ulid)) => format!("{ID_PREFIX}{ulid}"),
        _ => sort_key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_position_reads_back(path in 0usize..7, person in proptest::option::of("[!-~]{1,128}"), key in proptest::option::of("[!-,.-~]{1,60}")) {
            let position = Position {
                path: AccessPath::ALL[path],
                order: "person,-created".into(),
                person: person.map(|person| PersonId::parse(person).expect("valid")),
                key,
            };
            prop_assert_eq!(Position::parse(&position.to_string()), Some(position));
        }
    }

    #[test]
    fn sort_keys_of_partitions_stand_for_ids() {
        let key = "lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV";
        assert_eq!(sort_key(AccessPath::People, key), "REC#01ARZ3NDEKTSV4RRFFQ69G5FAV");
        assert_eq!(order_key(AccessPath::People, &sort_key(AccessPath::People, key)), key);
        assert_eq!(
            (sort_key(AccessPath::Tenant, key), order_key(AccessPath::Tenant, key)),
            (key.to_owned(), key.to_owned())
        );
    }
}
