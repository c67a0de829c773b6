//! `POST /v1/learning-records/{id}/attachments`, and what the bucket refuses of the requests that it answers with.

use super::{OTHER_PAGE, PAGE, attached, declared, file_path, files_of, put, send};
use crate::{
    api::{attributes, groups, people},
    support::{Stack, cost, path_of, record},
};
use chrono::TimeDelta;
use rol_domain::{
    Role,
    attachment::ContentHash,
    limits::{MAX_ATTACHMENTS, MAX_FILE_BYTES, MAX_FILENAME, MAX_FILES_AT_ONCE},
};
use rstest::rstest;
use serde_json::{Value, json};

#[tokio::test]
async fn a_declared_file_is_pending_and_comes_with_its_upload() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let file = declared(&tenant.admin(), &made, json!({"filename": "a b.PDF", "size": PAGE.len()})).await;
    assert_eq!(
        (&file["state"], &file["record_id"], &file["filename"]),
        (&json!("pending"), &made["id"], &json!("a b.PDF"))
    );
    assert_eq!(file["upload"]["headers"], json!({"content-type": "application/pdf", "if-none-match": "*"}));
    let url = file["upload"]["url"].as_str().expect("a URL");
    assert!(url.contains("X-Amz-Expires=900") && !url.to_lowercase().contains("crc32"), "{url}");
    assert!(url.contains("X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bif-none-match"), "{url}");
    assert!(!url.contains("a%20b") && url.contains(&format!("/incoming/{}/", tenant.id)), "{url}");
    assert_eq!(put(&stack, &file["upload"], PAGE).await.status, 200);
}

#[tokio::test]
async fn several_files_are_declared_in_their_order_all_or_none() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let files: Vec<Value> =
        (0..MAX_FILES_AT_ONCE).map(|n| json!({"filename": format!("{n}.pdf"), "size": 1})).collect();
    let names = |list: &Value| -> Vec<Value> {
        list["data"].as_array().expect("files").iter().map(|file| file["filename"].clone()).collect()
    };
    let expected: Vec<Value> = files.iter().map(|file| file["filename"].clone()).collect();
    let answer = admin.post(files_of(&made), &json!({"files": files})).send().await;
    assert_eq!((answer.status.as_u16(), names(&answer.json())), (201, expected.clone()));
    for _ in 1..MAX_ATTACHMENTS / MAX_FILES_AT_ONCE {
        assert_eq!(admin.post(files_of(&made), &json!({"files": files})).send().await.status, 201);
    }
    let refused = admin.post(files_of(&made), &json!({"files": [files[0]]})).send().await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    let list = admin.get(files_of(&made)).send().await.json();
    assert_eq!(names(&list).len(), MAX_ATTACHMENTS);
    assert_eq!(names(&list)[..MAX_FILES_AT_ONCE], expected);
    admin.delete(file_path(&list["data"][0])).send().await;
    assert_eq!(
        admin.post(files_of(&made), &json!({"files": files[..2]})).send().await.status,
        409,
        "one fits, not two"
    );
    assert_eq!(admin.post(files_of(&made), &json!({"files": files[..1]})).send().await.status, 201);
}

#[tokio::test]
async fn no_more_files_than_a_record_may_have_are_declared_at_once() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let files = json!({"files": vec![json!({"filename": "a.pdf", "size": 1}); 10]});
    let asks = (0..8).map(|_| admin.post(files_of(&made), &files).send());
    let answers = futures_util::future::join_all(asks).await;
    let done = answers.iter().filter(|answer| answer.status == 201).count();
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.status == 409));
    let there = admin.get(files_of(&made)).send().await.json()["data"].as_array().expect("files").len();
    assert_eq!(there, done * 10);
    assert!(there <= MAX_ATTACHMENTS);
}

