//! The filters of the list and of the summary: as parameters, and as the domain has them.

use rol_app::{Find, PersonSelector};
use rol_domain::{
    DateOrInstant, GroupId, RecordQuery,
    limits::MAX_FILTER_ATTRIBUTES,
    person::{PersonRef, PersonStatus},
    query::{Moment, Sort, Span},
    record::Status,
    text::{
        ActivityId, AttributeKey, CourseId, CourseItemId, Email, EnrollmentId, ExternalId, PersonExternalId, PersonId,
        Provider, SearchText,
    },
};
use rol_http::QueryReader;
use serde::de::{DeserializeOwned, IntoDeserializer, value::Error};
use std::collections::BTreeMap;
use utoipa::IntoParams;

/// What can be asked for. All of it has to hold; of several values of one filter, any. Several values are given as
/// repeated keys, `status=passed&status=failed` or `status[]=passed&status[]=failed`, and may contain commas.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only documents what is taken from the query")]
pub(crate) struct Filters {
    /// Whose records.
    #[param(max_items = 100, example = json!(["ada@example.com"]))]
    person_id: Option<Vec<String>>,
    /// One person, by their address in the directory.
    #[param(rename = "person[email]")]
    person_email: Option<String>,
    /// One person, by another system's id in the directory.
    #[param(rename = "person[external_id]")]
    person_external_id: Option<String>,
    /// Of members of these groups and of the groups inside them.
    #[param(max_items = 100)]
    group_id: Option<Vec<String>>,
    /// Of people with these statuses; whom the directory does not know is active.
    person_status: Option<Vec<PersonStatus>>,
    /// Of these activities.
    #[param(max_items = 100)]
    activity_id: Option<Vec<String>>,
    /// Of these courses.
    #[param(max_items = 100)]
    course_id: Option<Vec<String>>,
    /// Of these places in courses.
    #[param(max_items = 100)]
    course_item_id: Option<Vec<String>>,
    /// Of these enrolments.
    #[param(max_items = 100)]
    enrollment_id: Option<Vec<String>>,
    /// With these statuses, set or derived.
    status: Option<Vec<Status>>,
    /// By this provider, letter by letter.
    provider: Option<String>,
    /// With this external id.
    external_id: Option<String>,
    /// Passed, or failed.
    passed: Option<bool>,
    /// Overdue, or not.
    is_overdue: Option<bool>,
    /// Expired, or not.
    is_expired: Option<bool>,
    /// Assigned at or after: a date or an RFC 3339 instant, as in all ranges; one end is enough, both are inclusive.
    #[param(rename = "assigned[from]")]
    assigned_from: Option<String>,
    /// Assigned at or before; a date covers its whole day (UTC).
    #[param(rename = "assigned[to]")]
    assigned_to: Option<String>,
    /// Started at or after.
    #[param(rename = "started[from]")]
    started_from: Option<String>,
    /// Started at or before.
    #[param(rename = "started[to]")]
    started_to: Option<String>,
    /// Due at or after.
    #[param(rename = "due[from]")]
    due_from: Option<String>,
    /// Due at or before.
    #[param(rename = "due[to]")]
    due_to: Option<String>,
    /// Completed at or after.
    #[param(rename = "completed[from]", example = "2026-05-01")]
    completed_from: Option<String>,
    /// Completed at or before.
    #[param(rename = "completed[to]", example = "2026-05-31")]
    completed_to: Option<String>,
    /// Expires at or after.
    #[param(rename = "expires[from]")]
    expires_from: Option<String>,
    /// Expires at or before.
    #[param(rename = "expires[to]")]
    expires_to: Option<String>,
    /// Created at or after.
    #[param(rename = "created[from]")]
    created_from: Option<String>,
    /// Created at or before.
    #[param(rename = "created[to]")]
    created_to: Option<String>,
    /// Updated at or after.
    #[param(rename = "updated[from]")]
    updated_from: Option<String>,
    /// Updated at or before.
    #[param(rename = "updated[to]")]
    updated_to: Option<String>,
    /// With this value of a custom attribute: `attributes[grade]=B`; at most 10 attributes. Of several options one has
    /// to be the value.
    #[param(rename = "attributes[key]")]
    attributes: Option<String>,
    /// With this text in title, provider or activity, in any case of letters.
    #[param(max_length = 200)]
    q: Option<String>,
    /// Deleted records too (admins only).
    include_deleted: Option<bool>,
    /// Adds how the records were found: access path, calls, items read and read units (admins only).
    explain: Option<bool>,
}

