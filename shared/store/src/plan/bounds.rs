//! The sort keys between which the wanted records lie.

use super::AccessPath;
use crate::keys::{DUE_PREFIX, RECORD_PREFIX};
use chrono::{DateTime, TimeDelta, Utc};
use rol_domain::{
    RecordId, RecordQuery,
    limits::IDEMPOTENCY_ABANDONED_S,
    query::{Moment, Span},
    time::fixed,
};

/// The first and the last sort key to read in each partition of a path.
pub(super) fn of(path: AccessPath, query: &RecordQuery, now: DateTime<Utc>) -> (String, String) {
    match path {
        AccessPath::People | AccessPath::Members => {
            let (first, last) = ids(query);
            (format!("{RECORD_PREFIX}{}", first.ulid()), format!("{RECORD_PREFIX}{}", last.ulid()))
        }
        AccessPath::Activities | AccessPath::Tenant => {
            let (first, last) = ids(query);
            (first.to_string(), last.to_string())
        }
        AccessPath::Completion => moments("", query.span(Moment::Completed, now)),
        AccessPath::Overdue => moments(DUE_PREFIX, query.span(Moment::Due, now)),
        AccessPath::Expiry => moments("", query.span(Moment::Expires, now)),
    }
}

fn moments(prefix: &str, span: Option<Span>) -> (String, String) {
    let Span { from, to } = span.unwrap_or_default();
    // No id sorts behind the tilde, and no year has five digits.
    let first = from.map_or_else(|| format!("{prefix}0"), |from| format!("{prefix}{}", fixed(from)));
    (first, to.map_or_else(|| format!("{prefix}9~"), |to| format!("{prefix}{}#~", fixed(to))))
}

/// The ids of records that were created in the query's range. An id is minted when a record is first tried to be
/// created: never later than the record's creation, but up to the life of a reservation earlier.
fn ids(query: &RecordQuery) -> (RecordId, RecordId) {
    let span = query.spans.get(&Moment::Created).copied().unwrap_or_default();
    let slack = TimeDelta::seconds(2 * IDEMPOTENCY_ABANDONED_S);
    let first = span.from.map_or(RecordId::from_ulid(0u128.into()), |from| RecordId::first_of(from - slack));
    (first, span.to.map_or(RecordId::from_ulid(u128::MAX.into()), RecordId::last_of))
}
