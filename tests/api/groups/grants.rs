//! `PUT`, `GET` and `DELETE /v1/groups/{id}/grants/{educator_group_id}`

use super::{MISSING, grant_path, granted, made, made_of_kind, now};
use crate::support::{Fault, Stack, Tenant, with};
use rstest::rstest;
use serde_json::{Value, json};

/// A group of educators, and one of others.
async fn groups(tenant: &Tenant<'_>) -> (Value, Value) {
    (made_of_kind(tenant, "Record makers", "educator_group", None).await, made(tenant, "Astronauts", None).await)
}

#[tokio::test]
async fn a_grant_is_made_replaced_read_and_taken_back() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (educators, group) = groups(&tenant).await;
    let path = grant_path(&group, &educators);
    let put = |rights: Value| tenant.manager().put(&path, &json!({"rights": rights}));
    let answer = put(json!(["edit", "view", "edit"])).send().await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location"), answer.header("etag")),
        (201, Some(path.as_str()), Some("\"1\""))
    );
    let grant = answer.json();
    let at = grant["created_at"].clone();
    assert_eq!(
        grant,
        json!({
            "group_id": group["id"], "educator_group_id": educators["id"], "rights": ["view", "edit"], "version": 1,
            "created_at": at, "created_by": "max@example.com", "updated_at": at, "updated_by": "max@example.com",
        })
    );
    let same = put(json!(["view", "edit"])).send().await;
    assert_eq!((same.status.as_u16(), same.json(), same.header("location")), (200, grant.clone(), None));
    let other = put(json!(["delete", "create"])).send().await;
    let expected = json!({"rights": ["create", "delete"], "version": 2, "updated_at": other.json()["updated_at"]});
    assert_eq!(
        (other.status.as_u16(), other.json(), other.header("etag")),
        (200, with(grant, expected), Some("\"2\""))
    );
    let read = tenant.manager().get(&path).send().await;
    assert_eq!((read.status.as_u16(), read.json(), read.header("etag")), (200, other.json(), Some("\"2\"")));
    let known = tenant.manager().get(&path).header("if-none-match", "\"2\"").send().await;
    assert_eq!((known.status.as_u16(), known.body.len()), (304, 0));
    assert_eq!(tenant.manager().get(format!("{path}?x=1")).send().await.places(), ["x"]);
    let gone = tenant.manager().delete(&path).send().await;
    assert_eq!((gone.status.as_u16(), gone.body.len()), (204, 0));
    assert_eq!(tenant.manager().get(&path).send().await.status, 404);
    assert_eq!(tenant.manager().delete(&path).send().await.status, 404);
    assert_eq!(now(&tenant, &group).await["grants_over"], json!([]));
}

#[rstest]
#[case::nothing(json!({}), vec!["/rights"])]
#[case::null(json!({"rights": null}), vec!["/rights"])]
#[case::none(json!({"rights": [], "colour": "red"}), vec!["/colour", "/rights"])]
#[case::unknown(json!({"rights": ["view", "restore"], "group_id": "x"}), vec!["/group_id", "/rights"])]
#[case::no_list(json!({"rights": "view"}), vec!["/rights"])]
#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once(#[case] body: Value, #[case] places: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (educators, group) = groups(&tenant).await;
    let answer = tenant.admin().put(grant_path(&group, &educators), &body).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, places.into_iter().map(str::to_owned).collect()));
    assert_eq!(now(&tenant, &group).await["grants_over"], json!([]));
}

#[rstest]
#[tokio::test]
async fn only_educator_groups_are_granted_anything(#[values("user_group", "department", "cohort")] kind: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (educators, _) = groups(&tenant).await;
    let others = made_of_kind(&tenant, "x", kind, None).await;
    let answer = tenant.admin().put(grant_path(&educators, &others), &json!({"rights": ["view"]})).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, vec!["educator_group_id".to_owned()]));
    // Over each other, and over themselves.
    granted(&tenant, &others, &educators, &["view"]).await;
    granted(&tenant, &educators, &educators, &["view"]).await;
}

#[tokio::test]
async fn groups_of_another_tenant_are_as_those_that_do_not_exist() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let (educators, group) = groups(&tenant).await;
    let (their_educators, their_group) = groups(&other).await;
    granted(&other, &their_group, &their_educators, &["view"]).await;
    let body = json!({"rights": ["view"]});
    let nowhere = format!("{MISSING}/grants/grp_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    let admin = tenant.admin();
    let missing = admin.put(&nowhere, &body).send().await;
    assert_eq!(missing.status, 404);
    for path in [
        grant_path(&their_group, &educators),
        grant_path(&group, &their_educators),
        grant_path(&their_group, &their_educators),
    ] {
        assert_eq!(admin.put(&path, &body).send().await.anonymous(), missing.anonymous());
    }
    let missing = admin.get(&nowhere).send().await;
    assert_eq!(admin.get(grant_path(&their_group, &their_educators)).send().await.anonymous(), missing.anonymous());
    assert_eq!(admin.get(grant_path(&group, &educators)).send().await.anonymous(), missing.anonymous());
    assert_eq!(admin.get(format!("{MISSING}/grants/x")).send().await.anonymous(), missing.anonymous());
    let missing = admin.delete(&nowhere).send().await;
    assert_eq!(admin.delete(grant_path(&their_group, &their_educators)).send().await.anonymous(), missing.anonymous());
    assert_eq!(other.admin().get(grant_path(&their_group, &their_educators)).send().await.status, 200);
}

#[tokio::test]
async fn only_the_version_that_is_meant_is_replaced_or_taken_back() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (educators, group) = groups(&tenant).await;
    let path = grant_path(&group, &educators);
    let put = |tag, right| tenant.admin().put(&path, &json!({"rights": [right]})).header("if-match", tag);
    assert_eq!(put("\"1\"", "view").send().await.status, 412, "there is none");
    assert_eq!(put("*", "view").send().await.places(), ["if-match"]);
    granted(&tenant, &group, &educators, &["view"]).await;
    assert_eq!(put("\"2\"", "edit").send().await.status, 412);
    assert_eq!(put("\"1\"", "edit").send().await.status, 200);
    assert_eq!(put("\"1\"", "view").send().await.status, 412);
    let delete = |tag| tenant.admin().delete(&path).header("if-match", tag);
    assert_eq!(delete("\"1\"").send().await.status, 412);
    assert_eq!(delete("\"2\"").send().await.status, 204);
}

#[rstest]
#[tokio::test]
async fn a_lost_answer_is_no_conflict(#[values(Fault::AfterCommit, Fault::Contention)] fault: Fault) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (educators, group) = groups(&tenant).await;
    let path = grant_path(&group, &educators);
    tenant
        .admin()
        .put(format!("{MISSING}/grants/grp_01ARZ3NDEKTSV4RRFFQ69G5FAV"), &json!({"rights": ["view"]}))
        .send()
        .await;
    tenant.admin().delete(format!("{MISSING}/grants/grp_01ARZ3NDEKTSV4RRFFQ69G5FAV")).send().await;
    stack.wire.plan([None, Some(fault)]);
    let made = tenant.admin().put(&path, &json!({"rights": ["view"]})).send().await;
    assert_eq!(made.status, 201, "{}", made.text());
    if fault == Fault::AfterCommit {
        stack.wire.plan([None, Some(fault)]);
    }
    assert_eq!(tenant.admin().delete(&path).header("if-match", "\"1\"").send().await.status, 204);
}
