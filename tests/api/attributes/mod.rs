//! Custom attributes as things to be managed; their values are in `records`.

mod clear;
mod costs;
mod create;
mod delete;
mod generations;
mod get;
mod list;
mod patch;
mod plans;

use crate::support::{Answer, Caller, Tenant, record, with};
use rol_domain::Role;
use serde_json::{Value, json};

pub(crate) const PATH: &str = "/v1/attributes";

/// Every type.
pub(crate) const TYPES: [&str; 9] =
    ["checkbox", "long_answer", "short_answer", "multiple_choice", "checkboxes", "number", "date", "link", "file"];

/// A wish for an attribute of a type, with the options `red`, `green` and `blue` where it has any.
pub(crate) fn wish(key: &str, kind: &str) -> Value {
    let base = json!({"key": key, "type": kind, "label": key});
    if matches!(kind, "multiple_choice" | "checkboxes") {
        with(base, json!({"options": ["red", "green", "blue"]}))
    } else {
        base
    }
}

/// Makes an attribute; 201.
pub(crate) async fn made(tenant: &Tenant<'_>, body: &Value) -> Value {
    let answer = tenant.admin().post(PATH, body).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// An attribute's path.
pub(crate) fn attribute_path(key: &str) -> String {
    format!("{PATH}/{key}")
}

/// Changes an attribute; 200.
pub(crate) async fn changed(tenant: &Tenant<'_>, path: &str, change: &Value) -> Value {
    let answer = tenant.admin().patch(path, change).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// Makes a record of somebody with these attributes; 201.
pub(crate) async fn record_with(tenant: &Tenant<'_>, attributes: Value) -> Value {
    tenant.admin().create(&with(record("ada", "x"), json!({"attributes": attributes}))).await
}

/// What a record shows of its attributes.
pub(crate) async fn values_of(tenant: &Tenant<'_>, record: &Value) -> Value {
    tenant.admin().read(&record["id"]).await["attributes"].clone()
}

/// Lets students see their records.
pub(crate) async fn open_to_students(tenant: &Tenant<'_>) {
    let change = json!({"student_records_enabled": true});
    assert_eq!(tenant.admin().patch("/v1/settings", &change).send().await.status, 200);
}

/// Everybody whom the tenant knows, by name: who reads attributes, and who manages them.
fn callers<'a>(tenant: &Tenant<'a>) -> Vec<(&'static str, Caller<'a>, bool, bool)> {
    let app = |scope| tenant.caller("client", Role::Application, Some("lms"), scope);
    vec![
        ("admin", tenant.admin(), true, true),
        ("admin key", tenant.key_holder(), true, true),
        ("admin of an app", tenant.caller("ann", Role::Admin, Some("lms"), None), true, false),
        ("manager", tenant.manager(), true, false),
        ("educator", tenant.caller("eve", Role::Educator, None, None), true, false),
        ("student", tenant.caller("sam", Role::Student, None, None), true, false),
        ("reader", app(Some("records:read")), true, false),
        ("writer", app(Some("records:write")), true, false),
        ("directory reader", app(Some("directory:read")), false, false),
        ("directory writer", app(Some("directory:write")), false, false),
        ("application without scopes", app(None), false, false),
    ]
}

/// Asserts that an answer refuses these places of a request.
pub(crate) fn assert_invalid(answer: &Answer, places: &[&str]) {
    assert_eq!((answer.status.as_u16(), answer.places()), (400, texts(places)), "{}", answer.text());
}

fn texts(places: &[&str]) -> Vec<String> {
    places.iter().map(|place| (*place).to_owned()).collect()
}

/// Asserts that an answer is a conflict that says this.
pub(crate) fn assert_conflict(answer: &Answer, says: &str) {
    assert_eq!(answer.status, 409, "{}", answer.text());
    let detail = answer.json()["detail"].as_str().map(str::to_owned).unwrap_or_default();
    assert!(detail.contains(says), "expected {says:?} in {detail:?}");
}
