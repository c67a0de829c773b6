use super::*;
use crate::{
    attribute::{Attribute, AttributeContent, AttributePatch, AttributeType, Generation},
    caller::tests::cx_of,
    id::RecordId,
    patch::Patch,
    record::{Content, Deletion, NewRecord},
    text::{AppId, Label, PersonId, Title},
};
use rstest::rstest;
use serde_json::json;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).expect("in range")
}

fn cx(role: Role) -> Cx {
    Cx { now: at(100), ..cx_of(role) }
}

fn access(cx: &Cx, since: i64) -> Access {
    match cx.role {
        Role::Student => Access::own(cx, &person(), at(since)),
        _ => Access::full(cx),
    }
}

fn person() -> PersonId {
    PersonId::parse("ada").expect("valid")
}

/// How a version differs from one that everybody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Is {
    Plain,
    Hidden,
    Deleted,
    OfAnotherApp,
}

use Is::{Deleted, Hidden, OfAnotherApp, Plain};

/// A version that was written at the second of its number.
fn record(version: u32, is: Is) -> Record {
    let cx = Cx { now: at(i64::from(version)), ..cx_of(Role::Admin) };
    let mut new = NewRecord::of(Content::titled(Title::parse("x").expect("valid")));
    new.attributes = json!({"note": 1}).as_object().cloned().expect("an object");
    let mut record =
        Record::create(RecordId::from_ulid(7u128.into()), person(), new, &attributes(0, None), &cx).expect("legal");
    record.stamp.version = version.into();
    record.content.visible_to_student = is != Hidden;
    record.deleted = (is == Deleted).then(|| Deletion { at: cx.now, by: "ada".into() });
    record.app_id = Some(AppId::parse(if is == OfAnotherApp { "b" } else { "a" }).expect("valid"));
    record
}

/// The attribute `note`, made then, and hidden and shown again where that is asked for.
fn attributes(made: i64, hidden: Option<(i64, Option<i64>)>) -> AttributeSet {
    let content = AttributeContent {
        kind: AttributeType::Number,
        label: Label::parse("Note").expect("valid"),
        description: None,
        options: Vec::new(),
        required: false,
        hidden_from_students: false,
        display: None,
        order: 0,
    };
    let at = |second| Cx { now: at(second), ..cx_of(Role::Admin) };
    let key = AttributeKey::parse("note").expect("valid");
    let mut note = Attribute::create(key, content, generation(1), &at(made)).expect("legal");
    let turns = hidden.into_iter().flat_map(|(hidden, shown)| [Some((hidden, true)), shown.map(|at| (at, false))]);
    for (second, is_hidden) in turns.flatten() {
        let patch = AttributePatch { hidden_from_students: Patch::Value(is_hidden), ..AttributePatch::default() };
        note = note.patched(patch, generation(2), &at(second)).expect("legal").expect("changed");
    }
    [note].into_iter().collect()
}

