//! `PATCH /v1/attributes/{key}`

use super::{assert_conflict, assert_invalid, attribute_path, callers, changed, made, record_with, values_of, wish};
use crate::support::{Caller, Stack, path_of, with};
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

#[tokio::test]
async fn absent_stays_null_removes_and_a_value_replaces() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let attribute = made(&tenant, &with(wish("a", "number"), json!({"description": "d", "order": 3}))).await;
    let change = json!({"label": "B", "description": null, "required": true, "hidden_from_students": true});
    let answer = tenant.admin().patch(attribute_path("a"), &change).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, Some("\"2\"")), "{}", answer.text());
    let now = answer.json();
    let expected = with(change, json!({"version": 2, "updated_at": now["updated_at"]}));
    assert_eq!(now, with(attribute, expected));
    assert_eq!(tenant.admin().get(attribute_path("a")).send().await.json(), now);
}

#[tokio::test]
async fn a_whole_attribute_sent_back_changes_nothing() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for kind in ["link", "checkboxes", "number"] {
        let attribute = made(&tenant, &wish(kind, kind)).await;
        stack.wire.take();
        assert_eq!(changed(&tenant, &attribute_path(kind), &attribute).await, attribute);
        assert!(stack.wire.take().iter().all(|call| call.operation != "PutItem"), "nothing is written");
        let back = with(attribute, json!({"label": "y"}));
        assert_eq!(changed(&tenant, &attribute_path(kind), &back).await["label"], "y");
    }
}

#[tokio::test]
async fn if_match_names_the_version_that_is_meant() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "number")).await;
    let change = |tag: &'static str, order: u32| {
        tenant.admin().patch(attribute_path("a"), &json!({"order": order})).header("if-match", tag).send()
    };
    assert_eq!(change("\"2\"", 1).await.status, 412);
    assert_eq!(change("\"1\"", 2).await.status, 200);
    assert_eq!(change("\"1\"", 3).await.status, 412);
    assert_eq!(change("\"x\"", 3).await.status, 412);
    assert_eq!(change("*", 4).await.json()["version"], 3);
}

#[rstest]
#[case::nulls(json!({"type": null, "label": null, "required": null, "hidden_from_students": null, "order": null}), &["/hidden_from_students", "/label", "/order", "/required", "/type"])]
#[case::wrong_types(json!({"label": 5, "description": [], "options": {}, "required": 0, "display": 1, "order": "1"}), &["/description", "/display", "/label", "/options", "/order", "/required"])]
#[case::what_it_cannot_set(json!({"key": "b", "version": 2, "created_at": null, "created_by": "me"}), &["/created_at", "/created_by", "/key", "/version"])]
#[case::unknown(json!({"colour": "red", "attribute_type": "date"}), &["/attribute_type", "/colour"])]
#[case::no_options_left(json!({"options": null}), &["/options"])]
#[case::commas(json!({"options": ["red", "green", "blue", "a,b"]}), &["/options/3"])]
#[case::display(json!({"display": "button"}), &["/display"])]
#[case::options_left_over(json!({"type": "number"}), &["/options"])]
#[case::several_rules(json!({"order": 10_000, "display": "text", "key": "b", "options": ["red", "red"]}), &["/display", "/key", "/options/1", "/order"])]
#[tokio::test]
async fn what_cannot_be_changed_is_named(#[case] change: Value, #[case] places: &[&str]) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let attribute = made(&tenant, &wish("a", "checkboxes")).await;
    assert_invalid(&tenant.admin().patch(attribute_path("a"), &change).send().await, places);
    assert_eq!(tenant.admin().get(attribute_path("a")).send().await.json(), attribute);
}

#[tokio::test]
async fn on_existing_is_keep_or_clear() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "number")).await;
    let ask = |query: &str| tenant.admin().patch(attribute_path(&format!("a?{query}")), &json!({"order": 1})).send();
    assert_invalid(&ask("on_existing=drop&x=1").await, &["on_existing", "x"]);
    assert_invalid(&ask("on_existing=keep&on_existing=clear").await, &["on_existing"]);
    assert_eq!(ask("on_existing=keep").await.status, 200);
}

#[tokio::test]
async fn only_admins_change_attributes_and_only_their_own() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    made(&mine, &wish("a", "number")).await;
    for (order, (name, caller, _, manages)) in (1..).zip(callers(&mine)) {
        let answer = caller.patch(attribute_path("a"), &json!({"order": order})).send().await;
        assert_eq!(answer.status, if manages { 200 } else { 403 }, "{name}");
    }
    let change = json!({"order": 99});
    assert_eq!(Caller::nobody(&stack).patch(attribute_path("a"), &change).send().await.status, 401);
    let missing = other.admin().patch(attribute_path("missing"), &change).send().await;
    let foreign = other.admin().patch(attribute_path("a"), &change).send().await;
    assert_eq!((missing.status.as_u16(), foreign.anonymous()), (404, missing.anonymous()));
}

