//! `POST /v1/attributes`

use super::{PATH, TYPES, assert_conflict, assert_invalid, attribute_path, callers, made, wish};
use crate::support::{Caller, Stack, with};
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

#[tokio::test]
async fn an_attribute_is_made_and_can_be_read() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let body = json!({
        "key": "delivery", "type": "checkboxes", "label": "How it was held", "description": "One or more.\nOr none.",
        "options": ["online", "class room"], "required": true, "hidden_from_students": true, "order": 7,
    });
    let answer = tenant.admin().post(PATH, &body).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (201, Some("\"1\"")), "{}", answer.text());
    assert_eq!(answer.header("location"), Some("/v1/attributes/delivery"));
    let attribute = answer.json();
    let server = json!({
        "display": null, "version": 1, "created_by": "root@example.com", "updated_by": "root@example.com",
        "created_at": attribute["created_at"], "updated_at": attribute["created_at"],
    });
    assert_eq!(attribute, with(body, server));
    assert_eq!(tenant.admin().get(attribute_path("delivery")).send().await.json(), attribute);
}

#[tokio::test]
async fn there_are_nine_types_and_what_is_not_said_has_a_default() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for kind in TYPES {
        let attribute = made(&tenant, &wish(&kind.replace('_', "-"), kind)).await;
        let options = if kind == "checkboxes" || kind == "multiple_choice" { 3 } else { 0 };
        assert_eq!(attribute["options"].as_array().map(Vec::len), Some(options), "{kind}");
        assert_eq!(attribute["display"], if kind == "link" { json!("text") } else { Value::Null }, "{kind}");
        for (name, value) in [
            ("type", json!(kind)),
            ("description", Value::Null),
            ("required", json!(false)),
            ("hidden_from_students", json!(false)),
            ("order", json!(0)),
        ] {
            assert_eq!(attribute[name], value, "{name} of {kind}");
        }
    }
}

#[tokio::test]
async fn a_link_may_show_as_a_button() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    assert_eq!(made(&tenant, &with(wish("a", "link"), json!({"display": "button"}))).await["display"], "button");
}

#[tokio::test]
async fn a_key_is_made_from_the_label_where_none_is_given() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let attribute = made(&tenant, &json!({"type": "date", "label": "Valid until (day)"})).await;
    assert_eq!(attribute["key"], "valid-until-day");
    let answer = tenant.admin().post(PATH, &json!({"key": null, "type": "date", "label": "有效期"})).send().await;
    assert_invalid(&answer, &["/key"]);
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_stored() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let body = json!({
        "key": "Valid Until", "type": "checkboxes", "label": " ", "description": "", "options": ["a", "a", "b,c", 5],
        "required": "yes", "hidden_from_students": 1, "display": "text", "order": 10_000, "colour": "red", "version": 1,
    });
    let answer = tenant.admin().post(PATH, &body).send().await;
    let expected = [
        "/colour",
        "/description",
        "/display",
        "/hidden_from_students",
        "/key",
        "/label",
        "/options/3",
        "/order",
        "/required",
        "/version",
    ];
    assert_invalid(&answer, &expected);
    assert!(stack.wire.take().iter().all(|call| call.operation != "PutItem"), "nothing is stored");
}

#[rstest]
#[case::nothing(json!({"key": null, "type": null, "label": null}), &["/label", "/type"])]
#[case::no_such_type(json!({"type": "text"}), &["/type"])]
#[case::key_with_an_underscore(json!({"key": "a_b"}), &["/key"])]
#[case::key_with_two_dashes(json!({"key": "a--b"}), &["/key"])]
#[case::key_too_long(json!({"key": "k".repeat(65)}), &["/key"])]
#[case::label_too_long(json!({"label": "l".repeat(101)}), &["/label"])]
#[case::label_of_two_lines(json!({"label": "a\nb"}), &["/label"])]
#[case::description_too_long(json!({"description": "d".repeat(1_001)}), &["/description"])]
#[case::options_of_a_number(json!({"options": ["a"]}), &["/options"])]
#[case::no_options(json!({"type": "multiple_choice"}), &["/options"])]
#[case::empty_options(json!({"type": "checkboxes", "options": []}), &["/options"])]
#[case::too_many_options(json!({"type": "checkboxes", "options": (0..101).collect::<Vec<_>>().iter().map(u32::to_string).collect::<Vec<_>>()}), &["/options"])]
#[case::option_too_long(json!({"type": "multiple_choice", "options": ["a", "o".repeat(201)]}), &["/options/1"])]
#[case::blank_option(json!({"type": "multiple_choice", "options": [" "]}), &["/options/0"])]
#[case::the_same_option_twice(json!({"type": "multiple_choice", "options": ["a", "b", "a"]}), &["/options/2"])]
#[case::options_with_commas(json!({"type": "checkboxes", "options": ["a,b", "c", "d, e"]}), &["/options/0", "/options/2"])]
#[case::display_of_a_number(json!({"display": "button"}), &["/display"])]
#[case::no_such_display(json!({"type": "link", "display": "image"}), &["/display"])]
#[case::a_required_file(json!({"type": "file", "required": true}), &["/required"])]
#[case::order_past_its_limit(json!({"order": 10_000}), &["/order"])]
#[case::negative_order(json!({"order": -1}), &["/order"])]
#[case::order_with_a_fraction(json!({"order": 1.5}), &["/order"])]
#[tokio::test]
async fn what_breaks_a_rule_is_named(#[case] change: Value, #[case] places: &[&str]) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().post(PATH, &with(wish("a", "number"), change)).send().await;
    assert_invalid(&answer, places);
}

#[rstest]
#[case::key(json!({"key": "k".repeat(64)}))]
#[case::label(json!({"label": "é".repeat(100)}))]
#[case::description(json!({"description": "é".repeat(1_000)}))]
#[case::options(json!({"type": "checkboxes", "options": (0..100).map(|i| i.to_string()).collect::<Vec<_>>()}))]
#[case::option(json!({"type": "multiple_choice", "options": ["é".repeat(200)]}))]
#[case::commas(json!({"type": "multiple_choice", "options": ["a, b", ","]}))]
#[case::order(json!({"order": 9_999}))]
#[tokio::test]
async fn what_just_keeps_a_rule_is_kept(#[case] change: Value) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let attribute = made(&tenant, &with(wish("a", "number"), change.clone())).await;
    for (name, value) in change.as_object().expect("an object") {
        assert_eq!(attribute[name], *value, "{name}");
    }
}

#[tokio::test]
async fn only_admins_manage_attributes() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for (i, (name, caller, _, manages)) in callers(&tenant).into_iter().enumerate() {
        let answer = caller.post(PATH, &wish(&format!("a{i}"), "number")).send().await;
        assert_eq!(answer.status, if manages { 201 } else { 403 }, "{name}: {}", answer.text());
    }
    assert_eq!(Caller::nobody(&stack).post(PATH, &wish("b", "number")).send().await.status, 401);
}

#[tokio::test]
async fn a_key_is_taken_once_in_a_tenant() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    let first = made(&mine, &wish("a", "number")).await;
    assert_conflict(&mine.admin().post(PATH, &wish("a", "date")).send().await, "the key a exists");
    assert_eq!(mine.admin().get(attribute_path("a")).send().await.json(), first);
    made(&other, &wish("a", "date")).await;
}

#[tokio::test]
async fn of_many_at_once_one_takes_the_key() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let attempts = (0..8).map(|i| {
        let body = with(wish("a", "number"), json!({"order": i}));
        async { tenant.admin().post(PATH, &{ body }).send().await.status.as_u16() }
    });
    let mut statuses = join_all(attempts).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}
