//! `GET /v1/groups/{id}/members`

use super::{MISSING, PATH, granted, join, made, made_of_kind, members, members_path};
use crate::{
    api::people::{self, ids},
    support::Stack,
};
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[tokio::test]
async fn members_are_listed_once_by_id(#[values(1, 2, 7, 8)] limit: usize) {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let (outer, foreign) = (made(&tenant, "A", None).await, made(&other, "A", None).await);
    let inner = made(&tenant, "B", Some(&outer)).await;
    let mut expected = Vec::new();
    for n in 0..7 {
        let id = format!("{}#p", (n * 5) % 7);
        people::made(&tenant, json!({"id": id, "group_ids": [outer["id"]]})).await;
        expected.push(id);
    }
    expected.sort();
    people::made(&tenant, json!({"id": "inside", "group_ids": [inner["id"]]})).await;
    people::made(&other, json!({"id": "foreign", "group_ids": [foreign["id"]]})).await;
    assert_eq!(members(&tenant.admin(), &outer, limit).await, expected, "direct members alone");
}

#[tokio::test]
async fn a_member_is_shown_as_a_person() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let group = made(&tenant, "A", None).await;
    let ada = people::made(&tenant, json!({"id": "ada", "name": "Ada", "group_ids": [group["id"]]})).await;
    let page = tenant.manager().get(members_path(&group)).send().await.json();
    assert_eq!(page, json!({"data": [ada], "next_cursor": null}));
}

#[tokio::test]
async fn educators_see_members_of_groups_whose_records_they_may_view() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let educators = made_of_kind(&tenant, "E", "educator_group", None).await;
    let outer = made(&tenant, "A", None).await;
    let (inner, beside) = (made(&tenant, "B", Some(&outer)).await, made(&tenant, "C", None).await);
    granted(&tenant, &outer, &educators, &["view"]).await;
    granted(&tenant, &beside, &educators, &["create", "edit", "delete"]).await;
    people::made(&tenant, json!({"id": "ed", "group_ids": [educators["id"]]})).await;
    people::made(&tenant, json!({"id": "ada", "group_ids": [inner["id"]]})).await;
    let educator = tenant.caller("ed", Role::Educator, None, None);
    assert_eq!(members(&educator, &inner, 5).await, ["ada"]);
    assert!(members(&educator, &outer, 5).await.is_empty());
    let missing = educator.get(format!("{MISSING}/members")).send().await;
    assert_eq!(missing.status, 404);
    for group in [&beside, &educators] {
        assert_eq!(educator.get(members_path(group)).send().await.anonymous(), missing.anonymous());
    }
    let stranger = tenant.caller("stranger", Role::Educator, None, None);
    assert_eq!(stranger.get(members_path(&inner)).send().await.anonymous(), missing.anonymous());
}

#[tokio::test]
async fn a_group_of_another_tenant_is_as_one_that_does_not_exist() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let foreign = tenant.admin().get(members_path(&made(&other, "A", None).await)).send().await;
    let missing = tenant.admin().get(format!("{MISSING}/members")).send().await;
    assert_eq!((foreign.status.as_u16(), foreign.anonymous()), (404, missing.anonymous()));
}

#[tokio::test]
async fn a_cursor_is_of_use_to_one_caller_for_one_group() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (a, b) = (made(&tenant, "A", None).await, made(&tenant, "B", None).await);
    for id in ["x", "y"] {
        people::made(&tenant, json!({"id": id})).await;
        for group in [&a, &b] {
            join(&tenant, group, &[id]).await;
        }
    }
    let first = tenant.admin().get(format!("{}?limit=1", members_path(&a))).send().await.json();
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let query = |group: &Value| format!("{}?cursor={cursor}", members_path(group));
    let refusal = tenant.admin().get(format!("{}?cursor=x", members_path(&a))).send().await;
    assert_eq!((refusal.status.as_u16(), refusal.places()), (400, vec!["cursor".to_owned()]));
    assert_eq!(tenant.admin().get(query(&b)).send().await.anonymous(), refusal.anonymous());
    assert_eq!(tenant.manager().get(query(&a)).send().await.anonymous(), refusal.anonymous());
    assert_eq!(tenant.admin().get(format!("{PATH}?cursor={cursor}")).send().await.places(), ["cursor"]);
    assert_eq!(ids(&tenant.admin().get(query(&a)).send().await.json()), ["y"]);
    let wrong = tenant.admin().get(format!("{}?limit=0&role=x", members_path(&a))).send().await;
    assert_eq!(wrong.places(), ["limit", "role"]);
}