#[tokio::test]
async fn changes_that_meet_are_tried_again() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "number")).await;
    let changes = [json!({"label": "B"}), json!({"order": 5}), json!({"required": true})];
    join_all(changes.iter().map(|change| async {
        assert_eq!(tenant.admin().patch(attribute_path("a"), change).send().await.status, 200);
    }))
    .await;
    let now = tenant.admin().get(attribute_path("a")).send().await.json();
    let expected = json!({"label": "B", "order": 5, "required": true, "version": 4});
    assert_eq!(now, with(now.clone(), expected), "none is lost");
}

#[tokio::test]
async fn a_type_cannot_change_while_values_exist() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "number")).await;
    let records = [record_with(&tenant, json!({"a": 1})).await, record_with(&tenant, json!({"a": 2})).await];
    let deleted = record_with(&tenant, json!({"a": 3})).await;
    assert_eq!(tenant.admin().delete(path_of(&deleted["id"])).send().await.status, 204);
    let change = |query: &str| {
        let path = attribute_path(&format!("a{query}"));
        tenant.admin().patch(path, &json!({"type": "short_answer", "label": "B"})).send()
    };
    assert_conflict(&change("").await, "3 records have a value");
    assert_conflict(&change("?on_existing=clear").await, "3 records have a value");
    for record in &records {
        let none = json!({"attributes": {"a": null}});
        assert_eq!(tenant.admin().patch(path_of(&record["id"]), &none).send().await.status, 200);
    }
    assert_conflict(&change("").await, "1 record has a value");
    assert_eq!(
        tenant.admin().post(format!("{}/restore", path_of(&deleted["id"])), &json!({})).send().await.status,
        200
    );
    let none = json!({"attributes": null});
    assert_eq!(tenant.admin().patch(path_of(&deleted["id"]), &none).send().await.status, 200);
    assert_eq!(change("").await.json()["type"], "short_answer");
    record_with(&tenant, json!({"a": "text"})).await;
}

#[tokio::test]
async fn options_may_be_added_and_reordered_though_they_are_chosen() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "checkboxes")).await;
    let record = record_with(&tenant, json!({"a": ["red", "blue"]})).await;
    let change = json!({"options": ["violet", "blue", "red", "green"]});
    assert_eq!(changed(&tenant, &attribute_path("a"), &change).await["options"], change["options"]);
    assert_eq!(values_of(&tenant, &record).await, json!({"a": ["red", "blue"]}), "values stay as they were");
    record_with(&tenant, json!({"a": ["violet"]})).await;
}

#[rstest]
#[case::multiple_choice("multiple_choice", json!("red"), json!("green"), json!({}))]
#[case::checkboxes("checkboxes", json!(["red", "blue"]), json!(["green"]), json!({"a": ["blue"]}))]
#[case::only_choice("checkboxes", json!(["red"]), json!(["green", "blue"]), json!({}))]
#[tokio::test]
async fn an_option_in_use_goes_only_with_a_word_on_what_becomes_of_it(
    #[case] kind: &str,
    #[case] chosen: Value,
    #[case] other: Value,
    #[case] cleared: Value,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", kind)).await;
    let record = record_with(&tenant, json!({"a": chosen})).await;
    let untouched = record_with(&tenant, json!({"a": other})).await;
    let change = |options: Value, query: &str| {
        tenant.admin().patch(attribute_path(&format!("a{query}")), &json!({"options": options})).send()
    };
    assert_conflict(&change(json!(["green", "blue"]), "").await, "1 record has such a value");
    assert_eq!(values_of(&tenant, &record).await, json!({"a": chosen}));

    assert_eq!(change(json!(["green", "blue"]), "?on_existing=keep").await.status, 200);
    assert_eq!(tenant.admin().read(&record["id"]).await, record, "kept, and not even written");
    assert_eq!(change(json!(["red", "green", "blue"]), "").await.status, 200);

    let answer = change(json!(["green", "blue"]), "?on_existing=clear").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["options"]), (200, &json!(["green", "blue"])));
    let now = tenant.admin().read(&record["id"]).await;
    assert_eq!((&now["attributes"], &now["version"]), (&cleared, &json!(2)));
    assert_eq!(tenant.admin().read(&untouched["id"]).await, untouched);
}

#[tokio::test]
async fn an_option_that_nobody_chose_goes_at_once() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "multiple_choice")).await;
    made(&tenant, &wish("b", "multiple_choice")).await;
    record_with(&tenant, json!({"a": "red", "b": "green"})).await;
    let change = json!({"options": ["red"]});
    assert_eq!(changed(&tenant, &attribute_path("a"), &change).await["options"], json!(["red"]));
    let part = json!({"options": ["reddish", "green", "blue"]});
    changed(&tenant, &attribute_path("b"), &part).await;
}
