//! Removing more values than one request removes.

use super::{attribute_path, made, wish};
use crate::support::{Fault, Stack, Tenant, path_of, record, with};
use futures_util::future::{join, join_all};
use rol_domain::limits::MAX_CLEARED;
use serde_json::{Value, json};

/// Makes so many records of somebody with these attributes.
async fn fill(tenant: &Tenant<'_>, count: usize, attributes: Value) {
    let body = with(record("ada", "x"), json!({"attributes": attributes}));
    let admin = tenant.key_holder();
    for start in (0..count).step_by(10) {
        join_all((start..count.min(start + 10)).map(|_| admin.create(&body))).await;
    }
}

#[tokio::test]
async fn the_same_request_goes_on_until_all_is_cleared() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "number")).await;
    // One of the four shards has more than a quarter.
    let count = MAX_CLEARED + 1;
    fill(&tenant, count, json!({"a": 1})).await;
    let delete = || tenant.admin().delete(attribute_path("a?on_existing=clear")).header("if-match", "\"1\"").send();
    let first = delete().await;
    assert_eq!(first.status, 202, "{}", first.text());
    let body = first.json();
    let cleared = body["cleared"].as_u64().and_then(|cleared| usize::try_from(cleared).ok()).expect("a count");
    assert!((1..count).contains(&cleared), "{cleared}");
    let detail = body["detail"].as_str().expect("a text");
    assert!(body["finished"] == json!(false) && detail.contains("repeat the request"), "{body}");
    let left = tenant.admin().delete(attribute_path("a")).send().await.text();
    assert!(left.contains(&format!("{} record", count - cleared)), "{left}");
    assert_eq!(delete().await.status, 204);
    assert_eq!(tenant.admin().get(attribute_path("a")).send().await.status, 404);
}

#[tokio::test]
async fn a_fair_share_of_each_shard_is_cleared_in_one_request() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "multiple_choice")).await;
    fill(&tenant, 200, json!({"a": "red"})).await;
    let change = json!({"options": ["green"]});
    let answer = tenant.admin().patch(attribute_path("a?on_existing=clear"), &change).send().await;
    assert_eq!(answer.status, 200, "200 records, of which no shard has 100: {}", answer.text());
}

#[tokio::test]
async fn clearing_loses_no_change_that_meets_it() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.key_holder();
    made(&tenant, &wish("a", "number")).await;
    let body = with(record("ada", "x"), json!({"attributes": {"a": 1}}));
    let records = join_all((0..40).map(|_| admin.create(&body))).await;
    let change = json!({"score": 5});
    let changes = records.iter().map(|record| admin.patch(path_of(&record["id"]), &change).send());
    let clear = admin.delete(attribute_path("a?on_existing=clear")).send();
    let (changes, cleared) = join(join_all(changes), clear).await;
    assert!(changes.iter().all(|answer| answer.status == 200));
    assert_eq!(cleared.status, 204, "{}", cleared.text());
    for record in &records {
        let now = admin.read(&record["id"]).await;
        assert_eq!((&now["attributes"], &now["score"], &now["version"]), (&json!({}), &json!(5), &json!(3)));
    }
}

#[tokio::test]
async fn what_a_lost_answer_left_behind_the_next_request_completes() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "number")).await;
    fill(&tenant, 20, json!({"a": 1})).await;
    tenant.admin().delete(attribute_path("missing")).send().await;
    let delete = || tenant.admin().delete(attribute_path("a?on_existing=clear")).send();
    // The attributes, four shards, and some of the records pass.
    stack.wire.plan((0..10).map(|_| None));
    stack.wire.always(Some(Fault::BeforeCommit));
    assert_eq!(delete().await.status, 503);
    stack.wire.always(None);
    assert_eq!(tenant.admin().get(attribute_path("a")).send().await.status, 200, "it goes last");
    assert_eq!(delete().await.status, 204);
    let list = tenant.admin().get("/v1/learning-records?person_id=ada&limit=100").send().await.json();
    let records = list["data"].as_array().expect("a list");
    let cleared = |record: &Value| record["attributes"] == json!({}) && record["version"] == json!(2);
    assert!(records.len() == 20 && records.iter().all(cleared), "{list}");
}
