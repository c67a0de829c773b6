use super::*;
use crate::{
    activity::tests::{ID, cx, module},
    attribute::AttributeSet,
    id::RecordId,
    number::Percent,
    record::{NewRecord, RecordPatch},
    text::{CourseItemId, PersonId},
};
use rstest::rstest;

fn when(text: &str) -> DateOrInstant {
    DateOrInstant::parse(text).expect("valid")
}

fn content(change: fn(&mut ContentPatch)) -> (Content, Open) {
    let mut patch =
        ContentPatch { activity_id: Patch::Value(ActivityId::parse(ID).expect("valid")), ..Default::default() };
    change(&mut patch);
    let blank = Content::titled(Title::parse("x").expect("valid"));
    (blank.merge(patch.clone()).expect("legal"), Open::of(&patch))
}

fn record_of(content: Content) -> Record {
    let new = NewRecord::of(content);
    let person = PersonId::parse("p").expect("valid");
    Record::create(RecordId::from_ulid(7u128.into()), person, new, &AttributeSet::default(), &cx()).expect("legal")
}

/// Copied course, item and passing score; then due and expiry.
type Filled = (Option<String>, Option<String>, Option<f64>, Option<String>, Option<String>);

fn filled(content: &Content) -> Filled {
    let text = |when: Option<DateOrInstant>| when.map(|when| when.to_string());
    (
        content.course_id.as_ref().map(ToString::to_string),
        content.course_item_id.as_ref().map(ToString::to_string),
        content.passing_score.map(Percent::as_f64),
        text(content.due_at),
        text(content.expires_at),
    )
}

fn expected(course: &str, item: &str, score: f64, due: &str, expires: &str) -> Filled {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (some(course), some(item), (score > 0.0).then_some(score), some(due), some(expires))
}

// Today is 2026-05-10.
#[rstest]
#[case::nothing_given(|_: &mut ContentPatch| (), expected("c-1", "i-1", 80.0, "2026-05-24", ""))]
#[case::assigned(|c: &mut ContentPatch| c.assigned_at = Patch::Value(when("2026-01-01")), expected("c-1", "i-1", 80.0, "2026-01-15", ""))]
#[case::assigned_at_an_instant(|c: &mut ContentPatch| c.assigned_at = Patch::Value(when("2026-01-01T08:00:00Z")), expected("c-1", "i-1", 80.0, "2026-01-15T08:00:00.000Z", ""))]
#[case::completed(|c: &mut ContentPatch| c.completed_at = Patch::Value(when("2026-05-01")), expected("c-1", "i-1", 80.0, "", "2028-05-01"))]
#[case::given(|c: &mut ContentPatch| {
    c.completed_at = Patch::Value(when("2026-05-01"));
    c.course_id = Patch::Value(CourseId::parse("mine").expect("valid"));
    c.course_item_id = Patch::Value(CourseItemId::parse("own").expect("valid"));
    c.passing_score = Patch::Value(Percent::parse(50.0).expect("valid"));
    c.due_at = Patch::Value(when("2026-07-01"));
    c.expires_at = Patch::Value(when("2027-01-01"));
}, expected("mine", "own", 50.0, "2026-07-01", "2027-01-01"))]
#[case::given_as_nothing(|c: &mut ContentPatch| {
    c.completed_at = Patch::Value(when("2026-05-01"));
    c.course_id = Patch::Null;
    c.course_item_id = Patch::Null;
    c.passing_score = Patch::Null;
    c.due_at = Patch::Null;
    c.expires_at = Patch::Null;
}, expected("", "", 0.0, "", ""))]
fn a_new_record_takes_what_its_client_left_open(#[case] change: fn(&mut ContentPatch), #[case] outcome: Filled) {
    let (mut content, open) = content(change);
    module().fill(&mut content, open, None, cx().now);
    assert_eq!(filled(&content), outcome);
    assert_eq!(content.activity_title, Some(module().content.title));
}

#[test]
fn a_replaced_record_counts_from_when_it_was_made_and_keeps_its_due_date_when_done() {
    let (mut first, open) = content(|_| ());
    module().fill(&mut first, open, None, cx().now);
    let record = record_of(first);
    let later = cx().now + chrono::TimeDelta::days(30);
    let (mut again, open) = content(|_| ());
    module().fill(&mut again, open, Some(&record), later);
    assert_eq!(again, record.content, "the same body is the same record");
    let (mut done, open) = content(|c| c.completed_at = Patch::Value(when("2026-05-20")));
    module().fill(&mut done, open, Some(&record), later);
    assert_eq!(filled(&done), expected("c-1", "i-1", 80.0, "2026-05-24", "2028-05-20"));
    let (mut kept, open) = content(|c| c.passing_score = Patch::Null);
    kept.keep(open, &record.content);
    assert_eq!(filled(&kept), expected("c-1", "i-1", 0.0, "2026-05-24", ""));
    assert_eq!(kept.activity_title, record.content.activity_title);
}

/// A record that was completed, due and expiring as the module proposes.
fn defaults() -> Record {
    let (mut content, open) = content(|c| c.assigned_at = Patch::Value(when("2026-05-01")));
    module().fill(&mut content, open, None, cx().now);
    content.completed_at = Some(when("2026-05-02"));
    content.expires_at = Some(when("2028-05-02"));
    record_of(content)
}

