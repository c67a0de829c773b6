//! `DELETE /v1/api-keys/{id}`

use super::{MISSING, listed, made, path_of, shown, wish};
use crate::support::{Caller, Fault, Stack, cost};
use rol_domain::Role;
use rstest::rstest;

#[tokio::test]
async fn a_deleted_key_is_gone_and_opens_nothing() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (key, other) = (made(&tenant, &wish("k")).await, made(&tenant, &wish("stays")).await);
    let answer = tenant.admin().delete(path_of(&key)).send().await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (204, ""));
    assert_eq!(listed(&tenant).await, [shown(&other)]);
    let with = |key: &serde_json::Value| Caller::bearer(&stack, key["key"].as_str().expect("a key")).get("/v1/me");
    assert_eq!(with(&key).send().await.status, 401);
    assert_eq!(with(&other).send().await.status, 200);
    let missing = tenant.admin().delete(MISSING).send().await;
    assert_eq!(tenant.admin().delete(path_of(&key)).send().await.anonymous(), missing.anonymous());
}

#[tokio::test]
async fn another_tenants_key_looks_missing_and_stays() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    let key = made(&mine, &wish("k")).await;
    let missing = other.admin().delete(MISSING).send().await;
    assert_eq!(missing.status, 404);
    assert_eq!(other.admin().delete(path_of(&key)).send().await.anonymous(), missing.anonymous());
    let malformed = other.admin().delete(format!("{}/nonsense", super::PATH)).send().await;
    assert_eq!(malformed.anonymous(), missing.anonymous());
    assert_eq!(listed(&mine).await, [shown(&key)]);
}

#[rstest]
#[case::manager(Role::Manager, None, None)]
#[case::application(Role::Application, Some("lms"), Some("records:read records:write"))]
#[case::admin_of_an_application(Role::Admin, Some("lms"), None)]
#[tokio::test]
async fn only_an_unbounded_admin_deletes_keys(
    #[case] role: Role,
    #[case] app: Option<&str>,
    #[case] scope: Option<&str>,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let key = made(&tenant, &wish("k")).await;
    let caller = tenant.caller("somebody", role, app, scope);
    assert_eq!(caller.delete(path_of(&key)).send().await.status, 403);
    assert_eq!(caller.delete(MISSING).send().await.status, 403, "whether there is one or not");
    assert_eq!(listed(&tenant).await, [shown(&key)]);
}

#[tokio::test]
async fn a_key_that_was_in_use_is_not_brought_back_by_its_use() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let key = made(&tenant, &wish("k")).await;
    let holder = Caller::bearer(&stack, key["key"].as_str().expect("a key"));
    // Its use cannot be noted at first, so that the next request of this container notes it.
    stack.wire.plan([None, Some(Fault::ServerError), Some(Fault::ServerError), Some(Fault::ServerError)]);
    assert_eq!(holder.get("/v1/me").send().await.status, 200);
    assert_eq!(tenant.admin().delete(path_of(&key)).send().await.status, 204);
    assert_eq!(holder.get("/v1/me").send().await.status, 200, "known for ten seconds");
    assert!(listed(&tenant).await.is_empty());
    stack.advance(chrono::TimeDelta::seconds(10));
    assert_eq!(holder.get("/v1/me").send().await.status, 401);
}

#[tokio::test]
async fn deleting_a_key_takes_two_calls_and_a_missing_one_takes_one() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let key = made(&tenant, &wish("k")).await;
    tenant.admin().delete(MISSING).send().await;
    stack.wire.take();
    assert_eq!(tenant.admin().delete(path_of(&key)).send().await.status, 204);
    assert_eq!(cost(&stack.wire.take()), (2, 0.5, 2.0));
    assert_eq!(tenant.admin().delete(path_of(&key)).send().await.status, 404);
    assert_eq!(cost(&stack.wire.take()), (1, 0.5, 0.0));
}
