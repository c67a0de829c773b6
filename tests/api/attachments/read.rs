//! `GET /v1/learning-records/{id}/attachments` and `…/{attachment_id}`, and files among a record's own fields.

use super::{PAGE, attached, attached_as, declared, file_path, files_of};
use crate::{
    api::attributes,
    support::{Stack, cost, path_of, record},
};
use rol_domain::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn a_record_comes_with_its_files_where_they_are_asked_for() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let first = attached(&stack, &admin, &made, "a.pdf", PAGE).await;
    declared(&admin, &made, json!({"filename": "b.pdf", "size": 1})).await;
    let path = path_of(&made["id"]);
    let plain = admin.get(&path).send().await.json();
    assert_eq!((&plain["attachments_count"], plain.get("attachments")), (&json!(1), None));
    let with = admin.get(format!("{path}?include=attachments")).header("if-none-match", "\"1\"").send().await;
    assert_eq!((with.status.as_u16(), with.header("etag")), (200, Some("\"1\"")), "files come without a new version");
    let with = with.json();
    let list = admin.get(files_of(&made)).send().await.json();
    assert_eq!((&with["attachments"], &list["next_cursor"]), (&list["data"], &json!(null)));
    assert_eq!(list["data"][0], first);
    let states: Vec<&Value> = list["data"].as_array().expect("files").iter().map(|file| &file["state"]).collect();
    assert_eq!(states, ["ready", "pending"]);
    for (query, place) in [("include=files", "include"), ("include=attachments&as_of=2026-05-01T00:00:00Z", "include")]
    {
        let refused = admin.get(format!("{path}?{query}")).send().await;
        assert_eq!((refused.status.as_u16(), refused.places()), (400, vec![place.to_owned()]));
    }
}

#[tokio::test]
async fn reading_costs_two_calls_and_a_download_one_more() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let file = attached(&stack, &admin, &made, "a.pdf", PAGE).await;
    let path = path_of(&made["id"]);
    for (path, expected) in [
        (path.clone(), (1, 1.0, 0.0)),
        (format!("{path}?include=attachments"), (2, 2.0, 0.0)),
        (files_of(&made), (2, 2.0, 0.0)),
        (file_path(&file), (2, 2.0, 0.0)),
        (format!("{}/content", file_path(&file)), (3, 2.0, 1.0)),
    ] {
        admin.get(&path).send().await;
        stack.wire.take();
        let answer = admin.get(&path).send().await;
        assert!(answer.status.as_u16() < 400, "{}", answer.text());
        assert_eq!(cost(&stack.wire.take()), expected, "{path}");
    }
}

#[tokio::test]
async fn a_file_is_of_its_record_only() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let other = admin.create(&record("ada", "y")).await;
    let file = attached(&stack, &admin, &made, "a.pdf", PAGE).await;
    let wrong = format!("{}/{}", files_of(&other), file["id"].as_str().expect("an id"));
    for path in [&wrong, &format!("{wrong}/content"), &format!("{}/att_1", files_of(&made))] {
        let answer = admin.get(path).send().await;
        assert_eq!((answer.status.as_u16(), &answer.json()["detail"]), (404, &json!("no such attachment")));
    }
    assert_eq!(admin.delete(wrong).send().await.status, 404);
}

/// A tenant whose students see their records, with one attribute for files that they see and one that they do not.
async fn shown_and_hidden<'a>(stack: &'a Stack) -> crate::support::Tenant<'a> {
    let tenant = stack.tenant().await;
    tenant.show_students_their_records(true).await;
    for (key, hidden) in [("proof", false), ("assessment", true)] {
        let body = json!({"key": key, "label": key, "type": "file", "hidden_from_students": hidden});
        attributes::made(&tenant, &body).await;
    }
    tenant
}

#[tokio::test]
async fn a_hidden_attribute_hides_its_files_from_students_on_every_route() {
    let stack = Stack::alone().await;
    let tenant = shown_and_hidden(&stack).await;
    let admin = tenant.admin();
    let student = tenant.caller("sam", Role::Student, None, None);
    let made = admin.create(&record("sam", "x")).await;
    let file = |name: &str, key: Value| json!({"filename": name, "size": PAGE.len(), "attribute_key": key});
    let shown = attached_as(&stack, &admin, &made, file("shown.pdf", json!("proof")), PAGE).await;
    let hidden = attached_as(&stack, &admin, &made, file("hidden.pdf", json!("assessment")), PAGE).await;
    let plain = attached(&stack, &admin, &made, "plain.pdf", PAGE).await;
    assert_eq!(admin.read(&made["id"]).await["attachments_count"], 3);

    let seen = student.get(format!("{}?include=attachments", path_of(&made["id"]))).send().await.json();
    assert_eq!(seen["attachments"], json!([shown, plain]));
    assert_eq!((&seen["attachments_count"], &seen["attributes"]), (&json!(2), &json!({"proof": shown["id"]})));
    assert_eq!(student.get(files_of(&made)).send().await.json()["data"], json!([shown, plain]));
    let missing = format!("{}/att_01ARZ3NDEKTSV4RRFFQ69G5FAV", files_of(&made));
    for end in ["", "/content"] {
        let answer = student.get(format!("{}{end}", file_path(&hidden))).send().await;
        assert_eq!(answer.status, 404);
        assert_eq!(answer.anonymous(), student.get(format!("{missing}{end}")).send().await.anonymous());
        assert!(student.get(format!("{}{end}", file_path(&shown))).send().await.status.as_u16() < 400);
    }
    // Whatever it was declared for: as the value of a hidden attribute a file is hidden too.
    let patch = json!({"attributes": {"assessment": plain["id"]}});
    assert_eq!(admin.patch(path_of(&made["id"]), &patch).send().await.status, 200);
    assert_eq!(student.get(file_path(&plain)).send().await.status, 404);
    assert_eq!(student.get(file_path(&hidden)).send().await.status, 404, "replaced, it stays hidden");
}

