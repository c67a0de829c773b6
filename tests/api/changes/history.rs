//! `GET /v1/learning-records/{id}/history`, `…/history/{version}` and `?as_of=`.

use crate::support::{Stack, path_of, record};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[tokio::test]
async fn every_version_is_kept_with_who_made_it() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let path = path_of(&made["id"]);
    tenant.manager().patch(&path, &json!({"score": 50})).send().await;
    admin.delete(&path).send().await;
    admin.post(format!("{path}/restore"), &json!({})).send().await;
    stack.drain().await;
    let history = admin.get(format!("{path}/history")).send().await;
    assert_eq!(history.status, 200, "{}", history.text());
    let told: Vec<Value> = history.json()["data"]
        .as_array()
        .expect("versions")
        .iter()
        .map(|version| json!([version["version"], version["action"], version["actor"], version["changed"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!([4, "learningRecord.restored", "root@example.com", ["is_deleted"]]),
            json!([3, "learningRecord.deleted", "root@example.com", ["is_deleted"]]),
            json!([2, "learningRecord.updated", "max@example.com", ["score"]]),
            json!([1, "learningRecord.created", "root@example.com", ["title", "visible_to_student"]]),
        ]
    );
    let second = admin.get(format!("{path}/history/2")).send().await.json();
    assert_eq!((&second["version"], &second["record"]["score"]), (&json!(2), &json!(50)));
    assert_eq!(admin.get(format!("{path}/history/5")).send().await.status, 404);
}

#[tokio::test]
async fn a_record_is_given_as_it_was_known() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let before = stack.now();
    stack.advance(TimeDelta::seconds(1));
    let made = admin.create(&record("ada", "x")).await;
    let path = path_of(&made["id"]);
    let first = stack.now();
    stack.advance(TimeDelta::seconds(1));
    admin.patch(&path, &json!({"score": 50})).send().await;
    let second = stack.now();
    stack.advance(TimeDelta::seconds(1));
    admin.patch(&path, &json!({"score": 60})).send().await;
    stack.drain().await;
    let as_of = |at: DateTime<Utc>| {
        let (admin, path) = (&admin, &path);
        async move { admin.get(format!("{path}?as_of={}", instant(at))).send().await }
    };
    assert_eq!(as_of(before).await.status, 404);
    assert_eq!(as_of(first).await.json()["score"], Value::Null);
    assert_eq!(as_of(second).await.json()["score"], json!(50));
    assert_eq!(as_of(stack.now()).await.json()["score"], json!(60));
    let list = admin.get(format!("/v1/learning-records?person_id=ada&as_of={}", instant(second))).send().await.json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(list["data"][0]["score"], json!(50));
}
