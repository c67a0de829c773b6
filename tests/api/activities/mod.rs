//! Activities, and the records that point to them.

mod changes;
mod costs;
mod create;
mod delete;
mod get;
mod list;
mod patch;
mod records;
mod retitle;
mod rights;

use crate::support::{Tenant, with};
use serde_json::{Value, json};

pub(crate) const PATH: &str = "/v1/activities";
/// An activity that nobody has.
const MISSING: &str = "/v1/activities/atv_01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// Makes an activity; 201.
pub(crate) async fn made(tenant: &Tenant<'_>, body: Value) -> Value {
    let answer = tenant.admin().post(PATH, &body).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// Makes a certification of this title, with more said of it; 201.
pub(crate) async fn titled(tenant: &Tenant<'_>, title: &str, more: Value) -> Value {
    made(tenant, with(json!({"kind": "certification", "title": title}), more)).await
}

/// An activity's path.
pub(crate) fn path_of(activity: &Value) -> String {
    format!("{PATH}/{}", activity["id"].as_str().expect("an id"))
}

/// Changes an activity; 200.
pub(crate) async fn patched(tenant: &Tenant<'_>, activity: &Value, body: Value) -> Value {
    let answer = tenant.admin().patch(path_of(activity), &body).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The activity as it is now; 200.
async fn now(tenant: &Tenant<'_>, activity: &Value) -> Value {
    let answer = tenant.admin().get(path_of(activity)).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}
