//! What each filter means.

use super::*;
use crate::{
    caller::{Actor, tests::cx_of},
    id::RecordId,
    record::{Content, Deletion, NewRecord},
    text::Title,
    time::DateOrInstant,
};
use rstest::rstest;
use serde_json::json;

/// A record with this content.
pub(crate) fn record(change: impl FnOnce(&mut Content)) -> Record {
    let content = Content::titled(Title::parse("First Aid").expect("valid"));
    let new = NewRecord::of(content);
    let person = PersonId::parse("ada").expect("valid");
    let set = AttributeSet::default();
    let mut record =
        Record::create(RecordId::from_ulid(7u128.into()), person, new, &set, &cx_of(Role::Admin)).expect("legal");
    change(&mut record.content);
    record
}

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-05-10T12:00:00Z").expect("valid").to_utc()
}

/// A record with a value of everything.
fn full() -> Record {
    let mut record = record(|content| {
        content.activity_id = ActivityId::parse("act-1").ok();
        content.course_id = CourseId::parse("c1").ok();
        content.course_item_id = CourseItemId::parse("i1").ok();
        content.enrollment_id = EnrollmentId::parse("e1").ok();
        content.provider = Provider::parse("Red Cross").ok();
        content.external_id = ExternalId::parse("x1").ok();
        content.passed = Some(true);
        content.assigned_at = DateOrInstant::parse("2026-01-01").ok();
        content.started_at = DateOrInstant::parse("2026-02-01").ok();
        content.due_at = DateOrInstant::parse("2026-03-01").ok();
        content.completed_at = DateOrInstant::parse("2026-04-01").ok();
        content.expires_at = DateOrInstant::parse("2026-05-01").ok();
        let values: BTreeMap<AttributeKey, AttributeValue> =
            serde_json::from_value(json!({"flag": true, "number": 5, "text": "B", "texts": ["x", "y"]}))
                .expect("values");
        let kept = |value| KeptValue { generation: Generation::random([1; 5]), value };
        content.attributes = values.into_iter().map(|(key, value)| (key, kept(value))).collect();
    });
    record.app_id = AppId::parse("lms").ok();
    record
}

fn span(from: &str, to: &str) -> Span {
    Span::parse(DateOrInstant::parse(from).ok(), DateOrInstant::parse(to).ok()).expect("a span")
}

fn texts<T: Ord, E: std::fmt::Debug>(parse: impl Fn(String) -> Result<T, E>, values: &[&str]) -> BTreeSet<T> {
    values.iter().map(|value| parse((*value).to_owned()).expect("valid")).collect()
}

fn attribute(key: &str, value: &str) -> BTreeMap<AttributeKey, WantedValue> {
    of_generation(1, key, value)
}

fn of_generation(n: u8, key: &str, value: &str) -> BTreeMap<AttributeKey, WantedValue> {
    let wanted = WantedValue { generation: Generation::random([n; 5]), text: value.to_owned() };
    [(AttributeKey::parse(key).expect("valid"), wanted)].into()
}

type Set = fn(&mut RecordQuery);

#[rstest]
#[case::nothing(|_: &mut RecordQuery| (), true, true)]
#[case::person(|q: &mut RecordQuery| q.people = texts(PersonId::parse, &["bob", "ada"]), true, true)]
#[case::another_person(|q: &mut RecordQuery| q.people = texts(PersonId::parse, &["bob"]), false, false)]
#[case::activity(|q: &mut RecordQuery| q.activities = texts(ActivityId::parse, &["act-1", "x"]), true, false)]
#[case::another_activity(|q: &mut RecordQuery| q.activities = texts(ActivityId::parse, &["x"]), false, false)]
#[case::course(|q: &mut RecordQuery| q.courses = texts(CourseId::parse, &["c1"]), true, false)]
#[case::course_item(|q: &mut RecordQuery| q.course_items = texts(CourseItemId::parse, &["i1"]), true, false)]
#[case::enrollment(|q: &mut RecordQuery| q.enrollments = texts(EnrollmentId::parse, &["e1"]), true, false)]
#[case::set_or_derived_status(|q: &mut RecordQuery| q.statuses = [Status::Passed].into(), true, false)]
#[case::any_status(|q: &mut RecordQuery| q.statuses = [Status::Passed, Status::NotStarted].into(), true, true)]
#[case::provider(|q: &mut RecordQuery| q.provider = Provider::parse("Red Cross").ok(), true, false)]
#[case::provider_in_other_letters(|q: &mut RecordQuery| q.provider = Provider::parse("red cross").ok(), false, false)]
#[case::external_id(|q: &mut RecordQuery| q.external_id = ExternalId::parse("x1").ok(), true, false)]
#[case::passed(|q: &mut RecordQuery| q.passed = Some(true), true, false)]
#[case::not_passed_is_known(|q: &mut RecordQuery| q.passed = Some(false), false, false)]
#[case::overdue(|q: &mut RecordQuery| q.is_overdue = Some(true), false, false)]
#[case::not_overdue(|q: &mut RecordQuery| q.is_overdue = Some(false), true, true)]
#[case::expired(|q: &mut RecordQuery| q.is_expired = Some(true), true, false)]
#[case::not_expired(|q: &mut RecordQuery| q.is_expired = Some(false), false, true)]
#[case::completed(|q: &mut RecordQuery| { q.spans.insert(Moment::Completed, span("2026-04-01", "2026-04-01")); }, true, false)]
#[case::completed_later(|q: &mut RecordQuery| { q.spans.insert(Moment::Completed, span("2026-04-02", "")); }, false, false)]
#[case::assigned(|q: &mut RecordQuery| { q.spans.insert(Moment::Assigned, span("", "2026-01-01")); }, true, false)]
#[case::two_spans(|q: &mut RecordQuery| { q.spans.insert(Moment::Due, span("2026-03-01", "")); q.spans.insert(Moment::Started, span("", "2026-01-31")); }, false, false)]
#[case::created(|q: &mut RecordQuery| { q.spans.insert(Moment::Created, span("2000-01-01", "")); }, true, true)]
#[case::flag(|q: &mut RecordQuery| q.attributes = attribute("flag", "TRUE"), true, false)]
#[case::number(|q: &mut RecordQuery| q.attributes = attribute("number", "5.0"), true, false)]
#[case::text(|q: &mut RecordQuery| q.attributes = attribute("text", "B"), true, false)]
#[case::another_text(|q: &mut RecordQuery| q.attributes = attribute("text", "b"), false, false)]
#[case::one_of_the_options(|q: &mut RecordQuery| q.attributes = attribute("texts", "y"), true, false)]
#[case::another_generation(|q: &mut RecordQuery| q.attributes = of_generation(2, "text", "B"), false, false)]
#[case::no_value(|q: &mut RecordQuery| q.attributes = attribute("other", "y"), false, false)]
#[case::q_in_the_title(|q: &mut RecordQuery| q.text = SearchText::parse("T AI").ok(), true, true)]
#[case::q_in_the_provider(|q: &mut RecordQuery| q.text = SearchText::parse("RED").ok(), true, false)]
#[case::q_in_the_activity(|q: &mut RecordQuery| q.text = SearchText::parse("ACT-").ok(), true, false)]
#[case::q_nowhere(|q: &mut RecordQuery| q.text = SearchText::parse("ada").ok(), false, false)]
#[case::sorted_by_what_is_missing(|q: &mut RecordQuery| q.sort = Sort::parse("-completed").ok(), true, false)]
#[case::sorted_by_what_is_always_there(|q: &mut RecordQuery| q.sort = Sort::parse("created").ok(), true, true)]
#[case::of_an_application(|q: &mut RecordQuery| q.app = AppId::parse("lms").ok(), true, false)]
#[case::everything_at_once(|q: &mut RecordQuery| { q.passed = Some(true); q.provider = Provider::parse("x").ok(); }, false, false)]
fn a_filter_means_what_it_says(#[case] set: Set, #[case] takes_full: bool, #[case] takes_bare: bool) {
    let mut query = RecordQuery::default();
    set(&mut query);
    assert_eq!((query.matches(&full(), now()), query.matches(&record(|_| ()), now())), (takes_full, takes_bare));
}

