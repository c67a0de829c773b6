//! What a record takes from the activity that it points to, through every route that writes one.

use super::{patched, path_of, titled};
use crate::{
    api::attributes::assert_invalid,
    support::{Stack, Tenant, path_of as record_path, record, with},
};
use rstest::rstest;
use serde_json::{Value, json};

/// A module that is valid for two years and due after two weeks.
async fn module(tenant: &Tenant<'_>) -> Value {
    let body = json!({
        "kind": "module", "title": "Fire safety", "course_id": "hse", "course_item_id": "hse-1", "passing_score": 80,
        "validity": "P24M", "due_period": "P14D",
    });
    super::made(tenant, body).await
}

/// Of a record: the title, course, item, passing score, due date and expiry.
fn taken(record: &Value) -> Value {
    let names = ["activity_title", "course_id", "course_item_id", "passing_score", "due_at", "expires_at"];
    names.iter().map(|name| record[*name].clone()).collect()
}

#[rstest]
#[case::assigned(json!({"assigned_at": "2026-01-31"}), json!(["Fire safety", "hse", "hse-1", 80, "2026-02-14", null]))]
#[case::completed(json!({"completed_at": "2024-02-29"}), json!(["Fire safety", "hse", "hse-1", 80, null, "2026-02-28"]))]
#[case::completed_at_an_instant(
    json!({"completed_at": "2024-06-03T23:00:00.000Z"}),
    json!(["Fire safety", "hse", "hse-1", 80, null, "2026-06-03T23:00:00.000Z"]),
)]
#[case::said_otherwise(
    json!({"completed_at": "2026-05-01", "course_id": "c", "course_item_id": "i", "passing_score": 0, "due_at": "2026-07-01", "expires_at": "2027-01-01"}),
    json!(["Fire safety", "c", "i", 0, "2026-07-01", "2027-01-01"]),
)]
#[case::said_to_be_none(
    json!({"completed_at": "2026-05-01", "course_id": null, "course_item_id": null, "passing_score": null, "due_at": null, "expires_at": null}),
    json!(["Fire safety", null, null, null, null, null]),
)]
#[tokio::test]
async fn what_a_client_leaves_open_comes_from_the_activity(#[case] said: Value, #[case] expected: Value) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let module = module(&tenant).await;
    let body = with(with(record("ada", "x"), json!({"activity_id": module["id"]})), said);
    let made = admin.create(&body).await;
    assert_eq!(taken(&made), expected);
    assert_eq!(admin.read(&made["id"]).await, made);
    let put = admin.put("/v1/learning-records/by-external-id/n", &body).send().await;
    assert_eq!((put.status.as_u16(), taken(&put.json())), (201, expected));
    let again = admin.put("/v1/learning-records/by-external-id/n", &body).send().await.json();
    assert_eq!(again["version"], 1, "the same body changes nothing");
}

#[tokio::test]
async fn without_an_assignment_it_is_due_from_the_day_on_which_the_record_was_made() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let module = module(&tenant).await;
    let made = tenant.admin().create(&with(record("ada", "x"), json!({"activity_id": module["id"]}))).await;
    let day = (stack.now() + chrono::TimeDelta::days(14)).format("%Y-%m-%d").to_string();
    assert_eq!(made["due_at"], json!(day));
}

#[tokio::test]
async fn a_course_gives_itself() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let course = super::made(&tenant, json!({"kind": "course", "title": "c"})).await;
    let made = tenant.admin().create(&with(record("ada", "x"), json!({"activity_id": course["id"]}))).await;
    assert_eq!(taken(&made), json!(["c", course["id"], null, null, null, null]));
}

#[tokio::test]
async fn dates_follow_what_they_are_counted_from_until_a_client_says_otherwise() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let module = module(&tenant).await;
    let body = with(record("ada", "x"), json!({"activity_id": module["id"], "assigned_at": "2026-05-01"}));
    let path = record_path(&admin.create(&body).await["id"]);
    let patch = async |change: Value| {
        let answer = admin.patch(&path, &change).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let record = answer.json();
        json!([record["due_at"], record["expires_at"]])
    };
    assert_eq!(patch(json!({"assigned_at": "2026-05-03"})).await, json!(["2026-05-17", null]));
    assert_eq!(patch(json!({"completed_at": "2026-05-10"})).await, json!(["2026-05-17", "2028-05-10"]));
    assert_eq!(patch(json!({"completed_at": "2026-05-11"})).await, json!(["2026-05-17", "2028-05-11"]));
    assert_eq!(patch(json!({"expires_at": "2030-01-01"})).await, json!(["2026-05-17", "2030-01-01"]));
    assert_eq!(patch(json!({"completed_at": "2026-05-12"})).await, json!(["2026-05-17", "2030-01-01"]));
    assert_eq!(patch(json!({"completed_at": "2026-05-13", "expires_at": null})).await, json!(["2026-05-17", null]));
    assert_eq!(patch(json!({"score": 90})).await, json!(["2026-05-17", null]));
}

