use super::*;
use crate::Role;
use crate::caller::tests::cx_of;
use rstest::rstest;

fn content(kind: AttributeType, options: &[&str]) -> AttributeContent {
    AttributeContent {
        kind,
        label: Label::parse("Grade").expect("valid"),
        description: None,
        options: options.iter().map(|option| OptionText::parse(*option).expect("valid")).collect(),
        required: false,
        hidden_from_students: false,
        display: None,
        order: 0,
    }
}

fn minted(n: u8) -> Generation {
    Generation::random([n; 5])
}

fn attribute(content: AttributeContent) -> Attribute {
    Attribute::create(AttributeKey::parse("grade").expect("valid"), content, minted(1), &cx_of(Role::Admin))
        .expect("legal")
}

#[rstest]
#[case::number(content(AttributeType::Number, &[]), &[])]
#[case::options_of_a_number(content(AttributeType::Number, &["a"]), &["/options"])]
#[case::choice(content(AttributeType::MultipleChoice, &["a, b", "c"]), &[])]
#[case::choice_of_nothing(content(AttributeType::MultipleChoice, &[]), &["/options"])]
#[case::twice(content(AttributeType::MultipleChoice, &["a", "a"]), &["/options/1"])]
#[case::comma(content(AttributeType::Checkboxes, &["a", "b,c"]), &["/options/1"])]
#[case::display_of_a_date(AttributeContent { display: Some(Display::Button), ..content(AttributeType::Date, &[]) }, &["/display"])]
#[case::required_file(AttributeContent { required: true, ..content(AttributeType::File, &[]) }, &["/required"])]
#[case::order(AttributeContent { order: MAX_ORDER + 1, ..content(AttributeType::Date, &[]) }, &["/order"])]
#[case::last_order(AttributeContent { order: MAX_ORDER, ..content(AttributeType::Date, &[]) }, &[])]
fn rules_of_an_attribute(#[case] content: AttributeContent, #[case] places: &[&str]) {
    match content.checked() {
        Ok(_) => assert!(places.is_empty()),
        Err(crate::Error::Invalid(errors)) => assert_eq!(errors.pointers(), places),
        Err(other) => panic!("{other}"),
    }
}

#[rstest]
#[case::at_the_limit(MAX_OPTIONS, true)]
#[case::one_past_it(MAX_OPTIONS + 1, false)]
fn an_attribute_has_so_many_options(#[case] count: usize, #[case] legal: bool) {
    let options: Vec<String> = (0..count).map(|i| i.to_string()).collect();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    assert_eq!(content(AttributeType::Checkboxes, &options).checked().is_ok(), legal);
}

#[test]
fn a_link_shows_as_text_unless_told_otherwise() {
    assert_eq!(attribute(content(AttributeType::Link, &[])).content.display, Some(Display::Text));
}

#[test]
fn a_link_that_becomes_a_date_is_shown_in_no_way() {
    let patch = AttributePatch { kind: Patch::Value(AttributeType::Date), ..AttributePatch::default() };
    let link = attribute(content(AttributeType::Link, &[]));
    let date = link.patched(patch, minted(2), &cx_of(Role::Admin)).expect("legal").expect("changed");
    assert_eq!(date.content.display, None);
}

#[test]
fn a_change_counts_the_version_up_and_an_empty_one_does_not() {
    let number = attribute(content(AttributeType::Number, &[]));
    assert_eq!(number.patched(AttributePatch::default(), minted(2), &cx_of(Role::Admin)).expect("legal"), None);
    let patch = AttributePatch { required: Patch::Value(true), ..AttributePatch::default() };
    let changed = number.patched(patch, minted(2), &cx_of(Role::Admin)).expect("legal").expect("changed");
    assert_eq!((changed.stamp.version, changed.content.required), (2, true));
}

