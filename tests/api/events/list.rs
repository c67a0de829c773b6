//! `GET /v1/events`

use crate::{
    api::{attributes, groups, people},
    support::{Caller, Stack, path_of, record, with},
};
use chrono::TimeDelta;
use rol_domain::Role;
use serde_json::{Value, json};

/// The events behind a cursor, and the next cursor.
async fn after(caller: &Caller<'_>, cursor: Option<&str>) -> (Vec<Value>, String) {
    let path = cursor.map_or("/v1/events".to_owned(), |cursor| format!("/v1/events?after={cursor}"));
    let answer = caller.get(path).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.json();
    let events = page["data"].as_array().expect("events").clone();
    (events, page["next_cursor"].as_str().expect("a cursor").to_owned())
}

#[tokio::test]
async fn a_consumer_sees_each_change_once() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let (none, cursor) = after(&admin, None).await;
    assert!(none.is_empty());
    let made = admin.create(&record("ada", "x")).await;
    admin.patch(path_of(&made["id"]), &json!({"score": 50})).send().await;
    stack.drain().await;
    let (events, cursor) = after(&admin, Some(&cursor)).await;
    let told: Vec<Value> = events.iter().map(|e| json!([e["type"], e["data"]["score"], e["changed"]])).collect();
    assert_eq!(
        told,
        [
            json!(["learningRecord.created", null, ["title", "visible_to_student"]]),
            json!(["learningRecord.updated", 50, ["score"]]),
        ]
    );
    assert!(after(&admin, Some(&cursor)).await.0.is_empty());
    stack.drain().await;
    assert!(after(&admin, Some(&cursor)).await.0.is_empty(), "what was told is not told again");
}

/// The titles of the events that a caller sees.
async fn titles(caller: &Caller<'_>) -> Vec<Value> {
    after(caller, None).await.0.into_iter().map(|event| event["data"]["title"].clone()).collect()
}

#[tokio::test]
async fn each_sees_what_they_may_see() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let (admin, app) = (tenant.admin(), tenant.application("lms"));
    tenant.show_students_their_records(true).await;
    let learners = groups::made(&tenant, "Astronauts", None).await;
    let educators = groups::made_of_kind(&tenant, "Record makers", "educator_group", None).await;
    groups::granted(&tenant, &learners, &educators, &["view"]).await;
    for (person, group) in [("edna", &educators), ("sam", &learners)] {
        people::made(&tenant, json!({"id": person, "group_ids": [group["id"]]})).await;
    }
    admin.create(&record("sam", "shown")).await;
    admin.create(&with(record("sam", "kept back"), json!({"visible_to_student": false}))).await;
    admin.create(&record("olga", "another's")).await;
    app.create(&record("olga", "of the app")).await;
    stack.drain().await;
    assert_eq!(titles(&admin).await, ["shown", "kept back", "another's", "of the app"]);
    assert_eq!(titles(&app).await, ["of the app"]);
    assert_eq!(titles(&tenant.caller("edna", Role::Educator, None, None)).await, ["shown", "kept back"]);
    assert_eq!(titles(&tenant.caller("sam", Role::Student, None, None)).await, ["shown"]);
    let other = stack.tenant().await;
    assert!(titles(&other.admin()).await.is_empty());
}

#[tokio::test]
async fn a_hidden_attribute_did_not_change_for_students() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    tenant.show_students_their_records(true).await;
    attributes::made(
        &tenant,
        &json!({"key": "note", "label": "Note", "type": "short_answer", "hidden_from_students": true}),
    )
    .await;
    tenant.admin().create(&with(record("sam", "x"), json!({"attributes": {"note": "weak"}}))).await;
    stack.drain().await;
    let seen = |role| {
        let caller = tenant.caller("sam", role, None, None);
        async move { after(&caller, None).await.0[0].clone() }
    };
    let (admin, student) = (seen(Role::Admin).await, seen(Role::Student).await);
    assert_eq!(admin["changed"], json!(["attributes.note", "title", "visible_to_student"]));
    assert_eq!(student["changed"], json!(["title", "visible_to_student"]));
    assert_eq!(student["data"]["attributes"], json!({}));
}

#[tokio::test]
async fn only_the_wanted_types_come_and_others_are_passed_over() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    admin.delete(path_of(&made["id"])).send().await;
    stack.drain().await;
    let answer = admin.get("/v1/events?types=learningRecord.deleted").send().await.json();
    let types: Vec<&Value> = answer["data"].as_array().expect("events").iter().map(|event| &event["type"]).collect();
    assert_eq!(types, ["learningRecord.deleted"]);
    for (query, place) in
        [("types=learningRecord.made", "types"), ("after=x", "after"), ("limit=0", "limit"), ("x=1", "x")]
    {
        let refused = admin.get(format!("/v1/events?{query}")).send().await;
        assert_eq!((refused.status.as_u16(), refused.places()), (400, vec![place.to_owned()]));
    }
}

#[tokio::test]
async fn a_cursor_serves_the_whole_tenant_for_thirty_days_and_one_query() {
    let stack = Stack::alone().await;
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    tenant.admin().create(&record("ada", "x")).await;
    stack.drain().await;
    let (_, cursor) = after(&tenant.admin(), None).await;
    async fn ask(caller: Caller<'_>, cursor: &str, more: &str) -> u16 {
        caller.get(format!("/v1/events?after={cursor}{more}")).send().await.status.as_u16()
    }
    assert_eq!(ask(tenant.manager(), &cursor, "").await, 200, "a key may be replaced");
    assert_eq!(ask(other.admin(), &cursor, "").await, 400);
    assert_eq!(ask(tenant.admin(), &cursor, "&types=learningRecord.created").await, 400);
    stack.advance(TimeDelta::days(30) + TimeDelta::seconds(1));
    assert_eq!(ask(tenant.admin(), &cursor, "").await, 400);
}

#[tokio::test]
async fn events_end_after_thirty_days() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    stack.drain().await;
    let (_, cursor) = after(&tenant.admin(), None).await;
    stack.advance(TimeDelta::hours(1));
    tenant.admin().patch(path_of(&made["id"]), &json!({"score": 1})).send().await;
    stack.drain().await;
    stack.advance(TimeDelta::days(29));
    assert_eq!(tenant.admin().get(format!("/v1/events?after={cursor}")).send().await.status, 200);
    let (_, late) = after(&tenant.admin(), Some(&cursor)).await;
    assert!(after(&tenant.admin(), Some(&late)).await.0.is_empty());
    assert_eq!(titles(&tenant.admin()).await.len(), 2);
    stack.advance(TimeDelta::days(1) - TimeDelta::minutes(30));
    assert_eq!(titles(&tenant.admin()).await.len(), 1, "the first event has ended");
}
