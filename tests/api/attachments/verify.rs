//! What becomes of uploads, whatever the bucket tells and however often.

use super::{PAGE, attached, declared, file_path, get, put};
use crate::{
    api::attributes,
    support::{Stack, path_of, record},
};
use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};

#[tokio::test]
async fn a_pdf_becomes_ready_and_counts_without_a_new_version() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let file = attached(&stack, &admin, &made, "a.pdf", PAGE).await;
    assert_eq!((&file["state"], &file["reason"]), (&json!("ready"), &json!(null)));
    let hash = rol_domain::attachment::ContentHash::of(PAGE).to_string();
    assert_eq!((&file["sha256"], &file["size"]), (&json!(hash), &json!(PAGE.len())));
    let now = admin.read(&made["id"]).await;
    assert_eq!((&now["attachments_count"], &now["version"]), (&json!(1), &json!(1)));
    // Whoever read version 1 before still changes it, and the count is not lost.
    let changed = admin.patch(path_of(&made["id"]), &json!({"score": 1})).header("if-match", "\"1\"").send().await;
    assert_eq!((changed.status.as_u16(), &changed.json()["attachments_count"]), (200, &json!(1)));
}

#[rstest]
#[case::no_pdf(b"PK\x03\x04 something else".to_vec(), "not_a_pdf")]
#[case::cut_off(PAGE[..PAGE.len() - 10].to_vec(), "truncated")]
#[case::junk_before([b"GIF89a", PAGE].concat(), "not_a_pdf")]
#[tokio::test]
async fn what_is_no_pdf_is_rejected_and_gone(#[case] content: Vec<u8>, #[case] reason: &str) {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let file = attached(&stack, &admin, &made, "a.pdf", &content).await;
    assert_eq!((&file["state"], &file["reason"]), (&json!("rejected"), &json!(reason)));
    assert!(file["reason_detail"].as_str().is_some_and(|why| why.starts_with("expected ")), "{file}");
    assert_eq!(admin.read(&made["id"]).await["attachments_count"], 0);
    let refused = admin.get(format!("{}/content", file_path(&file))).send().await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert_eq!(objects(&stack), [(incoming(&tenant.id.to_string(), &file), 0)], "only an empty object is left");
    stack.advance(TimeDelta::days(7));
    assert_eq!(tenant.admin().get(file_path(&file)).send().await.status, 404, "in the end it is forgotten");
}

#[rstest]
#[case("bad/encrypted", "encrypted")]
#[case("bad/javascript", "javascript")]
#[case("bad/launch", "launch")]
#[tokio::test]
async fn a_pdf_that_does_more_than_show_pages_is_rejected(#[case] directory: &str, #[case] reason: &str) {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/pdf/corpus").join(directory);
    let mut files: Vec<_> =
        std::fs::read_dir(directory).expect("a directory").map(|it| it.expect("an entry").path()).collect();
    files.sort();
    let content = std::fs::read(&files[0]).expect("a file");
    let file = attached(&stack, &tenant.admin(), &made, "a.pdf", &content).await;
    assert_eq!(file["reason"], reason, "{file}");
}

/// The objects of the bucket with their sizes, as they lie on disk.
pub(super) fn objects(stack: &Stack) -> Vec<(String, u64)> {
    stack.engines.embedded.as_ref().expect("engines of this process").objects()
}

pub(super) fn incoming(tenant: &str, file: &Value) -> String {
    let id = |name: &str| file[name].as_str().expect("an id").to_owned();
    format!("incoming/{tenant}/{}/{}", id("record_id"), id("id"))
}

/// All events that the bucket has sent.
fn told(stack: &Stack) -> Vec<Value> {
    stack.engines.embedded.as_ref().expect("engines of this process").uploads.behind(0)
}

#[tokio::test]
async fn events_that_come_again_or_late_change_nothing() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let good = attached(&stack, &admin, &made, "a.pdf", PAGE).await;
    let bad = attached(&stack, &admin, &made, "b.pdf", b"no pdf").await;
    let deleted = attached(&stack, &admin, &made, "c.pdf", PAGE).await;
    assert_eq!(admin.delete(file_path(&deleted)).send().await.status, 204);
    let before = (objects(&stack), admin.get(super::files_of(&made)).send().await.json());
    let mut events = told(&stack);
    events.reverse();
    for event in events.iter().chain(&events) {
        stack.invoke("attachments.verify", event.clone()).await.expect("nothing fails");
    }
    assert_eq!((objects(&stack), admin.get(super::files_of(&made)).send().await.json()), before);
    assert_eq!(admin.read(&made["id"]).await["attachments_count"], 1);
    assert_eq!((&good["state"], &bad["state"]), (&json!("ready"), &json!("rejected")));
}

#[tokio::test]
async fn an_upload_of_a_file_that_was_deleted_meanwhile_is_not_kept() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let file = declared(&admin, &made, json!({"filename": "a.pdf", "size": PAGE.len()})).await;
    assert_eq!(put(&stack, &file["upload"], PAGE).await.status, 200);
    assert_eq!(admin.delete(file_path(&file)).send().await.status, 204);
    stack.route().await;
    assert_eq!(objects(&stack).iter().map(|(_, size)| size).sum::<u64>(), 0);
    assert_eq!(put(&stack, &file["upload"], PAGE).await.status, 412, "nor can it be uploaded again");
}

