//! `GET /v1/activities/{id}`

use super::{MISSING, PATH, path_of, titled};
use crate::support::Stack;

use serde_json::json;

#[tokio::test]
async fn an_activity_is_read_by_its_id_and_not_read_again_while_it_is_the_same() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let activity = titled(&tenant, "x", json!({})).await;
    let answer = tenant.admin().get(path_of(&activity)).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("etag"), answer.json()), (200, Some("\"1\""), activity.clone()));
    let again = tenant.admin().get(path_of(&activity)).header("if-none-match", "\"1\"").send().await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    let lower = path_of(&activity).to_lowercase();
    assert_eq!(tenant.admin().get(lower).send().await.json(), activity);
}

#[tokio::test]
async fn what_is_another_tenants_looks_missing() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let activity = titled(&tenant, "x", json!({})).await;
    let foreign = other.admin().get(path_of(&activity)).send().await;
    let missing = other.admin().get(MISSING).send().await;
    assert_eq!((foreign.status.as_u16(), foreign.anonymous()), (404, missing.anonymous()));
    assert_eq!(other.admin().get(format!("{PATH}/moodle:1")).send().await.anonymous(), missing.anonymous());
    assert_eq!(tenant.admin().get(format!("{}?fields=title", path_of(&activity))).send().await.status, 400);
}
