//! What requests on attributes, and values of attributes, cost: calls and capacity units as equalities.
//!
//! Items are up to 1 KB, the caller has a token, the container is warm. A query of the index that finds nothing costs
//! half a unit in each of its four shards. "Once in 10 seconds" a container reads the attributes, and the caller's
//! entry in the directory, again.

use super::{PATH, attribute_path, made, wish};
use crate::support::{Cost, Stack, Tenant, cost, path_of, record, with};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// A tenant whose containers know their callers, with an attribute `warm`.
async fn warm(stack: &Stack) -> Tenant<'_> {
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    made(&tenant, &wish("warm", "number")).await;
    admin.get(PATH).send().await;
    admin.get(attribute_path("warm")).send().await;
    admin.patch(attribute_path("warm"), &json!({})).send().await;
    admin.delete(attribute_path("missing")).send().await;
    stack.wire.take();
    tenant
}

#[tokio::test]
async fn what_managing_attributes_costs() {
    let stack = Stack::start();
    let tenant = warm(&stack).await;
    let admin = tenant.admin();
    let mut rows: Vec<(&str, Cost)> = Vec::new();
    macro_rules! row {
        ($name:literal, $status:literal, $request:expr) => {{
            let answer = $request.send().await;
            assert_eq!(answer.status, $status, "{}: {}", $name, answer.text());
            rows.push(($name, cost(&stack.wire.take())));
        }};
    }
    row!("attributes: create", 201, admin.post(PATH, &wish("a", "checkboxes")));
    row!("attributes: create, key taken", 409, admin.post(PATH, &wish("a", "number")));
    row!("attributes: list, 4 KB or less", 200, admin.get(PATH));
    row!("attributes: get", 200, admin.get(attribute_path("a")));
    row!("attributes: patch", 200, admin.patch(attribute_path("a"), &json!({"order": 1})));
    row!("attributes: patch, changing nothing", 200, admin.patch(attribute_path("a"), &json!({"order": 1})));
    let options = |options: &[&str]| json!({"options": options});
    let fewer = options(&["red", "green"]);
    row!("attributes: patch, an unused option goes", 200, admin.patch(attribute_path("a"), &fewer));
    row!("attributes: delete without values", 204, admin.delete(attribute_path("a")));

    let body = with(record("ada", "x"), json!({"attributes": {"warm": 1}}));
    for _ in 0..2 {
        admin.create(&body).await;
    }
    stack.wire.take();
    row!("attributes: delete, values in the way", 409, admin.delete(attribute_path("warm")));
    row!("attributes: delete, clearing 2 records", 204, admin.delete(attribute_path("warm?on_existing=clear")));
    made(&tenant, &wish("warm", "number")).await;
    admin.create(&body).await;
    stack.wire.take();
    row!("attributes: delete, keeping values", 204, admin.delete(attribute_path("warm?on_existing=keep")));
    let expected: Vec<(&str, Cost)> = vec![
        ("attributes: create", (3, 2.0, 1.0)),
        ("attributes: create, key taken", (3, 2.0, 0.0)),
        ("attributes: list, 4 KB or less", (1, 1.0, 0.0)),
        ("attributes: get", (1, 1.0, 0.0)),
        ("attributes: patch", (2, 1.0, 1.0)),
        ("attributes: patch, changing nothing", (1, 1.0, 0.0)),
        ("attributes: patch, an unused option goes", (6, 3.0, 1.0)),
        ("attributes: delete without values", (6, 3.0, 1.0)),
        ("attributes: delete, values in the way", (5, 3.0, 0.0)),
        ("attributes: delete, clearing 2 records", (8, 3.0, 5.0)),
        ("attributes: delete, keeping values", (2, 1.0, 1.0)),
    ];
    assert_eq!(rows, expected);
}

#[tokio::test]
async fn a_value_costs_a_record_nothing_while_the_attributes_are_known() {
    let stack = Stack::start();
    let tenant = warm(&stack).await;
    let admin = tenant.admin();
    let create = "/v1/learning-records";
    let (plain, full) = (record("ada", "x"), with(record("ada", "x"), json!({"attributes": {"warm": 1}})));
    let by_name = "/v1/learning-records/by-external-id/n1";
    let made: Value = admin.create(&full).await;
    let path = path_of(&made["id"]);
    admin.put(by_name, &full).send().await;
    admin.patch(&path, &json!({"score": 1})).send().await;
    let by_value = "/v1/learning-records?person_id=ada&attributes[warm]=3";
    admin.get(&path).send().await;
    admin.get(by_value).send().await;
    stack.advance(TimeDelta::seconds(10));
    stack.wire.take();
    let mut rows: Vec<(&str, Cost)> = Vec::new();
    macro_rules! row {
        ($name:literal, $status:literal, $request:expr) => {{
            let answer = $request.send().await;
            assert_eq!(answer.status, $status, "{}: {}", $name, answer.text());
            rows.push(($name, cost(&stack.wire.take())));
        }};
    }
    let value = |n: u32| json!({"attributes": {"warm": n}});
    row!("create, once in 10 seconds", 201, admin.post(create, &full));
    row!("create with values", 201, admin.post(create, &full));
    row!("create without values", 201, admin.post(create, &plain));
    row!("patch of a value, once in 10 seconds", 200, admin.patch(&path, &value(2)));
    row!("patch of a value", 200, admin.patch(&path, &value(3)));
    row!("put, once in 10 seconds", 200, admin.put(by_name, &with(full.clone(), value(2))));
    row!("put", 200, admin.put(by_name, &with(full.clone(), value(3))));
    row!(
        "create with a wrong value",
        400,
        admin.post(create, &with(full.clone(), json!({"attributes": {"warm": "x"}})))
    );
    stack.advance(TimeDelta::seconds(10));
    // What the record shows of its values, and keeps of them, depends on the attributes.
    row!("patch of a field beside values, once in 10 seconds", 200, admin.patch(&path, &json!({"score": 2})));
    row!("patch of a field beside values", 200, admin.patch(&path, &json!({"score": 3})));
    row!("get with values, once in 10 seconds", 200, admin.get(&path));
    row!("get with values", 200, admin.get(&path));
    row!("list by a value, once in 10 seconds", 200, admin.get(by_value));
    row!("list by a value", 200, admin.get(by_value));
    let expected: Vec<(&str, Cost)> = vec![
        ("create, once in 10 seconds", (3, 2.0, 2.0)),
        ("create with values", (1, 0.0, 2.0)),
        ("create without values", (1, 0.0, 2.0)),
        ("patch of a value, once in 10 seconds", (4, 3.0, 2.0)),
        ("patch of a value", (2, 1.0, 2.0)),
        ("put, once in 10 seconds", (5, 3.0, 2.0)),
        ("put", (3, 1.0, 2.0)),
        ("create with a wrong value", (1, 1.0, 0.0)),
        ("patch of a field beside values, once in 10 seconds", (4, 3.0, 2.0)),
        ("patch of a field beside values", (2, 1.0, 2.0)),
        ("get with values, once in 10 seconds", (3, 3.0, 0.0)),
        ("get with values", (1, 1.0, 0.0)),
        ("list by a value, once in 10 seconds", (3, 3.0, 0.0)),
        ("list by a value", (1, 1.0, 0.0)),
    ];
    assert_eq!(rows, expected);
}
