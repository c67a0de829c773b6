//! `include=attachments` in lists of records.

use super::{PAGE, attached, attached_as};
use crate::{
    api::attributes,
    support::{Caller, Stack, cost, record},
};
use chrono::TimeDelta;
use rol_domain::{
    Attachment, AttachmentId, Record, Role,
    attachment::NewFile,
    attribute::Generation,
    limits::{MAX_ATTACHMENTS, MAX_FILENAME, MAX_PAGE, MAX_RESPONSE_BYTES},
};
use serde_json::{Value, json};

const LIST: &str = "/v1/learning-records";

async fn list(caller: &Caller<'_>, query: &str) -> Value {
    let answer = caller.get(format!("{LIST}?include=attachments&{query}")).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn each_record_comes_with_its_files_for_one_call_more() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let with = admin.create(&json!({"person_id": "ada", "title": "with", "external_id": "x"})).await;
    let without = admin.create(&record("ada", "without")).await;
    let file = attached(&stack, &admin, &with, "a.pdf", PAGE).await;
    admin.get(LIST).send().await;
    stack.wire.take();
    let page = list(&admin, "person_id=ada").await;
    assert_eq!(cost(&stack.wire.take()), (3, 3.0, 0.0));
    assert_eq!((&page["data"][0]["id"], &page["data"][0]["attachments"]), (&without["id"], &json!([])));
    assert_eq!((&page["data"][1]["id"], &page["data"][1]["attachments"]), (&with["id"], &json!([file])));
    let named = list(&admin, "external_id=x&fields=id").await;
    assert_eq!(named["data"], json!([{"id": with["id"], "attachments": [file]}]));
    let plain = admin.get(LIST).send().await.json();
    assert_eq!(plain["data"][0].get("attachments"), None);
}

#[tokio::test]
async fn a_student_sees_no_file_of_a_hidden_attribute() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    tenant.show_students_their_records(true).await;
    let admin = tenant.admin();
    let body = json!({"key": "assessment", "label": "x", "type": "file", "hidden_from_students": true});
    attributes::made(&tenant, &body).await;
    let made = admin.create(&record("sam", "x")).await;
    let hidden = json!({"filename": "h.pdf", "size": PAGE.len(), "attribute_key": "assessment"});
    attached_as(&stack, &admin, &made, hidden, PAGE).await;
    let shown = attached(&stack, &admin, &made, "shown.pdf", PAGE).await;
    let page = list(&tenant.caller("sam", Role::Student, None, None), "").await;
    assert_eq!((&page["data"][0]["attachments"], &page["data"][0]["attributes"]), (&json!([shown]), &json!({})));
}

#[tokio::test]
async fn what_does_not_go_with_files_is_refused() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for (query, place) in [
        (format!("limit={}", MAX_PAGE + 1), "limit"),
        ("person_id=ada&as_of=2026-05-01T00:00:00Z".to_owned(), "include"),
    ] {
        let refused = tenant.admin().get(format!("{LIST}?include=attachments&{query}")).send().await;
        assert_eq!((refused.status.as_u16(), refused.places()), (400, vec![place.to_owned()]));
    }
    list(&tenant.admin(), &format!("limit={MAX_PAGE}")).await;
}

/// Names of control characters, which were accepted once, grow most on their way: to six bytes in the body, and to
/// seven with it.
#[tokio::test]
async fn a_page_ends_where_the_files_leave_no_room() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let store = tenant.store();
    let mut ids = Vec::new();
    for n in 0..30 {
        let made = admin.create(&record("ada", &format!("{n}"))).await;
        let read: Record = store
            .for_tenant(&tenant.id)
            .record(made["id"].as_str().expect("an id").parse().expect("an id"))
            .await
            .expect("read")
            .expect("a record");
        let file = |n: usize| {
            let random = u128::try_from(n).expect("small").to_be_bytes();
            let id =
                AttachmentId::random(stack.now() + TimeDelta::milliseconds(1), random[6..].try_into().expect("ten"));
            let filename = serde_json::from_value(json!("\u{1}".repeat(MAX_FILENAME - 4) + ".pdf")).expect("a name");
            Attachment::declare(
                id,
                &read,
                NewFile { filename, size: 1, sha256: None, attribute_key: None },
                Generation::default(),
                &tenant.cx(),
            )
        };
        let files: Vec<Attachment> = (0..MAX_ATTACHMENTS).map(file).collect();
        store.for_tenant(&tenant.id).declare_attachments(&files, 0).await.expect("written");
        ids.push(made["id"].clone());
    }
    ids.reverse();
    let mut found = Vec::new();
    let mut cursor = String::new();
    admin.get(LIST).send().await;
    for pages in 1.. {
        stack.wire.take();
        let answer = admin.get(format!("{LIST}?include=attachments&person_id=ada&limit=30{cursor}")).send().await;
        let carried = serde_json::to_string(&answer.text()).expect("JSON").len();
        // The records are found once, and the files of each are read once, whether the page is cut or not.
        let listed = ids.len() - found.len();
        assert_eq!(cost(&stack.wire.take()).0, 1 + listed);
        let page = answer.json();
        let data = page["data"].as_array().expect("a list");
        assert!(data.iter().all(|record| record["attachments"].as_array().map(Vec::len) == Some(MAX_ATTACHMENTS)));
        found.extend(data.iter().map(|record| record["id"].clone()));
        assert!(carried <= MAX_RESPONSE_BYTES, "{carried}");
        let Some(next) = page["next_cursor"].as_str() else {
            assert_eq!(pages, 2);
            break;
        };
        assert!(carried > MAX_RESPONSE_BYTES / 2, "{carried}");
        cursor = format!("&cursor={next}");
    }
    assert_eq!(found, ids);
}
