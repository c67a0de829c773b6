//! API keys as credentials: what is looked up, for how long it is believed, and what is noted.

use super::{KEY_REFUSED, assert_refused};
use crate::support::{Answer, Caller, Cost, Fault, Stack, Tenant, cost};
use chrono::TimeDelta;
use rol_domain::{KeyId, Role, api_key::KeyText};
use rstest::rstest;
use serde_json::{Value, json};

const KEYS: &str = "/v1/api-keys";

async fn me(stack: &Stack, key: &str) -> Answer {
    Caller::bearer(stack, key).get("/v1/me").send().await
}

/// A key of the tenant, made by its admin: its text and its path.
async fn made(tenant: &Tenant<'_>, body: Value) -> (String, String) {
    let answer = tenant.admin().post(KEYS, &body).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let key = answer.json();
    tenant.stack.wire.take();
    (key["key"].as_str().expect("a key").to_owned(), format!("{KEYS}/{}", key["id"].as_str().expect("an id")))
}

/// The status of a key's use, and what it cost.
async fn shown(stack: &Stack, key: &str) -> (u16, Cost) {
    let status = me(stack, key).await.status.as_u16();
    (status, cost(&stack.wire.take()))
}

const FREE: Cost = (0, 0.0, 0.0);
const LOOKED_UP: Cost = (1, 1.0, 0.0);
/// Looked up, and noted in the table and in the index by tenant.
const NOTED: Cost = (2, 1.0, 2.0);

/// The key with another character in this place.
fn changed(key: &str, at: usize) -> String {
    let other = if &key[at..=at] == "0" { "1" } else { "0" };
    format!("{}{other}{}", &key[..at], &key[at + 1..])
}

#[rstest]
#[case::prefix_only(|_: &str| "rol_".into())]
#[case::a_character_changed(|key: &str| changed(key, 40))]
#[case::two_characters_swapped(|key: &str| {
    let at = (31..79).find(|at| key[*at..=*at] != key[at + 1..=at + 1]).expect("not all are alike");
    format!("{}{}{}{}", &key[..at], &key[at + 1..=at + 1], &key[at..=at], &key[at + 2..])
})]
#[case::id_changed(|key: &str| changed(key, 29))]
#[case::checksum_changed(|key: &str| changed(key, 79))]
#[case::cut(|key: &str| key[..79].to_owned())]
#[case::longer(|key: &str| format!("{key}0"))]
#[case::twice(|key: &str| format!("{key}{key}"))]
#[case::twice_with_a_comma(|key: &str| format!("{key},{key}"))]
#[case::lower_case(|key: &str| key.to_lowercase())]
#[case::without_an_id(|key: &str| format!("rol__{}", &key[31..]))]
#[case::long(|key: &str| format!("{key}{}", "0".repeat(60_000)))]
#[tokio::test]
async fn a_mistyped_key_is_not_even_looked_up(#[case] mistype: fn(&str) -> String) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    stack.wire.take();
    let mistyped = mistype(&tenant.key);
    assert_ne!(mistyped, tenant.key);
    assert_refused(&me(&stack, &mistyped).await, KEY_REFUSED);
    let in_header = Caller::nobody(&stack).get("/v1/me").header("x-api-key", &mistyped).send().await;
    assert_refused(&in_header, KEY_REFUSED);
    assert!(stack.wire.take().is_empty());
    assert_eq!(me(&stack, &tenant.key).await.status, 200);
}

#[tokio::test]
async fn an_unknown_key_costs_one_read_each_time() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    stack.wire.take();
    let id: String = tenant.key.split('_').nth(1).expect("an id").into();
    let id = KeyId::parse(&format!("key_{id}")).expect("an id");
    let forged = KeyText::new(id, [7; 32]);
    for _ in 0..2 {
        assert_refused(&me(&stack, forged.expose()).await, KEY_REFUSED);
        assert_eq!(cost(&stack.wire.take()), LOOKED_UP);
    }
    assert!(stack.wire.take_fetches().is_empty());
}

#[tokio::test]
async fn a_key_is_believed_for_ten_seconds() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    stack.wire.take();
    assert_eq!(shown(&stack, &tenant.key).await, (200, NOTED));
    assert_eq!(shown(&stack, &tenant.key).await, (200, FREE));
    stack.advance(TimeDelta::seconds(5));
    assert_eq!(shown(&stack, &tenant.key).await, (200, FREE));
    stack.advance(TimeDelta::seconds(5));
    assert_eq!(shown(&stack, &tenant.key).await, (200, LOOKED_UP));
    assert_eq!(shown(&stack, &tenant.key).await, (200, FREE));
}

#[rstest]
#[case::revoked(true)]
#[case::deleted(false)]
#[tokio::test]
async fn a_key_that_was_taken_back_opens_nothing_after_ten_seconds(#[case] is_revoked: bool) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (key, path) = made(&tenant, json!({"label": "k", "role": "manager"})).await;
    assert_eq!(me(&stack, &key).await.status, 200);
    let admin = tenant.admin();
    let request = if is_revoked { admin.patch(&path, &json!({"is_revoked": true})) } else { admin.delete(&path) };
    assert!(request.send().await.status.is_success());
    // A container that has not seen the key refuses it at once.
    let elsewhere = Caller::bearer(&stack, &key).get("/v1/learning-records?person_id=ada").send().await;
    assert_refused(&elsewhere, KEY_REFUSED);
    stack.wire.take();
    assert_eq!(shown(&stack, &key).await, (200, FREE), "the container that has believes what it knows");
    stack.advance(TimeDelta::seconds(10));
    assert_refused(&me(&stack, &key).await, KEY_REFUSED);
    assert_eq!(cost(&stack.wire.take()), LOOKED_UP);
}

