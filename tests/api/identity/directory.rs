//! What the directory makes of a caller: a bound on the role, a block, and people whom others act for.

use super::{REFUSED, assert_refused};
use crate::{
    api::{groups, people},
    support::{Answer, Caller, Stack, Tenant, record},
};
use chrono::TimeDelta;
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

const LIST: &str = "/v1/learning-records?person_id=ada";

async fn me(caller: &Caller<'_>) -> Value {
    let answer = caller.get("/v1/me").send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn change(tenant: &Tenant<'_>, person: &str, patch: Value) {
    let answer = tenant.admin().patch(format!("/v1/people/{person}"), &patch).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[rstest]
#[case::lowered(Role::Admin, json!("student"), "student")]
#[case::lowered_by_one(Role::Admin, json!("manager"), "manager")]
#[case::not_raised(Role::Student, json!("admin"), "student")]
#[case::not_raised_by_one(Role::Educator, json!("manager"), "educator")]
#[case::the_same(Role::Educator, json!("educator"), "educator")]
#[case::no_bound(Role::Manager, json!(null), "manager")]
#[tokio::test]
async fn a_role_is_capped_by_the_entry(#[case] token: Role, #[case] entry: Value, #[case] expected: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    people::made(&tenant, json!({"id": "eve", "role": entry})).await;
    assert_eq!(me(&tenant.caller("eve", token, None, None)).await["role"], expected);
    assert_eq!(me(&tenant.caller("who", token, None, None)).await["role"], json!(token), "without an entry");
}

#[tokio::test]
async fn an_admin_with_a_students_entry_acts_as_a_student() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    people::made(&tenant, json!({"id": "eve", "role": "student"})).await;
    tenant.show_students_their_records(true).await;
    let eve = tenant.caller("eve", Role::Admin, None, None);
    assert_eq!(eve.post("/v1/learning-records", &record("eve", "x")).send().await.status, 403);
    assert_eq!(eve.get("/v1/people").send().await.status, 403);
    assert_eq!(eve.get("/v1/api-keys").send().await.status, 403);
    let own = tenant.admin().create(&record("eve", "own")).await;
    let others = tenant.admin().create(&record("ada", "others")).await;
    assert_eq!(eve.read(&own["id"]).await["id"], own["id"]);
    assert_eq!(eve.get(crate::support::path_of(&others["id"])).send().await.status, 404);
}

#[rstest]
#[tokio::test]
async fn who_is_blocked_or_gone_is_nobody_within_ten_seconds(#[values("blocked", "terminated")] status: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    people::made(&tenant, json!({"id": "eve"})).await;
    let eve = tenant.caller("eve", Role::Manager, None, None);
    me(&eve).await;
    change(&tenant, "eve", json!({"status": status})).await;
    stack.advance(TimeDelta::seconds(10));
    let refused = eve.get("/v1/me").send().await;
    assert_refused(&refused, REFUSED);
    let forged = Caller::bearer(&stack, "e30.e30.x").get("/v1/me").send().await;
    assert_eq!(refused.anonymous(), forged.anonymous());
    // A container that never saw them refuses at once.
    assert_refused(&eve.get(LIST).send().await, REFUSED);
    // An application of the same name is none of them.
    let client = tenant.caller("eve", Role::Application, Some("lms"), Some("records:read"));
    assert_eq!(client.get(LIST).send().await.status, 200);
    change(&tenant, "eve", json!({"status": "active"})).await;
    stack.advance(TimeDelta::seconds(10));
    me(&eve).await;
}

#[tokio::test]
async fn a_change_of_role_counts_within_ten_seconds() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let eve = tenant.caller("eve", Role::Manager, None, None);
    assert_eq!(me(&eve).await["role"], "manager");
    people::made(&tenant, json!({"id": "eve", "role": "educator"})).await;
    stack.advance(TimeDelta::seconds(10));
    assert_eq!(me(&eve).await["role"], "educator");
    assert_eq!(tenant.admin().delete("/v1/people/eve").send().await.status, 204);
    stack.advance(TimeDelta::seconds(10));
    assert_eq!(me(&eve).await["role"], "manager");
}

