//! `DELETE /v1/groups/{id}`

use super::{MISSING, PATH, grant_path, granted, join, made, made_of_kind, path_of};
use crate::{
    api::people,
    support::{Fault, Stack},
};
use serde_json::json;

#[tokio::test]
async fn a_group_is_deleted_once_nothing_hangs_on_it() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    people::made(&tenant, json!({"id": "ada"})).await;
    let educators = made_of_kind(&tenant, "E", "educator_group", None).await;
    let group = made(&tenant, "A", None).await;
    let inner = made(&tenant, "B", Some(&group)).await;
    join(&tenant, &group, &["ada"]).await;
    granted(&tenant, &group, &educators, &["view"]).await;
    let refused = |words: &'static str| {
        let request = admin.delete(path_of(&group));
        async move {
            let answer = request.send().await;
            assert_eq!(answer.status, 409);
            let detail = answer.json()["detail"].clone();
            assert_eq!(detail, json!(format!("the group still has {words}: remove them first")));
        }
    };
    refused("1 groups inside it, members and 1 grants").await;
    assert_eq!(admin.delete(path_of(&inner)).send().await.status, 204);
    refused("0 groups inside it, members and 1 grants").await;
    assert_eq!(admin.delete(path_of(&educators)).send().await.status, 409, "its members hold a grant");
    assert_eq!(admin.delete(grant_path(&group, &educators)).send().await.status, 204);
    refused("0 groups inside it, members and 0 grants").await;
    assert_eq!(admin.patch("/v1/people/ada", &json!({"group_ids": []})).send().await.status, 200);
    let answer = admin.delete(path_of(&group)).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    assert_eq!(admin.delete(path_of(&educators)).send().await.status, 204);
    for path in [path_of(&group), super::members_path(&group)] {
        assert_eq!(admin.get(path).send().await.status, 404);
    }
    assert_eq!(admin.get(PATH).send().await.json()["data"], json!([]));
}

#[tokio::test]
async fn only_the_version_that_is_meant_is_deleted() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let group = made(&tenant, "A", None).await;
    let delete = |tag| tenant.admin().delete(path_of(&group)).header("if-match", tag);
    assert_eq!(delete("\"2\"").send().await.status, 412);
    let foreign = other.admin().delete(path_of(&group)).send().await;
    let missing = other.admin().delete(MISSING).send().await;
    assert_eq!((foreign.status.as_u16(), foreign.anonymous()), (404, missing.anonymous()));
    assert_eq!(delete("\"1\"").send().await.status, 204);
    assert_eq!(delete("\"1\"").send().await.status, 404);
}

#[tokio::test]
async fn a_lost_answer_is_no_404_and_a_contended_write_is_tried_again() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    tenant.admin().delete(MISSING).send().await;
    for fault in [Fault::AfterCommit, Fault::Contention] {
        let group = made(&tenant, "A", None).await;
        stack.wire.plan([None, None, Some(fault)]);
        assert_eq!(tenant.admin().delete(path_of(&group)).send().await.status, 204);
        assert_eq!(tenant.admin().get(path_of(&group)).send().await.status, 404);
    }
}
