//! A store that throttles, fails or is away.

use crate::support::{Fault, Stack, path_of, record};
use serde_json::{Value, json};

const ID: &str = "lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV";

#[tokio::test]
async fn an_answer_that_was_lost_is_no_conflict() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    admin.create(&record("ada", "warm")).await;
    let lost = || [Some(Fault::AfterCommit)];

    stack.wire.plan(lost());
    let answer = admin.post("/v1/learning-records", &record("ada", "x")).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let made = answer.json();
    let listed = admin.get("/v1/learning-records?person_id=ada").send().await.json();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(2), "it was made once");

    admin.patch(path_of(&made["id"]), &json!({})).send().await;
    stack.wire.plan([None, Some(Fault::AfterCommit)]);
    let answer = admin.patch(path_of(&made["id"]), &json!({"score": 1})).send().await;
    assert_eq!((answer.status.as_u16(), &answer.json()["version"]), (200, &json!(2)), "{}", answer.text());

    admin.delete(format!("/v1/learning-records/{ID}")).send().await;
    stack.wire.plan(lost());
    assert_eq!(admin.delete(path_of(&made["id"])).send().await.status, 204);

    admin.post(format!("/v1/learning-records/{ID}/restore"), &json!({})).send().await;
    stack.wire.plan(lost());
    let answer = admin.post(format!("{}/restore", path_of(&made["id"])), &json!({})).send().await;
    assert_eq!((answer.status.as_u16(), &answer.json()["version"]), (200, &json!(4)), "{}", answer.text());
}

#[tokio::test]
async fn a_passing_throttle_is_waited_out() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made: Value = tenant.admin().create(&record("ada", "x")).await;
    tenant.admin().read(&made["id"]).await;
    stack.wire.plan([Some(Fault::Throttle)]);
    assert_eq!(tenant.admin().read(&made["id"]).await, made);
}
