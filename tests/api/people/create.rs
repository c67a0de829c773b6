//! `POST /v1/people`

use super::{PATH, found, made};
use crate::{
    api::groups,
    support::{Fault, Stack, with},
};
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

#[tokio::test]
async fn every_field_is_there_and_null_where_it_has_no_value() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().post(PATH, &json!({"id": "ada"})).send().await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location"), answer.header("etag")),
        (201, Some("/v1/people/ada"), Some("\"1\""))
    );
    let person = answer.json();
    let at = person["created_at"].clone();
    assert!(at.as_str().is_some_and(|at| at.ends_with('Z') && at.len() == 24), "{at}");
    assert_eq!(
        person,
        json!({
            "id": "ada", "name": null, "email": null, "status": "active", "role": null, "role_set_by": null,
            "status_set_by": null, "group_ids": [], "external_ids": [], "version": 1, "created_at": at, "created_by": "root@example.com", "updated_at": at,
            "updated_by": "root@example.com",
        })
    );
    assert_eq!(tenant.admin().get("/v1/people/ada").send().await.json(), person);
}

#[tokio::test]
async fn a_person_is_what_was_sent() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (one, two) = (groups::made(&tenant, "A", None).await, groups::made(&tenant, "B", None).await);
    let sent = json!({
        "id": "ada", "name": "Ada Lovelace", "email": "Ada@Example.com", "status": "blocked", "role": "educator",
        "group_ids": [two["id"], one["id"], two["id"]], "external_ids": ["x", "hr-1", "x"],
    });
    let person = made(&tenant, sent.clone()).await;
    let mut sorted = vec![one["id"].clone(), two["id"].clone()];
    sorted.sort_by_key(ToString::to_string);
    let expected = with(sent, json!({"group_ids": sorted, "external_ids": ["hr-1", "x"]}));
    for (name, value) in expected.as_object().expect("an object") {
        assert_eq!(person[name], *value, "{name}");
    }
}

#[tokio::test]
async fn an_id_is_minted_where_none_is_given() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (a, b) = (made(&tenant, json!({"name": "A"})).await, made(&tenant, json!({"name": "A", "id": null})).await);
    let id = a["id"].as_str().expect("an id");
    assert!(id.starts_with("per_") && id.len() == 30, "{id}");
    assert_ne!(a["id"], b["id"]);
}

#[rstest]
#[case::at("ada@example.com", "ada@example.com")]
#[case::plain("a.b_c~d:e@f-9", "a.b_c~d:e@f-9")]
#[case::bar("auth0|507f", "auth0%7C507f")]
#[case::separators("a#b?c%d&e=f+g", "a%23b%3Fc%25d%26e%3Df%2Bg")]
#[case::slash("a/b", "a%2Fb")]
#[case::encoded_twice("a%2Fb", "a%252Fb")]
#[case::braces("{id}", "%7Bid%7D")]
#[case::quotes("\"<`>\\^", "%22%3C%60%3E%5C%5E")]
#[tokio::test]
async fn any_id_is_reached_by_its_location(#[case] id: &str, #[case] encoded: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().post(PATH, &json!({"id": id, "name": "X"})).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (201, Some(format!("{PATH}/{encoded}").as_str())));
    let path = format!("{PATH}/{encoded}");
    let patched = tenant.admin().patch(&path, &json!({"name": "Y"})).send().await.json();
    assert_eq!((&patched["id"], &patched["name"]), (&json!(id), &json!("Y")));
    assert_eq!(tenant.admin().get(&path).send().await.json(), patched);
    assert_eq!(tenant.admin().delete(&path).send().await.status, 204);
    assert_eq!(tenant.admin().get(&path).send().await.status, 404);
}

#[rstest]
#[case::every_value(
    json!({
        "id": "a b", "name": " ", "email": "ada", "status": "asleep", "role": "root", "group_ids": ["g"],
        "external_ids": ["a b"], "colour": "red", "a/b": 1, "version": 1, "created_at": null,
    }),
    vec!["/a~1b", "/colour", "/created_at", "/email", "/external_ids", "/group_ids", "/id", "/name", "/role", "/status", "/version"],
)]
#[case::every_type(
    json!({
        "id": 1, "name": 2, "email": [], "status": true, "role": {}, "group_ids": "grp_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "external_ids": {"a": "b"},
    }),
    vec!["/email", "/external_ids", "/group_ids", "/id", "/name", "/role", "/status"],
)]
#[case::an_application_is_no_person(json!({"role": "application", "name": ""}), vec!["/name", "/role"])]
#[case::texts_too_long(
    json!({
        "id": "i".repeat(129), "name": "n".repeat(201), "email": format!("a@{}", "e".repeat(253)),
        "external_ids": ["x".repeat(129)],
    }),
    vec!["/email", "/external_ids", "/id", "/name"],
)]
#[case::eleven_external_ids(json!({"external_ids": (0..11).map(|n| n.to_string()).collect::<Vec<_>>()}), vec!["/external_ids"])]
#[case::twenty_one_groups(
    json!({"role": "application", "group_ids": (10..31).map(|n| format!("grp_000000000000000000000000{n}")).collect::<Vec<_>>()}),
    vec!["/group_ids", "/role"],
)]
#[case::two_lines(json!({"name": "a\nb"}), vec!["/name"])]
#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_stored(
    #[case] body: Value,
    #[case] places: Vec<&str>,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let client = tenant.caller("c", Role::Application, Some("hr"), Some("directory:write directory:read"));
    client.post(PATH, &json!({"x": 1})).send().await;
    stack.wire.take();
    let answer = client.post(PATH, &body).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, places.into_iter().map(str::to_owned).collect()));
    assert!(stack.wire.take().is_empty());
}

