//! `GET /v1/attributes/{key}`

use super::{assert_invalid, attribute_path, callers, made, wish};
use crate::support::{Caller, Stack, with};
use rol_domain::Role;
use serde_json::json;

#[tokio::test]
async fn what_the_client_has_already_is_not_sent_again() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let attribute = made(&tenant, &wish("a", "number")).await;
    let path = attribute_path("a");
    let answer = tenant.admin().get(&path).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("etag"), answer.json()), (200, Some("\"1\""), attribute));
    let answer = tenant.admin().get(&path).header("if-none-match", "\"1\"").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("etag"), answer.text().as_str()), (304, Some("\"1\""), ""));
    assert_eq!(tenant.admin().get(&path).header("if-none-match", "\"2\"").send().await.status, 200);
    assert_invalid(&tenant.admin().get(format!("{path}?x=1")).send().await, &["x"]);
}

#[tokio::test]
async fn a_foreign_a_missing_and_a_malformed_one_look_the_same() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    made(&other, &wish("a", "number")).await;
    let missing = mine.admin().get(attribute_path("missing")).send().await;
    assert_eq!(missing.status, 404);
    for key in ["a", "A", "a_b", "-", "a%2Fb", "%00", "%F0"] {
        let answer = mine.admin().get(attribute_path(key)).send().await;
        assert_eq!(answer.anonymous(), missing.anonymous(), "{key}");
    }
}

#[tokio::test]
async fn for_a_student_a_hidden_one_is_a_missing_one() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("shown", "number")).await;
    made(&tenant, &with(wish("hidden", "number"), json!({"hidden_from_students": true}))).await;
    let student = tenant.caller("sam", Role::Student, None, None);
    assert_eq!(student.get(attribute_path("shown")).send().await.status, 200);
    let missing = student.get(attribute_path("missing")).send().await;
    for tag in ["\"9\"", "\"1\"", "*"] {
        let hidden = student.get(attribute_path("hidden")).header("if-none-match", tag).send().await;
        assert_eq!((hidden.status.as_u16(), hidden.anonymous()), (404, missing.anonymous()));
    }
    for change in [json!({"label": "x"}), json!({})] {
        let [hidden, missing] = ["hidden", "missing"].map(|key| student.patch(attribute_path(key), &change).send());
        assert_eq!(hidden.await.anonymous(), missing.await.anonymous());
    }
}

#[tokio::test]
async fn who_may_read_one() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "number")).await;
    for (name, caller, reads, _) in callers(&tenant) {
        let answer = caller.get(attribute_path("a")).send().await;
        assert_eq!(answer.status, if reads { 200 } else { 403 }, "{name}");
    }
    assert_eq!(Caller::nobody(&stack).get(attribute_path("a")).send().await.status, 401);
}
