//! `DELETE /v1/attributes/{key}`

use super::{
    PATH, assert_conflict, assert_invalid, attribute_path, callers, changed, made, open_to_students, record_with,
    values_of, wish,
};
use crate::support::{Caller, Stack, path_of, with};
use chrono::TimeDelta;
use rol_domain::{Role, text::AttributeKey};
use serde_json::{Value, json};

#[tokio::test]
async fn an_attribute_without_values_goes() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "number")).await;
    let delete = || tenant.admin().delete(attribute_path("a")).send();
    let answer = delete().await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (204, ""));
    assert_eq!(tenant.admin().get(attribute_path("a")).send().await.status, 404);
    assert_eq!(delete().await.status, 404);
    assert_eq!(made(&tenant, &wish("a", "date")).await["version"], 1, "its key is free again");
}

#[tokio::test]
async fn if_match_names_the_version_that_is_meant() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "number")).await;
    changed(&tenant, &attribute_path("a"), &json!({"order": 1})).await;
    let delete = |tag: &'static str| tenant.admin().delete(attribute_path("a")).header("if-match", tag).send();
    assert_eq!(delete("\"1\"").await.status, 412);
    assert_eq!(delete("\"2\"").await.status, 204);
}

#[tokio::test]
async fn only_admins_delete_attributes_and_only_their_own() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    made(&mine, &wish("a", "number")).await;
    for (name, caller, _, manages) in callers(&mine) {
        if !manages {
            assert_eq!(caller.delete(attribute_path("a")).send().await.status, 403, "{name}");
        }
    }
    assert_eq!(Caller::nobody(&stack).delete(attribute_path("a")).send().await.status, 401);
    let missing = other.admin().delete(attribute_path("missing")).send().await;
    let foreign = other.admin().delete(attribute_path("a")).send().await;
    assert_eq!((missing.status.as_u16(), foreign.anonymous()), (404, missing.anonymous()));
    assert_eq!(mine.key_holder().delete(attribute_path("a")).send().await.status, 204);
}

#[tokio::test]
async fn values_are_in_the_way_until_it_is_said_what_becomes_of_them() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    for tenant in [&tenant, &other] {
        made(tenant, &wish("a", "checkbox")).await;
    }
    record_with(&other, json!({"a": true})).await;
    record_with(&tenant, json!({"a": false})).await;
    record_with(&tenant, json!({"a": true})).await;
    let delete = |query: &str| tenant.admin().delete(attribute_path(&format!("a{query}"))).send();
    assert_conflict(&delete("").await, "2 records have such a value");
    assert_invalid(&delete("?on_existing=drop").await, &["on_existing"]);
    assert_invalid(&delete("?force=true").await, &["force"]);
    assert_eq!(tenant.admin().get(attribute_path("a")).send().await.status, 200, "nothing happened");
    assert_eq!(delete("?on_existing=keep").await.status, 204);
}

#[tokio::test]
async fn kept_values_stay_readable_and_survive_unrelated_writes() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    made(&tenant, &wish("a", "number")).await;
    made(&tenant, &wish("b", "short_answer")).await;
    let by_name = "/v1/learning-records/by-external-id/n1";
    let body = json!({"person_id": "ada", "title": "x", "attributes": {"a": 0.5, "b": "old"}});
    let record = admin.put(by_name, &body).send().await.json();
    let path = path_of(&record["id"]);
    assert_eq!(admin.delete(attribute_path("a?on_existing=keep")).send().await.status, 204);
    stack.advance(TimeDelta::seconds(10));
    assert_eq!(admin.read(&record["id"]).await, record);

    let patched = admin.patch(&path, &json!({"score": 1, "attributes": {"b": "new"}})).send().await;
    assert_eq!(patched.json()["attributes"], json!({"a": 0.5, "b": "new"}), "{}", patched.text());
    let put = admin.put(by_name, &json!({"person_id": "ada", "title": "y", "attributes": {"b": "put"}})).send().await;
    assert_eq!(put.json()["attributes"], json!({"a": 0.5, "b": "put"}), "{}", put.text());
    let back = put.json();
    for answer in [admin.patch(&path, &back).send().await, admin.put(by_name, &back).send().await] {
        assert_eq!((answer.status.as_u16(), answer.json()), (200, back.clone()), "it can be sent back");
    }
    assert_invalid(&admin.patch(&path, &json!({"attributes": {"a": 1}})).send().await, &["/attributes/a"]);
    let other = json!({"person_id": "ada", "title": "z", "attributes": {"a": 0.5}});
    let answer = admin.post("/v1/learning-records", &other).send().await;
    assert_invalid(&answer, &["/attributes/a"]);
    let removed = admin.patch(&path, &json!({"attributes": {"a": null}})).send().await;
    assert_eq!(removed.json()["attributes"], json!({"b": "put"}));
    assert_invalid(&admin.patch(&path, &json!({"attributes": {"a": 0.5}})).send().await, &["/attributes/a"]);
}

