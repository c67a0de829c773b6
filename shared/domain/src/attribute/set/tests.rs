use super::*;
use crate::{
    Role,
    attribute::{AttributeContent, AttributeValue},
    caller::tests::cx_of,
    text::{Label, OptionText},
};
use rstest::rstest;
use serde_json::json;

fn minted(n: u8) -> Generation {
    Generation::random([n; 5])
}

fn attribute(key: &str, kind: AttributeType, change: fn(&mut AttributeContent)) -> Attribute {
    let options = if kind.has_options() { &["red", "blue"][..] } else { &[] };
    let mut content = AttributeContent {
        kind,
        label: Label::parse("x").expect("valid"),
        description: None,
        options: options.iter().map(|option| OptionText::parse(*option).expect("valid")).collect(),
        required: false,
        hidden_from_students: false,
        display: None,
        order: 0,
    };
    change(&mut content);
    Attribute::create(AttributeKey::parse(key).expect("valid"), content, minted(1), &cx_of(Role::Admin)).expect("legal")
}

fn set() -> AttributeSet {
    [
        attribute("grade", AttributeType::ShortAnswer, |_| ()),
        attribute("level", AttributeType::Number, |content| content.required = true),
        attribute("colours", AttributeType::Checkboxes, |content| content.order = 1),
        attribute("note", AttributeType::LongAnswer, |content| content.hidden_from_students = true),
        attribute("gone", AttributeType::ShortAnswer, |_| ()).retired(&cx_of(Role::Admin)),
    ]
    .into_iter()
    .collect()
}

/// Values of this generation.
fn of_generation(n: u8, json: Value) -> Attributes {
    let values: BTreeMap<AttributeKey, AttributeValue> = serde_json::from_value(json).expect("values");
    values.into_iter().map(|(key, value)| (key, KeptValue { generation: minted(n), value })).collect()
}

/// Values of the attributes that there are.
fn values(json: Value) -> Attributes {
    of_generation(1, json)
}

fn sent(json: Value) -> Map<String, Value> {
    json.as_object().cloned().expect("an object")
}

#[rstest]
#[case::whole(json!({}), json!({"level": 1, "grade": "B"}), json!({"level": 1, "grade": "B"}))]
#[case::what_is_not_named_goes(json!({"level": 1, "grade": "B"}), json!({"level": 2}), json!({"level": 2}))]
#[case::but_not_what_was_kept(json!({"gone": "x"}), json!({"level": 2}), json!({"level": 2, "gone": "x"}))]
#[case::nothing_chosen(json!({"level": 1, "colours": ["red"]}), json!({"level": 1, "colours": []}), json!({"level": 1}))]
fn a_record_is_replaced(#[case] before: Value, #[case] put: Value, #[case] after: Value) {
    assert_eq!(set().replace(&values(before), &sent(put)), Ok(values(after)));
}

#[rstest]
#[case::required_is_missing(json!({}), json!({}), &["/attributes/level"])]
#[case::required_is_null(json!({"level": 1}), json!({"level": null}), &["/attributes/level"])]
#[case::all_at_once(json!({}), json!({"a/b": 1, "grade": 5, "level": "x", "colours": ["pink"]}),
    &["/attributes/a~1b", "/attributes/colours", "/attributes/grade", "/attributes/level"])]
#[case::gone_and_changed(json!({"gone": "x"}), json!({"level": 1, "gone": "y"}), &["/attributes/gone"])]
fn a_bad_replacement_names_all_that_is_wrong(#[case] before: Value, #[case] put: Value, #[case] places: &[&str]) {
    let errors = set().replace(&values(before), &sent(put)).expect_err("invalid");
    assert_eq!(errors.pointers(), places);
}

#[rstest]
#[case::nothing(json!({"grade": "B"}), json!({}), json!({"grade": "B"}))]
#[case::one_more(json!({"grade": "B"}), json!({"level": 5.0}), json!({"grade": "B", "level": 5}))]
#[case::removed(json!({"grade": "B", "level": 1}), json!({"grade": null}), json!({"level": 1}))]
#[case::gone_and_removed(json!({"gone": "x"}), json!({"gone": null}), json!({}))]
#[case::gone_and_sent_back(json!({"gone": "x"}), json!({"gone": "x"}), json!({"gone": "x"}))]
#[case::an_option_that_is_gone_sent_back(json!({"colours": ["pink"]}), json!({"colours": ["pink"]}), json!({"colours": ["pink"]}))]
#[case::required_later_and_still_missing(json!({}), json!({"grade": "A"}), json!({"grade": "A"}))]
fn a_record_is_changed(#[case] before: Value, #[case] patch: Value, #[case] after: Value) {
    assert_eq!(set().merge(&values(before), &sent(patch)), Ok(values(after)));
}

