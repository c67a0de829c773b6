//! Records as the world has them: Synap's published sample, and three of one person.

use crate::support::{Stack, path_of, with};
use serde_json::{Value, json};

/// The learning record of Synap's webhook sample, in this API's fields (its custom attribute and file come with
/// custom attributes and attachments).
fn synap_sample() -> Value {
    json!({
        "person_id": "7dNGUkKit2O", "title": "Data analysis interview", "score": 55, "visible_to_student": true,
        "completed_at": "2024-06-03T23:00:00.000Z", "external_id": "lcfdxBQ13vT",
    })
}

#[tokio::test]
async fn synaps_sample_record_keeps_its_instant() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&synap_sample()).await;
    for (name, value) in synap_sample().as_object().expect("an object") {
        assert_eq!(made[name], *value, "{name}");
    }
    // The day that was meant, midnight in British summer time: as a date it stays that day.
    let meant = json!({"completed_at": "2024-06-04"});
    let changed = tenant.admin().patch(path_of(&made["id"]), &meant).send().await.json();
    assert_eq!(changed["completed_at"], "2024-06-04");
}

#[tokio::test]
async fn three_records_of_one_person_live_their_lives() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let of_ada = |more: Value| with(json!({"person_id": "ada@example.com"}), more);
    let certification = admin
        .create(&of_ada(json!({
            "title": "AWS Certified Developer – Associate", "provider": "AWS", "score": 87.5, "passed": true,
            "completed_at": "2026-05-20", "expires_at": "2029-05-20",
            "certification_ref": "https://aws.amazon.com/verification/ABC123",
        })))
        .await;
    let interview = admin.create(&of_ada(json!({"title": "Interview: systems design", "score": 74}))).await;
    let course =
        admin.create(&of_ada(json!({"title": "Rust in depth", "started_at": "2026-11-02", "progress": 9.09}))).await;
    assert_eq!(
        [&certification, &interview, &course].map(|r| r["status"].clone()),
        ["passed", "not_started", "in_progress"]
    );

    let done = json!({"completed_at": "2026-11-20", "progress": 100, "passed": true});
    let finished = admin.patch(path_of(&course["id"]), &done).header("if-match", "\"1\"").send().await;
    assert_eq!((finished.status.as_u16(), &finished.json()["status"]), (200, &json!("passed")));
    assert_eq!(admin.delete(path_of(&interview["id"])).send().await.status, 204);
    let list = |query: &'static str| {
        let admin = admin.clone();
        async move {
            let list = admin.get(format!("/v1/learning-records?person_id=ada@example.com{query}")).send().await.json();
            list["data"].as_array().map(Vec::len)
        }
    };
    assert_eq!((list("").await, list("&include_deleted=true").await), (Some(2), Some(3)));
    let restored = admin.post(format!("{}/restore", path_of(&interview["id"])), &json!({})).send().await.json();
    assert_eq!((&restored["score"], &restored["version"], list("").await), (&json!(74), &json!(3), Some(3)));
}
