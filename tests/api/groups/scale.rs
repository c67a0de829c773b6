//! Very many members in a tree that is ten deep. How long it takes is printed, not asserted.
//!
//! To list ten thousand takes a while, so that the suite makes do with a thousand:
//! `cargo test -p rol-tests -- --ignored --nocapture ten_thousand`.

use super::{chain, granted, made_of_kind, members_path, path_of};
use crate::{
    api::people::{self, ids, pages},
    support::{Stack, Tenant, cost},
};
use rol_domain::{GroupId, Person, Role, person::PersonContent, text::PersonId};
use serde_json::{Value, json};
use std::time::Instant;

fn id(n: usize) -> String {
    format!("p{n:05}")
}

/// Puts people into a group, past the API.
fn fill(tenant: &Tenant<'_>, group: &Value, members: usize) {
    let cx = tenant.cx();
    let group = GroupId::parse(group["id"].as_str().expect("an id")).expect("a group's id");
    let person = |n: usize| {
        let content = PersonContent { group_ids: [group].into(), ..PersonContent::default() };
        Person::create(PersonId::parse(id(n)).expect("valid"), content, &cx).expect("legal")
    };
    tenant.import(&(0..members).map(person).collect::<Vec<Person>>(), &[]);
}

#[tokio::test]
async fn a_thousand_members_in_a_tree_ten_deep() {
    many_members_in_a_tree_ten_deep(1_000).await;
}

#[tokio::test]
#[ignore = "takes a while: CI runs it on its own"]
async fn ten_thousand_members_in_a_tree_ten_deep() {
    many_members_in_a_tree_ten_deep(10_000).await;
}

async fn many_members_in_a_tree_ten_deep(count: usize) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let said = |what: &str, since: Instant| println!("{what}: {} ms", since.elapsed().as_millis());

    let start = Instant::now();
    let chain = chain(&tenant, 10).await;
    said("ten groups inside one another", start);
    let innermost = &chain[9];
    let start = Instant::now();
    fill(&tenant, innermost, count);
    said(&format!("{count} people in a group, past the API"), start);

    // Of an application no entry is read.
    let client = tenant.caller("c", Role::Application, Some("hr"), Some("directory:read directory:write"));
    let start = Instant::now();
    client.get(format!("{}?limit=100", members_path(innermost))).send().await;
    stack.wire.take();
    let seen = pages(&client, &format!("{}?limit=100", members_path(innermost))).await;
    said("all pages of 100 members", start);
    let (calls, _, writes) = cost(&stack.wire.take());
    assert_eq!((calls, writes), (count / 100 * 3, 0.0), "a page: the group, the members, the people");
    assert_eq!(seen, (0..count).map(id).collect::<Vec<_>>());

    let start = Instant::now();
    client.get("/v1/people?limit=100").send().await;
    stack.wire.take();
    let seen = pages(&client, "/v1/people?limit=100").await;
    said("all pages of 100 people", start);
    assert_eq!((seen.len(), cost(&stack.wire.take()).0), (count, count / 100 * 4), "a page: four shards");

    // What one member costs does not depend on how many there are.
    people::made(&tenant, json!({"id": "x", "name": "Zoë"})).await;
    let patch = |body: Value| client.patch(members_path(innermost), &body);
    patch(json!({"remove": ["x"]})).send().await;
    stack.wire.take();
    assert_eq!(patch(json!({"add": ["x"]})).send().await.json()["added"], 1);
    assert_eq!(cost(&stack.wire.take()).0, 3, "the group, the person, the transaction");
    assert_eq!(people::found(&admin, "zoë", 25).await, ["x"]);

    // A grant over the outermost group covers a member of the innermost one.
    let educators = made_of_kind(&tenant, "E", "educator_group", None).await;
    granted(&tenant, &chain[0], &educators, &["view"]).await;
    people::made(&tenant, json!({"id": "ed", "group_ids": [educators["id"]]})).await;
    let educator = tenant.caller("ed", Role::Educator, None, None);
    let page = educator.get(members_path(innermost)).send().await;
    assert_eq!(ids(&page.json()), (0..25).map(id).collect::<Vec<_>>());
    let record = admin.create(&json!({"person_id": id(count - 1), "title": "x"})).await;
    assert_eq!(educator.read(&record["id"]).await["id"], record["id"]);
    let answer = admin.delete(path_of(innermost)).send().await;
    assert_eq!(answer.status, 409);
}
