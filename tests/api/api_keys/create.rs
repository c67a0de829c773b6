//! `POST /v1/api-keys`

use super::{PATH, listed, made, shown, wish};
use crate::support::{Caller, Stack, cost, with};
use chrono::{SecondsFormat, TimeDelta};
use rol_domain::{KeyId, Role, api_key::KeyText};
use rstest::rstest;
use serde_json::{Value, json};

#[tokio::test]
async fn a_key_is_made_and_opens_the_door() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().post(PATH, &wish("LMS integration")).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let key = answer.json();
    let id = key["id"].as_str().expect("an id");
    assert_eq!(answer.header("location"), Some(format!("{PATH}/{id}").as_str()));
    insta::assert_json_snapshot!(key, {
        ".key" => insta::dynamic_redaction(|value, _| {
            assert!(KeyText::parse(value.as_str().expect("a text")).is_ok());
            "[key]"
        }),
        ".id" => insta::dynamic_redaction(|value, _| {
            assert!(KeyId::parse(value.as_str().expect("a text")).is_ok_and(|id| id.to_string().starts_with("key_")));
            "[key id]"
        }),
        ".created_at" => "[instant]",
    });
    let me = Caller::bearer(&stack, key["key"].as_str().expect("a key")).get("/v1/me").send().await.json();
    assert_eq!((&me["actor"], &me["tenant_id"]), (&json!(id), &json!(tenant.id)));
    assert!(key["key"].as_str().expect("a key").contains(id.trim_start_matches("key_")), "its text names it");
}

#[rstest]
#[case::admin(json!({"label": "k", "role": "admin"}), json!({"role": "admin", "scopes": [], "app_id": null}))]
#[case::manager(json!({"label": "k", "role": "manager", "scopes": []}), json!({"role": "manager", "scopes": []}))]
#[case::application_by_default(wish("k"), json!({"role": "application", "scopes": ["records:read"], "app_id": "lms"}))]
#[case::nulls(
    with(wish("k"), json!({"role": null, "expires_at": null})),
    json!({"role": "application", "expires_at": null})
)]
#[case::a_scope_twice(
    with(wish("k"), json!({"scopes": ["records:write", "records:read", "records:write"]})),
    json!({"scopes": ["records:read", "records:write"]})
)]
#[case::end_in_another_zone(
    with(wish("k"), json!({"expires_at": "2099-01-01T01:00:00+01:00"})),
    json!({"expires_at": "2099-01-01T00:00:00.000Z"})
)]
#[case::longest_texts(
    with(wish(&"é".repeat(100)), json!({"app_id": "a".repeat(128)})),
    json!({"label": "é".repeat(100), "app_id": "a".repeat(128)})
)]
#[tokio::test]
async fn a_key_is_what_was_wished_for(#[case] body: Value, #[case] expected: Value) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let key = made(&tenant, &body).await;
    for (name, value) in expected.as_object().expect("an object") {
        assert_eq!(key[name], *value, "{name}");
    }
    assert_eq!(listed(&tenant).await, [shown(&key)]);
}

#[rstest]
#[case::nothing(json!({}), vec!["/label"])]
#[case::nulls(json!({"label": null}), vec!["/label"])]
#[case::every_field(
    json!({
        "label": " ", "role": "root", "scopes": ["records:delete"], "app_id": "a b", "expires_at": "tomorrow",
        "colour": "red", "a/b": 1, "key": "rol_x", "id": "key_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    }),
    vec!["/app_id", "/a~1b", "/colour", "/expires_at", "/id", "/key", "/label", "/role", "/scopes"],
)]
#[case::every_type(
    json!({"label": 1, "role": 2, "scopes": "records:read", "app_id": [], "expires_at": 3}),
    vec!["/app_id", "/expires_at", "/label", "/role", "/scopes"],
)]
#[case::label_too_long(json!({"label": "l".repeat(101), "role": "admin"}), vec!["/label"])]
#[case::label_of_two_lines(json!({"label": "a\nb", "role": "admin"}), vec!["/label"])]
#[case::app_too_long(with(wish("k"), json!({"app_id": "a".repeat(129)})), vec!["/app_id"])]
#[case::end_on_a_day(with(wish("k"), json!({"expires_at": "2099-01-01"})), vec!["/expires_at"])]
#[case::end_in_the_past(with(wish("k"), json!({"expires_at": "2020-01-01T00:00:00Z"})), vec!["/expires_at"])]
#[case::application_without_an_id(json!({"label": "k", "scopes": ["records:read"]}), vec!["/app_id"])]
#[case::application_without_scopes(json!({"label": "k", "app_id": "lms", "scopes": []}), vec!["/scopes"])]
#[case::application_without_either(
    json!({"label": "k", "expires_at": "2020-01-01T00:00:00Z"}),
    vec!["/app_id", "/expires_at", "/scopes"],
)]
#[case::manager_of_an_application(with(wish("k"), json!({"role": "manager"})), vec!["/app_id", "/scopes"])]
#[case::admin_of_an_application(with(wish("k"), json!({"role": "admin"})), vec!["/app_id", "/scopes"])]
#[case::educator(json!({"label": "k", "role": "educator"}), vec!["/role"])]
#[case::student(json!({"label": "k", "role": "student"}), vec!["/role"])]
#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_stored(
    #[case] body: Value,
    #[case] places: Vec<&str>,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    tenant.admin().post(PATH, &json!({})).send().await;
    stack.wire.take();
    let answer = tenant.admin().post(PATH, &body).send().await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.places(), places);
    assert!(stack.wire.take().is_empty());
    assert!(listed(&tenant).await.is_empty());
}

