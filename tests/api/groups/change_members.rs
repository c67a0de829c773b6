//! `PATCH /v1/groups/{id}/members`

use super::{MISSING, join, made, members, members_path};
use crate::{
    api::people,
    support::{Fault, Stack, Tenant},
};
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

async fn people(tenant: &Tenant<'_>, count: usize) -> Vec<String> {
    let ids: Vec<String> = (0..count).map(|n| format!("p{n:03}")).collect();
    for id in &ids {
        people::made(tenant, json!({"id": id})).await;
    }
    ids
}

#[tokio::test]
async fn members_come_and_go_and_coming_twice_is_coming_once() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    people(&tenant, 4).await;
    let group = made(&tenant, "A", None).await;
    let steps = [
        (json!({"add": ["p000", "p001"]}), (2, 0), vec!["p000", "p001"]),
        (json!({"add": ["p000", "p001"], "remove": []}), (0, 0), vec!["p000", "p001"]),
        (json!({"add": ["p001", "p002"], "remove": ["p000", "p003"]}), (1, 1), vec!["p001", "p002"]),
        (json!({"remove": ["p000", "p003"], "add": null}), (0, 0), vec!["p001", "p002"]),
        (json!({"remove": ["p001", "p002"]}), (0, 2), vec![]),
    ];
    for (body, (added, removed), expected) in steps {
        let answer = admin.patch(members_path(&group), &body).send().await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"added": added, "removed": removed})));
        assert_eq!(members(&admin, &group, 3).await, expected);
        for n in 0..4 {
            let person = admin.get(format!("/v1/people/p{n:03}")).send().await.json();
            let is_in = person["group_ids"] == json!([group["id"]]);
            assert_eq!(is_in, expected.contains(&person["id"].as_str().expect("an id")), "{person}");
        }
    }
    let person = admin.get("/v1/people/p001").send().await.json();
    assert_eq!((&person["version"], &person["updated_by"]), (&json!(3), &json!("root@example.com")));
}

#[rstest]
#[case::nothing(json!({}), vec![""])]
#[case::empty(json!({"add": [], "remove": null}), vec![""])]
#[case::every_type(json!({"add": "ada", "remove": {}, "members": []}), vec!["/add", "/members", "/remove"])]
#[case::no_ids(json!({"add": ["a b", "p000", 1], "remove": [null, ""]}), vec!["/add/0", "/add/2", "/remove/0", "/remove/1"])]
#[case::twice(json!({"add": ["p000", "p001", "p000"], "remove": ["p001"]}), vec!["/add/2", "/remove/0"])]
#[case::unknown(json!({"add": ["p000", "x", "p001", "y"], "remove": ["z", "p002"]}), vec!["/add/1", "/add/3", "/remove/0"])]
#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nobody_comes_or_goes(
    #[case] body: Value,
    #[case] places: Vec<&str>,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    people(&tenant, 3).await;
    let group = made(&tenant, "A", None).await;
    join(&tenant, &group, &["p002"]).await;
    let answer = tenant.admin().patch(members_path(&group), &body).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, places.into_iter().map(str::to_owned).collect()));
    assert_eq!(members(&tenant.admin(), &group, 5).await, ["p002"]);
}

#[tokio::test]
async fn up_to_a_hundred_at_once() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let ids = people(&tenant, 101).await;
    let group = made(&tenant, "A", None).await;
    let patch = |body: Value| tenant.admin().patch(members_path(&group), &body);
    let (all, hundred) = (json!(ids), json!(&ids[..100]));
    assert_eq!(patch(json!({"add": all})).send().await.places(), [""]);
    assert_eq!(patch(json!({"add": hundred, "remove": [ids[100]]})).send().await.places(), [""]);
    assert_eq!(patch(json!({"add": hundred})).send().await.json(), json!({"added": 100, "removed": 0}));
    assert_eq!(members(&tenant.admin(), &group, 100).await, &ids[..100]);
    let swap = json!({"add": [ids[100]], "remove": &ids[..99]});
    assert_eq!(patch(swap).send().await.json(), json!({"added": 1, "removed": 99}));
    assert_eq!(members(&tenant.admin(), &group, 1).await, &ids[99..]);
}

#[tokio::test]
async fn a_group_of_another_tenant_is_as_one_that_does_not_exist() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    people(&tenant, 1).await;
    let group = made(&other, "A", None).await;
    let body = json!({"add": ["p000"]});
    let foreign = tenant.admin().patch(members_path(&group), &body).send().await;
    let missing = tenant.admin().patch(format!("{MISSING}/members"), &body).send().await;
    assert_eq!((foreign.status.as_u16(), foreign.anonymous()), (404, missing.anonymous()));
    // People of another tenant are nobody here.
    let answer = other.admin().patch(members_path(&group), &body).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, vec!["/add/0".to_owned()]));
}

#[tokio::test]
async fn nobody_moves_somebody_above_themselves() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    people::made(&tenant, json!({"id": "boss", "role": "admin"})).await;
    people(&tenant, 1).await;
    let group = made(&tenant, "A", None).await;
    let body = json!({"add": ["p000", "boss"]});
    let client = tenant.caller("c", Role::Application, Some("hr"), Some("directory:write"));
    assert_eq!(client.patch(members_path(&group), &body).send().await.status, 403);
    assert_eq!(tenant.manager().patch(members_path(&group), &body).send().await.status, 403);
    assert!(members(&tenant.admin(), &group, 5).await.is_empty());
    assert_eq!(tenant.admin().patch(members_path(&group), &body).send().await.json()["added"], 2);
    // Who is one already is not written.
    assert_eq!(client.patch(members_path(&group), &body).send().await.json()["added"], 0);
}

#[rstest]
#[tokio::test]
async fn a_lost_answer_and_a_contended_write_lose_nobody(
    #[values(Fault::AfterCommit, Fault::Contention)] fault: Fault,
) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let ids = people(&tenant, 60).await;
    let group = made(&tenant, "A", None).await;
    tenant.admin().patch(format!("{MISSING}/members"), &json!({"add": ["x"]})).send().await;
    // The group, the people, the first transaction, and the second.
    stack.wire.plan([None, None, None, Some(fault)]);
    let answer = tenant.admin().patch(members_path(&group), &json!({"add": ids})).send().await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"added": 60, "removed": 0})));
    assert_eq!(members(&tenant.admin(), &group, 100).await, ids);
}

#[tokio::test]
async fn what_was_done_before_a_failure_stays_and_the_same_request_goes_on() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let ids = people(&tenant, 60).await;
    let group = made(&tenant, "A", None).await;
    let patch = || tenant.admin().patch(members_path(&group), &json!({"add": ids}));
    tenant.admin().patch(format!("{MISSING}/members"), &json!({"add": ["x"]})).send().await;
    stack.wire.plan([None, None, None, Some(Fault::ServerError), Some(Fault::ServerError), Some(Fault::ServerError)]);
    assert_eq!(patch().send().await.status, 503);
    assert_eq!(members(&tenant.admin(), &group, 100).await.len(), 49);
    assert_eq!(patch().send().await.json(), json!({"added": 11, "removed": 0}));
    assert_eq!(members(&tenant.admin(), &group, 100).await, ids);
}
