//! What requests for people cost: calls and capacity units as equalities, for entries up to 1 KB and a warm container.
//! A write of a transaction
//! counts twice, and once in an index.

use super::{PATH, made, named};
use crate::{
    api::groups,
    support::{Cost, Stack, cost, with},
};
use rol_domain::Role;
use serde_json::json;

/// Calls, read units and write units of each request.
async fn measured() -> Vec<(&'static str, Cost)> {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    // Of an application no entry is read.
    let client = tenant.caller("c", Role::Application, Some("hr"), Some("directory:read directory:write"));
    let group = groups::made(&tenant, "A", None).await;
    let mut rows = Vec::new();
    for path in ["/v1/people/warm", "/v1/people", "/v1/people?search=x"] {
        client.get(path).send().await;
    }
    client.post(PATH, &json!({"id": "warm"})).send().await;
    client.patch("/v1/people/x", &json!({})).send().await;
    client.delete("/v1/people/warm").send().await;
    stack.wire.take();
    macro_rules! row {
        ($name:literal, $status:literal, $request:expr) => {{
            let answer = $request.send().await;
            assert_eq!(answer.status, $status, "{}: {}", $name, answer.text());
            rows.push(($name, cost(&stack.wire.take())));
        }};
    }
    row!("person: create", 201, client.post(PATH, &json!({"id": "bob"})));
    let full = with(named("ada", "Ada Lovelace", "ada@x"), json!({"group_ids": [group["id"]], "external_ids": ["1"]}));
    row!(
        "person: create, with a name of two words, an address, an external id and a group",
        201,
        client.post(PATH, &full)
    );
    row!("person: create, existing", 409, client.post(PATH, &full));
    row!("person: get", 200, client.get("/v1/people/ada"));
    row!("person: get, not found", 404, client.get("/v1/people/x"));
    row!("person: list", 200, client.get(PATH));
    row!("person: search, finding one", 200, client.get(format!("{PATH}?search=love")));
    row!("person: search, finding nobody", 200, client.get(format!("{PATH}?search=zuse")));
    row!("person: patch, status", 200, client.patch("/v1/people/ada", &json!({"status": "blocked"})));
    row!("person: patch, changing nothing", 200, client.patch("/v1/people/ada", &json!({"status": "blocked"})));
    row!("person: patch, address", 200, client.patch("/v1/people/ada", &json!({"email": "ada@y"})));
    row!("person: patch, out of a group", 200, client.patch("/v1/people/ada", &json!({"group_ids": []})));
    row!("person: patch, into a group", 200, client.patch("/v1/people/ada", &json!({"group_ids": [group["id"]]})));
    row!("person: delete", 204, client.delete("/v1/people/bob"));
    row!(
        "person: delete, with a name of two words, an address, an external id and a group",
        204,
        client.delete("/v1/people/ada")
    );
    made(&tenant, json!({"id": "last"})).await;
    rows
}

#[tokio::test]
async fn every_request_costs_what_is_said() {
    let expected: Vec<(&str, Cost)> = vec![
        ("person: create", (1, 0.0, 3.0)),
        ("person: create, with a name of two words, an address, an external id and a group", (1, 0.0, 15.0)),
        ("person: create, existing", (1, 0.0, 0.0)),
        ("person: get", (1, 1.0, 0.0)),
        ("person: get, not found", (1, 1.0, 0.0)),
        ("person: list", (4, 2.0, 0.0)),
        ("person: search, finding one", (9, 9.0, 0.0)),
        ("person: search, finding nobody", (8, 8.0, 0.0)),
        ("person: patch, status", (2, 1.0, 3.0)),
        ("person: patch, changing nothing", (1, 1.0, 0.0)),
        ("person: patch, address", (2, 1.0, 7.0)),
        ("person: patch, out of a group", (2, 1.0, 5.0)),
        ("person: patch, into a group", (2, 1.0, 7.0)),
        ("person: delete", (2, 1.0, 3.0)),
        ("person: delete, with a name of two words, an address, an external id and a group", (2, 1.0, 13.0)),
    ];
    assert_eq!(measured().await, expected);
}
