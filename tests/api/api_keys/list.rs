//! `GET /v1/api-keys`

use super::{PATH, made, shown, wish};
use crate::support::{Stack, Tenant, cost};
use chrono::TimeDelta;
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

/// Makes so many keys, some milliseconds apart; their labels, newest first, and the first key's last.
async fn fill(tenant: &Tenant<'_>, count: usize) -> Vec<String> {
    let mut labels = vec!["first admin key".to_owned()];
    for n in 0..count {
        tenant.stack.advance(TimeDelta::milliseconds(2));
        made(tenant, &wish(&n.to_string())).await;
        labels.insert(0, n.to_string());
    }
    labels
}

async fn page(tenant: &Tenant<'_>, query: &str) -> Value {
    let answer = tenant.admin().get(format!("{PATH}?{query}")).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn labels(page: &Value) -> Vec<&str> {
    page["data"].as_array().expect("a list").iter().map(|key| key["label"].as_str().expect("a label")).collect()
}

#[tokio::test]
async fn a_new_tenant_has_its_first_key() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let page = page(&tenant, "").await;
    insta::assert_json_snapshot!(page, {".data[].id" => "[key id]", ".data[].created_at" => "[instant]"});
}

#[rstest]
#[case::fewer_than_a_page(3, 5)]
#[case::just_a_page(4, 5)]
#[case::one_more(5, 5)]
#[case::one_by_one(4, 1)]
#[case::over_all_shards(23, 7)]
#[tokio::test]
async fn pages_are_full_and_hold_every_key_once_newest_first(#[case] count: usize, #[case] limit: usize) {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    fill(&other, 2).await;
    let expected = fill(&tenant, count).await;
    let (mut seen, mut query) = (Vec::new(), format!("limit={limit}"));
    loop {
        let page = page(&tenant, &query).await;
        seen.extend(labels(&page).into_iter().map(str::to_owned));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        assert_eq!(labels(&page).len(), limit, "a page with a cursor is full");
        query = format!("limit={limit}&cursor={cursor}");
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_page_has_twenty_five_keys_where_no_limit_is_named() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    fill(&tenant, 25).await;
    let first = page(&tenant, "").await;
    assert_eq!((labels(&first).len(), first["next_cursor"].is_string()), (25, true));
    assert_eq!(labels(&page(&tenant, "limit=100").await).len(), 26);
}

#[tokio::test]
async fn a_key_stays_in_the_list_until_it_is_deleted() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let end = (stack.now() + TimeDelta::minutes(1)).to_rfc3339();
    let key = made(&tenant, &crate::support::with(wish("k"), json!({"expires_at": end}))).await;
    assert_eq!(page(&tenant, "limit=1").await["data"], json!([shown(&key)]));
    stack.advance(TimeDelta::minutes(2));
    let revoked = tenant.admin().patch(super::path_of(&key), &json!({"is_revoked": true})).send().await.json();
    assert_eq!(page(&tenant, "limit=1").await["data"], json!([revoked]), "ended and revoked");
    assert_eq!(tenant.admin().delete(super::path_of(&key)).send().await.status, 204);
    assert_eq!(labels(&page(&tenant, "").await), ["first admin key"]);
}

#[rstest]
#[case::zero("limit=0", vec!["limit"])]
#[case::too_many("limit=101", vec!["limit"])]
#[case::negative("limit=-1", vec!["limit"])]
#[case::no_number("limit=ten", vec!["limit"])]
#[case::twice("limit=1&limit=2", vec!["limit"])]
#[case::no_cursor("cursor=", vec!["cursor"])]
#[case::made_up("cursor=a2V5", vec!["cursor"])]
#[case::everything("limit=0&cursor=a&cursor=b&label=k&x=1", vec!["cursor", "label", "limit", "x"])]
#[tokio::test]
async fn wrong_parameters_are_named_all_at_once(#[case] query: &str, #[case] names: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    page(&tenant, "").await;
    stack.wire.take();
    let answer = tenant.admin().get(format!("{PATH}?{query}")).send().await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(answer.places(), names);
    assert!(stack.wire.take().is_empty());
}

#[tokio::test]
async fn a_cursor_is_of_use_to_one_caller_for_this_list_for_a_day() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    fill(&tenant, 2).await;
    let first = page(&tenant, "limit=1").await;
    let query = format!("{PATH}?cursor={}", first["next_cursor"].as_str().expect("a cursor"));
    let refusal = tenant.admin().get(format!("{PATH}?cursor=x")).send().await;
    assert_eq!(refusal.status, 400);
    let of_records = {
        for title in ["a", "b"] {
            tenant.admin().create(&crate::support::record("ada", title)).await;
        }
        let records = tenant.admin().get("/v1/learning-records?person_id=ada&limit=1").send().await.json();
        format!("{PATH}?cursor={}", records["next_cursor"].as_str().expect("a cursor"))
    };
    for request in [
        other.admin().get(&query),
        tenant.key_holder().get(&query),
        tenant.caller("somebody.else", Role::Admin, None, None).get(&query),
        tenant.admin().get(of_records),
    ] {
        assert_eq!(request.send().await.anonymous(), refusal.anonymous());
    }
    assert_eq!(tenant.admin().get(&query).send().await.status, 200);
    stack.advance(TimeDelta::days(1) + TimeDelta::seconds(1));
    assert_eq!(tenant.admin().get(&query).send().await.anonymous(), refusal.anonymous());
}

#[rstest]
#[case::manager(Role::Manager, None)]
#[case::admin_of_an_application(Role::Admin, Some("lms"))]
#[case::student(Role::Student, None)]
#[tokio::test]
async fn only_an_unbounded_admin_sees_keys(#[case] role: Role, #[case] app: Option<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.caller("somebody", role, app, None).get(PATH).send().await;
    assert_eq!(answer.status, 403);
    assert!(!answer.text().contains("first admin key"));
}

#[tokio::test]
async fn a_page_takes_a_call_for_each_shard() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    page(&tenant, "").await;
    stack.wire.take();
    page(&tenant, "").await;
    // Half a unit each: the index is read as it happens to be.
    assert_eq!(cost(&stack.wire.take()), (4, 2.0, 0.0));
}
