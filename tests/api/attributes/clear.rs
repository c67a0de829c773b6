//! Removing more values than one request removes.

use super::{attribute_path, made, wish};
use crate::support::{Stack, Tenant, record, with};
use futures_util::future::join_all;
use rol_domain::limits::MAX_CLEARED;
use serde_json::{Value, json};

/// Makes so many records of somebody with these attributes.
async fn fill(tenant: &Tenant<'_>, count: usize, attributes: Value) {
    let body = with(record("ada", "x"), json!({"attributes": attributes}));
    let admin = tenant.key_holder();
    for start in (0..count).step_by(50) {
        join_all((start..count.min(start + 50)).map(|_| admin.create(&body))).await;
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
    fill(&tenant, 300, json!({"a": "red"})).await;
    let change = json!({"options": ["green"]});
    let answer = tenant.admin().patch(attribute_path("a?on_existing=clear"), &change).send().await;
    assert_eq!(answer.status, 200, "300 records, of which no shard has 250: {}", answer.text());
}
