//! What requests for activities cost, and what an activity adds to the cost of a record: calls and capacity units as
//! equalities, for a warm container. A write of a transaction counts twice.

use super::{MISSING, PATH, path_of};
use crate::support::{Cost, Stack, cost, path_of as record_path, record, with};
use chrono::TimeDelta;
use serde_json::json;

async fn measured() -> Vec<(&'static str, Cost)> {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let client = tenant.caller(
        "c",
        rol_domain::Role::Application,
        Some("lms"),
        Some("activities:write records:read records:write"),
    );
    client.post(PATH, &json!({})).send().await;
    client.get(PATH).send().await;
    client.get(MISSING).send().await;
    client.patch(MISSING, &json!({})).send().await;
    client.delete(MISSING).send().await;
    let warm = client.create(&record("warm", "x")).await;
    client.patch(record_path(&warm["id"]), &json!({"score": 1})).send().await;
    let by_name = "/v1/learning-records/by-external-id/n";
    client.put(by_name, &record("warm", "y")).send().await;
    client.delete(record_path(&warm["id"])).send().await;
    client.post(format!("{}/restore", record_path(&warm["id"])), &json!({})).send().await;
    let course = super::made(&tenant, json!({"kind": "course", "title": "c"})).await;
    stack.wire.take();
    let mut rows = Vec::new();
    macro_rules! row {
        ($name:literal, $status:literal, $request:expr) => {{
            let answer = $request.send().await;
            assert_eq!(answer.status, $status, "{}: {}", $name, answer.text());
            rows.push(($name, cost(&stack.wire.take())));
            answer
        }};
    }
    let body = json!({"kind": "certification", "title": "a", "validity": "P24M", "due_period": "P14D"});
    let activity = row!("create", 201, client.post(PATH, &body)).json();
    let path = path_of(&activity);
    row!("create with an external id", 201, client.post(PATH, &with(body.clone(), json!({"external_id": "a"}))));
    let module = json!({"kind": "module", "title": "m", "course_id": course["id"]});
    row!("create, of a course of ours", 201, client.post(PATH, &module));
    row!("get", 200, client.get(&path));
    row!("list, 4 KB or less", 200, client.get(PATH));
    row!("list by external id", 200, client.get(format!("{PATH}?external_id=a")));
    row!("patch", 200, client.patch(&path, &json!({"provider": "p"})));
    row!("patch, changing nothing", 200, client.patch(&path, &json!({"provider": "p"})));
    row!("patch, the title", 200, client.patch(&path, &json!({"title": "b"})));
    row!("patch, the external id", 200, client.patch(&path, &json!({"external_id": "b"})));

    let create = "/v1/learning-records";
    let pointing = with(record("ada", "x"), json!({"activity_id": activity["id"]}));
    let made = row!("record: create, pointing", 201, client.post(create, &pointing)).json();
    row!("record: create, pointing, again", 201, client.post(create, &pointing));
    row!(
        "record: create, another system's",
        201,
        client.post(create, &with(record("ada", "x"), json!({"activity_id": "m"})))
    );
    row!("record: put, pointing", 200, client.put(by_name, &with(pointing.clone(), json!({"person_id": "warm"}))));
    let record = record_path(&made["id"]);
    stack.advance(TimeDelta::seconds(rol_domain::limits::DIRECTORY_CACHE_S));
    row!("record: patch, another field", 200, client.patch(&record, &json!({"score": 5})));
    row!("record: patch, due_at", 200, client.patch(&record, &json!({"due_at": "2030-01-01"})));
    row!("record: patch, completed_at", 200, client.patch(&record, &json!({"completed_at": "2026-05-01"})));
    row!("record: patch, completed_at, again", 200, client.patch(&record, &json!({"completed_at": "2026-05-02"})));
    row!("record: delete", 204, client.delete(&record));
    row!("record: restore", 200, client.post(format!("{record}/restore"), &json!({})));
    row!("delete", 204, client.delete(&path));
    rows
}

#[tokio::test]
async fn every_request_costs_what_is_said() {
    let expected: Vec<(&str, Cost)> = vec![
        ("create", (1, 0.0, 1.0)),
        ("create with an external id", (1, 0.0, 4.0)),
        ("create, of a course of ours", (2, 1.0, 1.0)),
        ("get", (1, 1.0, 0.0)),
        ("list, 4 KB or less", (4, 4.0, 0.0)),
        ("list by external id", (2, 2.0, 0.0)),
        ("patch", (2, 1.0, 1.0)),
        ("patch, changing nothing", (1, 1.0, 0.0)),
        ("patch, the title", (2, 1.0, 4.0)),
        ("patch, the external id", (2, 1.0, 4.0)),
        ("record: create, pointing", (2, 1.0, 4.0)),
        ("record: create, pointing, again", (1, 0.0, 4.0)),
        ("record: create, another system's", (1, 0.0, 3.0)),
        ("record: put, pointing", (4, 2.0, 4.0)),
        ("record: patch, another field", (2, 1.0, 4.0)),
        ("record: patch, due_at", (2, 1.0, 5.0)),
        ("record: patch, completed_at", (3, 2.0, 6.0)),
        ("record: patch, completed_at, again", (2, 1.0, 7.0)),
        ("record: delete", (1, 0.0, 5.0)),
        ("record: restore", (3, 1.0, 5.0)),
        ("delete", (2, 1.0, 4.0)),
    ];
    assert_eq!(measured().await, expected);
}
