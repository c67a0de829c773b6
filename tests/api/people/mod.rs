//! The directory's people.

mod costs;
mod create;
mod delete;
mod get;
mod list;
mod model;
mod patch;
mod rights;

use crate::support::{Caller, Tenant};
use serde_json::{Value, json};

pub(crate) const PATH: &str = "/v1/people";

/// Adds a person; 201.
pub(crate) async fn made(tenant: &Tenant<'_>, body: Value) -> Value {
    let answer = tenant.admin().post(PATH, &body).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// The ids of the people that a search finds, page by page.
pub(crate) async fn found(caller: &Caller<'_>, search: &str, limit: usize) -> Vec<String> {
    let search: String = search.bytes().map(|byte| format!("%{byte:02X}")).collect();
    pages(caller, &format!("{PATH}?search={search}&limit={limit}")).await
}

/// The ids on all pages of a list. Every page with a cursor is full.
pub(crate) async fn pages(caller: &Caller<'_>, path: &str) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    let limit: usize = path.rsplit("limit=").next().and_then(|text| text.parse().ok()).expect("a limit at the end");
    loop {
        let answer = caller.get(format!("{path}{cursor}")).send().await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let page = answer.json();
        seen.extend(ids(&page));
        let Some(next) = page["next_cursor"].as_str() else { return seen };
        assert_eq!(ids(&page).len(), limit, "a page with a cursor is full");
        cursor = format!("&cursor={next}");
    }
}

/// The ids on a page.
pub(crate) fn ids(page: &Value) -> Vec<String> {
    let data = page["data"].as_array().unwrap_or_else(|| panic!("a list: {page}"));
    data.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

/// A person's body with a name and an address.
fn named(id: &str, name: &str, email: &str) -> Value {
    json!({"id": id, "name": name, "email": email})
}
