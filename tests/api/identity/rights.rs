//! Which principals may do what: each kind of caller on each route. That nobody, students and strangers are refused
//! everywhere, and who reaches which record, is asserted over the documented routes in `tests/matrix.rs`.

use crate::support::{Answer, Caller, Stack, Tenant};
use chrono::TimeDelta;
use http::Method;
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

/// Each route, by the right that it needs.
const ROUTES: [(&str, Method, &str); 11] = [
    ("records_read", Method::GET, "/v1/learning-records?person_id=ada"),
    ("records_read", Method::GET, "/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("records_write", Method::POST, "/v1/learning-records"),
    ("records_write", Method::PATCH, "/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("records_write", Method::DELETE, "/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("records_write", Method::POST, "/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV/restore"),
    ("records_write", Method::PUT, "/v1/learning-records/by-external-id/hr-1"),
    ("keys_manage", Method::GET, "/v1/api-keys"),
    ("keys_manage", Method::POST, "/v1/api-keys"),
    ("keys_manage", Method::PATCH, "/v1/api-keys/key_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("keys_manage", Method::DELETE, "/v1/api-keys/key_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
];

async fn ask(caller: &Caller<'_>, method: Method, path: &str) -> Answer {
    // Wrong in itself: who may ask is told so, who may not is told nothing of it.
    caller.request(method, path).json(&json!({"colour": "red"})).send().await
}

/// Asserts that a caller has these rights and no others, on every route and in what it is told of itself.
async fn assert_may(caller: &Caller<'_>, rights: &[&str]) {
    for (right, method, path) in ROUTES {
        let answer = ask(caller, method.clone(), path).await;
        let refusal =
            format!("you lack the right to {}", IN_WORDS.iter().find(|(name, _)| *name == right).expect("known").1);
        let refused = answer.status == 403 && answer.json()["detail"] == json!(refusal);
        assert_eq!(!refused, rights.contains(&right), "{method} {path}: {}", answer.text());
    }
    let me = caller.get("/v1/me").send().await.json();
    assert_eq!(me["rights"], json!(["known"].iter().chain(rights).collect::<Vec<_>>()));
}

const IN_WORDS: [(&str, &str); 3] =
    [("records_read", "read records"), ("records_write", "write records"), ("keys_manage", "manage API keys")];
const ALL: &[&str] = &[
    "records_read",
    "records_write",
    "attributes_read",
    "attributes_manage",
    "activities_read",
    "activities_write",
    "directory_read",
    "directory_write",
    "members_read",
    "grants_manage",
    "settings_read",
    "settings_manage",
    "audit_read",
    "keys_manage",
];
const MANAGER: &[&str] = &[
    "records_read",
    "records_write",
    "attributes_read",
    "activities_read",
    "activities_write",
    "directory_read",
    "directory_write",
    "members_read",
    "grants_manage",
    "settings_read",
];
const OF_AN_APPLICATION: &[&str] = &[
    "records_read",
    "records_write",
    "attributes_read",
    "activities_read",
    "activities_write",
    "directory_read",
    "directory_write",
    "members_read",
    "settings_read",
];
const EDUCATOR: &[&str] = &["records_read", "records_write", "attributes_read", "activities_read", "members_read"];
const STUDENT: &[&str] = &["records_read", "attributes_read", "activities_read"];
const READER: &[&str] = &["records_read", "attributes_read", "activities_read"];
const WRITER: &[&str] = &["records_write", "attributes_read", "activities_read"];
const BOTH: &[&str] = &["records_read", "records_write", "attributes_read", "activities_read"];
const DIRECTORY: &[&str] = &["directory_read", "directory_write", "members_read"];

#[rstest]
#[case::admin(Role::Admin, None, None, ALL)]
#[case::admin_with_scopes(Role::Admin, None, Some("records:read"), ALL)]
#[case::admin_of_an_application(Role::Admin, Some("lms"), None, OF_AN_APPLICATION)]
#[case::manager(Role::Manager, None, None, MANAGER)]
#[case::manager_of_an_application(Role::Manager, Some("lms"), None, OF_AN_APPLICATION)]
#[case::educator(Role::Educator, None, None, EDUCATOR)]
#[case::educator_with_scopes(Role::Educator, Some("lms"), Some("records:read records:write"), EDUCATOR)]
#[case::student_with_scopes(Role::Student, Some("lms"), Some("records:read records:write"), STUDENT)]
#[case::application(Role::Application, Some("lms"), None, &[])]
#[case::application_with_empty_scope(Role::Application, Some("lms"), Some(""), &[])]
#[case::reader(Role::Application, Some("lms"), Some("records:read"), READER)]
#[case::writer(Role::Application, Some("lms"), Some("records:write"), WRITER)]
#[case::both(Role::Application, Some("lms"), Some("records:write records:read"), BOTH)]
#[case::directory(Role::Application, Some("hr"), Some("directory:write directory:read"), DIRECTORY)]
#[case::activities(Role::Application, Some("lms"), Some("activities:write"), &["activities_read", "activities_write"])]
#[case::among_others(Role::Application, Some("lms"), Some("openid records:read  email"), READER)]
#[case::scopes_of_others(Role::Application, Some("lms"), Some("records:admin keys:manage * records:*"), &[])]
#[case::scopes_with_commas(Role::Application, Some("lms"), Some("records:read,records:write"), &[])]
#[case::scope_in_capitals(Role::Application, Some("lms"), Some("Records:Read"), &[])]
#[tokio::test]
async fn a_token_has_the_rights_of_its_role_and_scopes(
    #[case] role: Role,
    #[case] app: Option<&str>,
    #[case] scope: Option<&str>,
    #[case] rights: &[&str],
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    assert_may(&tenant.caller("somebody", role, app, scope), rights).await;
}

async fn key_of<'a>(tenant: &Tenant<'a>, body: Value) -> Caller<'a> {
    let made = tenant.admin().post("/v1/api-keys", &body).send().await;
    assert_eq!(made.status, 201, "{}", made.text());
    Caller::bearer(tenant.stack, made.json()["key"].as_str().expect("a key"))
}

#[rstest]
#[case::admin(json!({"label": "k", "role": "admin"}), ALL)]
#[case::manager(json!({"label": "k", "role": "manager"}), MANAGER)]
#[case::reader(json!({"label": "k", "app_id": "lms", "scopes": ["records:read"]}), READER)]
#[case::writer(json!({"label": "k", "app_id": "lms", "scopes": ["records:write"]}), WRITER)]
#[case::both(json!({"label": "k", "app_id": "lms", "scopes": ["records:read", "records:write"]}), BOTH)]
#[case::directory(json!({"label": "k", "app_id": "hr", "scopes": ["directory:read", "directory:write"]}), DIRECTORY)]
#[tokio::test]
async fn a_key_has_the_rights_that_it_was_made_with(#[case] body: Value, #[case] rights: &[&str]) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    assert_may(&key_of(&tenant, body).await, rights).await;
}

#[tokio::test]
async fn of_what_is_refused_nothing_is_read_and_only_that_it_was_is_written() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let student = tenant.caller("s", Role::Student, None, None);
    let refused = || ROUTES.into_iter().filter(|(right, ..)| *right != "records_read");
    for (_, method, path) in refused() {
        ask(&student, method, path).await;
    }
    stack.wire.take();
    // The first of a minute is noted; another that only reads is not.
    stack.advance(TimeDelta::seconds(60 - stack.now().timestamp() % 60));
    student.get("/v1/me").send().await;
    for (_, method, path) in refused() {
        let reads = method == Method::GET;
        ask(&student, method.clone(), path).await;
        // The caller's entry was forgotten with the minute.
        let calls: Vec<String> = stack.wire.take().into_iter().map(|call| call.operation).collect();
        let noted = calls.iter().filter(|call| *call == "UpdateItem").count();
        assert_eq!(noted, usize::from(!reads), "{method} {path}: {calls:?}");
        assert!(calls.iter().all(|call| call == "UpdateItem" || call == "GetItem"), "{method} {path}: {calls:?}");
        assert_eq!(ask(&student, method, path).await.status, 403);
        assert!(stack.wire.take().is_empty());
    }
    assert_eq!(tenant.admin().get("/v1/api-keys").send().await.json()["data"].as_array().map(Vec::len), Some(1));
}