#[test]
fn another_type_is_another_generation_and_nothing_else_is() {
    let options = || vec![OptionText::parse("b").expect("valid")];
    let choice = attribute(content(AttributeType::MultipleChoice, &["a"]));
    let generation = |patch: AttributePatch| {
        let changed = choice.patched(patch, minted(2), &cx_of(Role::Admin)).expect("legal").expect("changed");
        changed.generation
    };
    let checkboxes = AttributePatch { kind: Patch::Value(AttributeType::Checkboxes), ..AttributePatch::default() };
    assert_eq!(generation(checkboxes), minted(2));
    for patch in [
        AttributePatch { label: Patch::Value(Label::parse("B").expect("valid")), ..AttributePatch::default() },
        AttributePatch { options: Patch::Value(options()), ..AttributePatch::default() },
        AttributePatch { required: Patch::Value(true), ..AttributePatch::default() },
        AttributePatch { hidden_from_students: Patch::Value(true), ..AttributePatch::default() },
    ] {
        assert_eq!(generation(patch), minted(1));
    }
    assert_eq!(choice.retired(&cx_of(Role::Admin)).generation, minted(1));
}

#[test]
fn what_every_attribute_has_cannot_be_removed() {
    let patch = AttributePatch {
        label: Patch::Null,
        order: Patch::Null,
        options: Patch::Value(vec![OptionText::parse("a").expect("valid")]),
        ..AttributePatch::default()
    };
    let Err(crate::Error::Invalid(errors)) =
        attribute(content(AttributeType::Number, &[])).patched(patch, minted(2), &cx_of(Role::Admin))
    else {
        panic!("illegal")
    };
    assert_eq!(errors.pointers(), ["/label", "/options", "/order"]);
}

#[test]
fn what_cannot_change_may_only_be_sent_back() {
    let number = attribute(content(AttributeType::Number, &[]));
    let sent = |mut fields: Value| AttributePatch {
        read_only: ReadOnlyFields::take(fields.as_object_mut().expect("an object"), &Attribute::READ_ONLY),
        ..AttributePatch::default()
    };
    let same = json!({"key": "grade", "version": 1, "created_by": "ada", "updated_at": "2026-05-10T12:00:00.000Z"});
    assert_eq!(number.patched(sent(same), minted(2), &cx_of(Role::Admin)).expect("legal"), None);
    let other = json!({"key": "mark", "version": 2, "updated_by": null});
    let Err(crate::Error::Invalid(errors)) = number.patched(sent(other), minted(2), &cx_of(Role::Admin)) else {
        panic!("illegal")
    };
    assert_eq!(errors.pointers(), ["/key", "/updated_by", "/version"]);
}

#[test]
fn an_attribute_is_shown_since_it_was_last_hidden() {
    let at = |second: i64| Cx { now: DateTime::from_timestamp(second, 0).expect("in range"), ..cx_of(Role::Admin) };
    let change = |attribute: &Attribute, patch: AttributePatch, second| {
        attribute.patched(patch, minted(2), &at(second)).expect("legal").expect("changed")
    };
    let hide = |hidden| AttributePatch { hidden_from_students: Patch::Value(hidden), ..AttributePatch::default() };
    let order = || AttributePatch { order: Patch::Value(7), ..AttributePatch::default() };
    let since = |attribute: &Attribute| attribute.shown_since().map(|at| at.timestamp());
    let key = AttributeKey::parse("grade").expect("valid");
    let made = Attribute::create(key, content(AttributeType::Number, &[]), minted(1), &at(1)).expect("legal");
    let moved = change(&made, order(), 2);
    assert_eq!((since(&made), since(&moved)), (Some(1), Some(1)));
    let hidden = change(&moved, hide(true), 3);
    assert_eq!((since(&hidden), since(&change(&hidden, hide(false), 4))), (None, Some(4)));
    assert_eq!(since(&made.retired(&at(5))), None);
    let older = Attribute { shown_since: None, ..moved };
    assert_eq!(since(&older), Some(2), "kept before it was known");
}

#[test]
fn lost_options_are_named() {
    let before = content(AttributeType::Checkboxes, &["a", "b", "c"]);
    let lost = before.options_lost(&content(AttributeType::Checkboxes, &["c", "d", "a"]));
    assert_eq!(lost.iter().map(OptionText::as_str).collect::<Vec<_>>(), ["b"]);
}
