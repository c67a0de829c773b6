//! What requests for groups cost: calls and capacity units as equalities, for a small tree and a warm container. A
//! write of a transaction counts twice.

use super::{PATH, made, made_of_kind, members_path, path_of};
use crate::{
    api::people,
    support::{Cost, Stack, cost},
};
use rol_domain::Role;
use serde_json::json;

/// Calls, read units and write units of each request.
async fn measured() -> Vec<(&'static str, Cost)> {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    // Of an application no entry is read; only grants need a manager.
    let client = tenant.caller("c", Role::Application, Some("hr"), Some("directory:read directory:write"));
    let manager = tenant.manager();
    let (outer, group) = (made(&tenant, "A", None).await, made(&tenant, "B", None).await);
    let educators = made_of_kind(&tenant, "E", "educator_group", None).await;
    for n in 0..60 {
        people::made(&tenant, json!({"id": format!("p{n:02}")})).await;
    }
    let grant = super::grant_path(&outer, &educators);
    let missing = super::MISSING;
    client.post(PATH, &json!({})).send().await;
    for path in [PATH, missing, &format!("{missing}/members")] {
        client.get(path).send().await;
    }
    client.patch(missing, &json!({})).send().await;
    client.patch(format!("{missing}/members"), &json!({"add": ["x"]})).send().await;
    client.delete(missing).send().await;
    let nowhere = format!("{missing}/grants/grp_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    manager.put(&nowhere, &json!({"rights": ["view"]})).send().await;
    manager.get(&nowhere).send().await;
    manager.delete(&nowhere).send().await;
    stack.wire.take();
    let mut rows = Vec::new();
    macro_rules! row {
        ($name:literal, $status:literal, $request:expr) => {{
            let answer = $request.send().await;
            assert_eq!(answer.status, $status, "{}: {}", $name, answer.text());
            rows.push(($name, cost(&stack.wire.take())));
        }};
    }
    row!("grant: put, creating", 201, manager.put(&grant, &json!({"rights": ["view"]})));
    row!("grant: put, replacing", 200, manager.put(&grant, &json!({"rights": ["edit"]})));
    row!("grant: put, changing nothing", 200, manager.put(&grant, &json!({"rights": ["edit"]})));
    row!("grant: get", 200, manager.get(&grant));
    row!("grant: delete", 204, manager.delete(&grant));
    row!("group: create", 201, client.post(PATH, &json!({"name": "N", "kind": "cohort"})));
    row!("group: get", 200, client.get(path_of(&group)));
    row!("group: list", 200, client.get(PATH));
    row!("group: patch, name", 200, client.patch(path_of(&group), &json!({"name": "X"})));
    row!("group: patch, changing nothing", 200, client.patch(path_of(&group), &json!({"name": "X"})));
    row!("group: patch, parent", 200, client.patch(path_of(&group), &json!({"parent_id": outer["id"]})));
    let add = |range: std::ops::Range<usize>| json!({"add": range.map(|n| format!("p{n:02}")).collect::<Vec<_>>()});
    row!("members: add one", 200, client.patch(members_path(&group), &add(0..1)));
    row!("members: add one who is one", 200, client.patch(members_path(&group), &add(0..1)));
    row!("members: add 59", 200, client.patch(members_path(&group), &add(1..60)));
    row!("members: remove one", 200, client.patch(members_path(&group), &json!({"remove": ["p59"]})));
    row!("members: list, 25 of them", 200, client.get(members_path(&group)));
    row!("group: delete, in use", 409, client.delete(path_of(&group)));
    row!("group: delete", 204, client.delete(path_of(&educators)));
    rows
}

#[tokio::test]
async fn every_request_costs_what_is_said() {
    let expected: Vec<(&str, Cost)> = vec![
        ("grant: put, creating", (2, 1.0, 6.0)),
        ("grant: put, replacing", (2, 1.0, 6.0)),
        ("grant: put, changing nothing", (1, 1.0, 0.0)),
        ("grant: get", (1, 1.0, 0.0)),
        ("grant: delete", (2, 1.0, 1.0)),
        ("group: create", (2, 1.0, 4.0)),
        ("group: get", (1, 1.0, 0.0)),
        ("group: list", (1, 1.0, 0.0)),
        ("group: patch, name", (2, 1.0, 1.0)),
        ("group: patch, changing nothing", (1, 1.0, 0.0)),
        ("group: patch, parent", (2, 1.0, 4.0)),
        ("members: add one", (3, 2.0, 7.0)),
        ("members: add one who is one", (2, 2.0, 0.0)),
        ("members: add 59", (4, 60.0, 299.0)),
        ("members: remove one", (3, 2.0, 5.0)),
        ("members: list, 25 of them", (3, 27.0, 0.0)),
        ("group: delete, in use", (2, 2.0, 0.0)),
        ("group: delete", (5, 4.0, 4.0)),
    ];
    assert_eq!(measured().await, expected);
}