#[tokio::test]
async fn a_record_may_begin_to_point_elsewhere_or_nowhere() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let module = module(&tenant).await;
    let other = titled(&tenant, "Other", json!({"passing_score": 60})).await;
    let made = admin.create(&with(record("ada", "x"), json!({"completed_at": "2026-05-01"}))).await;
    let path = record_path(&made["id"]);
    let patch = async |change: Value| taken(&admin.patch(&path, &change).send().await.json());
    let here = json!({"activity_id": module["id"]});
    assert_eq!(patch(here).await, json!(["Fire safety", "hse", "hse-1", 80, null, "2028-05-01"]));
    let there = json!({"activity_id": other["id"], "course_id": null});
    assert_eq!(patch(there).await, json!(["Other", null, "hse-1", 60, null, "2028-05-01"]));
    assert_eq!(patch(json!({"activity_id": "moodle:1"})).await, json!([null, null, "hse-1", 60, null, "2028-05-01"]));
    patch(json!({"activity_id": other["id"]})).await;
    assert_eq!(patch(json!({"activity_id": null})).await[0], Value::Null);
}

#[tokio::test]
async fn another_systems_id_stays_what_it_is() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for id in ["m-1", "0163f9d1-b4cd-cf24-a4c3-df31b9b8b5db", "act_01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
        let made = tenant.admin().create(&with(record("ada", "x"), json!({"activity_id": id}))).await;
        assert_eq!((&made["activity_id"], taken(&made)), (&json!(id), json!([null, null, null, null, null, null])));
    }
}

#[tokio::test]
async fn an_id_of_our_form_has_to_be_there_in_this_tenant_and_in_its_spelling() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let admin = tenant.admin();
    let foreign = titled(&other, "x", json!({})).await;
    let mine = titled(&tenant, "x", json!({})).await;
    let lower = json!(mine["id"].as_str().expect("an id").to_lowercase());
    let path = record_path(&admin.create(&record("ada", "x")).await["id"]);
    for id in [&json!("atv_01ARZ3NDEKTSV4RRFFQ69G5FAV"), &json!("atv_1"), &foreign["id"], &lower] {
        let body = with(record("ada", "x"), json!({"activity_id": id, "attributes": {"no-such": 1}}));
        let places = &["/activity_id", "/attributes/no-such"];
        assert_invalid(&admin.post("/v1/learning-records", &body).send().await, places);
        assert_invalid(&admin.put("/v1/learning-records/by-external-id/n", &body).send().await, places);
        assert_invalid(&admin.patch(&path, &json!({"activity_id": id})).send().await, &["/activity_id"]);
    }
    assert_eq!(admin.get("/v1/learning-records?external_id=n").send().await.json()["data"], json!([]));
}

#[tokio::test]
async fn a_record_of_an_activity_that_is_gone_goes_on() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let module = module(&tenant).await;
    let by_name = "/v1/learning-records/by-external-id/n";
    let body = with(record("ada", "x"), json!({"activity_id": module["id"], "assigned_at": "2026-05-01"}));
    let made = admin.put(by_name, &body).send().await.json();
    assert_eq!(admin.delete(path_of(&module)).send().await.status, 204);
    stack.advance(chrono::TimeDelta::seconds(10));
    let patched = admin.patch(record_path(&made["id"]), &json!({"completed_at": "2026-05-10"})).send().await.json();
    assert_eq!(taken(&patched), json!(["Fire safety", "hse", "hse-1", 80, "2026-05-15", null]));
    let put = admin.put(by_name, &with(body.clone(), json!({"title": "y"}))).send().await.json();
    assert_eq!(taken(&put), json!(["Fire safety", "hse", "hse-1", 80, "2026-05-15", null]));
    // What was read may be sent back; only to point there anew is refused.
    assert_eq!(admin.patch(record_path(&made["id"]), &put).send().await.json(), put);
    assert_invalid(&admin.post("/v1/learning-records", &body).send().await, &["/activity_id"]);
}

#[tokio::test]
async fn the_title_is_the_servers_to_set() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let module = module(&tenant).await;
    let body = with(record("ada", "x"), json!({"activity_id": module["id"]}));
    let wrong = with(body.clone(), json!({"activity_title": "Mine"}));
    assert_invalid(&admin.post("/v1/learning-records", &wrong).send().await, &["/activity_title"]);
    let right = admin.create(&with(body, json!({"activity_title": "Fire safety"}))).await;
    let change = json!({"activity_title": null, "score": 5});
    assert_invalid(&admin.patch(record_path(&right["id"]), &change).send().await, &["/activity_title"]);
}

#[tokio::test]
async fn a_restored_record_has_the_title_that_its_activity_has_now() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let module = module(&tenant).await;
    let made = admin.create(&with(record("ada", "x"), json!({"activity_id": module["id"]}))).await;
    let path = record_path(&made["id"]);
    assert_eq!(admin.delete(&path).send().await.status, 204);
    patched(&tenant, &module, json!({"title": "New"})).await;
    let restored = admin.post(format!("{path}/restore"), &json!({})).send().await.json();
    assert_eq!((&restored["activity_title"], &restored["version"]), (&json!("New"), &json!(3)));
}
