//! How many attributes a plan allows.

use super::{PATH, assert_conflict, attribute_path, wish};
use crate::support::{Cost, Stack, Tenant, cost};
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

/// Makes so many attributes, `a000` first.
async fn fill(tenant: &Tenant<'_>, count: usize) {
    let keys: Vec<String> = (0..count).map(|i| format!("a{i:03}")).collect();
    for some in keys.chunks(10) {
        let made =
            some.iter().map(|key| async { tenant.key_holder().post(PATH, &wish(key, "number")).send().await.status });
        assert!(join_all(made).await.iter().all(|status| *status == 201));
    }
}

async fn choose(tenant: &Tenant<'_>, plan: &str) -> crate::support::Answer {
    tenant.admin().patch("/v1/settings", &json!({"plan": plan})).send().await
}

#[rstest]
#[case::pro("pro", 50)]
#[case::business("business", 100)]
#[tokio::test]
async fn a_plan_allows_so_many_and_no_more(#[case] plan: &str, #[case] allowed: usize) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    assert_eq!(choose(&tenant, plan).await.status, 200);
    fill(&tenant, allowed).await;
    let one_more = || tenant.admin().post(PATH, &wish("one-more", "number"));
    assert_conflict(&one_more().send().await, &format!("allows {allowed} attributes"));
    let taken = tenant.admin().post(PATH, &wish("a000", "number")).send().await;
    assert_conflict(&taken, "the key a000 exists");
    assert_eq!(tenant.admin().delete(attribute_path("a000")).send().await.status, 204);
    assert_eq!(one_more().send().await.status, 201, "a deleted one makes room");
}

#[tokio::test]
async fn by_default_there_are_250_and_one_call_lists_them() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    fill(&tenant, 250).await;
    assert_conflict(&tenant.admin().post(PATH, &wish("one-more", "number")).send().await, "allows 250 attributes");
    tenant.admin().get("/v1/attributes").send().await;
    stack.wire.take();
    let list = tenant.admin().get(PATH).send().await.json();
    let (calls, reads, writes): Cost = cost(&stack.wire.take());
    assert_eq!((calls, writes), (1, 0.0));
    assert!((12.0..=25.0).contains(&reads), "250 items of some 300 bytes, {reads} units");
    let keys: Vec<String> = list["data"].as_array().expect("a list").iter().map(key_of).collect();
    assert_eq!(keys, (0..250).map(|i| format!("a{i:03}")).collect::<Vec<_>>());
    assert_eq!(list["next_cursor"], Value::Null);
}

fn key_of(attribute: &Value) -> String {
    attribute["key"].as_str().expect("a key").to_owned()
}

#[tokio::test]
async fn a_plan_below_what_there_is_cannot_be_chosen() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    fill(&tenant, 51).await;
    assert_conflict(&choose(&tenant, "pro").await, "allows 50 attributes, there are 51");
    assert_eq!(choose(&tenant, "business").await.status, 200);
    assert_eq!(tenant.admin().delete(attribute_path("a050")).send().await.status, 204);
    assert_eq!(choose(&tenant, "pro").await.status, 200, "exactly as many as it allows");
}