#[tokio::test]
async fn noting_a_keys_use_does_not_prolong_what_is_believed() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (key, path) = made(&tenant, json!({"label": "k", "role": "manager"})).await;
    assert_eq!(shown(&stack, &key).await, (200, NOTED));
    stack.advance(TimeDelta::seconds(3_595));
    assert_eq!(shown(&stack, &key).await, (200, LOOKED_UP));
    let revoked = tenant.admin().patch(&path, &json!({"is_revoked": true})).send().await;
    assert_eq!(revoked.status, 200);
    stack.wire.take();
    stack.advance(TimeDelta::seconds(5));
    assert_eq!(shown(&stack, &key).await, (200, (1, 0.0, 2.0)), "its hour is over while it is believed");
    stack.advance(TimeDelta::seconds(5));
    assert_eq!(shown(&stack, &key).await, (401, LOOKED_UP), "ten seconds after it was read");
}

#[tokio::test]
async fn a_key_ends_by_itself_in_a_warm_container_too() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let end = (stack.now() + TimeDelta::minutes(10)).to_rfc3339();
    let (key, _) = made(&tenant, json!({"label": "k", "role": "manager", "expires_at": end})).await;
    assert_eq!(shown(&stack, &key).await, (200, NOTED));
    stack.advance(TimeDelta::minutes(10) - TimeDelta::seconds(5));
    assert_eq!(shown(&stack, &key).await, (200, LOOKED_UP));
    stack.advance(TimeDelta::seconds(5));
    assert_refused(&me(&stack, &key).await, KEY_REFUSED);
    assert_eq!(cost(&stack.wire.take()), FREE);
}

#[tokio::test]
async fn a_key_speaks_for_its_own_tenant() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    for tenant in [&mine, &other] {
        assert_eq!(me(&stack, &tenant.key).await.json()["tenant_id"], json!(tenant.id));
    }
    let (key, path) =
        made(&mine, json!({"label": "k", "role": "application", "app_id": "lms", "scopes": ["records:read"]})).await;
    let expected = json!({
        "tenant_id": mine.id, "actor": path.rsplit('/').next(), "subject": null, "app_id": "lms", "role": "application",
        "scopes": ["records:read"], "grants": [],
        "rights": ["known", "records_read", "attributes_read", "activities_read"],
    });
    assert_eq!(me(&stack, &key).await.json(), expected);
    assert_eq!(other.admin().delete(&path).send().await.status, 404);
    stack.advance(TimeDelta::seconds(10));
    assert_eq!(me(&stack, &key).await.status, 200);
}

/// When the tenant's list says that the first key was last used.
async fn last_used(tenant: &Tenant<'_>) -> Value {
    let list = tenant.admin().get(KEYS).send().await.json();
    tenant.stack.wire.take();
    list["data"][0]["last_used_at"].clone()
}

#[tokio::test]
async fn a_keys_use_is_noted_once_an_hour() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    assert_eq!(last_used(&tenant).await, Value::Null);
    assert_eq!(shown(&stack, &tenant.key).await, (200, NOTED));
    let first = last_used(&tenant).await;
    let noted = chrono::DateTime::parse_from_rfc3339(first.as_str().expect("an instant")).expect("RFC 3339");
    assert!((stack.now() - noted.to_utc()).num_seconds().abs() < 60, "{first}");
    stack.advance(TimeDelta::minutes(59));
    assert_eq!(shown(&stack, &tenant.key).await, (200, LOOKED_UP));
    assert_eq!(last_used(&tenant).await, first);
    stack.advance(TimeDelta::minutes(1));
    assert_eq!(shown(&stack, &tenant.key).await, (200, NOTED));
    assert!(last_used(&tenant).await.as_str() > first.as_str());
}

#[tokio::test]
async fn a_use_that_cannot_be_noted_is_none_the_worse() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    stack.wire.plan([None, Some(Fault::ServerError), Some(Fault::ServerError), Some(Fault::ServerError)]);
    assert_eq!(me(&stack, &tenant.key).await.status, 200);
    assert_eq!(last_used(&tenant).await, Value::Null);
    assert_eq!(shown(&stack, &tenant.key).await, (200, (1, 0.0, 2.0)), "noted by the next one");
}

#[tokio::test]
async fn a_store_that_is_away_is_no_wrong_key() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    stack.wire.always(Some(Fault::BeforeCommit));
    assert_eq!(me(&stack, &tenant.key).await.status, 503);
    assert_eq!(tenant.caller("a", Role::Admin, None, None).get("/v1/me").send().await.status, 503);
    stack.wire.always(None);
    assert_eq!(me(&stack, &tenant.key).await.status, 200);
}
