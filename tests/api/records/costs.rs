//! What each request costs: calls and capacity units as equalities, and the table in `shared/store/README.md`.
//!
//! Items are up to 1 KB, the caller has a token, the container is warm. A write unit of an index counts with the
//! table's; a failed condition shows no units on the wire (DynamoDB charges one write unit for it).

use crate::{
    api::{groups, people},
    support::{Answer, Cost, Stack, Tenant, cost, path_of, record, with},
};
use rol_domain::Role;
use serde_json::{Value, json};

/// A tenant whose containers are all warm.
async fn warm(stack: &Stack) -> Tenant<'_> {
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("warm", "x")).await;
    let path = path_of(&made["id"]);
    admin.get(&path).send().await;
    admin.get("/v1/learning-records?person_id=warm").send().await;
    admin.patch(&path, &json!({"score": 1})).send().await;
    admin.put("/v1/learning-records/by-external-id/warm", &record("warm", "y")).send().await;
    admin.delete(&path).send().await;
    admin.post(format!("{path}/restore"), &json!({})).send().await;
    admin.get("/v1/me").send().await;
    stack.wire.take();
    tenant
}

/// Every row of the table in `shared/store/README.md`.
async fn measured() -> Vec<(&'static str, Cost)> {
    let stack = Stack::start();
    let tenant = warm(&stack).await;
    let admin = tenant.admin();
    let mut rows = Vec::new();
    let indexed = json!({"completed_at": "2026-05-01", "expires_at": "2029-05-01", "activity_id": "a"});
    let create = "/v1/learning-records";
    macro_rules! row {
        ($name:literal, $status:literal, $request:expr) => {{
            let answer = $request.send().await;
            assert_eq!(answer.status, $status, "{}: {}", $name, answer.text());
            rows.push(($name, cost(&stack.wire.take())));
            answer
        }};
    }

    let plain = row!("create", 201, admin.post(create, &record("ada", "plain"))).json();
    let full = row!("create, in every index", 201, admin.post(create, &with(record("ada", "full"), indexed))).json();
    let body = with(record("ada", "named"), json!({"external_id": "n1"}));
    let named = row!("create with an external id", 201, admin.post(create, &body)).json();
    let request = || admin.post(create, &record("ada", "key")).header("idempotency-key", "k1");
    row!("create with an Idempotency-Key", 201, request());
    row!("create again with the same Idempotency-Key", 201, request());
    let body = with(record("ada", "both"), json!({"external_id": "n2"}));
    row!("create with both", 201, admin.post(create, &body).header("idempotency-key", "k2"));
    let by_name = "/v1/learning-records/by-external-id/n3";
    row!("put, creating", 201, admin.put(by_name, &record("ada", "put")));
    row!("put, replacing", 200, admin.put(by_name, &record("ada", "put again")));
    let path = |record: &Value| path_of(&record["id"]);
    row!("get", 200, admin.get(path(&plain)));
    row!("get, not found", 404, admin.get("/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV"));
    row!("list of a person, 4 KB of records or less", 200, admin.get("/v1/learning-records?person_id=ada"));
    row!("list by external id", 200, admin.get("/v1/learning-records?external_id=n1"));
    row!("patch", 200, admin.patch(path(&plain), &json!({"score": 5})));
    row!("patch, changing nothing", 200, admin.patch(path(&plain), &json!({"score": 5})));
    row!("patch, moving one of four index keys", 200, admin.patch(path(&full), &json!({"completed_at": "2026-05-02"})));
    row!("patch, changing the external id", 200, admin.patch(path(&named), &json!({"external_id": "n4"})));
    row!("delete", 204, admin.delete(path(&plain)));
    row!("delete, from every index", 204, admin.delete(path(&full)));
    row!("delete with an external id", 204, admin.delete(path(&named)));
    row!("restore", 200, admin.post(format!("{}/restore", path(&plain)), &json!({})));
    row!("restore, into every index", 200, admin.post(format!("{}/restore", path(&full)), &json!({})));
    row!("restore with an external id", 200, admin.post(format!("{}/restore", path(&named)), &json!({})));
    row!("me", 200, admin.get("/v1/me"));
    let key = tenant.key_holder();
    row!("me, with an API key not used for an hour", 200, key.get("/v1/me"));
    row!("me, with an API key seen in the last 10 seconds", 200, key.get("/v1/me"));
    stack.advance(chrono::TimeDelta::seconds(11));
    row!("me, with an API key", 200, key.get("/v1/me"));
    rows.extend(measured_by_role(&stack, &tenant).await);
    rows
}

