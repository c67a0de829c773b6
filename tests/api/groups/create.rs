//! `POST /v1/groups`

use super::{PATH, chain, made, path_of};
use crate::support::{Fault, Stack};
use rstest::rstest;
use serde_json::{Value, json};

#[tokio::test]
async fn every_field_is_there_and_null_where_it_has_no_value() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.manager().post(PATH, &json!({"name": "Astronauts", "kind": "user_group"})).send().await;
    let group = answer.json();
    let (at, id) = (group["created_at"].clone(), group["id"].clone());
    assert!(id.as_str().is_some_and(|id| id.starts_with("grp_") && id.len() == 30), "{id}");
    assert_eq!(
        (answer.status.as_u16(), answer.header("location"), answer.header("etag")),
        (201, Some(path_of(&group).as_str()), Some("\"1\""))
    );
    assert_eq!(
        group,
        json!({
            "id": id, "name": "Astronauts", "kind": "user_group", "parent_id": null, "ancestors": [],
            "grants_over": [], "grants_held": [], "version": 1, "created_at": at, "created_by": "max@example.com",
            "updated_at": at, "updated_by": "max@example.com",
        })
    );
    assert_eq!(super::now(&tenant, &group).await, group);
}

#[rstest]
#[tokio::test]
async fn a_group_is_of_one_of_four_kinds(#[values("user_group", "educator_group", "department", "cohort")] kind: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let group = super::made_of_kind(&tenant, &"é".repeat(100), kind, None).await;
    assert_eq!((&group["kind"], &group["name"]), (&json!(kind), &json!("é".repeat(100))));
    made(&tenant, &"é".repeat(100), None).await;
}

#[rstest]
#[case::nothing(json!({}), vec!["/kind", "/name"])]
#[case::nulls(json!({"name": null, "kind": null, "parent_id": null}), vec!["/kind", "/name"])]
#[case::every_value(
    json!({"name": " ", "kind": "club", "parent_id": "astronauts", "members": [], "id": "x", "a/b": 1}),
    vec!["/a~1b", "/id", "/kind", "/members", "/name", "/parent_id"],
)]
#[case::every_type(json!({"name": 1, "kind": [], "parent_id": {}}), vec!["/kind", "/name", "/parent_id"])]
#[case::name_too_long(json!({"name": "n".repeat(101), "kind": "cohort"}), vec!["/name"])]
#[case::no_such_parent(
    json!({"name": "n", "kind": "cohort", "parent_id": "grp_01ARZ3NDEKTSV4RRFFQ69G5FAV"}),
    vec!["/parent_id"],
)]
#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_stored(
    #[case] body: Value,
    #[case] places: Vec<&str>,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().post(PATH, &body).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, places.into_iter().map(str::to_owned).collect()));
    assert_eq!(tenant.admin().get(PATH).send().await.json(), json!({"data": [], "next_cursor": null}));
}

#[tokio::test]
async fn a_parent_is_of_the_same_tenant() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let foreign = made(&other, "foreign", None).await;
    let post = |id: &Value| tenant.admin().post(PATH, &json!({"name": "n", "kind": "cohort", "parent_id": id}));
    let answer = post(&foreign["id"]).send().await;
    let missing = post(&json!("grp_01ARZ3NDEKTSV4RRFFQ69G5FAV")).send().await;
    let id = foreign["id"].as_str().expect("an id");
    let (status, headers, text) = answer.anonymous();
    assert_eq!((status, headers, text.replace(id, "grp_01ARZ3NDEKTSV4RRFFQ69G5FAV")), missing.anonymous());
}

#[tokio::test]
async fn groups_nest_ten_deep() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let chain = chain(&tenant, 10).await;
    let ids: Vec<&Value> = chain.iter().rev().map(|group| &group["id"]).collect();
    assert_eq!(chain[9]["ancestors"], json!(&ids[1..]), "from the inside out");
    let body = json!({"name": "n", "kind": "cohort", "parent_id": chain[9]["id"]});
    let answer = tenant.admin().post(PATH, &body).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, vec!["/parent_id".to_owned()]));
    assert!(answer.text().contains("at most 10 deep, found 11"), "{}", answer.text());
    made(&tenant, "beside the innermost", Some(&chain[8])).await;
}

#[tokio::test]
async fn a_lost_answer_makes_one_group_and_a_contended_write_is_tried_again() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, "warm", None).await;
    for fault in [Fault::AfterCommit, Fault::Contention] {
        stack.wire.plan([None, Some(fault)]);
        made(&tenant, "n", None).await;
    }
    let list = tenant.admin().get(PATH).send().await.json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn many_at_once_are_all_made_or_refused() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let body = json!({"name": "n", "kind": "cohort"});
    let answers = futures_util::future::join_all((0..10).map(|_| admin.post(PATH, &body).send())).await;
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 201 | 409)));
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let list = admin.get(format!("{PATH}?limit=100")).send().await.json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(made));
}
