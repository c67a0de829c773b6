//! `POST /v1/learning-records`

use crate::support::{Stack, record, with};
use serde_json::json;

#[tokio::test]
async fn a_record_is_made_and_can_be_read() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let answer = admin.post("/v1/learning-records", &record("ada", "First aid")).send().await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let made = answer.json();
    assert_eq!(
        answer.header("location"),
        Some(format!("/v1/learning-records/{}", made["id"].as_str().expect("an id")).as_str())
    );
    assert_eq!(admin.read(&made["id"]).await, made);
    let _ = with(made, json!({}));
}
