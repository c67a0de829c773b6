//! `DELETE /v1/learning-records/{id}/attachments/{attachment_id}`, records that are deleted with their files, and what
//! the sweep finds.

use super::{PAGE, attached, attached_as, declared, file_path, files_of, get, put, verify::objects};
use crate::{
    api::attributes,
    support::{Stack, cost, path_of, record},
};
use chrono::TimeDelta;
use serde_json::json;

#[tokio::test]
async fn a_deleted_file_is_gone_and_no_longer_counts() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let file = attached(&stack, &admin, &made, "a.pdf", PAGE).await;
    let kept = attached(&stack, &admin, &made, "b.pdf", PAGE).await;
    let url = admin.get(format!("{}/content?redirect=false", file_path(&file))).send().await.json()["url"].clone();
    let first = attached(&stack, &admin, &made, "c.pdf", PAGE).await;
    admin.delete(file_path(&first)).send().await;
    stack.wire.take();
    assert_eq!(admin.delete(file_path(&file)).send().await.status, 204);
    // Beside the record and the file one transaction of two writes, one of them in an index; two more calls go to the
    // bucket.
    assert_eq!(cost(&stack.wire.take()), (3, 2.0, 5.0));
    assert_eq!(get(&stack, &url).await.status, 404, "a URL from before opens nothing");
    assert_eq!(admin.read(&made["id"]).await["attachments_count"], 1);
    assert_eq!(admin.get(files_of(&made)).send().await.json()["data"], json!([kept]));
    for request in [admin.get(file_path(&file)), admin.delete(file_path(&file))] {
        assert_eq!(request.send().await.status, 404);
    }
    let served = objects(&stack).into_iter().filter(|(_, size)| *size > 0).count();
    assert_eq!(served, 1);
}

#[tokio::test]
async fn a_deleted_file_is_the_value_of_nothing() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    for (key, kind) in [("proof", "file"), ("copy", "file"), ("note", "short_answer")] {
        attributes::made(&tenant, &json!({"key": key, "label": key, "type": kind})).await;
    }
    let made = admin.create(&record("ada", "x")).await;
    let file = json!({"filename": "a.pdf", "size": PAGE.len(), "attribute_key": "proof"});
    let file = attached_as(&stack, &admin, &made, file, PAGE).await;
    let values = json!({"attributes": {"copy": file["id"], "note": file["id"]}});
    assert_eq!(admin.patch(path_of(&made["id"]), &values).send().await.status, 200);
    assert_eq!(admin.delete(file_path(&file)).send().await.status, 204);
    let now = admin.read(&made["id"]).await;
    assert_eq!((&now["attributes"], &now["attachments_count"]), (&json!({"note": file["id"]}), &json!(0)));
    assert_eq!(now["version"], 4);
}

#[tokio::test]
async fn deleting_a_record_puts_its_files_out_of_reach_until_it_is_restored() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let file = attached(&stack, &admin, &made, "a.pdf", PAGE).await;
    admin.delete(path_of(&made["id"])).send().await;
    let content = format!("{}/content", file_path(&file));
    for path in [files_of(&made), file_path(&file), content.clone()] {
        assert_eq!(admin.get(&path).send().await.status, 404, "{path}");
    }
    assert_eq!(admin.delete(file_path(&file)).send().await.status, 404);
    let restored = admin.post(format!("{}/restore", path_of(&made["id"])), &json!({})).send().await;
    assert_eq!(restored.json()["attachments_count"], 1);
    let url = admin.get(format!("{content}?redirect=false")).send().await.json()["url"].clone();
    assert_eq!(get(&stack, &url).await.body, PAGE);
}

#[tokio::test]
async fn what_was_never_uploaded_is_forgotten_after_a_day() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let file = declared(&admin, &made, json!({"filename": "a.pdf", "size": PAGE.len()})).await;
    // It was uploaded, but nobody was told.
    put(&stack, &file["upload"], PAGE).await;
    stack.advance(TimeDelta::hours(23));
    let caller = tenant.admin();
    assert_eq!(caller.get(file_path(&file)).send().await.status, 200);
    stack.advance(TimeDelta::hours(1));
    let caller = tenant.admin();
    assert_eq!(caller.get(file_path(&file)).send().await.status, 404);
    assert_eq!(caller.get(files_of(&made)).send().await.json()["data"], json!([]));
    // An event that comes now finds nothing to serve.
    stack.route().await;
    assert_eq!(objects(&stack).iter().map(|(_, size)| size).sum::<u64>(), 0);
    assert_eq!(caller.read(&made["id"]).await["attachments_count"], 0);
}

#[tokio::test]
async fn the_sweep_takes_what_lies_for_more_than_a_day_and_nothing_else() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let ready = attached(&stack, &admin, &made, "a.pdf", PAGE).await;
    attached(&stack, &admin, &made, "b.pdf", b"no pdf").await;
    let gone = attached(&stack, &admin, &made, "c.pdf", PAGE).await;
    admin.delete(file_path(&gone)).send().await;
    let lost = declared(&admin, &made, json!({"filename": "d.pdf", "size": PAGE.len()})).await;
    put(&stack, &lost["upload"], PAGE).await;
    let sweep = || stack.invoke("attachments.sweep", json!({}));
    stack.advance(TimeDelta::hours(24));
    assert_eq!(sweep().await.expect("swept"), json!({"found": 4, "removed": 0}), "it may still be looked at");
    // The bucket has the real time, which is a little ahead of the stack's.
    stack.advance(TimeDelta::minutes(61));
    assert_eq!(sweep().await.expect("swept"), json!({"found": 4, "removed": 4}));
    let left = objects(&stack);
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].0.starts_with("files/") && left[0].0.ends_with(ready["id"].as_str().expect("an id")));
    assert_eq!(sweep().await.expect("swept"), json!({"found": 0, "removed": 0}));
}
