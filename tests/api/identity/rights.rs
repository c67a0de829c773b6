//! Which principals may do what: each kind of caller on each route. That nobody, students and strangers are refused
//! everywhere is asserted over the documented routes in `tests/template.rs`.

use crate::support::{Answer, Caller, Stack, Tenant};
use http::Method;
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

/// Each route, by the right that it needs.
const ROUTES: [(&str, Method, &str); 11] = [
    ("read records", Method::GET, "/v1/learning-records?person_id=ada"),
    ("read records", Method::GET, "/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("write records", Method::POST, "/v1/learning-records"),
    ("write records", Method::PATCH, "/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("write records", Method::DELETE, "/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("write records", Method::POST, "/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV/restore"),
    ("write records", Method::PUT, "/v1/learning-records/by-external-id/hr-1"),
    ("manage API keys", Method::GET, "/v1/api-keys"),
    ("manage API keys", Method::POST, "/v1/api-keys"),
    ("manage API keys", Method::PATCH, "/v1/api-keys/key_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("manage API keys", Method::DELETE, "/v1/api-keys/key_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
];

async fn ask(caller: &Caller<'_>, method: Method, path: &str) -> Answer {
    // Wrong in itself: who may ask is told so, who may not is told nothing of it.
    caller.request(method, path).json(&json!({"colour": "red"})).send().await
}

/// Asserts that a caller has these rights and no others, on every route and in what it is told of itself.
async fn assert_may(caller: &Caller<'_>, rights: &[&str]) {
    for (right, method, path) in ROUTES {
        let answer = ask(caller, method.clone(), path).await;
        if rights.contains(&right) {
            assert!([200, 400, 404].contains(&answer.status.as_u16()), "{method} {path}: {}", answer.text());
        } else {
            let expected = format!("you lack the right to {right}");
            assert_eq!((answer.status.as_u16(), &answer.json()["detail"]), (403, &json!(expected)), "{method} {path}");
        }
    }
    let me = caller.get("/v1/me").send().await.json();
    let names =
        [("read records", "records_read"), ("write records", "records_write"), ("manage API keys", "keys_manage")];
    let told = names.iter().filter(|(right, _)| rights.contains(right)).map(|(_, name)| *name);
    assert_eq!(me["rights"], json!(["known"].into_iter().chain(told).collect::<Vec<_>>()));
}

const ALL: &[&str] = &["read records", "write records", "manage API keys"];
const RECORDS: &[&str] = &["read records", "write records"];

#[rstest]
#[case::admin(Role::Admin, None, None, ALL)]
#[case::admin_with_scopes(Role::Admin, None, Some("records:read"), ALL)]
#[case::admin_of_an_application(Role::Admin, Some("lms"), None, RECORDS)]
#[case::manager(Role::Manager, None, None, RECORDS)]
#[case::manager_of_an_application(Role::Manager, Some("lms"), None, RECORDS)]
#[case::educator(Role::Educator, None, None, &[])]
#[case::educator_with_scopes(Role::Educator, Some("lms"), Some("records:read records:write"), &[])]
#[case::student_with_scopes(Role::Student, Some("lms"), Some("records:read records:write"), &[])]
#[case::application(Role::Application, Some("lms"), None, &[])]
#[case::application_with_empty_scope(Role::Application, Some("lms"), Some(""), &[])]
#[case::reader(Role::Application, Some("lms"), Some("records:read"), &["read records"])]
#[case::writer(Role::Application, Some("lms"), Some("records:write"), &["write records"])]
#[case::both(Role::Application, Some("lms"), Some("records:write records:read"), RECORDS)]
#[case::among_others(Role::Application, Some("lms"), Some("openid records:read  email"), &["read records"])]
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
#[case::manager(json!({"label": "k", "role": "manager"}), RECORDS)]
#[case::reader(json!({"label": "k", "app_id": "lms", "scopes": ["records:read"]}), &["read records"])]
#[case::writer(json!({"label": "k", "app_id": "lms", "scopes": ["records:write"]}), &["write records"])]
#[case::both(json!({"label": "k", "app_id": "lms", "scopes": ["records:read", "records:write"]}), RECORDS)]
#[tokio::test]
async fn a_key_has_the_rights_that_it_was_made_with(#[case] body: Value, #[case] rights: &[&str]) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    assert_may(&key_of(&tenant, body).await, rights).await;
}

#[tokio::test]
async fn what_is_refused_is_neither_read_nor_written() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let student = tenant.caller("s", Role::Student, None, None);
    for (_, method, path) in ROUTES {
        ask(&student, method, path).await;
    }
    stack.wire.take();
    for (_, method, path) in ROUTES {
        assert_eq!(ask(&student, method, path).await.status, 403);
    }
    assert!(stack.wire.take().is_empty());
}
