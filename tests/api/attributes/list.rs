//! `GET /v1/attributes`

use super::{PATH, assert_invalid, callers, made, wish};
use crate::support::{Caller, Stack, with};
use rol_domain::Role;
use serde_json::{Value, json};

fn keys(list: &Value) -> Vec<&str> {
    list["data"].as_array().expect("a list").iter().map(|attribute| attribute["key"].as_str().expect("a key")).collect()
}

#[tokio::test]
async fn attributes_come_by_order_and_key() {
    let stack = Stack::start();
    let (mine, other) = (stack.tenant().await, stack.tenant().await);
    let empty = mine.admin().get(PATH).send().await;
    assert_eq!((empty.status.as_u16(), empty.json()), (200, json!({"data": [], "next_cursor": null})));
    let mut all = Vec::new();
    for (key, order) in [("b", 2), ("d", 1), ("a", 2), ("c", 0)] {
        all.push(made(&mine, &with(wish(key, "number"), json!({"order": order}))).await);
    }
    made(&other, &wish("e", "number")).await;
    let list = mine.admin().get(PATH).send().await.json();
    assert_eq!(keys(&list), ["c", "d", "a", "b"], "another tenant's is not among them");
    assert_eq!(list["data"], json!([all[3], all[1], all[2], all[0]]));
}

#[tokio::test]
async fn a_student_does_not_see_what_is_hidden_and_everybody_else_does() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("shown", "number")).await;
    made(&tenant, &with(wish("hidden", "number"), json!({"hidden_from_students": true}))).await;
    for (name, caller, reads, _) in callers(&tenant) {
        let answer = caller.get(PATH).send().await;
        if !reads {
            assert_eq!(answer.status, 403, "{name}");
            continue;
        }
        let expected = if name == "student" { &["shown"][..] } else { &["hidden", "shown"] };
        assert_eq!((answer.status.as_u16(), keys(&answer.json())), (200, expected.to_vec()), "{name}");
    }
    assert_eq!(Caller::nobody(&stack).get(PATH).send().await.status, 401);
}

#[tokio::test]
async fn there_are_no_parameters() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().get(format!("{PATH}?limit=1&cursor=x&hidden=true")).send().await;
    assert_invalid(&answer, &["cursor", "hidden", "limit"]);
    let student = tenant.caller("sam", Role::Student, None, None);
    made(&tenant, &with(wish("hidden", "number"), json!({"hidden_from_students": true}))).await;
    let mut seen = Vec::new();
    for name in ["hidden", "absent"] {
        let (status, _, text) = student.get(format!("{PATH}?{name}=1")).send().await.anonymous();
        seen.push((status, text.replace(name, "<name>")));
    }
    assert_eq!((seen[0].0, &seen[0]), (400, &seen[1]), "no parameter tells");
}