#[tokio::test]
async fn who_may_not_see_the_record_sees_no_file() {
    let stack = Stack::alone().await;
    let tenant = shown_and_hidden(&stack).await;
    let admin = tenant.admin();
    let made = admin.create(&json!({"person_id": "sam", "title": "x", "visible_to_student": false})).await;
    let file = attached(&stack, &admin, &made, "a.pdf", PAGE).await;
    for (sub, role, app) in [
        ("sam", Role::Student, None),
        ("bob", Role::Student, None),
        ("ed", Role::Educator, None),
        ("c", Role::Application, Some("lms")),
    ] {
        let scope = app.map(|_| "records:read records:write");
        let caller = tenant.caller(sub, role, app, scope);
        for path in [files_of(&made), file_path(&file), format!("{}/content", file_path(&file))] {
            assert_eq!(caller.get(&path).send().await.status, 404, "{sub} {path}");
        }
    }
}

#[tokio::test]
async fn a_file_attribute_names_a_ready_file_of_its_record() {
    let stack = Stack::alone().await;
    let tenant = shown_and_hidden(&stack).await;
    let admin = tenant.admin();
    let made = admin.create(&json!({"person_id": "ada", "title": "x", "external_id": "n1"})).await;
    let other = admin.create(&record("ada", "y")).await;
    let mine = attached(&stack, &admin, &made, "a.pdf", PAGE).await;
    let others = attached(&stack, &admin, &other, "a.pdf", PAGE).await;
    let waiting = declared(&admin, &made, json!({"filename": "b.pdf", "size": 1})).await;
    let path = path_of(&made["id"]);
    for wrong in [&others["id"], &waiting["id"], &json!("att_1"), &json!("a.pdf"), &json!(1)] {
        let refused = admin.patch(&path, &json!({"attributes": {"proof": wrong}})).send().await;
        assert_eq!((refused.status.as_u16(), refused.places()), (400, vec!["/attributes/proof".to_owned()]), "{wrong}");
    }
    let set = admin.patch(&path, &json!({"attributes": {"proof": mine["id"]}})).send().await;
    assert_eq!((set.status.as_u16(), &set.json()["attributes"]["proof"]), (200, &mine["id"]));
    let body = json!({"person_id": "ada", "title": "z", "attributes": {"assessment": mine["id"]}});
    let put = admin.put("/v1/learning-records/by-external-id/n1", &body).send().await;
    assert_eq!((put.status.as_u16(), &put.json()["attributes"]), (200, &json!({"assessment": mine["id"]})));
    let refused = admin
        .post("/v1/learning-records", &json!({"person_id": "ada", "title": "w", "attributes": {"proof": mine["id"]}}));
    assert_eq!(refused.send().await.places(), ["/attributes/proof"], "a new record has no files");
}

#[tokio::test]
async fn a_file_becomes_the_value_of_the_attribute_that_it_was_declared_for() {
    let stack = Stack::alone().await;
    let tenant = shown_and_hidden(&stack).await;
    let admin = tenant.admin();
    let manager = tenant.manager();
    let made = admin.create(&record("ada", "x")).await;
    let file = json!({"filename": "a.pdf", "size": PAGE.len(), "attribute_key": "proof"});
    let file = attached_as(&stack, &manager, &made, file, PAGE).await;
    let now = admin.read(&made["id"]).await;
    assert_eq!(
        (&now["attributes"]["proof"], &now["attachments_count"], &now["version"]),
        (&file["id"], &json!(1), &json!(2))
    );
    assert_eq!(now["updated_by"], "max@example.com", "who declared it");
    stack.drain().await;
    let history = admin.get(format!("{}/history", path_of(&made["id"]))).send().await.json();
    assert_eq!(
        (&history["data"][0]["changed"], &history["data"][0]["actor"]),
        (&json!(["attributes.proof"]), &json!("max@example.com"))
    );
    // The attribute may be gone by then, or another one.
    let late =
        declared(&admin, &made, json!({"filename": "b.pdf", "size": PAGE.len(), "attribute_key": "assessment"})).await;
    admin.delete("/v1/attributes/assessment").send().await;
    attributes::made(&tenant, &json!({"key": "assessment", "label": "A", "type": "number"})).await;
    super::put(&stack, &late["upload"], PAGE).await;
    stack.route().await;
    let now = admin.read(&made["id"]).await;
    assert_eq!((&now["attributes"], &now["attachments_count"]), (&json!({"proof": file["id"]}), &json!(2)));
}