#[test]
fn deleted_and_hidden_records_are_asked_for() {
    let mut deleted = record(|_| ());
    deleted.deleted = Some(Deletion { at: now(), by: "x".into() });
    let mut query = RecordQuery::default();
    assert!(!query.matches(&deleted, now()));
    query.include_deleted = true;
    assert!(query.matches(&deleted, now()));
    let hidden = record(|content| content.visible_to_student = false);
    assert!(query.matches(&hidden, now()));
    query.only_visible = true;
    assert!(!query.matches(&hidden, now()));
}

#[rstest]
#[case::created("created", true)]
#[case::descending("-expires", true)]
#[case::plus("+created", false)]
#[case::another("title", false)]
#[case::empty("", false)]
fn a_sort_is_one_of_three(#[case] text: &str, #[case] valid: bool) {
    assert_eq!(Sort::parse(text).is_ok(), valid);
}

#[test]
fn expired_and_overdue_imply_a_range() {
    let mut query = RecordQuery { is_expired: Some(true), is_overdue: Some(false), ..RecordQuery::default() };
    assert_eq!(query.span(Moment::Expires, now()), Some(Span { from: None, to: Some(now()) }));
    assert_eq!(query.span(Moment::Due, now()), None);
    query.spans.insert(Moment::Expires, span("2026-01-01", "2026-02-01"));
    assert_eq!(query.span(Moment::Expires, now()), Some(span("2026-01-01", "2026-02-01")));
}

#[test]
fn unknown_attributes_are_named_all_at_once() {
    let wanted = ["a", "b"].map(|key| (AttributeKey::parse(key).expect("valid"), "1".to_owned())).into();
    let query = RecordQuery::default();
    let error = query.with_values(&wanted, &AttributeSet::default(), &cx_of(Role::Admin)).expect_err("unknown");
    assert!(error.to_string().contains("attributes[a]: unknown attribute; attributes[b]"), "{error}");
}

#[rstest]
#[case::an_admin_everything(Role::Admin, &[], Some(&[][..]))]
#[case::an_admin_whom_it_asks_for(Role::Admin, &["bob"], Some(&["bob"][..]))]
#[case::a_student_themselves(Role::Student, &[], Some(&["ada"][..]))]
#[case::a_student_themselves_among_others(Role::Student, &["ada", "bob"], Some(&["ada"][..]))]
#[case::a_student_nobody_else(Role::Student, &["bob"], None)]
fn a_query_is_restricted_to_what_its_caller_may_see(
    #[case] role: Role,
    #[case] people: &[&str],
    #[case] restricted: Option<&[&str]>,
) {
    let cx = Cx { actor: Actor::Subject(PersonId::parse("ada").expect("valid")), app_id: None, ..cx_of(role) };
    let query = RecordQuery { people: texts(PersonId::parse, people), ..RecordQuery::default() };
    let restricted = restricted.map(|people| RecordQuery {
        people: texts(PersonId::parse, people),
        only_visible: role == Role::Student,
        ..RecordQuery::default()
    });
    assert_eq!(query.restrict_to(&cx), restricted);
}
