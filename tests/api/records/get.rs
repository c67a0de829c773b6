//! `GET /v1/learning-records/{id}`

use crate::support::{Stack, path_of, record};
use rstest::rstest;
use serde_json::json;

#[tokio::test]
async fn either_spelling_of_the_id_finds_the_record() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "First aid")).await;
    let id = rol_domain::RecordId::parse(made["id"].as_str().expect("an id")).expect("an id");
    for spelling in [id.to_string(), id.to_string().replacen("LRN", "lrn", 1).to_lowercase(), id.to_uuid()] {
        assert_eq!(tenant.admin().read(&json!(spelling)).await, made, "{spelling}");
    }
}

#[tokio::test]
async fn what_the_client_has_already_is_not_sent_again() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "First aid")).await;
    let path = path_of(&made["id"]);
    let answer = tenant.admin().get(&path).header("if-none-match", "\"1\"").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("etag"), answer.text().as_str()), (304, Some("\"1\""), ""));
    let answer = tenant.admin().get(&path).header("if-none-match", "\"0\", \"7\"").send().await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_foreign_a_missing_a_malformed_and_a_deleted_record_look_the_same() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    let foreign = other.admin().create(&record("ada", "First aid")).await;
    let deleted = mine.admin().create(&record("ada", "First aid")).await;
    assert_eq!(mine.admin().delete(path_of(&deleted["id"])).send().await.status, 204);
    let of_no_app = mine.admin().create(&record("ada", "First aid")).await;

    let missing = mine.admin().get("/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV").send().await;
    assert_eq!(missing.status, 404);
    for path in [path_of(&foreign["id"]), path_of(&deleted["id"])] {
        assert_eq!(mine.admin().get(&path).send().await.anonymous(), missing.anonymous(), "{path}");
    }
    for id in ["x", "lrn_", "lrn_01ARZ3NDEKTSV4RRFFQ69G5FAU", "key_01ARZ3NDEKTSV4RRFFQ69G5FAV", "%00", "a%2Fb", "é%F0"]
    {
        let path = format!("/v1/learning-records/{id}").replace('é', "%C3%A9");
        assert_eq!(mine.admin().get(&path).send().await.anonymous(), missing.anonymous(), "{path}");
    }
    let answer = mine.application("lms").get(path_of(&of_no_app["id"])).send().await;
    assert_eq!(answer.anonymous(), missing.anonymous());
}

#[tokio::test]
async fn an_application_sees_only_its_own_records() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.application("lms").create(&record("ada", "x")).await;
    assert_eq!(tenant.application("lms").read(&made["id"]).await, made);
    assert_eq!(tenant.application("hr").get(path_of(&made["id"])).send().await.status, 404);
    assert_eq!(tenant.manager().read(&made["id"]).await, made);
}

#[tokio::test]
async fn an_admin_may_see_deleted_records() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let path = path_of(&made["id"]);
    assert_eq!(tenant.manager().delete(&path).send().await.status, 204);
    let answer = tenant.admin().get(format!("{path}?include_deleted=true")).send().await;
    let seen = answer.json();
    assert_eq!(
        (answer.status.as_u16(), &seen["is_deleted"], &seen["deleted_by"]),
        (200, &json!(true), &json!("max@example.com"))
    );
    assert!(seen["deleted_at"].is_string());
    assert_eq!(tenant.manager().get(format!("{path}?include_deleted=true")).send().await.status, 403);
    assert_eq!(tenant.admin().get(format!("{path}?include_deleted=false")).send().await.status, 404);
}

#[rstest]
#[case::unknown("colour=red", "colour")]
#[case::no_switch("include_deleted=1", "include_deleted")]
#[case::twice("include_deleted=true&include_deleted=true", "include_deleted")]
#[tokio::test]
async fn wrong_parameters_are_named(#[case] query: &str, #[case] name: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer =
        tenant.admin().get(format!("/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV?{query}")).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, vec![name.to_owned()]));
}