#[tokio::test]
async fn kept_values_keep_their_type() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let delete = |how: &'static str| tenant.admin().delete(attribute_path(&format!("a?on_existing={how}"))).send();
    let old = with(wish("a", "short_answer"), json!({"hidden_from_students": true}));
    made(&tenant, &old).await;
    record_with(&tenant, json!({"a": "javascript:alert(1)"})).await;
    assert_eq!(delete("keep").await.status, 204);
    assert_eq!(delete("keep").await.status, 404, "it exists for nobody");
    assert_eq!(tenant.admin().get(PATH).send().await.json()["data"], json!([]));
    assert_eq!(tenant.admin().patch(attribute_path("a"), &json!({"order": 1})).send().await.status, 404);

    let link = || tenant.admin().post(PATH, &wish("a", "link")).send();
    assert_conflict(&link().await, "1 record has a value of the type short_answer that was kept");
    assert_eq!(made(&tenant, &old).await["version"], 1, "of its own type it may come back");
    assert_eq!(delete("clear").await.status, 204);
    assert_eq!(link().await.status, 201);
    assert_eq!(delete("keep").await.status, 204, "though nothing was there to be kept");
    made(&tenant, &wish("a", "date")).await;
}

#[tokio::test]
async fn kept_values_are_never_shown_to_students() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    open_to_students(&tenant).await;
    for key in ["a", "b"] {
        made(&tenant, &wish(key, "number")).await;
    }
    let record = record_with(&tenant, json!({"a": 1, "b": 2})).await;
    let student = tenant.caller("ada", Role::Student, None, None);
    assert_eq!(student.read(&record["id"]).await, record);
    assert_eq!(tenant.admin().delete(attribute_path("a?on_existing=keep")).send().await.status, 204);
    stack.advance(TimeDelta::seconds(10));
    let seen = with(record.clone(), json!({"attributes": {"b": 2}}));
    assert_eq!(student.read(&record["id"]).await, seen);
    let list = student.get("/v1/learning-records?person_id=ada").send().await.json();
    assert_eq!(list["data"], json!([seen]));
    assert_eq!(values_of(&tenant, &record).await, json!({"a": 1, "b": 2}));
}

#[tokio::test]
async fn cleared_values_are_gone_from_live_and_deleted_records() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    for tenant in [&tenant, &other] {
        made(tenant, &wish("a", "long_answer")).await;
        made(tenant, &wish("b", "number")).await;
    }
    let foreign = record_with(&other, json!({"a": "x"})).await;
    let records = [
        record_with(&tenant, json!({"a": "x", "b": 1})).await,
        record_with(&tenant, json!({"a": "y"})).await,
        record_with(&tenant, json!({"b": 2})).await,
    ];
    let path = path_of(&records[1]["id"]);
    assert_eq!(tenant.admin().delete(&path).send().await.status, 204);
    let answer = tenant.admin().delete(attribute_path("a?on_existing=clear")).send().await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert_eq!(tenant.admin().get(attribute_path("a")).send().await.status, 404);

    let seen = |record: &Value| (record["attributes"].clone(), record["version"].clone());
    assert_eq!(seen(&tenant.admin().read(&records[0]["id"]).await), (json!({"b": 1}), json!(2)));
    let deleted = tenant.admin().get(format!("{path}?include_deleted=true")).send().await.json();
    assert_eq!(seen(&deleted), (json!({}), json!(3)), "deleted it is still");
    assert_eq!(deleted["is_deleted"], true);
    assert_eq!(tenant.admin().read(&records[2]["id"]).await, records[2], "untouched");
    assert_eq!(other.admin().read(&foreign["id"]).await, foreign, "another tenant's own");
}

#[tokio::test]
async fn a_late_write_to_an_earlier_life_finds_nothing_at_its_version() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (store, path, key) = (tenant.store(), attribute_path("a"), AttributeKey::parse("a").expect("valid"));
    let mine = store.for_tenant(&tenant.id);
    made(&tenant, &wish("a", "number")).await;
    changed(&tenant, &path, &json!({"order": 1})).await;
    changed(&tenant, &path, &json!({"order": 2})).await;
    let read = mine.attributes().await.expect("attributes").get(&key).cloned().expect("it is there");
    assert_eq!(read.stamp.version, 3);
    tenant.admin().delete(&path).send().await;
    made(&tenant, &wish("a", "date")).await;
    changed(&tenant, &path, &json!({"order": 1})).await;
    // What is left of the second life is at version 3.
    tenant.admin().delete(&path).send().await;
    assert!(!mine.put_attribute(&read, Some(3)).await.expect("an answer"));
    assert!(!mine.delete_attribute(&read, &tenant.cx()).await.expect("an answer"));
    assert_eq!(tenant.admin().get(&path).send().await.status, 404);
    assert!(mine.attributes().await.expect("attributes").is_empty());
}
