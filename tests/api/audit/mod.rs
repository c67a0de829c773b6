//! The audit trail.

mod checkpoint;
mod deletes;
mod denials;
mod tampering;
mod verify;

use crate::support::Tenant;
use serde_json::{Value, json};

/// The entries of a tenant, oldest first: action, what it was done to, who did it, what changed.
pub(crate) async fn entries(tenant: &Tenant<'_>, filter: &str) -> Vec<Value> {
    let answer = tenant.admin().get(format!("/v1/action-logs?limit=100{filter}")).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.json();
    let mut entries = page["data"].as_array().expect("entries").clone();
    entries.reverse();
    entries
}

/// What was done, in order.
fn actions(entries: &[Value]) -> Vec<Value> {
    entries.iter().map(|entry| json!([entry["action"], entry["actor"], entry["changed"]])).collect()
}

#[tokio::test]
async fn who_did_what_is_kept_and_found() {
    let stack = crate::support::Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&crate::support::record("ada", "x")).await;
    tenant.manager().patch(crate::support::path_of(&made["id"]), &json!({"score": 5})).send().await;
    admin.patch("/v1/settings", &json!({"student_records_enabled": true})).send().await;
    let key = admin.post("/v1/api-keys", &json!({"label": "k", "role": "manager"})).send().await.json();
    let path = format!("/v1/api-keys/{}", key["id"].as_str().expect("an id"));
    admin.patch(&path, &json!({"is_revoked": true})).send().await;
    admin.delete(&path).send().await;
    stack.drain().await;
    let all = entries(&tenant, "").await;
    let by_root = |entry: &&Value| entry["actor"] == "root@example.com";
    let root: Vec<Value> = all.iter().filter(by_root).map(|entry| entry["action"].clone()).collect();
    assert_eq!(
        root,
        ["learningRecord.created", "settings.created", "apiKey.created", "apiKey.updated", "apiKey.deleted",]
    );
    let record = entries(&tenant, &format!("&entity_id={}", made["id"].as_str().expect("an id"))).await;
    assert_eq!(
        actions(&record),
        [
            json!(["learningRecord.created", "root@example.com", ["title", "visible_to_student"]]),
            json!(["learningRecord.updated", "max@example.com", ["score"]]),
        ]
    );
    assert_eq!(actions(&entries(&tenant, "&actor=max@example.com").await).len(), 1);
    assert_eq!(entries(&tenant, "&person_id=ada&action=learningRecord.updated").await.len(), 1);
    assert_eq!(entries(&tenant, "&from=2100-01-01T00:00:00Z").await.len(), 0);
    let one = record[0]["id"].as_str().expect("an id");
    assert_eq!(admin.get(format!("/v1/action-logs/{one}")).send().await.json(), record[0]);
    for missing in ["act_0999999999999999", "act_9000000000000001", "act_x", "x"] {
        assert_eq!(admin.get(format!("/v1/action-logs/{missing}")).send().await.status, 404);
    }
}

#[tokio::test]
async fn pages_of_the_trail_hold_every_entry_once() {
    let stack = crate::support::Stack::alone().await;
    let tenant = stack.tenant().await;
    for n in 0..23 {
        tenant.admin().create(&crate::support::record("ada", &n.to_string())).await;
    }
    stack.drain().await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/action-logs?limit=5&action=learningRecord.created{cursor}");
        let page = tenant.admin().get(path).send().await.json();
        seen.extend(page["data"].as_array().expect("entries").iter().map(|entry| entry["entity_id"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let listed = tenant.admin().get("/v1/learning-records?person_id=ada&limit=100").send().await.json();
    let records: Vec<Value> = listed["data"].as_array().expect("records").iter().map(|r| r["id"].clone()).collect();
    assert_eq!(seen, records, "newest first, as the records");
}
