//! API keys as things to be managed; as credentials they are in `identity`.

mod create;
mod delete;
mod list;
mod patch;

use crate::support::Tenant;
use serde_json::{Value, json};

const PATH: &str = "/v1/api-keys";
/// An id that no key has.
const MISSING: &str = "/v1/api-keys/key_01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// A wish for an application's key.
fn wish(label: &str) -> Value {
    json!({"label": label, "app_id": "lms", "scopes": ["records:read"]})
}

/// Makes a key; 201.
async fn made(tenant: &Tenant<'_>, body: &Value) -> Value {
    let answer = tenant.admin().post(PATH, body).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// A key's path.
fn path_of(key: &Value) -> String {
    format!("{PATH}/{}", key["id"].as_str().expect("an id"))
}

/// A key as every answer but the first shows it: without its text.
fn shown(key: &Value) -> Value {
    let mut key = key.clone();
    key.as_object_mut().expect("an object").remove("key");
    key
}

/// The keys of a tenant, newest first, without the one that it was made with.
async fn listed(tenant: &Tenant<'_>) -> Vec<Value> {
    let mut list = tenant.admin().get(PATH).send().await.json();
    let mut keys = std::mem::take(list["data"].as_array_mut().expect("a list"));
    assert_eq!(keys.pop().expect("the first key")["label"], "first admin key");
    keys
}
