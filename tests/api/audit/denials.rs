//! What was tried without the right to is in the trail, and costs next to nothing.

use super::entries;
use crate::{
    api::{groups, people},
    support::{Caller, Fault, Stack, Tenant, cost, path_of, record},
};
use chrono::TimeDelta;
use http::Method;
use rol_domain::{
    Role,
    limits::{DENIAL_INTERVAL_S, MAX_DENIAL_TARGET},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const RECORD: &str = "/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const NOWHERE: &str = "grp_01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// Asks for something that the caller has no right to.
async fn refused(caller: &Caller<'_>, method: Method, path: &str) -> String {
    let answer = caller.request(method.clone(), path).json(&json!({})).send().await;
    assert_eq!(answer.status, 403, "{method} {path}: {}", answer.text());
    answer.header("x-request-id").expect("an id").to_owned()
}

/// The next full minute of a stack's clock.
fn to_the_next_minute(stack: &Stack) {
    let past = stack.now().timestamp() % DENIAL_INTERVAL_S;
    stack.advance(TimeDelta::seconds(DENIAL_INTERVAL_S - past));
}

/// An application without scopes, which costs nothing to know in a warm container.
fn nobody<'a>(tenant: &Tenant<'a>) -> Caller<'a> {
    tenant.caller("robot", Role::Application, Some("lms"), None)
}

#[tokio::test]
async fn every_attempt_to_change_something_is_noted_with_who_and_what_and_why() {
    let stack = Stack::alone().await;
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let robot = nobody(&tenant);
    let grant = format!("/v1/groups/{NOWHERE}/grants/{NOWHERE}");
    let attempts = [
        (Method::POST, "/v1/learning-records", "learningRecord", "", "records.create", "write records"),
        (Method::PATCH, RECORD, "learningRecord", &RECORD[21..], "records.patch", "write records"),
        (Method::DELETE, RECORD, "learningRecord", &RECORD[21..], "records.delete", "write records"),
        (Method::POST, "/v1/attributes", "attribute", "", "attributes.create", "manage attributes"),
        (Method::DELETE, "/v1/attributes/a", "attribute", "a", "attributes.delete", "manage attributes"),
        (Method::PATCH, "/v1/people/ada", "person", "ada", "people.patch", "write people and groups"),
        (Method::DELETE, "/v1/groups/x", "group", "x", "groups.delete", "write people and groups"),
        (Method::PATCH, "/v1/groups/x/members", "group", "x", "groups.change-members", "write people and groups"),
        (Method::PUT, &grant, "grant", &format!("{NOWHERE}/{NOWHERE}"), "groups.put-grant", "manage grants"),
        (Method::PATCH, "/v1/settings", "settings", "settings", "settings.patch", "change settings"),
        (Method::POST, "/v1/api-keys", "apiKey", "", "api-keys.create", "manage API keys"),
        (Method::DELETE, "/v1/api-keys/key_x", "apiKey", "key_x", "api-keys.delete", "manage API keys"),
    ];
    let mut expected = BTreeSet::new();
    for (method, path, entity, target, operation, right) in attempts {
        let request_id = refused(&robot, method, path).await;
        let reason = format!("you lack the right to {right}");
        let action = format!("{entity}.denied");
        expected.insert(json!([action, target, operation, reason, "robot", "lms", null, request_id, []]).to_string());
    }
    stack.drain().await;
    let all = entries(&tenant, "&action=denied").await;
    let told: BTreeSet<String> = all
        .iter()
        .map(|it| {
            let names =
                ["action", "entity_id", "operation", "reason", "actor", "app_id", "subject", "request_id", "changed"];
            json!(names.map(|name| it[name].clone())).to_string()
        })
        .collect();
    assert_eq!(told, expected);
    assert_eq!(entries(&tenant, "&action=learningRecord.denied&actor=robot").await.len(), 3);
    assert_eq!(entries(&tenant, &format!("&entity_id={}", &RECORD[21..])).await.len(), 2);
    assert_eq!(entries(&other, "&action=denied").await, Vec::<Value>::new(), "it is nobody else's");
    let made = &entries(&tenant, "&action=created").await[0];
    assert_eq!((&made["operation"], &made["reason"]), (&Value::Null, &Value::Null));
    let wrong = tenant.admin().get("/v1/action-logs?action=refused").send().await;
    assert_eq!((wrong.status.as_u16(), wrong.places()), (400, vec!["action".to_owned()]));
    let verified = tenant.admin().get("/v1/action-logs/verify").send().await.json();
    assert_eq!(verified["valid"], true, "{verified}");
}

