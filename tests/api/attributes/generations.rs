//! Values belong to the attribute, and to its type, under which they were written: what a container wrote by a rule
//! that had changed belongs to nothing, and to no later attribute with the same key.

use super::{attribute_path, changed, made, record_with, values_of, wish};
use crate::{
    api::attachments::{PAGE, attached_as, declared, file_path, put as upload},
    support::{Answer, Stack, Tenant, path_of, record, with},
};
use chrono::TimeDelta;
use rol_domain::{Role, limits::DIRECTORY_CACHE_S};
use rstest::rstest;
use serde_json::{Value, json};

/// How a record comes by a value.
#[derive(Debug, Clone, Copy)]
enum Way {
    Post,
    Put,
    Patch,
    Batch,
}

const BY_NAME: &str = "/v1/learning-records/by-external-id/n1";

impl Way {
    /// Writes `a` to a record; where it is written into one, that is `there`.
    async fn write(self, tenant: &Tenant<'_>, there: &Value, value: &Value) -> Answer {
        let (admin, values) = (tenant.admin(), json!({"attributes": {"a": value}}));
        let whole = with(record("ada", "x"), values.clone());
        match self {
            Self::Post => admin.post("/v1/learning-records", &whole).send().await,
            Self::Put => admin.put(BY_NAME, &whole).send().await,
            Self::Patch => admin.patch(path_of(&there["id"]), &values).send().await,
            Self::Batch => {
                let operations = json!({"operations": [{"action": "create", "body": whole}]});
                admin.post("/v1/learning-records/batch", &operations).send().await
            }
        }
    }
}

/// The id in an answer.
fn id_in(answer: &Answer) -> Value {
    let body = answer.json();
    if body["results"].is_array() { body["results"][0]["id"].clone() } else { body["id"].clone() }
}

/// What happened to an attribute that a container still knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// It was deleted, and made again as a link when the value had been written.
    Deleted,
    /// Its type became a link.
    Retyped,
}

/// A record's item as it is kept.
async fn item_of(stack: &Stack, id: &Value) -> Value {
    let mut scan = json!({
        "FilterExpression": "id = :id AND begins_with(sk, :prefix)",
        "ExpressionAttributeValues": {":id": {"S": id}, ":prefix": {"S": "REC#"}},
    });
    loop {
        let mut page = stack.table("Scan", scan.clone()).await;
        if let Some(item) = page["Items"].as_array().and_then(|items| items.first()) {
            return item.clone();
        }
        scan["ExclusiveStartKey"] = page["LastEvaluatedKey"].take();
        assert!(!scan["ExclusiveStartKey"].is_null(), "a record's item");
    }
}

async fn total(tenant: &Tenant<'_>, filter: &str) -> Value {
    let answer = tenant.admin().get(format!("/v1/learning-records/summary?{filter}")).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["total"].clone()
}

/// The records that a list has.
async fn listed(tenant: &Tenant<'_>, query: &str) -> Vec<Value> {
    let answer = tenant.admin().get(format!("/v1/learning-records?person_id=ada&{query}")).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["data"].as_array().expect("records").clone()
}

#[rstest]
#[tokio::test]
async fn a_value_written_under_a_rule_that_has_changed_does_not_come_back(
    #[values(Way::Post, Way::Put, Way::Patch, Way::Batch)] way: Way,
    #[values(Change::Deleted, Change::Retyped)] change: Change,
) {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    made(&tenant, &wish("a", "short_answer")).await;
    let there = admin.create(&record("ada", "there")).await;
    // The container learns of the attribute; no value is left.
    let first = way.write(&tenant, &there, &json!("first")).await;
    assert!(first.status.is_success(), "{}", first.text());
    let none = admin.patch(path_of(&id_in(&first)), &json!({"attributes": null})).send().await;
    assert_eq!(none.status, 200, "{}", none.text());

    match change {
        Change::Deleted => assert_eq!(admin.delete(attribute_path("a")).send().await.status, 204),
        Change::Retyped => drop(changed(&tenant, &attribute_path("a"), &json!({"type": "link"})).await),
    }
    let stale = way.write(&tenant, &there, &json!("old")).await;
    assert!(stale.status.is_success(), "a container knows the attribute for 10 seconds: {}", stale.text());
    if change == Change::Deleted {
        made(&tenant, &wish("a", "link")).await;
    }
    stack.advance(TimeDelta::seconds(DIRECTORY_CACHE_S));
    stack.drain().await;

    let id = id_in(&stale);
    let now = admin.read(&id).await;
    assert_eq!(now["attributes"], json!({}), "it is not shown");
    let of_record = |records: Vec<Value>| records.into_iter().find(|record| record["id"] == id);
    assert_eq!(of_record(listed(&tenant, "limit=100").await).expect("listed")["attributes"], json!({}));
    assert_eq!(listed(&tenant, "attributes[a]=old").await, Vec::<Value>::new(), "nor found");
    assert_eq!(total(&tenant, "attributes[a]=old").await, 0);
    let (history, path) = (admin.get(format!("{}/history", path_of(&id))).send().await.json(), path_of(&id));
    assert_eq!(history["data"][0]["record"]["attributes"], json!({}), "its key is another's by now");
    let version = admin.get(format!("{path}/history/{}", now["version"])).send().await.json();
    assert_eq!(version["record"]["attributes"], json!({}));
    let events = admin.get("/v1/events?limit=100").send().await.json();
    let event = events["data"].as_array().expect("events").iter().rfind(|event| event["data"]["id"] == id);
    assert_eq!(event.expect("an event")["data"]["attributes"], json!({}));

    // It is not in the way of another type either, and nothing is written because of it alone.
    changed(&tenant, &attribute_path("a"), &json!({"type": "number"})).await;
    let same = admin.patch(&path, &json!({"title": now["title"]})).send().await.json();
    assert_eq!(same, now);
    stack.advance(TimeDelta::seconds(DIRECTORY_CACHE_S));
    let written = admin.patch(&path, &json!({"score": 5})).send().await.json();
    assert_eq!((&written["attributes"], &written["score"]), (&json!({}), &json!(5)));
    assert_eq!(item_of(&stack, &id).await["attributes"], Value::Null, "it goes with the next write");
    let answer = admin.delete(attribute_path("a")).send().await;
    assert_eq!(answer.status, 204, "{}", answer.text());
}

