//! `POST /v1/activities`

use super::{PATH, made, now, path_of, titled};
use crate::{
    api::attributes::{assert_conflict, assert_invalid},
    support::{Fault, Stack},
};
use rstest::rstest;
use serde_json::{Value, json};

#[tokio::test]
async fn every_field_is_there_and_null_where_it_has_no_value() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let body = json!({
        "kind": "module", "title": "Fire safety, part 1", "description": "How to\nget out.", "provider": "HSE",
        "course_id": "fire", "course_item_id": "fire-1", "passing_score": 82.5, "external_id": "hse-1",
        "validity": "P24M", "due_period": "P14D",
    });
    let answer = tenant.manager().post(PATH, &body).send().await;
    let activity = answer.json();
    let (at, id) = (activity["created_at"].clone(), activity["id"].clone());
    assert!(id.as_str().is_some_and(|id| id.starts_with("atv_") && id.len() == 30), "{id}");
    assert_eq!(
        (answer.status.as_u16(), answer.header("location"), answer.header("etag")),
        (201, Some(path_of(&activity).as_str()), Some("\"1\""))
    );
    let stamp = json!({
        "id": id, "version": 1, "created_at": at, "created_by": "max@example.com", "updated_at": at,
        "updated_by": "max@example.com",
    });
    assert_eq!(activity, crate::support::with(body, stamp.clone()));
    assert_eq!(now(&tenant, &activity).await, activity);

    let plain = titled(&tenant, "x", json!({})).await;
    for name in ["description", "provider", "course_id", "course_item_id", "passing_score", "external_id", "validity"] {
        assert_eq!(plain.get(name), Some(&Value::Null), "{name}");
    }
    assert_eq!(plain.get("due_period"), Some(&Value::Null));
}

#[rstest]
#[tokio::test]
async fn an_activity_is_of_one_of_four_kinds(#[values("course", "module", "package", "certification")] kind: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    assert_eq!(made(&tenant, json!({"kind": kind, "title": "x"})).await["kind"], kind);
}

#[rstest]
#[case::nothing(json!({}), &["/kind", "/title"])]
#[case::nulls(json!({"kind": null, "title": null, "validity": null}), &["/kind", "/title"])]
#[case::every_value(
    json!({
        "kind": "lesson", "title": " ", "description": "", "provider": "p".repeat(201), "course_id": "a b",
        "course_item_id": "", "passing_score": 101, "external_id": "é", "validity": "24 months", "due_period": "P0D",
        "id": "x", "a/b": 1,
    }),
    &["/a~1b", "/course_id", "/course_item_id", "/description", "/due_period", "/external_id", "/id", "/kind",
      "/passing_score", "/provider", "/title", "/validity"],
)]
#[case::too_long(json!({"kind": "package", "title": "t", "validity": "P101Y", "due_period": "P36501D"}), &["/due_period", "/validity"])]
#[case::a_course_in_a_course(
    json!({"kind": "course", "title": "t", "course_id": "c", "course_item_id": "i"}),
    &["/course_id", "/course_item_id"],
)]
#[case::no_such_course(json!({"kind": "module", "title": "t", "course_id": "atv_01ARZ3NDEKTSV4RRFFQ69G5FAV"}), &["/course_id"])]
#[case::no_such_course_in_a_package(
    json!({"kind": "package", "title": "t", "course_id": "atv_1"}),
    &["/course_id", "/course_id"],
)]
#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_stored(#[case] body: Value, #[case] places: &[&str]) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    assert_invalid(&tenant.admin().post(PATH, &body).send().await, places);
    assert_eq!(tenant.admin().get(PATH).send().await.json(), json!({"data": [], "next_cursor": null}));
}

#[tokio::test]
async fn a_modules_course_is_one_of_ours_or_another_systems() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let course = made(&tenant, json!({"kind": "course", "title": "c"})).await;
    let module = |id: &Value| json!({"kind": "module", "title": "m", "course_id": id});
    assert_eq!(made(&tenant, module(&course["id"])).await["course_id"], course["id"]);
    made(&tenant, module(&json!("moodle:4711"))).await;
    let package = made(&tenant, json!({"kind": "package", "title": "p"})).await;
    let foreign = made(&other, json!({"kind": "course", "title": "f"})).await;
    for wrong in [&package, &foreign] {
        assert_invalid(&tenant.admin().post(PATH, &module(&wrong["id"])).send().await, &["/course_id"]);
    }
}

#[tokio::test]
async fn an_external_id_is_one_activitys_in_a_tenant() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let first = titled(&tenant, "a", json!({"external_id": "hse#1"})).await;
    let body = json!({"kind": "course", "title": "b", "external_id": "hse#1"});
    assert_conflict(&tenant.admin().post(PATH, &body).send().await, "hse#1 belongs to another activity");
    titled(&other, "a", json!({"external_id": "hse#1"})).await;
    let found = tenant.admin().get(format!("{PATH}?external_id=hse%231")).send().await.json();
    assert_eq!(found, json!({"data": [first], "next_cursor": null}));
    // Records have external ids of their own.
    let record = json!({"person_id": "ada", "title": "x", "external_id": "hse#1"});
    tenant.admin().create(&record).await;
}

#[tokio::test]
async fn a_lost_answer_makes_one_activity_and_a_contended_write_is_tried_again() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    titled(&tenant, "warm", json!({})).await;
    for (more, fault) in [
        (json!({}), Fault::AfterCommit),
        (json!({"external_id": "a"}), Fault::AfterCommit),
        (json!({"external_id": "b"}), Fault::Contention),
    ] {
        stack.wire.plan([Some(fault)]);
        titled(&tenant, "x", more).await;
    }
    let list = tenant.admin().get(PATH).send().await.json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn of_many_who_want_one_external_id_one_gets_it() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let body = json!({"kind": "course", "title": "x", "external_id": "one"});
    let answers = futures_util::future::join_all((0..8).map(|_| admin.post(PATH, &body).send())).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 201 | 409)));
}
