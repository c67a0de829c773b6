//! `PATCH /v1/people/{id}`

use super::{PATH, found, made, named};
use crate::{
    api::groups,
    support::{Fault, Stack, with},
};
use futures_util::future::join_all;
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

const ADA: &str = "/v1/people/ada";

#[tokio::test]
async fn what_is_absent_stays_null_removes_and_a_value_replaces() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let body =
        with(named("ada", "Ada", "ada@x"), json!({"role": "educator", "external_ids": ["1"], "status": "blocked"}));
    let first = made(&tenant, body).await;
    assert_eq!((&first["role_set_by"], &first["status_set_by"]), (&json!("admin"), &json!("admin")));
    let patch = json!({"name": "Ada L.", "email": null, "role": null, "external_ids": ["2", "3"], "status": null});
    let request = tenant.admin().patch(ADA, &patch).without("content-type");
    let answer = request.header("content-type", "application/merge-patch+json").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, Some("\"2\"")), "{}", answer.text());
    let second = answer.json();
    let expected = json!({
        "name": "Ada L.", "email": null, "role": null, "role_set_by": null, "external_ids": ["2", "3"],
        "status": "active", "status_set_by": null, "version": 2, "updated_at": second["updated_at"],
    });
    assert_eq!(second, with(first, expected));
    assert_eq!(tenant.admin().get(ADA).send().await.json(), second);
}

#[tokio::test]
async fn what_was_read_may_be_sent_back() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let group = groups::made(&tenant, "A", None).await;
    let person = made(&tenant, with(named("ada", "Ada", "ada@x"), json!({"group_ids": [group["id"]]}))).await;
    let same = tenant.admin().patch(ADA, &person).send().await;
    assert_eq!((same.status.as_u16(), same.json()), (200, person.clone()), "nothing changed, no new version");
    stack.advance(chrono::TimeDelta::milliseconds(5));
    let renamed = tenant.admin().patch(ADA, &with(person.clone(), json!({"name": "B"}))).send().await;
    assert_eq!((renamed.status.as_u16(), &renamed.json()["version"]), (200, &json!(2)));
    // It is no longer as it was read.
    let stale = tenant.admin().patch(ADA, &person).send().await;
    assert_eq!((stale.status.as_u16(), stale.places()), (400, vec!["/updated_at".to_owned(), "/version".to_owned()]));
}

#[rstest]
#[case::every_value(
    json!({
        "id": "a b", "name": " ", "email": "ada", "status": "asleep", "role": "application", "group_ids": ["g"],
        "external_ids": ["a b"], "colour": "red",
    }),
    vec!["/colour", "/email", "/external_ids", "/group_ids", "/id", "/name", "/role", "/status"],
)]
#[case::what_cannot_be_set(
    json!({"id": "bob", "version": 7, "created_at": "2026-01-01T00:00:00.000Z", "created_by": "x", "updated_at": null, "updated_by": 1}),
    vec!["/created_at", "/created_by", "/id", "/updated_at", "/updated_by", "/version"],
)]
#[case::no_id(json!({"id": null}), vec!["/id"])]
#[case::eleven_external_ids(json!({"external_ids": (0..11).map(|n| n.to_string()).collect::<Vec<_>>()}), vec!["/external_ids"])]
#[case::a_group_that_does_not_exist(json!({"group_ids": ["grp_01ARZ3NDEKTSV4RRFFQ69G5FAV"]}), vec!["/group_ids"])]
#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_changes(#[case] body: Value, #[case] places: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let person = made(&tenant, named("ada", "Ada", "ada@x")).await;
    let answer = tenant.admin().patch(ADA, &body).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, places.into_iter().map(str::to_owned).collect()));
    assert_eq!(tenant.admin().get(ADA).send().await.json(), person);
}

#[tokio::test]
async fn only_the_version_that_is_meant_is_changed() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    made(&tenant, json!({"id": "ada"})).await;
    let patch = |tag, name| tenant.admin().patch(ADA, &json!({"name": name})).header("if-match", tag);
    assert_eq!(patch("\"1\"", "A").send().await.status, 200);
    for tag in ["\"1\"", "\"3\"", "W/\"2\"", "2"] {
        assert_eq!(patch(tag, "B").send().await.status, 412, "{tag}");
    }
    assert_eq!(patch("\"2\"", "A").send().await.json()["version"], 2, "nothing changed");
    assert_eq!(patch("*", "B").send().await.json()["version"], 3);
    let foreign = other.admin().patch(ADA, &json!({"name": "C"})).send().await;
    let missing = other.admin().patch("/v1/people/bob", &json!({"name": "C"})).send().await;
    assert_eq!((foreign.status.as_u16(), foreign.anonymous()), (404, missing.anonymous()));
}

