//! Who reads activities, and who writes them.

use super::{PATH, titled};
use crate::support::{Caller, Stack};
use rol_domain::Role;
use rstest::rstest;
use serde_json::json;

#[rstest]
#[case::admin(Role::Admin, None, None, true, true)]
#[case::admin_of_an_app(Role::Admin, Some("lms"), None, true, true)]
#[case::manager(Role::Manager, None, None, true, true)]
#[case::educator(Role::Educator, None, None, true, false)]
#[case::educator_with_scopes(Role::Educator, Some("lms"), Some("activities:write"), true, false)]
#[case::student(Role::Student, None, None, true, false)]
#[case::reader(Role::Application, Some("lms"), Some("records:read"), true, false)]
#[case::writer(Role::Application, Some("lms"), Some("records:write"), true, false)]
#[case::activities_writer(Role::Application, Some("lms"), Some("activities:write"), true, true)]
#[case::directory_writer(Role::Application, Some("lms"), Some("directory:read directory:write"), false, false)]
#[case::nothing(Role::Application, Some("lms"), None, false, false)]
#[tokio::test]
async fn everybody_reads_activities_and_staff_writes_them(
    #[case] role: Role,
    #[case] app: Option<&str>,
    #[case] scope: Option<&str>,
    #[case] reads: bool,
    #[case] writes: bool,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let activity = titled(&tenant, "x", json!({})).await;
    let path = super::path_of(&activity);
    let caller = tenant.caller("somebody", role, app, scope);
    let status = |allowed, done| if allowed { done } else { 403 };
    for path in [PATH, path.as_str()] {
        assert_eq!(caller.get(path).send().await.status, status(reads, 200));
    }
    let body = json!({"kind": "course", "title": "y"});
    assert_eq!(caller.post(PATH, &body).send().await.status, status(writes, 201));
    assert_eq!(caller.patch(&path, &json!({"title": "z"})).send().await.status, status(writes, 200));
    assert_eq!(caller.delete(&path).send().await.status, status(writes, 204));
    assert_eq!(Caller::nobody(&stack).get(&path).send().await.status, 401);
}