/// The ways to name the person by what the directory knows; each alone, and not beside `person_id`.
const WAYS: [&str; 4] = ["person_id", "person_id[]", "person[email]", "person[external_id]"];

/// Takes all filters, and the order.
pub(crate) fn take(query: &mut QueryReader) -> Find {
    let sort = query.one("sort", Sort::parse);
    let mut find = take_unsorted(query);
    find.query.sort = sort;
    find
}

/// Takes all filters.
pub(crate) fn take_unsorted(query: &mut QueryReader) -> Find {
    let mut given: Vec<&str> = WAYS.into_iter().filter(|name| query.has(name)).collect();
    given.dedup_by_key(|name| name.trim_end_matches("[]"));
    if let [first, .., last] = given.as_slice() {
        query.refuse(last, format_args!("expected one of {first} and {last}, found both"));
    }
    let email = query.one("person[email]", |text| Email::parse(text)).map(PersonRef::Email);
    let other = query.one("person[external_id]", |text| PersonExternalId::parse(text)).map(PersonRef::ExternalId);
    let values = query.keyed("attributes", |key| AttributeKey::parse(key));
    if values.len() > MAX_FILTER_ATTRIBUTES {
        let found = values.len();
        query.refuse("attributes", format_args!("expected at most {MAX_FILTER_ATTRIBUTES} attributes, found {found}"));
    }
    let wanted = RecordQuery {
        people: query.many("person_id", |text| PersonId::parse(text)),
        groups: query.many("group_id", GroupId::parse),
        person_statuses: query.many("person_status", named),
        activities: query.many("activity_id", |text| ActivityId::parse(text)),
        courses: query.many("course_id", |text| CourseId::parse(text)),
        course_items: query.many("course_item_id", |text| CourseItemId::parse(text)),
        enrollments: query.many("enrollment_id", |text| EnrollmentId::parse(text)),
        statuses: query.many("status", named),
        provider: query.one("provider", |text| Provider::parse(text)),
        external_id: query.one("external_id", |text| ExternalId::parse(text)),
        passed: query.flag("passed"),
        is_overdue: query.flag("is_overdue"),
        is_expired: query.flag("is_expired"),
        spans: Moment::ALL
            .into_iter()
            .filter_map(|moment| Some((moment, span(query, moment)?)))
            .collect::<BTreeMap<_, _>>(),
        text: query.one("q", |text| SearchText::parse(text)),
        include_deleted: query.switch("include_deleted"),
        ..RecordQuery::default()
    };
    let explain = query.switch("explain");
    Find { selector: email.or(other).map(PersonSelector::Ref), query: wanted, values, explain, attachments: false }
}

/// The range asked for of a moment.
fn span(query: &mut QueryReader, moment: Moment) -> Option<Span> {
    let (from, to) = (format!("{}[from]", moment.name()), format!("{}[to]", moment.name()));
    let (from, until) = (query.one(&from, DateOrInstant::parse), query.one(&to, DateOrInstant::parse));
    if from.is_none() && until.is_none() {
        return None;
    }
    Span::parse(from, until).map_err(|error| query.refuse(&to, error)).ok()
}

/// A value by its name in JSON.
fn named<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    T::deserialize(text.into_deserializer())
}