#[rstest]
#[case::list("[]", "application/json", 400)]
#[case::no_json("label=k", "application/json", 400)]
#[case::duplicate_name(r#"{"label":"k","role":"manager","role":"admin"}"#, "application/json", 400)]
#[case::form("label=k", "application/x-www-form-urlencoded", 415)]
#[tokio::test]
async fn another_body_is_none(#[case] body: &'static str, #[case] content_type: &str, #[case] status: u16) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let request = tenant.admin().post(PATH, &json!({})).without("content-type").header("content-type", content_type);
    assert_eq!(request.bytes(body).send().await.status, status);
    let large = json!({"label": "k", "role": "manager", "x": "x".repeat(65_536)});
    assert_eq!(tenant.admin().post(PATH, &large).send().await.status, 413);
}

#[tokio::test]
async fn a_key_ends_after_now() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let at = |moment: chrono::DateTime<chrono::Utc>| {
        with(wish("k"), json!({"expires_at": moment.to_rfc3339_opts(SecondsFormat::Millis, true)}))
    };
    let answer = tenant.admin().post(PATH, &at(stack.now())).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, vec!["/expires_at".to_owned()]));
    made(&tenant, &at(stack.now() + TimeDelta::minutes(1))).await;
}

#[rstest]
#[case::manager(Role::Manager, None, None)]
#[case::educator(Role::Educator, None, None)]
#[case::application(Role::Application, Some("lms"), Some("records:read records:write"))]
#[case::admin_of_an_application(Role::Admin, Some("lms"), None)]
#[tokio::test]
async fn only_an_unbounded_admin_makes_keys(
    #[case] role: Role,
    #[case] app: Option<&str>,
    #[case] scope: Option<&str>,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.caller("somebody", role, app, scope).post(PATH, &wish("k")).send().await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["detail"]),
        (403, &json!("you lack the right to manage API keys"))
    );
    assert!(listed(&tenant).await.is_empty());
}

#[tokio::test]
async fn a_key_belongs_to_its_makers_tenant() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    let answer = mine.admin().post(PATH, &with(wish("k"), json!({"tenant_id": other.id}))).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, vec!["/tenant_id".to_owned()]));
    let key = made(&mine, &wish("k")).await;
    assert_eq!((listed(&mine).await, listed(&other).await), (vec![shown(&key)], vec![]));
    // Made by a key, it bears that key's name.
    let answer = mine.key_holder().post(PATH, &wish("k")).send().await;
    let maker = mine.key_holder().get("/v1/me").send().await.json();
    assert_eq!(answer.json()["created_by"], maker["actor"]);
}

#[tokio::test]
async fn the_same_wish_twice_is_two_keys() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    // Idempotency-Key is not offered: the answer could not show the key again.
    let request = || tenant.admin().post(PATH, &wish("k")).header("idempotency-key", "one");
    let (first, second) = (request().send().await, request().send().await);
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
    assert_ne!(first.json()["key"], second.json()["key"]);
    assert_eq!(second.header("idempotent-replayed"), None);
    assert_eq!(listed(&tenant).await.len(), 2);
}

#[tokio::test]
async fn a_keys_text_is_shown_once_and_kept_nowhere() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let key = made(&tenant, &wish("k")).await;
    let text = key["key"].as_str().expect("a key");
    let holder = Caller::bearer(&stack, text);
    holder.get("/v1/me").send().await;
    holder.get("/v1/learning-records?person_id=ada").send().await;
    let list = tenant.admin().get(PATH).send().await.text();
    let patched = tenant.admin().patch(super::path_of(&key), &json!({"is_revoked": true})).send().await.text();
    let secret = text.rsplit('_').next().expect("a secret");
    let hash = KeyText::parse(text).expect("a key").hash().to_string();
    let sent = stack.wire.sent();
    for answer in [&list, &patched] {
        assert!(!answer.contains(secret) && !answer.contains(&hash) && !answer.contains("\"key\""), "{answer}");
    }
    assert!(sent.contains(&hash), "it is known by its hash");
    // The secret is 43 characters and its checksum 6; neither leaves the function.
    assert!(!sent.contains(&secret[..43]) && !sent.contains(&secret[..20]), "nothing of it goes to the table");
}

#[tokio::test]
async fn making_a_key_takes_one_call() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("warm")).await;
    stack.wire.take();
    made(&tenant, &wish("k")).await;
    // One unit for the table and one for the index by tenant.
    assert_eq!(cost(&stack.wire.take()), (1, 0.0, 2.0));
}
