//! `POST /v1/learning-records/{id}/restore`

use crate::support::{Stack, path_of, record, with};
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[case::plain(json!({}))]
#[case::with_index_keys(json!({"completed_at": "2026-05-01", "expires_at": "2029-05-01", "activity_id": "a"}))]
#[case::with_a_name(json!({"external_id": "hr-1"}))]
#[case::with_both(json!({"external_id": "hr-1", "completed_at": "2026-05-01"}))]
#[tokio::test]
async fn a_deleted_record_comes_back_as_it_was(#[case] more: Value) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&with(record("ada", "x"), more)).await;
    let path = path_of(&made["id"]);
    assert_eq!(tenant.admin().delete(&path).send().await.status, 204);
    let answer = tenant.manager().post(format!("{path}/restore"), &json!({})).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, Some("\"3\"")), "{}", answer.text());
    let back = answer.json();
    let changes = json!({"version": 3, "updated_by": "max@example.com", "updated_at": back["updated_at"]});
    assert_eq!(back, with(made, changes));
    assert_eq!(tenant.admin().read(&back["id"]).await, back);
}

#[tokio::test]
async fn a_live_record_stays_as_it_is() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let answer = tenant.admin().post(format!("{}/restore", path_of(&made["id"])), &json!({})).send().await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, made));
}

#[tokio::test]
async fn restoring_while_another_record_has_the_external_id_is_a_conflict() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let body = with(record("ada", "x"), json!({"external_id": "hr-1"}));
    let made = tenant.admin().create(&body).await;
    let path = path_of(&made["id"]);
    assert_eq!(tenant.admin().delete(&path).send().await.status, 204);
    let second = tenant.admin().create(&body).await;
    assert_eq!(tenant.admin().post(format!("{path}/restore"), &json!({})).send().await.status, 409);
    assert_eq!(tenant.admin().delete(path_of(&second["id"])).send().await.status, 204);
    assert_eq!(tenant.admin().post(format!("{path}/restore"), &json!({})).send().await.status, 200);
}

#[tokio::test]
async fn only_the_version_that_is_meant_is_restored() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for more in [json!({}), json!({"completed_at": "2026-05-01"})] {
        let made = tenant.admin().create(&with(record("ada", "x"), more)).await;
        let path = path_of(&made["id"]);
        assert_eq!(tenant.admin().delete(&path).send().await.status, 204);
        let restore = |tag: &'static str| {
            tenant.admin().post(format!("{path}/restore"), &json!({})).header("if-match", tag).send()
        };
        assert_eq!(restore("\"1\"").await.status, 412);
        assert_eq!(restore("\"2\"").await.status, 200);
    }
}

#[tokio::test]
async fn what_a_caller_may_not_know_of_looks_missing() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    let made = mine.admin().create(&record("ada", "x")).await;
    let path = format!("{}/restore", path_of(&made["id"]));
    assert_eq!(mine.admin().delete(path_of(&made["id"])).send().await.status, 204);
    let nowhere = "/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV/restore";
    let missing = other.admin().post(nowhere, &json!({})).send().await;
    assert_eq!(missing.status, 404);
    assert_eq!(other.admin().post(&path, &json!({})).send().await.anonymous(), missing.anonymous());
    assert_eq!(mine.application("lms").post(&path, &json!({})).send().await.anonymous(), missing.anonymous());
    let reader = mine.caller("client", rol_domain::Role::Application, Some("lms"), Some("records:read"));
    assert_eq!(reader.post(&path, &json!({})).send().await.status, 403);
}
