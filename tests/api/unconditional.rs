//! Writes that name no version, many at once, on every route that writes over something: whoever states no precondition
//! is never told that one failed, and a delete that comes too late is answered as it is a second later. All of them
//! have read the same before the first one writes.

use super::{activities, attachments, attributes, groups, people};
use crate::support::{Caller, Stack, Tenant, path_of, record, with};
use futures_util::future::join_all;
use http::Method;
use rol_local::openapi_document;
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How many requests there are at once.
const AT_ONCE: usize = 12;

/// A route that writes over something, with the requests that race.
struct Write {
    method: Method,
    path: String,
    /// The body of the nth request; each asks for something else.
    body: fn(usize) -> Value,
}

/// The operations that write over something; no other route can lose a race.
const OPERATIONS: [&str; 18] = [
    "activities.delete",
    "activities.patch",
    "api-keys.delete",
    "api-keys.patch",
    "attachments.delete",
    "attributes.delete",
    "attributes.patch",
    "groups.change-members",
    "groups.delete",
    "groups.delete-grant",
    "groups.patch",
    "groups.put-grant",
    "people.delete",
    "people.patch",
    "records.delete",
    "records.patch",
    "records.put",
    "records.restore",
];

/// The settings of a tenant are there from the start, so that they have no row above.
const SETTINGS: &str = "settings.patch";

impl Write {
    /// The requests of an operation, on something that is made for them.
    async fn prepare(tenant: &Tenant<'_>, operation: &'static str) -> Self {
        let admin = tenant.admin();
        let (area, _) = operation.split_once('.').expect("an area and a verb");
        let nothing: fn(usize) -> Value = |_| Value::Null;
        let title: fn(usize) -> Value = |n| json!({"title": format!("title {n}")});
        let name: fn(usize) -> Value = |n| json!({"name": format!("name {n}")});
        let label: fn(usize) -> Value = |n| json!({"label": format!("label {n}")});
        let rights: fn(usize) -> Value = |n| json!({"rights": [(["view", "create", "edit"][n % 3])]});
        let (path, body) = match operation {
            "records.put" => {
                let put: fn(usize) -> Value = |n| record("ada", &format!("title {n}"));
                ("/v1/learning-records/by-external-id/hr-1".to_owned(), put)
            }
            "records.restore" => {
                let content = with(record("ada", "x"), json!({"external_id": "hr-1", "due_at": "2026-01-01"}));
                let path = path_of(&admin.create(&content).await["id"]);
                assert_eq!(admin.delete(&path).send().await.status, 204);
                (path + "/restore", nothing)
            }
            "attachments.delete" => {
                let made = admin.create(&record("ada", "x")).await;
                let file = attachments::placed(tenant.stack, &admin, &made).await;
                (attachments::file_path(&file), nothing)
            }
            "groups.change-members" => {
                for n in 0..AT_ONCE {
                    people::made(tenant, json!({"id": format!("p{n}")})).await;
                }
                let add: fn(usize) -> Value = |n| json!({"add": ["p0", format!("p{}", n.max(1))]});
                (groups::members_path(&groups::made(tenant, "A", None).await), add)
            }
            "groups.put-grant" | "groups.delete-grant" => {
                let group = groups::made(tenant, "A", None).await;
                let educators = groups::made_of_kind(tenant, "B", "educator_group", None).await;
                if operation == "groups.delete-grant" {
                    groups::granted(tenant, &group, &educators, &["view"]).await;
                }
                (groups::grant_path(&group, &educators), rights)
            }
            SETTINGS => {
                let days: fn(usize) -> Value = |n| json!({"expiring_days": [n + 1]});
                ("/v1/settings".to_owned(), days)
            }
            _ => match area {
                "records" => (path_of(&admin.create(&record("ada", "x")).await["id"]), title),
                "activities" => {
                    let body = json!({"kind": "course", "title": "x", "external_id": "hr-1"});
                    (activities::path_of(&activities::made(tenant, body).await), title)
                }
                "attributes" => {
                    attributes::made(tenant, &json!({"key": "grade", "label": "x", "type": "number"})).await;
                    (attributes::attribute_path("grade"), label)
                }
                "people" => {
                    people::made(tenant, json!({"id": "ada", "email": "ada@example.com"})).await;
                    ("/v1/people/ada".to_owned(), name)
                }
                "groups" => (groups::path_of(&groups::made(tenant, "x", None).await), name),
                "api-keys" => {
                    let made = admin.post("/v1/api-keys", &json!({"label": "k", "role": "manager"})).send().await;
                    (format!("/v1/api-keys/{}", made.json()["id"].as_str().expect("an id")), label)
                }
                _ => panic!("nothing to write over for {operation}"),
            },
        };
        let method = match operation {
            "records.restore" => Method::POST,
            "records.put" | "groups.put-grant" => Method::PUT,
            _ if is_delete(operation) => Method::DELETE,
            _ => Method::PATCH,
        };
        Self { method, path, body }
    }