#[rstest]
#[case::nothing(json!({}), 400, &["/files"])]
#[case::no_file(json!({"files": []}), 400, &["/files"])]
#[case::too_many(json!({"files": vec![json!({"filename": "a.pdf", "size": 1}); 11]}), 400, &["/files"])]
#[case::other_type(json!({"files": [{"filename": "a.docx", "size": 1}]}), 400, &["/files/0/filename"])]
#[case::empty(json!({"files": [{"filename": "a.pdf", "size": 0}]}), 400, &["/files/0/size"])]
#[case::no_hash(json!({"files": [{"filename": "a.pdf", "size": 1, "sha256": "x"}]}), 400, &["/files/0/sha256"])]
#[case::no_attribute(json!({"files": [{"filename": "a.pdf", "size": 1, "attribute_key": "proof"}]}), 400, &["/files/0/attribute_key"])]
#[case::too_large(json!({"files": [{"filename": "big one.pdf", "size": MAX_FILE_BYTES + 1}]}), 413, &[])]
#[case::too_large_together(json!({"files": [
    {"filename": "a.pdf", "size": MAX_FILE_BYTES}, {"filename": "b.pdf", "size": MAX_FILE_BYTES}, {"filename": "big one.pdf", "size": 1},
]}), 413, &[])]
#[tokio::test]
async fn what_cannot_be_attached_is_refused(#[case] body: Value, #[case] status: u16, #[case] places: &[&str]) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let refused = tenant.admin().post(files_of(&made), &body).send().await;
    assert_eq!(
        (refused.status.as_u16(), refused.places()),
        (status, places.iter().map(|it| (*it).to_owned()).collect())
    );
    assert_eq!(status == 413, refused.text().contains("big one.pdf"), "{}", refused.text());
    assert_eq!(tenant.admin().get(files_of(&made)).send().await.json()["data"], json!([]));
}

#[tokio::test]
async fn files_up_to_the_limits_are_declared() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let largest = json!({"filename": "a.pdf", "size": MAX_FILE_BYTES});
    let answer = tenant.admin().post(files_of(&made), &json!({"files": [largest, largest]})).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

/// The client has the URL: what else can it do with it?
#[rstest]
#[case::other_type(|_: &mut Vec<u8>, upload: &mut Value| upload["headers"]["content-type"] = json!("text/html"), 403)]
#[case::other_content(|content: &mut Vec<u8>, _: &mut Value| content[20] ^= 1, 400)]
#[case::another_hash(|content: &mut Vec<u8>, upload: &mut Value| {
    content[20] ^= 1;
    upload["headers"]["x-amz-checksum-sha256"] = json!("qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=");
}, 400)]
#[case::no_hash(|_: &mut Vec<u8>, upload: &mut Value| {
    upload["headers"].as_object_mut().expect("headers").remove("x-amz-checksum-sha256");
}, 403)]
#[case::over_what_is_there(|_: &mut Vec<u8>, upload: &mut Value| {
    upload["headers"].as_object_mut().expect("headers").remove("if-none-match");
}, 403)]
#[case::other_key(|_: &mut Vec<u8>, upload: &mut Value| {
    let url = upload["url"].as_str().expect("a URL").replace("/incoming/", "/files/");
    upload["url"] = json!(url);
}, 403)]
#[case::another_files_key(|_: &mut Vec<u8>, upload: &mut Value| {
    let url = upload["url"].as_str().expect("a URL").replace("/att_0", "/att_1");
    upload["url"] = json!(url);
}, 403)]
#[case::longer(|_: &mut Vec<u8>, upload: &mut Value| {
    let url = upload["url"].as_str().expect("a URL").replace("X-Amz-Expires=900", "X-Amz-Expires=9000");
    upload["url"] = json!(url);
}, 403)]
#[tokio::test]
async fn the_bucket_refuses_every_other_upload(#[case] change: fn(&mut Vec<u8>, &mut Value), #[case] status: u16) {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let hash = ContentHash::of(PAGE).to_string();
    let file = json!({"filename": "a.pdf", "size": PAGE.len(), "sha256": hash});
    let file = declared(&tenant.admin(), &made, file).await;
    let (mut content, mut upload) = (PAGE.to_vec(), file["upload"].clone());
    change(&mut content, &mut upload);
    let refused = put(&stack, &upload, &content).await;
    assert_eq!(refused.status.as_u16(), status, "{}", refused.text());
    assert_eq!(stack.route().await.events, 0, "nothing was put");
    assert_eq!(tenant.admin().get(file_path(&file)).send().await.json()["state"], "pending");
    // Nothing stands in the way of the right one.
    assert_eq!(put(&stack, &file["upload"], PAGE).await.status, 200);
}

