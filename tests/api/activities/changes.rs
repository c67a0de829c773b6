//! Whatever becomes of an activity is in the audit trail.

use super::{patched, path_of, titled};
use crate::support::Stack;
use serde_json::{Value, json};

#[tokio::test]
async fn every_change_of_an_activity_is_in_the_trail() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let activity = titled(&tenant, "a", json!({"validity": "P1Y"})).await;
    patched(&tenant, &activity, json!({"title": "b", "validity": null, "due_period": "P1W"})).await;
    tenant.manager().delete(path_of(&activity)).send().await;
    stack.drain().await;
    let id = activity["id"].as_str().expect("an id");
    let trail = tenant.admin().get(format!("/v1/action-logs?entity_id={id}")).send().await.json();
    let told = |entry: &Value| json!([entry["action"], entry["actor"], entry["changed"]]);
    assert_eq!(
        trail["data"].as_array().expect("entries").iter().map(told).collect::<Vec<_>>(),
        [
            json!(["activity.deleted", "max@example.com", []]),
            json!(["activity.updated", "root@example.com", ["due_period", "title", "validity"]]),
            json!(["activity.created", "root@example.com", ["id", "kind", "title", "validity"]]),
        ]
    );
}
