//! Groups, their members, and what was granted over them.

mod change_members;
mod costs;
mod create;
mod delete;
mod get;
mod grants;
mod list;
mod members;
mod patch;
mod races;
mod scale;

use crate::{
    api::people::pages,
    support::{Caller, Tenant},
};
use serde_json::{Value, json};

pub(crate) const PATH: &str = "/v1/groups";
/// A group that nobody has.
const MISSING: &str = "/v1/groups/grp_01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// Makes a group, inside another one where that is named; 201.
pub(crate) async fn made(tenant: &Tenant<'_>, name: &str, parent: Option<&Value>) -> Value {
    made_of_kind(tenant, name, "user_group", parent).await
}

/// Makes a group of a kind; 201.
pub(crate) async fn made_of_kind(tenant: &Tenant<'_>, name: &str, kind: &str, parent: Option<&Value>) -> Value {
    let body = json!({"name": name, "kind": kind, "parent_id": parent.map(|parent| parent["id"].clone())});
    let answer = tenant.admin().post(PATH, &body).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// Groups inside one another, from the outside in.
async fn chain(tenant: &Tenant<'_>, depth: usize) -> Vec<Value> {
    let mut chain: Vec<Value> = Vec::new();
    for n in 0..depth {
        chain.push(made(tenant, &n.to_string(), chain.last()).await);
    }
    chain
}

/// A group's path.
pub(crate) fn path_of(group: &Value) -> String {
    format!("{PATH}/{}", group["id"].as_str().expect("an id"))
}

/// The path of a group's members.
pub(crate) fn members_path(group: &Value) -> String {
    format!("{}/members", path_of(group))
}

/// The path of a grant.
pub(crate) fn grant_path(over: &Value, educators: &Value) -> String {
    format!("{}/grants/{}", path_of(over), educators["id"].as_str().expect("an id"))
}

/// The ids of a group's members, page by page.
pub(crate) async fn members(caller: &Caller<'_>, group: &Value, limit: usize) -> Vec<String> {
    pages(caller, &format!("{}?limit={limit}", members_path(group))).await
}

/// Adds members; how many came.
pub(crate) async fn join(tenant: &Tenant<'_>, group: &Value, people: &[&str]) -> Value {
    let answer = tenant.admin().patch(members_path(group), &json!({"add": people})).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["added"].clone()
}

/// Grants rights; 200 or 201.
pub(crate) async fn granted(tenant: &Tenant<'_>, over: &Value, educators: &Value, rights: &[&str]) -> Value {
    let answer = tenant.admin().put(grant_path(over, educators), &json!({"rights": rights})).send().await;
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.json()
}

/// The group as it is now; 200.
async fn now(tenant: &Tenant<'_>, group: &Value) -> Value {
    let answer = tenant.admin().get(path_of(group)).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}