#[rstest]
#[case::required_is_removed(json!({"level": 1}), json!({"level": null}), &["/attributes/level"])]
#[case::unknown(json!({}), json!({"colour": "red"}), &["/attributes/colour"])]
#[case::an_option_that_is_gone_beside_another(json!({"colours": ["pink"]}), json!({"colours": ["pink", "red"]}), &["/attributes/colours"])]
fn a_bad_change_names_all_that_is_wrong(#[case] before: Value, #[case] patch: Value, #[case] places: &[&str]) {
    let errors = set().merge(&values(before), &sent(patch)).expect_err("invalid");
    assert_eq!(errors.pointers(), places);
}

/// Whatever is done, a value of another generation is as if it were not there.
#[rstest]
#[case::left_out(json!({"grade": "old", "gone": "old", "never": "old"}), json!({"level": 1}), json!({"level": 1}))]
#[case::written_anew(json!({"grade": "old"}), json!({"level": 1, "grade": "old"}), json!({"level": 1, "grade": "old"}))]
#[case::removed(json!({"level": 9}), json!({"level": 1, "grade": null}), json!({"level": 1}))]
fn what_belongs_to_no_attribute_goes(#[case] before: Value, #[case] written: Value, #[case] after: Value) {
    let before = of_generation(2, before);
    assert!(!set().knows(&before) && set().owned(&before).is_empty());
    assert_eq!(set().replace(&before, &sent(written.clone())), Ok(values(after.clone())));
    assert_eq!(set().merge(&before, &sent(written)), Ok(values(after)));
}

#[rstest]
#[case::as_a_value(json!({"gone": "old"}), &["/attributes/gone"])]
#[case::of_what_never_was(json!({"never": "old"}), &["/attributes/never"])]
#[case::beside_a_wrong_one(json!({"grade": 5}), &["/attributes/grade"])]
fn what_belongs_to_no_attribute_cannot_be_sent_back(#[case] back: Value, #[case] places: &[&str]) {
    let errors = set().merge(&of_generation(2, back.clone()), &sent(back)).expect_err("invalid");
    assert_eq!(errors.pointers(), places);
}

#[test]
fn an_earlier_version_shows_what_means_nothing_else_by_now() {
    let set = set();
    let may = |key: &str, n: u8| {
        let kept = KeptValue { generation: minted(n), value: AttributeValue::Flag(true) };
        set.may_have_shown(&AttributeKey::parse(key).expect("valid"), &kept)
    };
    assert_eq!([may("grade", 1), may("grade", 2), may("gone", 2), may("never", 2)], [true, false, true, true]);
}

#[test]
fn a_file_is_hidden_with_the_value_that_names_it() {
    const FILES: [&str; 4] = [
        "att_01ARZ3NDEKTSV4RRFFQ69G5FA0",
        "att_01ARZ3NDEKTSV4RRFFQ69G5FA1",
        "att_01ARZ3NDEKTSV4RRFFQ69G5FA2",
        "att_01ARZ3NDEKTSV4RRFFQ69G5FA3",
    ];
    let set: AttributeSet = [
        attribute("shown", AttributeType::File, |_| ()),
        attribute("hidden", AttributeType::File, |content| content.hidden_from_students = true),
        attribute("text", AttributeType::ShortAnswer, |content| content.hidden_from_students = true),
    ]
    .into_iter()
    .collect();
    let mut named = values(json!({"shown": FILES[0], "hidden": FILES[1], "text": FILES[2]}));
    named.extend(of_generation(2, json!({"of-nothing": FILES[3], "number": 5})));
    let hidden = set.hidden_files(&named, |key, kept| set.shows_generation(key, &kept.generation));
    assert_eq!(hidden.iter().map(ToString::to_string).collect::<Vec<_>>(), [FILES[1], FILES[3]]);
}

#[test]
fn students_do_not_know_of_hidden_attributes_nor_of_those_that_are_gone() {
    let set = set();
    let shown = |key: &str| set.shows_to_students(&AttributeKey::parse(key).expect("valid"));
    assert_eq!((shown("grade"), shown("note"), shown("gone")), (true, false, false));
    assert_eq!(set.for_students().len(), 3);
}

#[test]
fn what_is_retired_exists_for_nobody() {
    let old = attribute("grade", AttributeType::Number, |_| ()).retired(&cx_of(Role::Admin));
    let set = AttributeSet::from_iter([old.clone()]);
    assert_eq!((set.len(), set.get(&old.key), set.retired(&old.key)), (0, None, Some(&old)));
    assert!(!set.shows_to_students(&old.key) && set.for_students().retired(&old.key).is_none());
    assert!(set.replace(&values(json!({})), &sent(json!({"grade": 1}))).is_err());
}

#[test]
fn attributes_come_by_place_and_key() {
    let set = set();
    let keys: Vec<&str> = set.in_order().iter().map(|attribute| attribute.key.as_str()).collect();
    assert_eq!(keys, ["grade", "level", "note", "colours"]);
}

#[test]
fn clients_see_values_alone() {
    let json = json!({"a": true, "b": 5, "c": 0.5, "d": "x", "e": ["y"]});
    assert_eq!(serde_json::to_value(values(json.clone())).expect("serialisable"), json);
    assert!(matches!(values(json)[&AttributeKey::parse("b").expect("valid")].value, AttributeValue::Number(_)));
}