#[rstest]
#[case::another_field(|c: &mut ContentPatch| c.passed = Patch::Value(true), false, "2026-05-15", "2028-05-02")]
#[case::completed_on_another_day(|c: &mut ContentPatch| c.completed_at = Patch::Value(when("2026-05-03")), true, "2026-05-15", "2028-05-03")]
#[case::completed_on_the_same_day(|c: &mut ContentPatch| c.completed_at = Patch::Value(when("2026-05-02")), false, "2026-05-15", "2028-05-02")]
#[case::not_completed_after_all(|c: &mut ContentPatch| c.completed_at = Patch::Null, true, "2026-05-15", "")]
#[case::assigned_on_another_day(|c: &mut ContentPatch| { c.completed_at = Patch::Null; c.assigned_at = Patch::Value(when("2026-05-03")) }, true, "2026-05-17", "")]
#[case::dates_given(|c: &mut ContentPatch| { c.completed_at = Patch::Value(when("2026-05-03")); c.expires_at = Patch::Null }, false, "2026-05-15", "")]
fn dates_follow_while_they_are_the_proposed_ones(
    #[case] change: fn(&mut ContentPatch),
    #[case] asked: bool,
    #[case] due: &str,
    #[case] expires: &str,
) {
    let record = defaults();
    let mut patch = ContentPatch::default();
    change(&mut patch);
    assert_eq!(patch.asks(&record.content).is_some(), asked);
    if asked {
        module().complete(&mut patch, &record);
    }
    let content = record.content.merge(patch).expect("legal");
    assert_eq!(filled(&content), expected("c-1", "i-1", 80.0, due, expires));
}

#[test]
fn dates_that_a_client_gave_stay() {
    let mut record = defaults();
    record.content.expires_at = Some(when("2030-01-01"));
    record.content.due_at = None;
    let mut patch = ContentPatch { completed_at: Patch::Value(when("2026-06-01")), ..Default::default() };
    module().complete(&mut patch, &record);
    assert_eq!((patch.expires_at, patch.due_at), (Patch::Absent, Patch::Absent));
}

#[test]
fn a_record_that_begins_to_point_here_takes_the_copies_and_the_dates_that_it_lacks() {
    let mut blank = Content::titled(Title::parse("x").expect("valid"));
    blank.course_id = CourseId::parse("old").ok();
    blank.completed_at = Some(when("2026-05-02"));
    let record = record_of(blank);
    let id = ActivityId::parse(ID).expect("valid");
    let mut patch = ContentPatch { activity_id: Patch::Value(id.clone()), ..Default::default() };
    assert_eq!(patch.asks(&record.content), Some(id));
    module().complete(&mut patch, &record);
    let content = record.content.merge(patch).expect("legal");
    assert_eq!(filled(&content), expected("c-1", "i-1", 80.0, "", "2028-05-02"));
    assert_eq!(content.activity_title, Some(module().content.title));
}

#[rstest]
#[case::nothing_said(Patch::Absent, true)]
#[case::nothing_pointed_to(Patch::Null, false)]
#[case::another_systems(Patch::Value("m-1"), false)]
#[case::another_of_ours(Patch::Value("atv_00000000000000000000000002"), true)]
fn a_title_stays_with_an_activity_of_ours(#[case] to: Patch<&str>, #[case] stays: bool) {
    let to = match to {
        Patch::Value(id) => Patch::Value(ActivityId::parse(id).expect("valid")),
        Patch::Null => Patch::Null,
        Patch::Absent => Patch::Absent,
    };
    let mut patch = ContentPatch { activity_id: to, ..Default::default() };
    patch.forget_title();
    let record = defaults();
    let change = RecordPatch { content: patch, ..Default::default() };
    let after = record.patched(change, &AttributeSet::default(), &cx()).expect("legal").unwrap_or(record);
    assert_eq!(after.content.activity_title.is_some(), stays);
}

#[rstest]
#[case::ours(ID, true, true)]
#[case::in_lower_case("atv_0000000000000000000000000a", true, false)]
#[case::of_no_ulid("atv_1", true, false)]
#[case::a_uuid("0163f9d1-b4cd-cf24-a4c3-df31b9b8b5db", false, false)]
#[case::another_systems("m-1", false, false)]
fn only_ids_of_our_form_are_ours(#[case] text: &str, #[case] ours: bool, #[case] minted: bool) {
    let id = ActivityId::parse(text).expect("valid");
    assert_eq!((id.is_ours(), id.minted().is_some()), (ours, minted));
}

#[test]
fn a_retitled_record_says_who_gave_the_title() {
    let record = defaults();
    let (title, given) = (Title::parse("New").expect("valid"), Stamp::by("max", cx().now, "r9"));
    let later = cx().now + chrono::TimeDelta::hours(1);
    let next = record.retitled(module().id, &title, &given, later).expect("changed");
    assert_eq!(next.content.activity_title, Some(title.clone()));
    let Stamp { version, created_by, updated_by, updated_at, request_id, .. } = &next.stamp;
    assert_eq!((*version, created_by.as_str(), updated_by.as_str(), request_id.as_str()), (2, "ada", "max", "r9"));
    assert_eq!(*updated_at, later);
    assert_eq!(next.retitled(module().id, &title, &given, later), None, "it has that title");
    let other = MintedActivityId::from_ulid(2u128.into());
    assert_eq!(record.retitled(other, &title, &given, later), None, "it points elsewhere");
}