#[tokio::test]
async fn an_upload_to_a_record_that_was_deleted_comes_back_with_it() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let file = declared(&admin, &made, json!({"filename": "a.pdf", "size": PAGE.len()})).await;
    put(&stack, &file["upload"], PAGE).await;
    admin.delete(path_of(&made["id"])).send().await;
    stack.route().await;
    assert_eq!(admin.get(file_path(&file)).send().await.status, 404);
    let restored = admin.post(format!("{}/restore", path_of(&made["id"])), &json!({})).send().await;
    assert_eq!((restored.status.as_u16(), &restored.json()["attachments_count"]), (200, &json!(1)));
    assert_eq!(admin.get(file_path(&file)).send().await.json()["state"], "ready");
}

#[tokio::test]
async fn what_lies_elsewhere_is_nothing_to_look_at() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let file = declared(&tenant.admin(), &made, json!({"filename": "a.pdf", "size": PAGE.len()})).await;
    put(&stack, &file["upload"], PAGE).await;
    let mut event = told(&stack)[0].clone();
    for key in ["files/x", "incoming/", "incoming/../files/x", "incoming/ten_1/lrn_1/att_1", "other"] {
        event["detail"]["object"]["key"] = json!(key);
        stack.invoke("attachments.verify", event.clone()).await.expect("it is passed over");
    }
    assert_eq!(tenant.admin().get(file_path(&file)).send().await.json()["state"], "pending");
    assert!(stack.invoke("attachments.verify", json!({"id": "1", "detail-type": "Object Deleted"})).await.is_err());
}

/// A bucket whose uploads are scanned first.
async fn verify_scanned(stack: &Stack, event: Value) {
    let mut config = stack.engines.config();
    config.scans_uploads = true;
    let app = rol_runtime::service(&config, rol_runtime::connector(&config), rol_runtime::wall_clock());
    let lambda = rol_local::lambdas().find(|lambda| lambda.name == "attachments.verify").expect("a function");
    lambda.handler(app).invoke(event, Default::default()).await.expect("nothing fails");
}

#[rstest]
#[case::clean("NO_THREATS_FOUND", "ready", None)]
#[case::malware("THREATS_FOUND", "rejected", Some("malware"))]
#[case::unreadable("UNSUPPORTED", "rejected", Some("not_scannable"))]
#[case::not_this_time("FAILED", "pending", None)]
#[tokio::test]
async fn where_uploads_are_scanned_nothing_is_served_before_the_result(
    #[case] found: &str,
    #[case] state: &str,
    #[case] reason: Option<&str>,
) {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let file = declared(&admin, &made, json!({"filename": "a.pdf", "size": PAGE.len()})).await;
    put(&stack, &file["upload"], PAGE).await;
    let event = told(&stack)[0].clone();
    verify_scanned(&stack, event.clone()).await;
    assert_eq!(admin.get(file_path(&file)).send().await.json()["state"], "pending");
    assert_eq!(admin.get(format!("{}/content", file_path(&file))).send().await.status, 409);
    let object = &event["detail"]["object"];
    let result = json!({
        "id": "e2", "source": "aws.guardduty", "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "detail": {
            "s3ObjectDetails": {"bucketName": "b", "objectKey": object["key"], "eTag": object["etag"], "versionId": "1"},
            "scanResultDetails": {"scanResultStatus": found, "threats": null},
        },
    });
    verify_scanned(&stack, result).await;
    let now = admin.get(file_path(&file)).send().await.json();
    assert_eq!((&now["state"], &now["reason"]), (&json!(state), &json!(reason)));
    let answer = admin.get(format!("{}/content?redirect=false", file_path(&file))).send().await;
    assert_eq!(answer.status == 200, state == "ready");
    if state == "ready" {
        assert_eq!(get(&stack, &answer.json()["url"]).await.body, PAGE);
    }
}

#[tokio::test]
async fn a_scan_of_something_else_does_not_count() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let file = declared(&admin, &made, json!({"filename": "a.pdf", "size": PAGE.len()})).await;
    put(&stack, &file["upload"], PAGE).await;
    let result = json!({
        "id": "e2", "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "detail": {
            "s3ObjectDetails": {"objectKey": incoming(&tenant.id.to_string(), &file), "eTag": "another"},
            "scanResultDetails": {"scanResultStatus": "NO_THREATS_FOUND"},
        },
    });
    verify_scanned(&stack, result).await;
    assert_eq!(admin.get(file_path(&file)).send().await.json()["reason"], "wrong_content");
}

#[tokio::test]
async fn a_count_survives_whoever_writes_the_record_meanwhile() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    attributes::made(&tenant, &json!({"key": "grade", "label": "Grade", "type": "short_answer"})).await;
    let made = admin.create(&record("ada", "x")).await;
    let files = json!({"files": vec![json!({"filename": "a.pdf", "size": PAGE.len()}); 6]});
    let declared = admin.post(super::files_of(&made), &files).send().await.json();
    for file in declared["data"].as_array().expect("files") {
        put(&stack, &file["upload"], PAGE).await;
    }
    let events = told(&stack);
    let verified = events.into_iter().map(|event| stack.invoke("attachments.verify", event));
    let path = path_of(&made["id"]);
    let patches = (0..6).map(|score| {
        let (admin, path) = (&admin, &path);
        async move { admin.patch(path, &json!({"score": score})).send().await.status }
    });
    let (verified, patched) =
        futures_util::join!(futures_util::future::join_all(verified), futures_util::future::join_all(patches));
    // Whatever lost every race is told so, and delivered again.
    drop((verified, patched));
    for event in told(&stack) {
        stack.invoke("attachments.verify", event).await.expect("nobody is in the way");
    }
    assert_eq!(admin.read(&made["id"]).await["attachments_count"], 6);
}
