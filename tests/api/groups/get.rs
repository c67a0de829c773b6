//! `GET /v1/groups/{id}`

use super::{MISSING, granted, made, made_of_kind, now, path_of};
use crate::support::Stack;
use serde_json::{Value, json};

#[tokio::test]
async fn a_group_shows_its_place_and_what_was_granted() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let educators = made_of_kind(&tenant, "Record makers", "educator_group", None).await;
    let outer = made(&tenant, "Astronauts", None).await;
    let inner = made(&tenant, "Apollo", Some(&outer)).await;
    let grant = granted(&tenant, &outer, &educators, &["edit", "view"]).await;
    let (outer, inner, educators) =
        (now(&tenant, &outer).await, now(&tenant, &inner).await, now(&tenant, &educators).await);
    assert_eq!((&outer["grants_over"], &outer["grants_held"]), (&json!([grant]), &json!([])));
    assert_eq!((&educators["grants_over"], &educators["grants_held"]), (&json!([]), &json!([grant])));
    assert_eq!((&inner["grants_over"], &inner["ancestors"]), (&json!([]), &json!([outer["id"]])));
    assert_eq!(outer["version"], 1, "a grant is no change of the group");
}

#[tokio::test]
async fn what_changes_without_the_version_is_always_sent() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let group = made(&tenant, "A", None).await;
    let answer = tenant.admin().get(path_of(&group)).header("if-none-match", "\"1\"").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, Some("\"1\"")));
}

#[tokio::test]
async fn a_group_of_another_tenant_is_as_one_that_does_not_exist() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let foreign = tenant.admin().get(path_of(&made(&other, "A", None).await)).send().await;
    assert_eq!((foreign.status.as_u16(), &foreign.json()["detail"]), (404, &json!("no such group")));
    for missing in [MISSING, "/v1/groups/x", "/v1/groups/ten_01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
        assert_eq!(tenant.admin().get(missing).send().await.anonymous(), foreign.anonymous());
    }
}

#[tokio::test]
async fn there_are_no_parameters() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let group: Value = made(&tenant, "A", None).await;
    let answer = tenant.admin().get(format!("{}?members=true", path_of(&group))).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, vec!["members".to_owned()]));
}