#[tokio::test]
async fn the_bucket_refuses_every_other_size() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let file = declared(&tenant.admin(), &made, json!({"filename": "a.pdf", "size": PAGE.len()})).await;
    for content in [&PAGE[1..], &[PAGE, b"\n"].concat(), b""] {
        assert_eq!(put(&stack, &file["upload"], content).await.status, 403, "{} bytes", content.len());
    }
    assert_eq!(stack.route().await.events, 0, "nothing was put");
    assert_eq!(put(&stack, &file["upload"], PAGE).await.status, 200);
}

#[tokio::test]
async fn an_upload_is_begun_within_fifteen_minutes() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    // The bucket has the real time, so it is the signing that lies back.
    stack.advance(-TimeDelta::minutes(16));
    let file = declared(&tenant.admin(), &made, json!({"filename": "a.pdf", "size": PAGE.len()})).await;
    assert_eq!(put(&stack, &file["upload"], PAGE).await.status, 403);
    stack.advance(TimeDelta::minutes(2));
    let file = declared(&tenant.admin(), &made, json!({"filename": "a.pdf", "size": PAGE.len()})).await;
    assert_eq!(put(&stack, &file["upload"], PAGE).await.status, 200);
}

#[tokio::test]
async fn an_upload_happens_once_before_and_after_its_verdict() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    assert!(PAGE.len() < OTHER_PAGE.len());
    let same_length = [PAGE, &vec![b'\n'; OTHER_PAGE.len() - PAGE.len()]].concat();
    let file = declared(&admin, &made, json!({"filename": "a.pdf", "size": OTHER_PAGE.len()})).await;
    assert_eq!(put(&stack, &file["upload"], OTHER_PAGE).await.status, 200);
    assert_eq!(put(&stack, &file["upload"], &same_length).await.status, 412);
    stack.route().await;
    assert_eq!(put(&stack, &file["upload"], &same_length).await.status, 412);
    stack.route().await;
    let url = admin.get(format!("{}/content?redirect=false", file_path(&file))).send().await.json()["url"].clone();
    assert_eq!(super::get(&stack, &url).await.body, OTHER_PAGE);
    // Nor is it of use for anything else.
    assert_eq!(send(&stack, "GET", file["upload"]["url"].as_str().expect("a URL"), &[], b"").await.status, 403);
}

#[rstest]
#[case::quotes("the \"best\" o'clock.pdf")]
#[case::upwards("../../../etc/passwd.pdf")]
#[case::windows("C:\\x\\..\\con.pdf")]
#[case::right_to_left("invoice\u{202e}fdp.exe.pdf")]
#[case::shell("$(reboot) `x` ;&|.pdf")]
#[case::option("-o.pdf")]
#[case::longest(&format!("{}.pdf", "é".repeat(MAX_FILENAME - 4)))]
#[case::longest_of_four_bytes(&format!("{}.pdf", "\u{1f600}".repeat(MAX_FILENAME - 4)))]
#[tokio::test]
async fn any_name_is_given_back_as_it_came_and_saved_safely(#[case] name: &str) {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let file = attached(&stack, &admin, &made, name, PAGE).await;
    assert_eq!((&file["state"], file["filename"].as_str()), (&json!("ready"), Some(name)));
    let url = admin.get(format!("{}/content?redirect=false", file_path(&file))).send().await.json()["url"].clone();
    assert!(url.as_str().expect("a URL").len() < 8_000);
    let there = super::get(&stack, &url).await;
    let disposition = there.header("content-disposition").expect("a name");
    assert!(
        disposition.bytes().all(|b| (b' '..=b'~').contains(&b)) && disposition.matches('"').count() == 2,
        "{disposition}"
    );
    let saved = disposition.split('"').nth(1).expect("a name");
    assert!(!saved.contains(['/', '\\', ':']) && !saved.starts_with('.') && saved.ends_with(".pdf"), "{saved}");
    assert_eq!(there.body, PAGE);
}

