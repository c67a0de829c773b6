//! `DELETE /v1/learning-records/{id}`

use crate::support::{Stack, path_of, record};

#[tokio::test]
async fn a_deleted_record_is_gone_and_cannot_be_deleted_again() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let path = path_of(&made["id"]);
    let answer = tenant.manager().delete(&path).send().await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (204, ""));
    assert_eq!(tenant.admin().get(&path).send().await.status, 404);
    assert_eq!(tenant.admin().delete(&path).send().await.status, 404);
}

#[tokio::test]
async fn only_the_version_that_is_meant_is_deleted() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let path = path_of(&made["id"]);
    assert_eq!(tenant.admin().delete(&path).header("if-match", "\"2\"").send().await.status, 412);
    assert_eq!(tenant.admin().read(&made["id"]).await, made);
    assert_eq!(tenant.admin().delete(&path).header("if-match", "\"1\"").send().await.status, 204);
}

#[tokio::test]
async fn what_a_caller_may_not_know_of_looks_missing() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    let made = mine.admin().create(&record("ada", "x")).await;
    let path = path_of(&made["id"]);
    let missing = other.admin().delete("/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV").send().await;
    assert_eq!(missing.status, 404);
    assert_eq!(other.admin().delete(&path).send().await.anonymous(), missing.anonymous());
    assert_eq!(mine.application("lms").delete(&path).send().await.anonymous(), missing.anonymous());
    let stale = mine.application("lms").delete(&path).header("if-match", "\"9\"").send().await;
    assert_eq!(stale.anonymous(), missing.anonymous());
    assert_eq!(mine.admin().read(&made["id"]).await, made);
}

#[tokio::test]
async fn a_reader_may_not_delete() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let reader = tenant.caller("client", rol_domain::Role::Application, Some("lms"), Some("records:read"));
    assert_eq!(reader.delete(path_of(&made["id"])).send().await.status, 403);
}
