//! What the feed and the audit trail tell of files.

use super::{PAGE, attached, file_path};
use crate::support::{Caller, Stack, record};
use rol_domain::Role;
use serde_json::{Value, json};

async fn data(caller: &Caller<'_>, path: &str) -> Vec<Value> {
    let answer = caller.get(path).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["data"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn verdicts_are_events_and_everything_is_in_the_audit_trail() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let (admin, manager) = (tenant.admin(), tenant.manager());
    let made = admin.create(&record("sam", "x")).await;
    let good = attached(&stack, &manager, &made, "a.pdf", PAGE).await;
    let bad = attached(&stack, &manager, &made, "b.pdf", b"no pdf").await;
    let content = format!("{}/content", file_path(&good));
    admin.get(&content).send().await;
    admin.get(format!("{content}?redirect=false")).send().await;
    admin.delete(file_path(&good)).send().await;
    stack.drain().await;

    let events = data(&admin, "/v1/events").await;
    let told: Vec<Value> =
        events.iter().map(|event| json!([event["type"], event["data"]["id"], event["data"]["state"]])).collect();
    assert_eq!(
        told,
        [
            json!(["learningRecord.created", made["id"], null]),
            json!(["attachment.ready", good["id"], "ready"]),
            json!(["attachment.rejected", bad["id"], "rejected"]),
        ],
        "no event for a count"
    );
    assert_eq!((&events[1]["data"], &events[1]["changed"]), (&good, &json!(["state"])));
    let ids: std::collections::BTreeSet<String> = events.iter().map(|event| event["id"].to_string()).collect();
    assert_eq!(ids.len(), 3);
    let only = data(&admin, "/v1/events?types=attachment.ready").await;
    assert_eq!(only.len(), 1);

    let entries = data(&admin, "/v1/action-logs?limit=100").await;
    let mut of_file: Vec<Value> = entries
        .iter()
        .filter(|entry| entry["entity_id"] == good["id"])
        .map(|entry| json!([entry["action"], entry["actor"], entry["person_id"]]))
        .collect();
    of_file.reverse();
    assert_eq!(
        of_file,
        [
            json!(["attachment.created", "max@example.com", "sam"]),
            json!(["attachment.ready", "attachments.verify", "sam"]),
            json!(["attachment.downloaded", "root@example.com", "sam"]),
            json!(["attachment.downloaded", "root@example.com", "sam"]),
            json!(["attachment.deleted", "root@example.com", "sam"]),
        ]
    );
    let verified = admin.get("/v1/action-logs/verify").send().await.json();
    assert_eq!(verified["valid"], true, "{verified}");
}

#[tokio::test]
async fn events_of_files_reach_who_may_see_the_record_but_no_student() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    tenant.show_students_their_records(true).await;
    let app = tenant.application("lms");
    let made = app.create(&record("sam", "x")).await;
    attached(&stack, &app, &made, "a.pdf", PAGE).await;
    stack.drain().await;
    let types = |events: Vec<Value>| events.iter().map(|event| event["type"].to_string()).collect::<Vec<_>>();
    for (caller, sees) in [
        (tenant.manager(), true),
        (app, true),
        (tenant.application("other"), false),
        (tenant.caller("ed", Role::Educator, None, None), false),
        (tenant.caller("sam", Role::Student, None, None), false),
        (stack.tenant().await.admin(), false),
    ] {
        assert_eq!(types(data(&caller, "/v1/events").await).contains(&"\"attachment.ready\"".to_owned()), sees);
    }
}
