//! `PATCH /v1/groups/{id}`

use super::{MISSING, chain, granted, made, made_of_kind, now, path_of};
use crate::support::{Fault, Stack, Tenant, with};
use rstest::rstest;
use serde_json::{Value, json};

async fn patched(tenant: &Tenant<'_>, group: &Value, body: Value) -> Value {
    let answer = tenant.admin().patch(path_of(group), &body).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn a_group_is_renamed_and_moved() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (a, b) = (made(&tenant, "A", None).await, made(&tenant, "B", None).await);
    let moved = patched(&tenant, &b, json!({"name": "C", "parent_id": a["id"]})).await;
    let expected = json!({
        "name": "C", "parent_id": a["id"], "ancestors": [a["id"]], "version": 2, "updated_at": moved["updated_at"],
    });
    assert_eq!(moved, with(b.clone(), expected));
    assert_eq!(now(&tenant, &b).await, moved);
    let out = patched(&tenant, &b, json!({"parent_id": null})).await;
    assert_eq!((&out["parent_id"], &out["ancestors"], &out["name"]), (&Value::Null, &json!([]), &json!("C")));
    assert_eq!(patched(&tenant, &b, json!({"parent_id": null, "name": "C"})).await, out, "nothing changed");
}

#[tokio::test]
async fn what_was_read_may_be_sent_back() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let educators = made_of_kind(&tenant, "E", "educator_group", None).await;
    let outer = made(&tenant, "A", None).await;
    let group = made(&tenant, "B", Some(&outer)).await;
    granted(&tenant, &group, &educators, &["view"]).await;
    let group = now(&tenant, &group).await;
    assert_eq!(patched(&tenant, &group, group.clone()).await, group);
    let renamed = patched(&tenant, &group, with(group.clone(), json!({"name": "C"}))).await;
    assert_eq!(renamed["version"], 2);
}

#[rstest]
#[case::no_name(json!({"name": null}), vec!["/name"])]
#[case::every_value(json!({"name": " ", "parent_id": "x", "colour": "red", "members": []}), vec!["/colour", "/members", "/name", "/parent_id"])]
#[case::what_cannot_be_set(
    json!({
        "id": "x", "kind": "cohort", "ancestors": ["x"], "grants_over": null, "grants_held": [1], "version": 2,
        "created_by": "x", "name": null, "parent_id": "grp_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    }),
    vec!["/ancestors", "/created_by", "/grants_held", "/grants_over", "/id", "/kind", "/name", "/parent_id", "/version"],
)]
#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_changes(#[case] body: Value, #[case] places: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let group = made(&tenant, "A", None).await;
    let answer = tenant.admin().patch(path_of(&group), &body).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, places.into_iter().map(str::to_owned).collect()));
    assert_eq!(now(&tenant, &group).await, group);
}

#[tokio::test]
async fn a_group_is_never_part_of_itself() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let chain = chain(&tenant, 3).await;
    let foreign = made(&other, "foreign", None).await;
    for parent in [&chain[0], &chain[1], &chain[2], &foreign] {
        let answer = tenant.admin().patch(path_of(&chain[0]), &json!({"parent_id": parent["id"]})).send().await;
        assert_eq!((answer.status.as_u16(), answer.places()), (400, vec!["/parent_id".to_owned()]));
    }
    // Turned inside out, one by one.
    patched(&tenant, &chain[2], json!({"parent_id": null})).await;
    patched(&tenant, &chain[0], json!({"parent_id": chain[2]["id"]})).await;
    assert_eq!(now(&tenant, &chain[1]).await["ancestors"], json!([chain[0]["id"], chain[2]["id"]]));
}

#[tokio::test]
async fn a_moved_group_brings_its_own_depth() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (long, short) = (chain(&tenant, 8).await, chain(&tenant, 3).await);
    let to = |group: &Value| tenant.admin().patch(path_of(group), &json!({"parent_id": long[7]["id"]}));
    let answer = to(&short[0]).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, vec!["/parent_id".to_owned()]));
    assert!(answer.text().contains("at most 10 deep, found 11"), "{}", answer.text());
    assert_eq!(to(&short[1]).send().await.status, 200);
    let innermost = now(&tenant, &short[2]).await;
    assert_eq!(innermost["ancestors"].as_array().map(Vec::len), Some(9), "ten deep");
}

#[tokio::test]
async fn only_the_version_that_is_meant_is_changed() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let group = made(&tenant, "A", None).await;
    let patch = |tag, name| tenant.admin().patch(path_of(&group), &json!({"name": name})).header("if-match", tag);
    let answer = patch("\"1\"", "B").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, Some("\"2\"")));
    assert_eq!(patch("\"1\"", "C").send().await.status, 412);
    assert_eq!(patch("*", "C").send().await.status, 200);
    let foreign = other.admin().patch(path_of(&group), &json!({"name": "D"})).send().await;
    let missing = other.admin().patch(MISSING, &json!({"name": "D"})).send().await;
    assert_eq!((foreign.status.as_u16(), foreign.anonymous()), (404, missing.anonymous()));
    let racers = (0..8).map(|n| patch("\"3\"", if n % 2 == 0 { "X" } else { "Y" }).send());
    let answers = futures_util::future::join_all(racers).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200 && answer.json()["version"] == 4).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 200 | 412)));
}

#[rstest]
#[case::renamed(json!({"name": "B"}), Fault::AfterCommit)]
#[case::moved(json!({"parent_id": "outer"}), Fault::AfterCommit)]
#[case::moved_among_others(json!({"parent_id": "outer"}), Fault::Contention)]
#[tokio::test]
async fn a_lost_answer_is_no_conflict(#[case] body: Value, #[case] fault: Fault) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (outer, group) = (made(&tenant, "O", None).await, made(&tenant, "A", None).await);
    let body = if body["parent_id"].is_null() { body } else { json!({"parent_id": outer["id"]}) };
    tenant.admin().patch(MISSING, &body).send().await;
    stack.wire.plan([None, Some(fault)]);
    let answer = tenant.admin().patch(path_of(&group), &body).header("if-match", "\"1\"").send().await;
    assert_eq!((answer.status.as_u16(), &answer.json()["version"]), (200, &json!(2)), "{}", answer.text());
}