    /// The status of the nth request.
    async fn status(&self, caller: &Caller<'_>, n: usize) -> u16 {
        let request = caller.request(self.method.clone(), &self.path);
        let request = if self.method == Method::DELETE { request } else { request.json(&(self.body)(n)) };
        request.send().await.status.as_u16()
    }
}

fn is_delete(operation: &str) -> bool {
    operation.contains(".delete")
}

fn count(statuses: impl IntoIterator<Item = u16>) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for status in statuses {
        *counts.entry(status).or_default() += 1;
    }
    counts
}

#[test]
fn every_route_that_can_lose_a_race_has_a_row() {
    let document = serde_json::to_value(openapi_document()).expect("serialisable");
    let writes_over =
        |route: &str| !route.starts_with("GET ") && (!route.starts_with("POST ") || route.ends_with("/restore"));
    let documented: BTreeSet<String> = crate::template::operations(&document)
        .into_iter()
        .filter(|(route, _)| writes_over(route))
        .map(|(_, operation)| operation["operationId"].as_str().expect("an id").to_owned())
        .collect();
    let rows: BTreeSet<String> = OPERATIONS.into_iter().chain([SETTINGS]).map(str::to_owned).collect();
    assert_eq!(rows, documented);
}

#[tokio::test]
async fn of_many_deletes_at_once_one_succeeds_and_the_others_find_nothing() {
    let stack = Stack::start();
    let mut wrong = Vec::new();
    let plain = OPERATIONS.into_iter().filter(|operation| is_delete(operation)).map(|operation| (operation, ""));
    let chosen = ["keep", "clear"].map(|chosen| ("attributes.delete", chosen));
    for (operation, on_existing) in plain.chain(chosen) {
        let tenant = stack.tenant().await;
        let mut delete = Write::prepare(&tenant, operation).await;
        if !on_existing.is_empty() {
            delete.path += &format!("?on_existing={on_existing}");
        }
        let admin = tenant.admin();
        stack.wire.together(AT_ONCE);
        let found = count(join_all((0..AT_ONCE).map(|n| delete.status(&admin, n))).await);
        if found != BTreeMap::from([(204, 1), (404, AT_ONCE - 1)]) {
            wrong.push(format!("{operation} {on_existing}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn of_many_changes_at_once_none_is_told_that_a_precondition_failed() {
    let stack = Stack::start();
    let mut wrong = Vec::new();
    let changes = OPERATIONS.into_iter().chain([SETTINGS]).filter(|operation| !is_delete(operation));
    for operation in changes {
        let tenant = stack.tenant().await;
        let change = Write::prepare(&tenant, operation).await;
        let admin = tenant.admin();
        stack.wire.together(AT_ONCE);
        let found = count(join_all((0..AT_ONCE).map(|n| change.status(&admin, n))).await);
        // Done, or told to try again; what is brought back twice is there.
        let expected: &[u16] = if operation == "records.restore" { &[200] } else { &[200, 201, 409] };
        if !found.keys().all(|status| expected.contains(status)) || found.keys().all(|status| *status == 409) {
            wrong.push(format!("{operation}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A delete among changes of the same thing: it is done, or told to try again, and once it is done there is nothing.
#[rstest]
#[case("activities.delete", "activities.patch")]
#[case("api-keys.delete", "api-keys.patch")]
#[case("attributes.delete", "attributes.patch")]
#[case("groups.delete", "groups.patch")]
#[case("groups.delete-grant", "groups.put-grant")]
#[case("people.delete", "people.patch")]
#[case("records.delete", "records.patch")]
#[tokio::test]
async fn a_delete_among_changes_is_not_told_that_a_precondition_failed(
    #[case] delete: &'static str,
    #[case] change: &'static str,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let delete = Write::prepare(&tenant, delete).await;
    let like = Write::prepare(&stack.tenant().await, change).await;
    let change = Write { path: delete.path.clone(), ..like };
    let both = (0..AT_ONCE).map(|n| if n % 2 == 0 { (&delete, n) } else { (&change, n) });
    stack.wire.together(AT_ONCE);
    let statuses = join_all(both.map(|(write, n)| write.status(&admin, n))).await;
    let allowed = |status: &u16| matches!(status, 200 | 201 | 204 | 404 | 409);
    assert!(statuses.iter().all(allowed), "{statuses:?}");
}
