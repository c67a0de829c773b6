//! `DELETE /v1/activities/{id}`

use super::{MISSING, PATH, path_of, titled};
use crate::support::{Fault, Stack, record, with};
use serde_json::json;

#[tokio::test]
async fn a_deleted_activity_is_gone_and_its_records_stay() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let activity = titled(&tenant, "First aid", json!({"external_id": "a", "passing_score": 80})).await;
    let made = admin.create(&with(record("ada", "x"), json!({"activity_id": activity["id"]}))).await;
    let answer = admin.delete(path_of(&activity)).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    assert_eq!(admin.get(path_of(&activity)).send().await.status, 404);
    assert_eq!(admin.patch(path_of(&activity), &json!({"title": "y"})).send().await.status, 404);
    assert_eq!(admin.get(PATH).send().await.json()["data"], json!([]));
    assert_eq!(admin.get(format!("{PATH}?external_id=a")).send().await.json()["data"], json!([]));
    assert_eq!(admin.read(&made["id"]).await, made);
    // Its external id is free at once.
    titled(&tenant, "Another", json!({"external_id": "a"})).await;
}

#[tokio::test]
async fn only_the_version_that_is_meant_is_deleted() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let activity = titled(&tenant, "a", json!({})).await;
    let delete = |tag| tenant.admin().delete(path_of(&activity)).header("if-match", tag);
    assert_eq!(delete("\"2\"").send().await.status, 412);
    let foreign = other.admin().delete(path_of(&activity)).send().await;
    let missing = other.admin().delete(MISSING).send().await;
    assert_eq!((foreign.status.as_u16(), foreign.anonymous()), (404, missing.anonymous()));
    assert_eq!(delete("\"1\"").send().await.status, 204);
    assert_eq!(delete("\"1\"").send().await.status, 404);
}

#[tokio::test]
async fn a_lost_answer_is_no_404_and_a_contended_write_is_tried_again() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    tenant.admin().delete(MISSING).send().await;
    for fault in [Fault::AfterCommit, Fault::Contention] {
        let activity = titled(&tenant, "a", json!({})).await;
        stack.wire.plan([None, Some(fault)]);
        assert_eq!(tenant.admin().delete(path_of(&activity)).send().await.status, 204);
        assert_eq!(tenant.admin().get(path_of(&activity)).send().await.status, 404);
    }
}
