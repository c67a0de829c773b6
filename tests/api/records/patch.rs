//! `PATCH /v1/learning-records/{id}`

use crate::support::{Stack, path_of, record, with};
use rstest::rstest;
use serde_json::{Value, json};

#[tokio::test]
async fn absent_stays_null_removes_and_a_value_replaces() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let body = with(record("ada", "First aid"), json!({"provider": "Red Cross", "score": 50, "passed": false}));
    let made = tenant.admin().create(&body).await;
    let change = json!({"score": null, "passed": true, "completed_at": "2026-05-20"});
    let answer = tenant.manager().patch(path_of(&made["id"]), &change).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, Some("\"2\"")));
    let changed = answer.json();
    let expected = json!({
        "score": null, "passed": true, "completed_at": "2026-05-20", "provider": "Red Cross", "status": "passed",
        "version": 2, "updated_by": "max@example.com", "updated_at": changed["updated_at"],
    });
    assert_eq!(changed, with(made, expected));
    assert_eq!(tenant.admin().read(&changed["id"]).await, changed);
}

#[tokio::test]
async fn a_merge_patch_may_say_so() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let request = tenant.admin().patch(path_of(&made["id"]), &json!({"score": 1})).without("content-type");
    let answer = request.header("content-type", "application/merge-patch+json; charset=utf-8").send().await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_not_written() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&with(record("ada", "x"), json!({"score": 50}))).await;
    for change in [json!({}), json!({"score": 50.0}), json!({"provider": null}), made.clone()] {
        let answer = tenant.manager().patch(path_of(&made["id"]), &change).send().await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, made.clone()), "{change}");
    }
}

#[tokio::test]
async fn if_match_names_the_version_that_is_meant() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let change = |tag: &'static str, score: u32| {
        tenant.admin().patch(path_of(&made["id"]), &json!({"score": score})).header("if-match", tag).send()
    };
    assert_eq!(change("\"2\"", 1).await.status, 412);
    assert_eq!(change("\"1\"", 2).await.status, 200);
    assert_eq!(change("\"1\"", 3).await.status, 412);
    assert_eq!(change("*", 4).await.status, 200);
    assert_eq!(change("W/\"3\"", 5).await.status, 412);
    assert_eq!(change("\"3\", \"4\"", 6).await.status, 400);
    let now = tenant.admin().read(&made["id"]).await;
    assert_eq!((&now["score"], &now["version"]), (&json!(4), &json!(3)));
}

#[rstest]
#[case::title_removed(json!({"title": null}), vec!["/title"])]
#[case::another_person(json!({"person_id": "bob"}), vec!["/person_id"])]
#[case::another_source(json!({"source": "hr", "source_type": "system"}), vec!["/source", "/source_type"])]
#[case::servers_fields(json!({"version": 9, "created_by": "me", "is_overdue": true}), vec!["/created_by", "/is_overdue", "/version"])]
#[case::types(json!({"score": "x", "passed": 0}), vec!["/passed", "/score"])]
#[case::order(json!({"started_at": "2026-05-02", "completed_at": "2026-05-01", "nope": 1}), vec!["/nope"])]
#[case::order_of_dates(json!({"started_at": "2026-05-02", "completed_at": "2026-05-01"}), vec!["/completed_at"])]
#[case::attributes(json!({"attributes": {"a": 1}}), vec!["/attributes/a"])]
#[case::attributes_of_another_type(json!({"attributes": ["a"]}), vec!["/attributes"])]
#[tokio::test]
async fn what_cannot_be_changed_is_named(#[case] change: Value, #[case] places: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let answer = tenant.admin().patch(path_of(&made["id"]), &change).send().await;
    let expected: Vec<String> = places.into_iter().map(str::to_owned).collect();
    assert_eq!((answer.status.as_u16(), answer.places()), (400, expected));
    assert_eq!(tenant.admin().read(&made["id"]).await, made);
}

#[tokio::test]
async fn a_whole_record_sent_back_with_a_change_is_a_change() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&with(record("ada", "x"), json!({"started_at": "2026-05-01"}))).await;
    let back = with(made.clone(), json!({"completed_at": "2026-05-03"}));
    let answer = tenant.admin().patch(path_of(&made["id"]), &back).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["status"], "complete", "a derived status that is sent back stays derived");
}

#[tokio::test]
async fn another_tenants_record_cannot_be_changed_into_mine() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    let made = mine.admin().create(&record("ada", "x")).await;
    let answer = mine.admin().patch(path_of(&made["id"]), &json!({"tenant_id": other.id})).send().await;
    assert_eq!(answer.status, 403);
    let missing = other.admin().patch("/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV", &json!({})).send().await;
    assert_eq!(missing.status, 404);
    let foreign = other.admin().patch(path_of(&made["id"]), &json!({"score": 1})).send().await;
    assert_eq!(foreign.anonymous(), missing.anonymous());
    let of_no_app = mine.application("lms").patch(path_of(&made["id"]), &json!({"score": 1})).send().await;
    assert_eq!(of_no_app.anonymous(), missing.anonymous());
}

#[tokio::test]
async fn a_reader_may_not_change() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let reader = tenant.caller("client", rol_domain::Role::Application, Some("lms"), Some("records:read"));
    assert_eq!(reader.patch(path_of(&made["id"]), &json!({"score": 1})).send().await.status, 403);
}

#[tokio::test]
async fn a_deleted_record_cannot_be_changed() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    tenant.admin().delete(path_of(&made["id"])).send().await;
    assert_eq!(tenant.admin().patch(path_of(&made["id"]), &json!({"score": 1})).send().await.status, 404);
}
