//! `DELETE /v1/people/{id}`

use super::{PATH, found, made, named};
use crate::{
    api::groups,
    support::{Fault, Stack, record, with},
};
use futures_util::future::join3;
use rol_domain::Role;
use serde_json::json;

#[tokio::test]
async fn with_an_entry_go_memberships_and_finders_but_no_records() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let group = groups::made(&tenant, "A", None).await;
    let body = with(named("ada", "Ada Lovelace", "ada@x"), json!({"group_ids": [group["id"]], "external_ids": ["e"]}));
    made(&tenant, body.clone()).await;
    let kept = admin.create(&record("ada", "kept")).await;
    let answer = admin.delete("/v1/people/ada").send().await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    for search in ["ada", "lovelace", "ada@x"] {
        assert!(found(&admin, search, 5).await.is_empty());
    }
    assert!(groups::members(&admin, &group, 5).await.is_empty());
    assert!(super::pages(&admin, "/v1/people?limit=5").await.is_empty());
    assert_eq!(admin.read(&kept["id"]).await, kept);
    let by_ref = admin.get("/v1/learning-records?person[external_id]=e").send().await;
    assert_eq!(by_ref.status, 400);
    assert_eq!(admin.delete("/v1/people/ada").send().await.status, 404);
    // The id is free again.
    assert_eq!(made(&tenant, body).await["version"], 1);
    assert_eq!(groups::members(&admin, &group, 5).await, ["ada"]);
}

#[tokio::test]
async fn only_the_version_that_is_meant_is_deleted() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    made(&tenant, json!({"id": "ada"})).await;
    let delete = |tag| tenant.admin().delete("/v1/people/ada").header("if-match", tag);
    for tag in ["\"2\"", "W/\"1\"", "1", "\"x\""] {
        assert_eq!(delete(tag).send().await.status, 412, "{tag}");
    }
    assert_eq!(delete("\"1\", \"2\"").send().await.places(), ["if-match"]);
    let foreign = other.admin().delete("/v1/people/ada").send().await;
    let missing = other.admin().delete("/v1/people/bob").send().await;
    assert_eq!((foreign.status.as_u16(), foreign.anonymous()), (404, missing.anonymous()));
    assert_eq!(delete("\"1\"").send().await.status, 204);
    made(&tenant, json!({"id": "ada"})).await;
    assert_eq!(delete("*").send().await.status, 204);
}

#[tokio::test]
async fn nobody_deletes_somebody_above_themselves() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, json!({"id": "boss", "role": "admin"})).await;
    let client = tenant.caller("c", Role::Application, Some("hr"), Some("directory:write"));
    assert_eq!(tenant.manager().delete("/v1/people/boss").send().await.status, 403);
    assert_eq!(client.delete("/v1/people/boss").send().await.status, 403);
    assert_eq!(tenant.admin().get("/v1/people/boss").send().await.status, 200);
    assert_eq!(tenant.admin().delete("/v1/people/boss").send().await.status, 204);
}

#[tokio::test]
async fn a_lost_answer_is_no_404() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    tenant.admin().delete(format!("{PATH}/warm")).send().await;
    for fault in [Fault::AfterCommit, Fault::Contention] {
        made(&tenant, json!({"id": "ada"})).await;
        stack.wire.plan([None, Some(fault)]);
        assert_eq!(tenant.admin().delete("/v1/people/ada").header("if-match", "\"1\"").send().await.status, 204);
    }
}

#[tokio::test]
async fn of_deleting_and_making_anew_at_once_each_is_whole() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    for round in 0..8 {
        let body = json!({"id": format!("p{round}"), "name": format!("Ada{round} L")});
        made(&tenant, body.clone()).await;
        let path = format!("{PATH}/p{round}");
        let (gone, again, other) =
            join3(admin.delete(&path).send(), admin.post(PATH, &body).send(), admin.delete(&path).send()).await;
        let statuses = [gone.status.as_u16(), again.status.as_u16(), other.status.as_u16()];
        assert!(statuses.contains(&204), "{statuses:?}");
        // Two were deleted where two came to be.
        let deleted = [statuses[0], statuses[2]].iter().filter(|status| **status == 204).count();
        let there = admin.get(&path).send().await.status == 200;
        assert_eq!(there, statuses[1] == 201 && deleted == 1, "{statuses:?}");
        let found = crate::api::people::found(&admin, &format!("Ada{round}"), 5).await;
        assert_eq!(found.len(), usize::from(there), "what a search finds goes with the entry: {statuses:?}");
        let patch = admin.patch(&path, &json!({"name": "x"})).send().await;
        assert_eq!(patch.status == 200, there);
    }
}