#[tokio::test]
async fn also_what_a_record_a_rank_or_a_subject_forbids_is_noted() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let educators = groups::made_of_kind(&tenant, "E", "educator_group", None).await;
    let learners = groups::made(&tenant, "L", None).await;
    groups::granted(&tenant, &learners, &educators, &["view"]).await;
    people::made(&tenant, json!({"id": "eve", "group_ids": [educators["id"]]})).await;
    people::made(&tenant, json!({"id": "ada", "group_ids": [learners["id"]]})).await;
    people::made(&tenant, json!({"id": "boss", "role": "admin"})).await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let eve = tenant.caller("eve", Role::Educator, None, None);
    to_the_next_minute(&stack);
    refused(&eve, Method::PATCH, &path_of(&made["id"])).await;
    refused(&tenant.manager(), Method::DELETE, "/v1/people/boss").await;
    let for_ada = tenant.manager().delete(path_of(&made["id"])).header("subject-user", "ada").send().await;
    let for_nobody = tenant.manager().delete("/v1/people/x").header("subject-user", "zoe").send().await;
    assert_eq!((for_ada.status.as_u16(), for_nobody.status.as_u16()), (403, 403));
    stack.drain().await;
    let mut told: Vec<Value> = entries(&tenant, "&action=denied").await;
    told.sort_by_key(|it| it["at"].to_string());
    let told: Vec<Value> =
        told.iter().map(|it| json!([it["actor"], it["subject"], it["operation"], it["reason"]])).collect();
    let expected = [
        json!(["eve", null, "records.patch", "you may not edit records of this person"]),
        json!([
            "max@example.com",
            null,
            "people.delete",
            "you may not write the entry of somebody with a higher role than yours"
        ]),
        json!(["max@example.com", "ada", "records.delete", "you lack the right to write records"]),
    ];
    assert_eq!(told[..3], expected);
    // The same actor at the same operation in the same minute: the first is told.
    assert_eq!(told.len(), 3);
}

#[tokio::test]
async fn what_only_reads_or_does_not_exist_or_nobody_asks_is_not_noted() {
    let stack = Stack::alone().await;
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let robot = nobody(&tenant);
    refused(&robot, Method::GET, "/v1/api-keys").await;
    refused(&robot, Method::GET, RECORD).await;
    let foreign = other.admin().create(&record("ada", "x")).await;
    for (caller, status) in [(tenant.admin(), 404), (Caller::nobody(&stack), 401)] {
        let answer = caller.delete(path_of(&foreign["id"])).send().await;
        assert_eq!(answer.status, status);
    }
    stack.drain().await;
    for tenant in [&tenant, &other] {
        assert_eq!(entries(tenant, "&action=denied").await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn a_flood_of_refused_requests_is_one_write_a_minute() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let robot = nobody(&tenant);
    to_the_next_minute(&stack);
    // The issuer is known from then on.
    robot.delete(format!("{RECORD}0")).send().await;
    to_the_next_minute(&stack);
    stack.wire.take();
    refused(&robot, Method::DELETE, RECORD).await;
    assert_eq!(cost(&stack.wire.take()), (1, 0.0, 1.0));
    for _ in 0..5 {
        refused(&robot, Method::DELETE, RECORD).await;
    }
    stack.advance(TimeDelta::seconds(DENIAL_INTERVAL_S - 1));
    refused(&robot, Method::DELETE, RECORD).await;
    assert_eq!(cost(&stack.wire.take()), (0, 0.0, 0.0), "the last second of the minute");
    // A container that is new asks, and is told that it was noted.
    let fresh = Stack::over(stack.engines.clone());
    fresh.advance(stack.now() - fresh.now());
    fresh.wire.take();
    let again = robot.on(&fresh);
    refused(&again, Method::DELETE, RECORD).await;
    let calls = fresh.wire.take();
    assert_eq!(calls.last().map(|call| call.operation.as_str()), Some("UpdateItem"));
    stack.advance(TimeDelta::seconds(1));
    refused(&robot, Method::DELETE, RECORD).await;
    assert_eq!(cost(&stack.wire.take()), (1, 0.0, 1.0), "another minute");
    // Others are noted on their own.
    refused(&tenant.caller("another", Role::Application, Some("lms"), None), Method::DELETE, RECORD).await;
    assert_eq!(cost(&stack.wire.take()), (1, 0.0, 1.0));
    stack.drain().await;
    assert_eq!(entries(&tenant, "&action=denied&actor=robot").await.len(), 3);
    assert_eq!(entries(&tenant, "&action=denied&actor=another").await.len(), 1);
}

#[tokio::test]
async fn a_note_that_fails_changes_no_refusal() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let robot = nobody(&tenant);
    refused(&robot, Method::DELETE, RECORD).await;
    for fault in [Fault::BeforeCommit, Fault::ServerError, Fault::Throttle, Fault::Silence, Fault::AfterCommit] {
        to_the_next_minute(&stack);
        stack.wire.plan([Some(fault)]);
        refused(&robot, Method::DELETE, RECORD).await;
        // The plan was for one call: it was not tried again.
        refused(&robot, Method::DELETE, RECORD).await;
        assert!(stack.wire.take().iter().filter(|call| call.operation == "UpdateItem").count() <= 1);
    }
    stack.drain().await;
    // The first, and the one whose answer alone was lost.
    assert_eq!(entries(&tenant, "&action=denied").await.len(), 2);
}

#[tokio::test]
async fn what_a_path_names_is_kept_while_it_can_be_an_id() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let robot = nobody(&tenant);
    for length in [MAX_DENIAL_TARGET, MAX_DENIAL_TARGET + 1] {
        to_the_next_minute(&stack);
        refused(&robot, Method::DELETE, &format!("/v1/people/{}", "x".repeat(length))).await;
    }
    stack.drain().await;
    let mut lengths: Vec<usize> = Vec::new();
    for entry in entries(&tenant, "&action=person.denied").await {
        lengths.push(entry["entity_id"].as_str().expect("text").len());
    }
    lengths.sort_unstable();
    assert_eq!(lengths, [0, MAX_DENIAL_TARGET]);
}