#[tokio::test]
async fn an_entry_of_another_tenant_says_nothing() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    people::made(&other, json!({"id": "eve", "status": "blocked", "role": "student"})).await;
    assert_eq!(me(&tenant.caller("eve", Role::Admin, None, None)).await["role"], "admin");
}

#[rstest]
#[case::admin_for_a_student(Role::Admin, json!("student"), Some("student"))]
#[case::admin_for_nothing_in_particular(Role::Admin, json!(null), Some("student"))]
#[case::admin_for_an_admin(Role::Admin, json!("admin"), Some("admin"))]
#[case::manager_for_an_educator(Role::Manager, json!("educator"), Some("educator"))]
#[case::manager_for_an_admin(Role::Manager, json!("admin"), Some("manager"))]
#[case::application_for_an_educator(Role::Application, json!("educator"), Some("educator"))]
#[case::educator(Role::Educator, json!("student"), None)]
#[case::student(Role::Student, json!("student"), None)]
#[tokio::test]
async fn who_acts_for_somebody_has_their_rights_and_no_more_than_before(
    #[case] by: Role,
    #[case] entry: Value,
    #[case] expected: Option<&str>,
    #[values("subject-user", "x-subject-user")] header: &'static str,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    people::made(&tenant, json!({"id": "eve", "role": entry})).await;
    let app = (by == Role::Application).then_some("lms");
    let caller = tenant.caller("who", by, app, Some("records:read"));
    let answer = caller.get("/v1/me").header(header, "eve").send().await;
    let Some(role) = expected else {
        let detail = json!("only admins, managers and applications act for somebody else");
        assert_eq!((answer.status.as_u16(), &answer.json()["detail"]), (403, &detail));
        return;
    };
    let told = answer.json();
    assert_eq!((&told["actor"], &told["role"], &told["app_id"]), (&json!("who"), &json!(role), &json!(app)), "{told}");
}

#[tokio::test]
async fn an_unknown_and_a_blocked_subject_are_refused_alike() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    people::made(&tenant, json!({"id": "eve"})).await;
    people::made(&tenant, json!({"id": "gone", "status": "terminated"})).await;
    people::made(&other, json!({"id": "foreign"})).await;
    let ask = |subject: &'static str| tenant.admin().get("/v1/me").header("subject-user", subject);
    assert_eq!(ask("eve").send().await.status, 200);
    let unknown = ask("nobody").send().await;
    assert_eq!(unknown.status, 403);
    for subject in ["gone", "foreign"] {
        assert_eq!(ask(subject).send().await.anonymous(), unknown.anonymous());
    }
    change(&tenant, "eve", json!({"status": "blocked"})).await;
    stack.advance(TimeDelta::seconds(10));
    assert_eq!(ask("eve").send().await.anonymous(), unknown.anonymous());
}

#[rstest]
#[case::twice(&[("subject-user", "eve"), ("subject-user", "eve")])]
#[case::both(&[("subject-user", "eve"), ("x-subject-user", "eve")])]
#[case::empty(&[("subject-user", "")])]
#[case::two_people(&[("subject-user", "eve, ada")])]
#[case::too_long(&[("x-subject-user", "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee")])]
#[tokio::test]
async fn one_header_names_one_person(#[case] headers: &[(&'static str, &str)]) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    people::made(&tenant, json!({"id": "eve"})).await;
    let request = tenant.admin().get("/v1/me");
    let answer = headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send().await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(answer.places().len(), 1);
}

/// An educator `ed` who may view and edit what is Ada's, and not what is Bob's.
async fn educator(tenant: &Tenant<'_>) {
    let educators = groups::made_of_kind(tenant, "E", "educator_group", None).await;
    let learners = groups::made(tenant, "L", None).await;
    groups::granted(tenant, &learners, &educators, &["view", "create"]).await;
    people::made(tenant, json!({"id": "ed", "role": "educator", "group_ids": [educators["id"]]})).await;
    people::made(tenant, json!({"id": "ada", "group_ids": [learners["id"]]})).await;
}