fn generation(n: u8) -> Generation {
    Generation::random([n; 5])
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

//                          then     now      history as_of feed
#[rstest]
#[case::shown(Role::Student, Plain, Plain, true, true, true)]
#[case::hidden_now(Role::Student, Plain, Hidden, false, false, false)]
#[case::hidden_then(Role::Student, Hidden, Plain, false, false, false)]
#[case::hidden_then_and_now(Role::Student, Hidden, Hidden, false, false, false)]
#[case::deleted_now(Role::Student, Plain, Deleted, false, false, false)]
#[case::deleted_then(Role::Student, Deleted, Plain, true, false, true)]
#[case::hidden_from_students(Role::Manager, Hidden, Hidden, true, true, true)]
#[case::deleted_now(Role::Manager, Plain, Deleted, false, false, true)]
#[case::deleted_then(Role::Manager, Deleted, Plain, true, false, true)]
#[case::deleted_now(Role::Educator, Plain, Deleted, false, false, true)]
#[case::deleted_now(Role::Application, Plain, Deleted, false, false, true)]
#[case::of_another_app(Role::Application, OfAnotherApp, OfAnotherApp, false, false, false)]
#[case::deleted_now(Role::Admin, Plain, Deleted, true, true, true)]
#[case::deleted_then(Role::Admin, Deleted, Plain, true, false, true)]
fn who_sees_a_version(
    #[case] role: Role,
    #[case] then: Is,
    #[case] now: Is,
    #[case] history: bool,
    #[case] as_of: bool,
    #[case] feed: bool,
) {
    let app = (role == Role::Application).then(|| AppId::parse("a").expect("valid"));
    let cx = Cx { app_id: app, ..cx(role) };
    let access = access(&cx, 0);
    let (version, now, set) = (record(5, then), record(9, now), attributes(0, None));
    let past = Past::of(&cx, &access, &now);
    let sees = |past: &Past<'_>| past.version(version.clone(), names(&["title"]), &set).is_some();
    assert_eq!(past.as_ref().is_some_and(sees), history, "history");
    assert_eq!(past.is_some_and(|past| past.as_of(at(6), version.clone(), &set).is_some()), as_of, "as_of");
    let known = Past::depends_on_now(&cx).then_some(&now);
    assert_eq!(Past::in_feed(&cx, &access, known).as_ref().is_some_and(sees), feed, "feed");
}

#[test]
fn a_student_sees_no_version_of_a_record_that_is_gone() {
    let cx = cx(Role::Student);
    assert!(Past::in_feed(&cx, &access(&cx, 0), None).is_none());
}

/// The version of second 5 changed the value alone; the record is at the version of second 9.
#[rstest]
#[case::always_shown(0, None, true)]
#[case::made_since(6, None, false)]
#[case::hidden_since(0, Some((6, None)), false)]
#[case::hidden_then_and_shown_again(0, Some((4, Some(6))), false)]
#[case::hidden_since_and_shown_again(0, Some((6, Some(7))), false)]
#[case::shown_again_before(0, Some((2, Some(4))), true)]
#[case::shown_again_just_then(0, Some((2, Some(5))), true)]
fn a_student_sees_of_a_value_what_was_shown_then_and_is_shown_now(
    #[case] made: i64,
    #[case] hidden: Option<(i64, Option<i64>)>,
    #[case] is_shown: bool,
) {
    let (cx, set) = (cx(Role::Student), attributes(made, hidden));
    let (access, now) = (access(&cx, 0), record(9, Plain));
    let past = Past::of(&cx, &access, &now).expect("it is known");
    let alone = past.version(record(5, Plain), names(&["attributes.note"]), &set);
    assert_eq!(alone.is_some(), is_shown, "a version without anything to be seen is left out");
    let beside = past.version(record(5, Plain), names(&["attributes.note", "score"]), &set);
    let (shown, changed) = beside.expect("a version");
    assert_eq!((changed.contains("attributes.note"), changed.contains("score")), (is_shown, true));
    assert_eq!(!shown.content.attributes.is_empty(), is_shown);
    let then = past.as_of(at(5), record(5, Plain), &set).expect("it was there");
    assert_eq!(!then.content.attributes.is_empty(), is_shown);
}

#[test]
fn the_version_that_a_record_is_at_shows_what_the_record_shows() {
    let (cx, set) = (cx(Role::Student), attributes(0, Some((2, Some(50)))));
    let (access, now) = (access(&cx, 60), record(9, Plain));
    let past = Past::of(&cx, &access, &now).expect("it is known");
    let (shown, _) = past.version(now.clone(), names(&["attributes.note"]), &set).expect("it is what the record shows");
    assert_eq!(shown, now.clone().for_students(&set));
    assert!(past.version(record(8, Plain), names(&["attributes.note"]), &set).is_none());
}

#[rstest]
#[case::before(4, false)]
#[case::at_that_moment(5, true)]
#[case::later(6, true)]
fn a_student_sees_nothing_from_before_students_see_their_records(#[case] moment: u32, #[case] is_seen: bool) {
    let (cx, set) = (cx(Role::Student), attributes(0, None));
    let (access, now) = (access(&cx, 5), record(9, Plain));
    let past = Past::of(&cx, &access, &now).expect("it is known");
    assert_eq!(past.as_of(at(moment.into()), record(3, Plain), &set).is_some(), is_seen);
    assert_eq!(past.version(record(moment, Plain), names(&["title"]), &set).is_some(), is_seen);
}

#[test]
fn others_than_students_see_everything_that_changed() {
    let (cx, set) = (cx(Role::Manager), attributes(0, Some((1, None))));
    let (access, now) = (access(&cx, 0), record(9, Plain));
    let past = Past::of(&cx, &access, &now).expect("it is known");
    let version = past.version(record(5, Hidden), names(&["attributes.note"]), &set);
    assert_eq!(version, Some((record(5, Hidden), names(&["attributes.note"]))));
}

/// Nobody sees a value under a rule that it was not written by; what is left of it where its key is free is seen by
/// others than students, but not where the record is that.
#[rstest]
#[case::its_attribute(Some(1), true, true)]
#[case::another_attribute(Some(2), false, false)]
#[case::none(None, true, false)]
fn a_value_is_seen_where_its_key_means_nothing_else(
    #[case] now: Option<u8>,
    #[case] in_version: bool,
    #[case] in_current: bool,
) {
    let cx = cx(Role::Manager);
    let (access, record_now) = (access(&cx, 0), record(9, Plain));
    let set: AttributeSet = match now {
        None => AttributeSet::default(),
        Some(n) => {
            let of_first = attributes(0, None);
            let note = of_first.in_order().into_iter().cloned();
            note.map(|note| Attribute { generation: generation(n), ..note }).collect()
        }
    };
    let past = Past::of(&cx, &access, &record_now).expect("it is known");
    let shows = |version: Record| {
        let (shown, _) = past.version(version, names(&["attributes.note"]), &set).expect("a version");
        !shown.content.attributes.is_empty()
    };
    assert_eq!((shows(record(5, Plain)), shows(record(9, Plain))), (in_version, in_current));
    let as_of = past.as_of(at(5), record(5, Plain), &set).expect("it was there");
    assert_eq!(!as_of.content.attributes.is_empty(), in_version);
}
