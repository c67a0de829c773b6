//! Many requests at once.

use crate::support::{Stack, path_of, record, with};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Runs requests side by side.
async fn all<T, F: Future<Output = T>>(requests: impl IntoIterator<Item = F>) -> Vec<T> {
    futures_util::future::join_all(requests).await
}

#[tokio::test]
async fn a_hundred_identical_posts_with_one_key_make_one_record() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    for body in [record("ada", "x"), with(record("ada", "y"), json!({"external_id": "hr-1"}))] {
        let key = body["title"].as_str().expect("a title");
        let post = || admin.post("/v1/learning-records", &body).header("idempotency-key", key).send();
        let answers = all((0..100).map(|_| post())).await;
        let statuses: BTreeSet<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
        assert_eq!(statuses, BTreeSet::from([201]));
        let ids: BTreeSet<String> = answers.iter().map(|answer| answer.json()["id"].to_string()).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(answers.iter().filter(|answer| answer.header("idempotent-replayed").is_none()).count(), 1);
    }
    let list = admin.get("/v1/learning-records?person_id=ada").send().await.json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn of_fifty_patches_with_one_if_match_one_wins() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let patch =
        |n: usize| admin.patch(path_of(&made["id"]), &json!({"views_count": n + 1})).header("if-match", "\"1\"").send();
    let answers = all((0..50).map(patch)).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|answer| answer.status == 412));
    assert_eq!(admin.read(&made["id"]).await, won[0].json());
}

#[tokio::test]
async fn fifty_patches_without_if_match_lose_no_update() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let patch = |n: usize| admin.patch(path_of(&made["id"]), &json!({"views_count": n + 1})).send();
    let answers = all((0..50).map(patch)).await;
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 200 | 409)), "done, or said not to be");
    let mut versions: Vec<u64> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .map(|answer| answer.json()["version"].as_u64().expect("a version"))
        .collect();
    versions.sort_unstable();
    let expected: Vec<u64> = (2..).take(versions.len()).collect();
    assert_eq!(versions, expected, "each acknowledged update is a version of its own");
    let now = admin.read(&made["id"]).await;
    assert_eq!(now["version"].as_u64(), versions.last().copied());
}

#[tokio::test]
async fn updates_of_different_fields_are_all_there() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let made = admin.create(&record("ada", "x")).await;
    let fields = ["provider", "course_id", "enrollment_id", "linked_cohort_id", "certification_ref"];
    let patch = |name: &'static str| {
        let (admin, path) = (admin.clone(), path_of(&made["id"]));
        async move {
            // A client tries again on 409, as it is told to.
            loop {
                let answer = admin.patch(&path, &json!({name: name})).send().await;
                if answer.status != 409 {
                    return answer.status.as_u16();
                }
            }
        }
    };
    assert_eq!(all(fields.map(patch)).await, [200; 5]);
    let now = admin.read(&made["id"]).await;
    for name in fields {
        assert_eq!(now[name], name);
    }
    assert_eq!(now["version"], 6);
}

#[tokio::test]
async fn an_external_id_has_one_taker() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let post = |n: usize| {
        let body = with(record(&format!("p{}", n % 7), "x"), json!({"external_id": "hr-1"}));
        let admin = admin.clone();
        async move { admin.post("/v1/learning-records", &body).send().await }
    };
    let answers = all((0..40).map(post)).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 201 | 409)));
    assert_eq!(live_with(&tenant.admin(), "hr-1").await, 1);
}

#[tokio::test]
async fn taking_leaving_deleting_and_restoring_never_give_a_name_to_two() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let mut records = Vec::new();
    for n in 0..4 {
        records.push(admin.create(&record(&format!("p{n}"), "x")).await);
    }
    for round in 0..12 {
        let work = |n: usize| {
            let (admin, path) = (admin.clone(), path_of(&records[n]["id"]));
            async move {
                match (round + n) % 4 {
                    0 => admin.patch(&path, &json!({"external_id": "one"})).send().await.status,
                    1 => admin.delete(&path).send().await.status,
                    2 => admin.post(format!("{path}/restore"), &json!({})).send().await.status,
                    _ => admin.patch(&path, &json!({"external_id": null})).send().await.status,
                }
            }
        };
        let statuses = all((0..4).map(work)).await;
        assert!(statuses.iter().all(|status| status.as_u16() < 500), "{statuses:?}");
        assert!(live_with(&admin, "one").await <= 1, "round {round}");
    }
}

/// How many live records carry an external id.
async fn live_with(admin: &crate::support::Caller<'_>, external_id: &str) -> usize {
    let mut count = 0;
    for n in 0..7 {
        let list = admin.get(format!("/v1/learning-records?person_id=p{n}")).send().await.json();
        let records = list["data"].as_array().cloned().unwrap_or_default();
        count += records.iter().filter(|record: &&Value| record["external_id"] == external_id).count();
    }
    count
}