#[tokio::test]
async fn who_is_found_by_what_follows_every_change() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let (a, b) = (groups::made(&tenant, "A", None).await, groups::made(&tenant, "B", None).await);
    made(&tenant, with(named("ada", "Ada Byron", "ada@old"), json!({"group_ids": [a["id"]]}))).await;
    let patch = json!({"name": "Ada Lovelace", "email": "ada@new", "group_ids": [b["id"]]});
    assert_eq!(admin.patch(ADA, &patch).send().await.status, 200);
    for (search, ids) in
        [("byron", &[][..]), ("ada@old", &[]), ("lovel", &["ada"]), ("ada@new", &["ada"]), ("ada", &["ada"])]
    {
        assert_eq!(found(&admin, search, 1).await, ids, "{search}");
    }
    assert!(groups::members(&admin, &a, 5).await.is_empty());
    assert_eq!(groups::members(&admin, &b, 5).await, ["ada"]);
    assert_eq!(admin.patch(ADA, &json!({"name": null, "email": null, "group_ids": null})).send().await.status, 200);
    assert!(found(&admin, "ada", 1).await.is_empty() && groups::members(&admin, &b, 5).await.is_empty());
}

#[rstest]
#[case::manager_raises_to_admin(Role::Manager, json!(null), json!({"role": "admin"}), 403)]
#[case::manager_lowers_an_admin(Role::Manager, json!("admin"), json!({"role": "student"}), 403)]
#[case::manager_blocks_an_admin(Role::Manager, json!("admin"), json!({"status": "blocked"}), 403)]
#[case::manager_blocks_a_manager(Role::Manager, json!("manager"), json!({"status": "blocked"}), 200)]
#[case::application_blocks_a_manager(Role::Application, json!("manager"), json!({"status": "blocked"}), 403)]
#[case::application_blocks_an_educator(Role::Application, json!("educator"), json!({"status": "blocked"}), 200)]
#[case::admin_blocks_an_admin(Role::Admin, json!("admin"), json!({"status": "blocked"}), 200)]
#[tokio::test]
async fn nobody_writes_those_above_themselves(
    #[case] by: Role,
    #[case] role: Value,
    #[case] patch: Value,
    #[case] status: u16,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let person = made(&tenant, json!({"id": "ada", "role": role})).await;
    let app = (by == Role::Application).then_some("hr");
    let answer = tenant.caller("c", by, app, Some("directory:write")).patch(ADA, &patch).send().await;
    assert_eq!(answer.status, status, "{}", answer.text());
    if status == 403 {
        assert_eq!(tenant.admin().get(ADA).send().await.json(), person);
    }
}

#[tokio::test]
async fn many_at_once_lose_no_change() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    made(&tenant, json!({"id": "ada"})).await;
    let patch = |n: usize| admin.patch(ADA, &json!({"name": format!("n{n}")})).send();
    let answers = join_all((0..20).map(patch)).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 200 | 409)));
    let now = admin.get(ADA).send().await.json();
    assert_eq!(now["version"], json!(done + 1));
    // What was overwritten is found no longer.
    assert_eq!(found(&admin, "n", 5).await, ["ada"]);
    for n in (0..20).map(|n| format!("n{n}")).filter(|name| now["name"] != json!(name)) {
        let hits = found(&admin, &n, 5).await;
        assert!(hits.is_empty() || now["name"].as_str().is_some_and(|name| name.starts_with(&n)), "{n}");
    }
    let guarded = |n: usize| {
        admin.patch(ADA, &json!({"name": format!("m{n}")})).header("if-match", format!("\"{}\"", done + 1)).send()
    };
    let answers = join_all((0..10).map(guarded)).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 412).count(), 9);
}

#[tokio::test]
async fn a_lost_answer_is_no_conflict_and_a_contended_write_is_tried_again() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, json!({"id": "ada"})).await;
    tenant.admin().patch(ADA, &json!({})).send().await;
    for (version, fault) in [(1, Fault::AfterCommit), (2, Fault::Contention)] {
        stack.wire.plan([None, Some(fault)]);
        let patch = json!({"name": format!("n{version}")});
        let answer = tenant.admin().patch(ADA, &patch).header("if-match", format!("\"{version}\"")).send().await;
        assert_eq!((answer.status.as_u16(), &answer.json()["version"]), (200, &json!(version + 1)), "{fault:?}");
    }
    assert_eq!(tenant.admin().patch(format!("{PATH}/bob"), &json!({})).send().await.status, 404);
}