#[tokio::test]
async fn a_record_with_a_value_of_nothing_takes_a_new_one() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    made(&tenant, &wish("a", "short_answer")).await;
    let record = record_with(&tenant, json!({"a": "first"})).await;
    let path = path_of(&record["id"]);
    admin.patch(&path, &json!({"attributes": {"a": null}})).send().await;
    admin.delete(attribute_path("a")).send().await;
    let stale = admin.patch(&path, &json!({"attributes": {"a": "old"}})).send().await;
    assert_eq!(stale.json()["attributes"], json!({"a": "old"}), "as far as the container knows");
    let required = with(wish("a", "short_answer"), json!({"required": true}));
    made(&tenant, &required).await;
    stack.advance(TimeDelta::seconds(DIRECTORY_CACHE_S));
    let null = admin.patch(&path, &json!({"attributes": {"a": null}})).send().await;
    assert_eq!((null.status.as_u16(), &null.json()["attributes"]), (200, &json!({})), "{}", null.text());
    let again = admin.patch(&path, &json!({"attributes": {"a": "old"}})).send().await.json();
    assert_eq!(again["attributes"], json!({"a": "old"}));
    assert_eq!(listed(&tenant, "attributes[a]=old").await, [again]);
}

/// A container that knows an attribute still, and meets a value of the one that took its key.
#[tokio::test]
async fn a_new_attribute_counts_at_once_where_an_old_one_is_known() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    tenant.show_students_their_records(true).await;
    let student = tenant.caller("ada", Role::Student, None, None);
    made(&tenant, &wish("a", "short_answer")).await;
    let old = record_with(&tenant, json!({"a": "old"})).await;
    admin.put(BY_NAME, &with(record("ada", "x"), json!({"attributes": {"a": "old"}}))).send().await;
    admin.patch(path_of(&old["id"]), &json!({"attributes": {"a": "older"}})).send().await;
    stack.drain().await;
    let reads = |id: &Value| {
        let path = path_of(id);
        [
            path.clone(),
            format!("{path}/history"),
            format!("{path}/history/1"),
            format!("{path}?as_of={}", "2099-01-01T00:00:00Z"),
            "/v1/learning-records?person_id=ada".to_owned(),
            "/v1/learning-records?person_id=ada&as_of=2099-01-01T00:00:00Z".to_owned(),
            "/v1/events".to_owned(),
        ]
    };
    for caller in [&admin, &student] {
        for path in reads(&old["id"]) {
            assert_eq!(caller.get(&path).send().await.status, 200, "{path}");
        }
    }
    assert_eq!(admin.delete(attribute_path("a?on_existing=clear")).send().await.status, 204);
    made(&tenant, &wish("a", "number")).await;
    let new = record_with(&tenant, json!({"a": 5})).await;
    let new = admin.patch(path_of(&new["id"]), &json!({"score": 1})).send().await.json();
    assert_eq!(new["attributes"], json!({"a": 5}), "nothing of it is dropped");
    let put = admin.put(BY_NAME, &with(record("ada", "x"), json!({"attributes": {"a": 5}}))).send().await;
    assert_eq!(put.json()["attributes"], json!({"a": 5}), "{}", put.text());
    stack.drain().await;
    for caller in [&admin, &student] {
        for path in reads(&new["id"]) {
            let body = caller.get(&path).send().await.json();
            let text = body.to_string();
            assert!(text.contains(r#""attributes":{"a":5}"#), "{path}: {text}");
            assert!(!text.contains(r#""a":"old"#), "{path}: {text}");
        }
    }
}

#[tokio::test]
async fn what_was_kept_takes_part_again_under_an_attribute_of_its_type() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "short_answer")).await;
    let record = record_with(&tenant, json!({"a": "x"})).await;
    let delete = |how: &'static str| tenant.admin().delete(attribute_path(how)).send();
    assert_eq!(delete("a?on_existing=keep").await.status, 204);
    made(&tenant, &wish("a", "short_answer")).await;
    stack.advance(TimeDelta::seconds(DIRECTORY_CACHE_S));
    assert_eq!(values_of(&tenant, &record).await, json!({"a": "x"}));
    assert_eq!(listed(&tenant, "attributes[a]=x").await.len(), 1);
    assert_eq!(delete("a").await.status, 409, "it is counted again");
}