#[rstest]
#[case::header("a\r\nx-evil: 1.pdf", "expected no control characters, found U+000D")]
#[case::line_feed("a\n.pdf", "expected no control characters, found U+000A")]
#[case::nul("a\0b.pdf", "expected no control characters, found U+0000")]
#[case::bell("\u{7}.pdf", "expected no control characters, found U+0007")]
#[case::separator("a\u{2028}b.pdf", "expected one line, found U+2028, which starts another")]
#[tokio::test]
async fn a_name_of_several_lines_is_refused(#[case] name: &str, #[case] why: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let body = json!({"files": [{"filename": "a.pdf", "size": 1}, {"filename": name, "size": 1}]});
    let refused = tenant.admin().post(files_of(&made), &body).send().await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    assert_eq!(refused.json()["errors"], json!([{"pointer": "/files/1/filename", "detail": why}]));
}

#[tokio::test]
async fn who_may_edit_a_record_attaches_to_it() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    tenant.show_students_their_records(true).await;
    let learners = groups::made(&tenant, "Astronauts", None).await;
    let (editors, viewers) = (
        groups::made_of_kind(&tenant, "Editors", "educator_group", None).await,
        groups::made_of_kind(&tenant, "Viewers", "educator_group", None).await,
    );
    groups::granted(&tenant, &learners, &editors, &["view", "edit"]).await;
    groups::granted(&tenant, &learners, &viewers, &["view", "create"]).await;
    for (person, group) in [("edna", &editors), ("vic", &viewers), ("sam", &learners)] {
        people::made(&tenant, json!({"id": person, "group_ids": [group["id"]]})).await;
    }
    let made = tenant.admin().create(&record("sam", "x")).await;
    let body = json!({"files": [{"filename": "a.pdf", "size": 1}]});
    for (sub, role, status) in [
        ("edna", Role::Educator, 201),
        ("vic", Role::Educator, 403),
        ("ed", Role::Educator, 404),
        ("sam", Role::Student, 403),
    ] {
        let caller = tenant.caller(sub, role, None, None);
        assert_eq!(caller.post(files_of(&made), &body).send().await.status, status, "{sub}");
    }
    let app = tenant.application("lms");
    assert_eq!(app.post(files_of(&made), &body).send().await.status, 404);
    let own = app.create(&record("sam", "y")).await;
    assert_eq!(app.post(files_of(&own), &body).send().await.status, 201);
    let reader = tenant.caller("client", Role::Application, Some("lms"), Some("records:read"));
    assert_eq!(reader.post(files_of(&own), &body).send().await.status, 403);
    tenant.admin().delete(path_of(&made["id"])).send().await;
    assert_eq!(tenant.admin().post(files_of(&made), &body).send().await.status, 404);
}

#[tokio::test]
async fn declaring_costs_three_calls() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    declared(&admin, &made, json!({"filename": "a.pdf", "size": 1})).await;
    stack.wire.take();
    let files = vec![json!({"filename": "a.pdf", "size": 1}); 10];
    admin.post(files_of(&made), &json!({"files": files})).send().await;
    // The record, its files, and one transaction of eleven writes; signing takes no call.
    assert_eq!(cost(&stack.wire.take()), (3, 2.0, 22.0));
    attributes::made(&tenant, &json!({"key": "proof", "label": "Proof", "type": "file"})).await;
    stack.wire.take();
    declared(&admin, &made, json!({"filename": "a.pdf", "size": 1, "attribute_key": "proof"})).await;
    assert_eq!(cost(&stack.wire.take()), (4, 4.0, 4.0));
}
