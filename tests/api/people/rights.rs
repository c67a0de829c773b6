//! Who may do what with people, groups, members and grants.

use crate::support::{Caller, Stack};
use http::Method;
use rol_domain::Role;
use rstest::rstest;
use serde_json::json;

const PERSON: &str = "/v1/people/nobody";
const GROUP: &str = "/v1/groups/grp_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const READ: &str = "read people and groups";
const WRITE: &str = "write people and groups";
const MEMBERS: &str = "read members of groups";
const GRANTS: &str = "manage grants";

/// Each route, by the right that it needs.
fn routes() -> Vec<(&'static str, Method, String)> {
    let grant = format!("{GROUP}/grants/grp_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    vec![
        (WRITE, Method::POST, "/v1/people".into()),
        (READ, Method::GET, "/v1/people".into()),
        (READ, Method::GET, PERSON.into()),
        (WRITE, Method::PATCH, PERSON.into()),
        (WRITE, Method::DELETE, PERSON.into()),
        (WRITE, Method::POST, "/v1/groups".into()),
        (READ, Method::GET, "/v1/groups".into()),
        (READ, Method::GET, GROUP.into()),
        (WRITE, Method::PATCH, GROUP.into()),
        (WRITE, Method::DELETE, GROUP.into()),
        (MEMBERS, Method::GET, format!("{GROUP}/members")),
        (WRITE, Method::PATCH, format!("{GROUP}/members")),
        (GRANTS, Method::PUT, grant.clone()),
        (GRANTS, Method::GET, grant.clone()),
        (GRANTS, Method::DELETE, grant),
    ]
}

#[rstest]
#[case::admin(Role::Admin, None, None, &[READ, WRITE, MEMBERS, GRANTS])]
#[case::admin_of_an_application(Role::Admin, Some("hr"), None, &[READ, WRITE, MEMBERS])]
#[case::manager(Role::Manager, None, None, &[READ, WRITE, MEMBERS, GRANTS])]
#[case::educator(Role::Educator, None, None, &[MEMBERS])]
#[case::educator_with_scopes(Role::Educator, Some("hr"), Some("directory:read directory:write"), &[MEMBERS])]
#[case::student(Role::Student, None, None, &[])]
#[case::student_with_scopes(Role::Student, None, Some("directory:read directory:write"), &[])]
#[case::application(Role::Application, Some("hr"), None, &[])]
#[case::application_for_records(Role::Application, Some("hr"), Some("records:read records:write"), &[])]
#[case::reader(Role::Application, Some("hr"), Some("directory:read"), &[READ, MEMBERS])]
#[case::writer(Role::Application, Some("hr"), Some("directory:write"), &[WRITE])]
#[case::both(Role::Application, Some("hr"), Some("directory:write directory:read"), &[READ, WRITE, MEMBERS])]
#[tokio::test]
async fn a_caller_has_the_rights_of_its_role_and_scopes(
    #[case] role: Role,
    #[case] app: Option<&str>,
    #[case] scope: Option<&str>,
    #[case] rights: &[&str],
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let caller = tenant.caller("somebody", role, app, scope);
    for (right, method, path) in routes() {
        // Wrong in itself: who may ask is told so, who may not is told nothing of it.
        let answer = caller.request(method.clone(), &path).json(&json!({"colour": "red"})).send().await;
        if rights.contains(&right) {
            assert!([200, 400, 404].contains(&answer.status.as_u16()), "{method} {path}: {}", answer.text());
        } else {
            let expected = json!(format!("you lack the right to {right}"));
            assert_eq!((answer.status.as_u16(), &answer.json()["detail"]), (403, &expected), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn nobody_is_asked_who_they_are() {
    let stack = Stack::start();
    for (_, method, path) in routes() {
        let answer = Caller::nobody(&stack).request(method, path).json(&json!({})).send().await;
        assert_eq!(answer.status, 401);
    }
    assert!(stack.wire.take().is_empty());
}

#[tokio::test]
async fn an_api_key_has_the_scopes_that_it_was_made_with() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let wish = json!({"label": "hr", "app_id": "hr", "scopes": ["directory:read"]});
    let key = tenant.admin().post("/v1/api-keys", &wish).send().await.json();
    let client = Caller::bearer(&stack, key["key"].as_str().expect("a key"));
    assert_eq!(client.get("/v1/people").send().await.status, 200);
    assert_eq!(client.post("/v1/people", &json!({})).send().await.status, 403);
}
