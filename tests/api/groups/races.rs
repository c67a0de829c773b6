//! Changes of the tree at once: each is legal, together they would not be.

use super::{PATH, grant_path, made, made_of_kind, members_path, path_of};
use crate::{
    api::people,
    support::{Fault, Stack, Tenant},
};
use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Asserts that every group leads to the outside within ten steps.
async fn assert_no_cycle(tenant: &Tenant<'_>) {
    let list = tenant.admin().get(format!("{PATH}?limit=100")).send().await.json();
    let groups = list["data"].as_array().expect("a list");
    let parents: BTreeMap<&str, Option<&str>> =
        groups.iter().map(|group| (group["id"].as_str().expect("an id"), group["parent_id"].as_str())).collect();
    for id in parents.keys() {
        let path: Vec<&str> = std::iter::successors(Some(*id), |id| parents[id]).take(11).collect();
        assert!(path.len() <= 10, "a cycle, or too deep: {path:?}");
    }
}

#[tokio::test]
async fn of_two_moves_that_would_close_a_circle_one_wins() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    for _ in 0..10 {
        let (a, b) = (made(&tenant, "A", None).await, made(&tenant, "B", None).await);
        let into = |group: &Value, parent: &Value| admin.patch(path_of(group), &json!({"parent_id": parent["id"]}));
        let (first, second) = join(into(&a, &b).send(), into(&b, &a).send()).await;
        let statuses = [first.status.as_u16(), second.status.as_u16()];
        assert!(statuses == [200, 400] || statuses == [400, 200], "{statuses:?}");
        assert_no_cycle(&tenant).await;
    }
}

#[tokio::test]
async fn a_move_that_comes_between_reading_and_writing_is_seen() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let (a, b) = (made(&tenant, "A", None).await, made(&tenant, "B", None).await);
    admin.patch(super::MISSING, &json!({})).send().await;
    // Its write is refused for contention; in the end it sees what the other one did.
    stack.wire.plan([None, Some(Fault::Contention)]);
    let first = admin.patch(path_of(&a), &json!({"parent_id": b["id"]})).send().await;
    assert_eq!(first.status, 200);
    let second = admin.patch(path_of(&b), &json!({"parent_id": a["id"]})).header("if-match", "\"1\"").send().await;
    assert_eq!((second.status.as_u16(), second.places()), (400, vec!["/parent_id".to_owned()]));
}

#[tokio::test]
async fn many_moves_at_once_leave_a_tree() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let mut groups = Vec::new();
    for n in 0..5 {
        groups.push(made(&tenant, &n.to_string(), None).await);
    }
    for round in 0..6 {
        let moves = (0..5).map(|n| {
            let parent = &groups[(n + 1 + round % 4) % 5];
            admin.patch(path_of(&groups[n]), &json!({"parent_id": parent["id"]})).send()
        });
        let answers = join_all(moves).await;
        assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 200 | 400 | 409)));
        assert!(answers.iter().any(|answer| answer.status != 200), "not all of a circle");
        assert_no_cycle(&tenant).await;
    }
}

#[tokio::test]
async fn no_group_is_made_inside_one_that_is_deleted() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    for _ in 0..8 {
        let group = made(&tenant, "A", None).await;
        let body = json!({"name": "B", "kind": "cohort", "parent_id": group["id"]});
        let (inside, deleted) = join(admin.post(PATH, &body).send(), admin.delete(path_of(&group)).send()).await;
        let statuses = (inside.status.as_u16(), deleted.status.as_u16());
        assert!(matches!(statuses, (201, 409) | (400, 204)), "{statuses:?}");
    }
}

#[tokio::test]
async fn nobody_joins_and_nothing_is_granted_over_a_group_that_is_deleted() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let educators = made_of_kind(&tenant, "E", "educator_group", None).await;
    people::made(&tenant, json!({"id": "ada"})).await;
    for round in 0..12 {
        let group = made(&tenant, "A", None).await;
        let request = match round % 3 {
            0 => admin.patch(members_path(&group), &json!({"add": ["ada"]})),
            1 => admin.put(grant_path(&group, &educators), &json!({"rights": ["view"]})),
            _ => admin.patch("/v1/people/ada", &json!({"group_ids": [group["id"]]})),
        };
        let (came, deleted) = join(request.send(), admin.delete(path_of(&group)).send()).await;
        let there = admin.get(path_of(&group)).send().await.status == 200;
        assert_eq!(there, deleted.status != 204, "round {round}");
        assert!(there || !came.status.is_success(), "round {round}: {} and {}", came.status, deleted.status);
        let ada = admin.get("/v1/people/ada").send().await.json();
        assert!(there || ada["group_ids"] == json!([]), "round {round}: {ada}");
        admin.patch("/v1/people/ada", &json!({"group_ids": []})).send().await;
    }
}