#[tokio::test]
async fn values_may_be_as_large_as_their_limits() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let mut group_ids = Vec::new();
    for n in 0..20 {
        group_ids.push(groups::made(&tenant, &n.to_string(), None).await["id"].clone());
    }
    let external_ids: Vec<String> = (0..10).map(|n| format!("{n}{}", "x".repeat(127))).collect();
    // Letters that grow in lower case, and characters that are escaped in keys.
    let name = format!("{} {} {}", "İ".repeat(80), "#%".repeat(30), "\u{10000}".repeat(58));
    let body = json!({
        "id": "#".repeat(128), "name": name, "email": format!("a@{}", "#".repeat(252)),
        "group_ids": group_ids, "external_ids": external_ids,
    });
    let person = made(&tenant, body.clone()).await;
    for field in ["id", "name", "email", "external_ids"] {
        assert_eq!(person[field], body[field]);
    }
    assert_eq!(person["group_ids"].as_array().map(Vec::len), Some(20));
    for search in [&name[..], "a@#", "#%", "\u{10000}"] {
        assert_eq!(found(&tenant.admin(), search.get(..200).unwrap_or(search), 1).await.len(), 1, "{search}");
    }
    let one_more = groups::made(&tenant, "one more", None).await;
    let path = format!("{PATH}/{}/members", one_more["id"].as_str().expect("an id")).replace("people", "groups");
    let answer = tenant.admin().patch(path, &json!({"add": [person["id"]]})).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, vec!["/add/0".to_owned()]));
}

#[tokio::test]
async fn groups_that_do_not_exist_are_all_named() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let (mine, foreign) = (groups::made(&tenant, "A", None).await, groups::made(&other, "B", None).await);
    let missing = "grp_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let body = json!({"id": "ada", "name": "Ada", "group_ids": [foreign["id"], mine["id"], missing]});
    let answer = tenant.admin().post(PATH, &body).send().await;
    assert_eq!(
        (answer.status.as_u16(), answer.places()),
        (400, vec!["/group_ids".to_owned(), "/group_ids".to_owned()])
    );
    let text = answer.text();
    assert!(text.contains(missing) && text.contains(foreign["id"].as_str().expect("an id")), "{text}");
    assert!(!text.contains(mine["id"].as_str().expect("an id")), "{text}");
    assert_eq!(tenant.admin().get("/v1/people/ada").send().await.status, 404);
    assert!(found(&tenant.admin(), "ada", 1).await.is_empty());
    assert!(groups::members(&tenant.admin(), &mine, 10).await.is_empty());
}

#[tokio::test]
async fn an_id_is_given_once_in_a_tenant() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let first = made(&tenant, json!({"id": "ada", "name": "Ada"})).await;
    let again = tenant.admin().post(PATH, &json!({"id": "ada", "name": "Another"})).send().await;
    assert_eq!((again.status.as_u16(), &again.json()["detail"]), (409, &json!("a person with the id ada exists")));
    assert_eq!(tenant.admin().get("/v1/people/ada").send().await.json(), first);
    assert!(found(&tenant.admin(), "another", 1).await.is_empty());
    made(&other, json!({"id": "ada"})).await;
    made(&tenant, json!({"id": "Ada"})).await;
}

#[tokio::test]
async fn an_address_may_be_shared() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for id in ["a", "b"] {
        made(&tenant, json!({"id": id, "email": "info@example.com", "external_ids": ["1"]})).await;
    }
    assert_eq!(found(&tenant.admin(), "INFO@example.com", 1).await, ["a", "b"]);
}

#[rstest]
#[case::admin(Role::Admin, "admin", 201)]
#[case::manager_makes_a_manager(Role::Manager, "manager", 201)]
#[case::manager_makes_an_admin(Role::Manager, "admin", 403)]
#[case::application_makes_an_educator(Role::Application, "educator", 201)]
#[case::application_makes_a_manager(Role::Application, "manager", 403)]
#[tokio::test]
async fn nobody_makes_somebody_above_themselves(#[case] by: Role, #[case] role: &str, #[case] status: u16) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let app = (by == Role::Application).then_some("hr");
    let caller = tenant.caller("c", by, app, Some("directory:write"));
    assert_eq!(caller.post(PATH, &json!({"id": "ada", "role": role})).send().await.status, status);
}

#[rstest]
#[case::list("[]", "application/json", 400)]
#[case::duplicate_name(r#"{"id":"a","id":"b"}"#, "application/json", 400)]
#[case::form("id=a", "application/x-www-form-urlencoded", 415)]
#[tokio::test]
async fn another_body_is_none(#[case] body: &'static str, #[case] content_type: &str, #[case] status: u16) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let request = tenant.admin().post(PATH, &json!({})).without("content-type").header("content-type", content_type);
    assert_eq!(request.bytes(body).send().await.status, status);
    assert_eq!(tenant.admin().post(PATH, &json!({"x": "x".repeat(65_536)})).send().await.status, 413);
}

#[tokio::test]
async fn a_lost_answer_is_no_conflict_and_a_contended_write_is_tried_again() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, json!({"id": "warm"})).await;
    for fault in [Fault::AfterCommit, Fault::Contention, Fault::Throttle] {
        stack.wire.plan([Some(fault)]);
        let person = made(&tenant, json!({"name": "Ada"})).await;
        assert_eq!(person["version"], 1, "{fault:?}");
    }
    stack.wire.plan([Some(Fault::Contention); 4]);
    let answer = tenant.admin().post(PATH, &json!({"id": "ada"})).send().await;
    assert_eq!((answer.status.as_u16(), answer.text().contains("try again")), (409, true), "{}", answer.text());
    assert_eq!(tenant.admin().get("/v1/people/ada").send().await.status, 404);
}
