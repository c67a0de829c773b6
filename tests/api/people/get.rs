//! `GET /v1/people/{id}`

use super::{PATH, made};
use crate::support::Stack;
use serde_json::json;

#[tokio::test]
async fn a_person_of_another_tenant_is_as_one_that_does_not_exist() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    made(&other, json!({"id": "ada"})).await;
    let foreign = tenant.admin().get("/v1/people/ada").send().await;
    assert_eq!((foreign.status.as_u16(), &foreign.json()["detail"]), (404, &json!("no such person")));
    for missing in ["bob", "a%20b", &"x".repeat(129)] {
        let missing = tenant.admin().get(format!("{PATH}/{missing}")).send().await;
        assert_eq!(missing.anonymous(), foreign.anonymous());
    }
}

#[tokio::test]
async fn what_a_client_has_already_is_not_sent_again() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, json!({"id": "ada"})).await;
    let get = |tag| tenant.admin().get("/v1/people/ada").header("if-none-match", tag);
    let known = get("\"1\"").send().await;
    assert_eq!((known.status.as_u16(), known.body.len(), known.header("etag")), (304, 0, Some("\"1\"")));
    assert_eq!(get("W/\"1\", \"7\"").send().await.status, 304);
    assert_eq!(get("\"2\"").send().await.status, 200);
    tenant.admin().patch("/v1/people/ada", &json!({"name": "Ada"})).send().await;
    assert_eq!(get("\"1\"").send().await.header("etag"), Some("\"2\""));
}

#[tokio::test]
async fn there_are_no_parameters() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, json!({"id": "ada"})).await;
    let answer = tenant.admin().get("/v1/people/ada?expand=groups&a=1").send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, vec!["a".to_owned(), "expand".to_owned()]));
}