#[tokio::test]
async fn whatever_else_changes_of_an_attribute_its_values_stay() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("a", "multiple_choice")).await;
    let record = record_with(&tenant, json!({"a": "red"})).await;
    for change in [
        json!({"label": "b"}),
        json!({"description": "d", "order": 5}),
        json!({"required": true}),
        json!({"hidden_from_students": true}),
        json!({"options": ["violet", "red"]}),
        json!({"type": "multiple_choice", "label": "c"}),
    ] {
        changed(&tenant, &attribute_path("a"), &change).await;
        stack.advance(TimeDelta::seconds(DIRECTORY_CACHE_S));
        assert_eq!(tenant.admin().read(&record["id"]).await, record, "{change}");
        assert_eq!(listed(&tenant, "attributes[a]=red").await, vec![record.clone()], "{change}");
    }
}

/// Attributes and records that were written before it was kept which attribute a value belongs to.
#[tokio::test]
async fn what_was_kept_before_belongs_to_the_attribute_of_before() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    made(&tenant, &wish("a", "short_answer")).await;
    let record = record_with(&tenant, json!({"a": "x"})).await;
    let key = json!({"pk": {"S": format!("T#{}#ATTRIBUTE", tenant.id)}, "sk": {"S": "ATTRIBUTE#a"}});
    let mut attribute = stack.table("GetItem", json!({"Key": key})).await["Item"].take();
    attribute.as_object_mut().expect("an item").remove("generation").expect("a generation");
    let mut item = item_of(&stack, &record["id"]).await;
    item["attributes"] = json!({"M": {"a": {"S": "x"}}});
    for before in [&attribute, &item] {
        stack.put_item(before).await;
    }
    stack.advance(TimeDelta::seconds(DIRECTORY_CACHE_S));
    assert_eq!(admin.read(&record["id"]).await, record);
    assert_eq!(listed(&tenant, "attributes[a]=x").await, vec![record.clone()]);
    changed(&tenant, &attribute_path("a"), &json!({"label": "b"})).await;
    assert_eq!(admin.delete(attribute_path("a")).send().await.status, 409);
    let other = admin.patch(path_of(&record["id"]), &json!({"attributes": {"a": "y"}})).send().await.json();
    assert_eq!(other["attributes"], json!({"a": "y"}));
    assert_eq!(admin.delete(attribute_path("a?on_existing=clear")).send().await.status, 204);
    // A container that knew the attribute of before may have written this.
    stack.put_item(&item).await;
    made(&tenant, &wish("a", "short_answer")).await;
    stack.advance(TimeDelta::seconds(DIRECTORY_CACHE_S));
    assert_eq!(admin.read(&record["id"]).await["attributes"], json!({}));
    assert_eq!(listed(&tenant, "attributes[a]=x").await, Vec::<Value>::new());
}

/// A file declared for an attribute is for that attribute, and for none that takes its key.
#[tokio::test]
async fn a_file_belongs_to_the_attribute_that_it_was_declared_for() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    tenant.show_students_their_records(true).await;
    let student = tenant.caller("ada", Role::Student, None, None);
    let hidden = with(wish("proof", "file"), json!({"hidden_from_students": true}));
    made(&tenant, &hidden).await;
    let made_record = admin.create(&record("ada", "x")).await;
    let file = |name: &str| json!({"filename": name, "size": PAGE.len(), "attribute_key": "proof"});
    let early = attached_as(&stack, &admin, &made_record, file("early.pdf"), PAGE).await;
    let late = declared(&admin, &made_record, file("late.pdf")).await;
    assert_eq!(student.get(file_path(&early)).send().await.status, 404);
    assert_eq!(admin.delete(attribute_path("proof?on_existing=clear")).send().await.status, 204);
    made(&tenant, &wish("proof", "file")).await;
    let put = upload(&stack, &late["upload"], PAGE).await;
    assert_eq!(put.status, 200, "{}", put.text());
    stack.route().await;
    stack.advance(TimeDelta::seconds(DIRECTORY_CACHE_S));
    let now = admin.read(&made_record["id"]).await;
    assert_eq!((&now["attributes"], &now["attachments_count"]), (&json!({}), &json!(2)));
    for file in [&early, &late] {
        assert_eq!(student.get(file_path(file)).send().await.status, 404, "it stays hidden");
        assert_eq!(admin.get(file_path(file)).send().await.json()["state"], "ready");
    }
    assert_eq!(
        student.get(format!("{}/attachments", path_of(&made_record["id"]))).send().await.json()["data"],
        json!([])
    );
}
