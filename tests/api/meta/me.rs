//! `GET /v1/me`

use crate::support::{Caller, Stack};
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[case::admin(Role::Admin, None, None, json!({
    "app_id": null, "role": "admin", "scopes": [], "rights": [
        "known", "records_read", "records_write", "attributes_read", "attributes_manage", "activities_read",
        "activities_write", "directory_read", "directory_write", "members_read", "grants_manage", "settings_read", "settings_manage", "audit_read", "keys_manage",
    ],
}))]
#[case::student(Role::Student, None, Some("records:read"), json!({
    "app_id": null, "role": "student", "scopes": [], "rights": ["known", "records_read", "attributes_read", "activities_read"],
}))]
#[case::application(Role::Application, Some("lms"), Some("records:write openid records:read"), json!({
    "app_id": "lms", "role": "application", "scopes": ["records:read", "records:write"],
    "rights": ["known", "records_read", "records_write", "attributes_read", "activities_read"],
}))]
#[tokio::test]
async fn a_caller_is_told_who_it_is(
    #[case] role: Role,
    #[case] app: Option<&str>,
    #[case] scope: Option<&str>,
    #[case] expected: Value,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.caller("ada", role, app, scope).get("/v1/me").send().await;
    let expected =
        crate::support::with(expected, json!({"tenant_id": tenant.id, "actor": "ada", "subject": null, "grants": []}));
    assert_eq!((answer.status.as_u16(), answer.json()), (200, expected));
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_key_is_told_its_id() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let me = tenant.key_holder().get("/v1/me").send().await.json();
    let id = tenant.key.split('_').nth(1).expect("an id");
    assert_eq!((&me["actor"], &me["role"]), (&json!(format!("key_{id}")), &json!("admin")));
}

#[tokio::test]
async fn nobody_is_asked_who_they_are() {
    let stack = Stack::start();
    let answer = Caller::nobody(&stack).get("/v1/me").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, Some("Bearer")));
    assert!(stack.wire.take().is_empty());
}
