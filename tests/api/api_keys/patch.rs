//! `PATCH /v1/api-keys/{id}`

use super::{MISSING, listed, made, path_of, shown, wish};
use crate::support::{Stack, cost, with};
use chrono::TimeDelta;
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

#[tokio::test]
async fn a_key_is_relabelled() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let key = made(&tenant, &wish("old")).await;
    let answer = tenant.admin().patch(path_of(&key), &json!({"label": "new"})).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json(), with(shown(&key), json!({"label": "new"})));
    assert_eq!(listed(&tenant).await, [answer.json()]);
}

#[tokio::test]
async fn a_key_is_revoked_once_and_for_good() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let key = made(&tenant, &wish("k")).await;
    let revoke = json!({"is_revoked": true});
    let first = tenant.admin().patch(path_of(&key), &revoke).send().await.json();
    assert!(first["revoked_at"].is_string(), "{first}");
    assert_eq!(first, with(shown(&key), json!({"revoked_at": first["revoked_at"]})));
    stack.advance(TimeDelta::hours(1));
    let again = tenant.admin().patch(path_of(&key), &with(revoke, json!({"label": "gone"}))).send().await.json();
    assert_eq!(again, with(first, json!({"label": "gone"})), "revoked when it first was");
    let back = tenant.admin().patch(path_of(&key), &json!({"is_revoked": false})).send().await;
    assert_eq!((back.status.as_u16(), back.places()), (400, vec!["/is_revoked".to_owned()]));
    assert_eq!(listed(&tenant).await, [again]);
}

#[rstest]
#[case::nothing(json!({}))]
#[case::null_where_it_may_be(json!({"is_revoked": null}))]
#[case::the_same(json!({"label": "k"}))]
#[tokio::test]
async fn a_patch_may_change_nothing(#[case] body: Value) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let key = made(&tenant, &wish("k")).await;
    let answer = tenant.admin().patch(path_of(&key), &body).send().await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, shown(&key)));
}

#[tokio::test]
async fn a_merge_patch_is_taken_under_its_own_name() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let key = made(&tenant, &wish("old")).await;
    let request = tenant.admin().patch(path_of(&key), &json!({"label": "new"})).without("content-type");
    let answer = request.header("content-type", "application/merge-patch+json").send().await;
    assert_eq!((answer.status.as_u16(), &answer.json()["label"]), (200, &json!("new")));
}

#[rstest]
#[case::label_null(json!({"label": null}), vec!["/label"])]
#[case::every_field(
    json!({"label": "", "is_revoked": "yes", "role": "admin", "scopes": [], "expires_at": null, "x": 1}),
    vec!["/expires_at", "/is_revoked", "/label", "/role", "/scopes", "/x"],
)]
#[case::label_too_long(json!({"label": "l".repeat(101), "is_revoked": true}), vec!["/label"])]
#[case::not_revoked(json!({"is_revoked": false, "label": "new"}), vec!["/is_revoked"])]
#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_changes(#[case] body: Value, #[case] places: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let key = made(&tenant, &wish("k")).await;
    tenant.admin().patch(path_of(&key), &json!({})).send().await;
    stack.wire.take();
    let answer = tenant.admin().patch(path_of(&key), &body).send().await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(answer.places(), places);
    assert!(stack.wire.take().is_empty());
    assert_eq!(listed(&tenant).await, [shown(&key)]);
}

#[tokio::test]
async fn another_tenants_key_looks_missing_and_stays_as_it_is() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    let key = made(&mine, &wish("k")).await;
    let revoke = json!({"is_revoked": true});
    let missing = other.admin().patch(MISSING, &revoke).send().await;
    assert_eq!((missing.status.as_u16(), &missing.json()["detail"]), (404, &json!("no such API key")));
    assert_eq!(other.admin().patch(path_of(&key), &revoke).send().await.anonymous(), missing.anonymous());
    for malformed in ["nonsense", "lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "%00", "first%20key"]
    {
        let answer = other.admin().patch(format!("{}/{malformed}", super::PATH), &revoke).send().await;
        assert_eq!(answer.anonymous(), missing.anonymous(), "{malformed}");
    }
    assert_eq!(listed(&mine).await, [shown(&key)]);
}

#[tokio::test]
async fn a_key_cannot_make_more_of_itself() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let key = made(&tenant, &json!({"label": "k", "role": "manager"})).await;
    let holder = crate::support::Caller::bearer(&stack, key["key"].as_str().expect("a key"));
    for (caller, who) in [(holder, "a manager's key"), (tenant.caller("a", Role::Admin, Some("lms"), None), "an app")] {
        let answer = caller.patch(path_of(&key), &json!({"label": "mine"})).send().await;
        assert_eq!(answer.status, 403, "{who}");
    }
    assert_eq!(listed(&tenant).await[0]["label"], "k");
}

#[tokio::test]
async fn an_admins_key_may_revoke_itself() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let me = tenant.key_holder().get("/v1/me").send().await.json();
    let path = format!("{}/{}", super::PATH, me["actor"].as_str().expect("an id"));
    assert_eq!(tenant.key_holder().patch(path, &json!({"is_revoked": true})).send().await.status, 200);
    stack.advance(TimeDelta::seconds(10));
    assert_eq!(tenant.key_holder().get("/v1/me").send().await.status, 401);
}

#[tokio::test]
async fn changing_a_key_takes_two_calls_and_a_missing_one_takes_one() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let key = made(&tenant, &wish("k")).await;
    let patch = |path: String, body: Value| tenant.admin().patch(path, &body);
    patch(path_of(&key), json!({})).send().await;
    stack.wire.take();
    patch(path_of(&key), json!({"label": "new"})).send().await;
    assert_eq!(cost(&stack.wire.take()), (2, 0.5, 2.0));
    patch(MISSING.into(), json!({"label": "new"})).send().await;
    assert_eq!(cost(&stack.wire.take()), (1, 0.5, 0.0));
}
