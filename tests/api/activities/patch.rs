//! `PATCH /v1/activities/{id}`

use super::{MISSING, PATH, made, now, patched, path_of, titled};
use crate::{
    api::attributes::{assert_conflict, assert_invalid},
    support::{Fault, Stack, with},
};
use rstest::rstest;
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_named_changes_and_the_rest_stays() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let activity = titled(&tenant, "a", json!({"provider": "HSE", "validity": "P24M", "external_id": "x"})).await;
    let change = json!({"title": "b", "provider": null, "due_period": "P2W"});
    let answer = tenant.manager().patch(path_of(&activity), &change).send().await;
    let changed = answer.json();
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, Some("\"2\"")));
    let stamp = json!({"version": 2, "updated_by": "max@example.com", "updated_at": changed["updated_at"]});
    assert_eq!(changed, with(with(activity.clone(), change.clone()), stamp));
    assert_eq!(now(&tenant, &activity).await, changed);
    assert_eq!(patched(&tenant, &activity, change).await, changed, "nothing changed");
    assert_eq!(patched(&tenant, &activity, changed.clone()).await, changed, "what was read may be sent back");
}

#[tokio::test]
async fn an_external_id_is_taken_and_given_up() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (a, b) = (titled(&tenant, "a", json!({"external_id": "1"})).await, titled(&tenant, "b", json!({})).await);
    let rename = |id: &Value, to: Value| {
        tenant.admin().patch(format!("{PATH}/{}", id.as_str().expect("an id")), &json!({"external_id": to}))
    };
    assert_conflict(&rename(&b["id"], json!("1")).send().await, "1 belongs to another activity");
    assert_eq!(rename(&a["id"], json!("2")).send().await.status, 200);
    assert_eq!(rename(&b["id"], json!("1")).send().await.status, 200);
    assert_eq!(rename(&a["id"], Value::Null).send().await.status, 200);
    assert_eq!(rename(&b["id"], json!("2")).send().await.status, 200);
    let find = |name: &str| tenant.admin().get(format!("{PATH}?external_id={name}"));
    assert_eq!(find("1").send().await.json()["data"], json!([]));
    assert_eq!(find("2").send().await.json()["data"], json!([now(&tenant, &b).await]));
}

#[rstest]
#[case::no_title(json!({"title": null}), &["/title"])]
#[case::every_value(
    json!({"title": "", "validity": "P1X", "passing_score": -1, "colour": "red", "course_id": "atv_x"}),
    &["/colour", "/passing_score", "/title", "/validity"],
)]
#[case::what_cannot_be_set(
    json!({"id": "x", "kind": "course", "version": 7, "created_by": "x", "course_item_id": "i", "course_id": "atv_x"}),
    &["/course_id", "/course_id", "/course_item_id", "/created_by", "/id", "/kind", "/version"],
)]
#[case::another_kind_of_nothing(json!({"kind": null}), &["/kind"])]
#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_changes(#[case] body: Value, #[case] places: &[&str]) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let activity = titled(&tenant, "a", json!({})).await;
    assert_invalid(&tenant.admin().patch(path_of(&activity), &body).send().await, places);
    assert_eq!(now(&tenant, &activity).await, activity);
}

#[tokio::test]
async fn a_module_moves_to_a_course_that_is_there() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let module = made(&tenant, json!({"kind": "module", "title": "m", "course_id": "moodle"})).await;
    let course = made(&tenant, json!({"kind": "course", "title": "c"})).await;
    assert_eq!(patched(&tenant, &module, json!({"course_id": course["id"]})).await["course_id"], course["id"]);
    let itself = json!({"course_id": module["id"]});
    assert_invalid(&tenant.admin().patch(path_of(&module), &itself).send().await, &["/course_id"]);
}

#[tokio::test]
async fn only_the_version_that_is_meant_is_changed() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let activity = titled(&tenant, "a", json!({})).await;
    let patch =
        |tag, title: &str| tenant.admin().patch(path_of(&activity), &json!({"title": title})).header("if-match", tag);
    assert_eq!(patch("\"1\"", "b").send().await.status, 200);
    assert_eq!(patch("\"1\"", "c").send().await.status, 412);
    assert_eq!(patch("*", "c").send().await.status, 200);
    let foreign = other.admin().patch(path_of(&activity), &json!({"title": "d"})).send().await;
    let missing = other.admin().patch(MISSING, &json!({"title": "d"})).send().await;
    assert_eq!((foreign.status.as_u16(), foreign.anonymous()), (404, missing.anonymous()));
    let racers = (0..8).map(|n| patch("\"3\"", &n.to_string()).send());
    let answers = futures_util::future::join_all(racers.collect::<Vec<_>>()).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 200 | 412)));
}

#[rstest]
#[case::a_plain_change(json!({"provider": "p"}), Fault::AfterCommit)]
#[case::a_new_title(json!({"title": "b"}), Fault::AfterCommit)]
#[case::a_new_title_among_others(json!({"title": "b"}), Fault::Contention)]
#[tokio::test]
async fn a_lost_answer_is_no_conflict(#[case] body: Value, #[case] fault: Fault) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let activity = titled(&tenant, "a", json!({})).await;
    tenant.admin().patch(MISSING, &body).send().await;
    stack.wire.plan([None, Some(fault)]);
    let answer = tenant.admin().patch(path_of(&activity), &body).header("if-match", "\"1\"").send().await;
    assert_eq!((answer.status.as_u16(), &answer.json()["version"]), (200, &json!(2)), "{}", answer.text());
}