/// The rows of an educator, who was granted everything over the person's group, and of a student on their own records.
async fn measured_by_role(stack: &Stack, tenant: &Tenant<'_>) -> Vec<(&'static str, Cost)> {
    let admin = tenant.admin();
    let mut rows = Vec::new();
    let learners = groups::made(tenant, "Astronauts", None).await;
    let educators = groups::made_of_kind(tenant, "Record makers", "educator_group", None).await;
    groups::granted(tenant, &learners, &educators, &["view", "create", "edit", "delete"]).await;
    people::made(tenant, json!({"id": "edna", "group_ids": [educators["id"]]})).await;
    people::made(tenant, json!({"id": "sam", "group_ids": [learners["id"]]})).await;
    tenant.show_students_their_records(true).await;
    let made = admin.create(&record("sam", "x")).await;
    let path = path_of(&made["id"]);
    let create = "/v1/learning-records";
    let list = format!("{create}?person_id=sam");
    let (educator, student) =
        (tenant.caller("edna", Role::Educator, None, None), tenant.caller("sam", Role::Student, None, None));
    // Everything twice: what is remembered is read the first time.
    for warm in [false, true] {
        let mut row = |name, answer: Answer| {
            assert!(answer.status.is_success(), "{name}: {}", answer.text());
            let cost = cost(&stack.wire.take());
            if warm {
                rows.push((name, cost));
            }
        };
        stack.wire.take();
        row("get, by an educator", educator.get(&path).send().await);
        row("list of a person, by an educator", educator.get(&list).send().await);
        row("create, by an educator", educator.post(create, &record("sam", "y")).send().await);
        row("patch, by an educator", educator.patch(&path, &json!({"score": 1 + i32::from(warm)})).send().await);
        row("delete, by an educator", educator.delete(&path).send().await);
        row("restore, by an educator", educator.post(format!("{path}/restore"), &json!({})).send().await);
        row("get, by a student", student.get(&path).send().await);
        row("list of a person, by a student", student.get(&list).send().await);
    }
    rows
}

#[tokio::test]
async fn every_request_costs_what_the_design_says() {
    let expected: Vec<(&str, Cost)> = vec![
        ("create", (1, 0.0, 2.0)),
        ("create, in every index", (1, 0.0, 5.0)),
        ("create with an external id", (2, 0.0, 3.0)),
        ("create with an Idempotency-Key", (2, 0.0, 3.0)),
        ("create again with the same Idempotency-Key", (2, 1.0, 0.0)),
        ("create with both", (3, 0.0, 4.0)),
        ("put, creating", (2, 0.0, 3.0)),
        ("put, replacing", (3, 1.0, 2.0)),
        ("get", (1, 1.0, 0.0)),
        ("get, not found", (1, 1.0, 0.0)),
        ("list of a person, 4 KB of records or less", (1, 1.0, 0.0)),
        ("list by external id", (2, 2.0, 0.0)),
        ("patch", (2, 1.0, 2.0)),
        ("patch, changing nothing", (1, 1.0, 0.0)),
        ("patch, moving one of four index keys", (2, 1.0, 6.0)),
        ("patch, changing the external id", (4, 1.0, 4.0)),
        ("delete", (1, 0.0, 2.0)),
        ("delete, from every index", (1, 0.0, 5.0)),
        ("delete with an external id", (2, 0.0, 3.0)),
        ("restore", (1, 0.0, 2.0)),
        ("restore, into every index", (2, 0.0, 5.0)),
        ("restore with an external id", (3, 0.0, 3.0)),
        ("me", (0, 0.0, 0.0)),
        ("me, with an API key not used for an hour", (2, 1.0, 2.0)),
        ("me, with an API key seen in the last 10 seconds", (0, 0.0, 0.0)),
        ("me, with an API key", (1, 1.0, 0.0)),
        ("get, by an educator", (2, 2.0, 0.0)),
        ("list of a person, by an educator", (2, 2.0, 0.0)),
        ("create, by an educator", (2, 1.0, 2.0)),
        ("patch, by an educator", (3, 2.0, 2.0)),
        ("delete, by an educator", (2, 1.0, 2.0)),
        ("restore, by an educator", (2, 1.0, 2.0)),
        ("get, by a student", (1, 1.0, 0.0)),
        ("list of a person, by a student", (1, 1.0, 0.0)),
    ];
    assert_eq!(measured().await, expected);
}

#[tokio::test]
async fn the_readme_of_the_store_has_the_same_table() {
    let readme = include_str!("../../../shared/store/README.md");
    let is_cost = |row: &&str| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        matches!(cells[..], ["", _, calls, reads, writes, ""] if [calls, reads, writes].iter().all(|n| n.parse::<f64>().is_ok()))
    };
    let rows: Vec<&str> = readme.lines().filter(is_cost).collect();
    let row = |(name, (calls, reads, writes))| format!("| {name} | {calls} | {reads} | {writes} |");
    assert_eq!(rows, measured().await.into_iter().map(row).collect::<Vec<String>>());
}

#[tokio::test]
async fn a_page_costs_one_read_unit_for_each_4_kilobytes() {
    let stack = Stack::start();
    let tenant = warm(&stack).await;
    for n in 0..25 {
        tenant.admin().create(&record("ada", &format!("{n} {}", "x".repeat(490)))).await;
    }
    stack.wire.take();
    let list = tenant.admin().get("/v1/learning-records?person_id=ada").send().await.json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(25));
    // 25 items of about 1.1 KB.
    assert_eq!(cost(&stack.wire.take()), (1, 6.0, 0.0));
}

#[tokio::test]
async fn a_cold_container_looks_issuer_and_entry_up_once() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    stack.wire.take();
    let admin = tenant.admin();
    admin.get("/v1/me").send().await;
    assert_eq!(cost(&stack.wire.take()), (2, 2.0, 0.0));
    admin.get("/v1/me").send().await;
    assert_eq!(cost(&stack.wire.take()), (0, 0.0, 0.0));
}