async fn post(caller: &Caller<'_>, subject: &str, person: &str) -> Answer {
    caller.post("/v1/learning-records", &record(person, "x")).header("subject-user", subject).send().await
}

#[tokio::test]
async fn an_admin_for_an_educator_reaches_what_they_reach_and_signs_alone() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    educator(&tenant).await;
    let admin = tenant.admin();
    let made = post(&admin, "ed", "ada").await;
    assert_eq!((made.status.as_u16(), &made.json()["created_by"]), (201, &json!("root@example.com")));
    assert_eq!(post(&admin, "ed", "bob").await.status, 403);
    assert_eq!(admin.get("/v1/people").header("subject-user", "ed").send().await.status, 403);
    let path = crate::support::path_of(&made.json()["id"]);
    let edit = admin.patch(&path, &json!({"score": 1})).header("x-subject-user", "ed").send().await;
    assert_eq!(edit.status, 403, "viewed, not to be edited");
    let students = admin.get(LIST).header("subject-user", "ada").send().await;
    assert_eq!(students.status, 403, "students are shown nothing yet");
    tenant.show_students_their_records(true).await;
    stack.advance(TimeDelta::seconds(10));
    let own = admin.get(LIST).header("subject-user", "ada").send().await.json();
    assert_eq!(own["data"].as_array().map(Vec::len), Some(1));
    let others = admin.get(LIST).header("subject-user", "ed2").send().await;
    assert_eq!(others.status, 403);
}

#[tokio::test]
async fn scopes_and_application_still_bind_who_acts_for_somebody() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    educator(&tenant).await;
    people::made(&tenant, json!({"id": "boss", "role": "admin"})).await;
    let theirs = tenant.admin().create(&record("ada", "of no application")).await;
    let client = tenant.application("lms");
    let made = post(&client, "ed", "ada").await.json();
    assert_eq!((&made["app_id"], &made["created_by"]), (&json!("lms"), &json!("client")));
    for subject in ["ed", "boss"] {
        let list = client.get(LIST).header("subject-user", subject).send().await.json();
        assert_eq!(list["data"], json!([made]), "{subject}");
        let path = crate::support::path_of(&theirs["id"]);
        assert_eq!(client.get(path).header("subject-user", subject).send().await.status, 404);
        // Neither the directory nor keys: no scope.
        assert_eq!(client.get("/v1/people").header("subject-user", subject).send().await.status, 403);
        assert_eq!(client.get("/v1/api-keys").header("subject-user", subject).send().await.status, 403);
    }
    let reader = tenant.caller("client", Role::Application, Some("lms"), Some("records:read"));
    assert_eq!(post(&reader, "boss", "ada").await.status, 403);
}

#[tokio::test]
async fn an_api_key_may_act_for_somebody_too() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    educator(&tenant).await;
    let made = post(&tenant.key_holder(), "ed", "ada").await.json();
    let key = me(&tenant.key_holder()).await["actor"].clone();
    assert_eq!(made["created_by"], key);
    assert_eq!(post(&tenant.key_holder(), "ed", "bob").await.status, 403);
    people::made(&tenant, json!({"id": "x"})).await;
    let person = tenant.key_holder().patch("/v1/people/x", &json!({"name": "X"})).header("subject-user", "ed");
    assert_eq!(person.send().await.status, 403);
}

#[tokio::test]
async fn an_entry_is_read_once_in_ten_seconds() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    people::made(&tenant, json!({"id": "eve"})).await;
    let calls = |subject: Option<&'static str>| {
        let request = tenant.admin().get("/v1/me");
        let request = match subject {
            Some(subject) => request.header("subject-user", subject),
            None => request,
        };
        let wire = &stack.wire;
        async move {
            wire.take();
            assert_eq!(request.send().await.status, 200);
            wire.take().len()
        }
    };
    assert_eq!(calls(None).await, 2, "the issuer and the entry");
    assert_eq!(calls(None).await, 0);
    assert_eq!(calls(Some("eve")).await, 1, "the subject's entry");
    assert_eq!(calls(Some("eve")).await, 0);
    stack.advance(TimeDelta::seconds(10));
    assert_eq!(calls(Some("eve")).await, 2, "both entries");
}
