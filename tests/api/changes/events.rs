//! `GET /v1/events`

use crate::support::{Caller, Stack, path_of, record};
use serde_json::{Value, json};

/// The events behind a cursor, and the next cursor.
async fn after(caller: &Caller<'_>, cursor: Option<&str>) -> (Vec<Value>, String) {
    let path = cursor.map_or("/v1/events".to_owned(), |cursor| format!("/v1/events?after={cursor}"));
    let answer = caller.get(path).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.json();
    let events = page["data"].as_array().expect("events").clone();
    (events, page["next_cursor"].as_str().expect("a cursor").to_owned())
}

#[tokio::test]
async fn a_consumer_sees_each_change_once() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let (none, cursor) = after(&admin, None).await;
    assert!(none.is_empty());
    let made = admin.create(&record("ada", "x")).await;
    admin.patch(path_of(&made["id"]), &json!({"score": 50})).send().await;
    stack.drain().await;
    let (events, cursor) = after(&admin, Some(&cursor)).await;
    let told: Vec<Value> = events.iter().map(|e| json!([e["type"], e["data"]["score"], e["changed"]])).collect();
    assert_eq!(
        told,
        [
            json!(["learningRecord.created", null, ["title", "visible_to_student"]]),
            json!(["learningRecord.updated", 50, ["score"]]),
        ]
    );
    assert!(after(&admin, Some(&cursor)).await.0.is_empty());
    stack.drain().await;
    assert!(after(&admin, Some(&cursor)).await.0.is_empty(), "what was told is not told again");
}
