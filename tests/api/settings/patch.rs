//! `PATCH /v1/settings`

use super::{PATH, callers, default};
use crate::support::{Answer, Caller, Cost, Stack, Tenant, cost, path_of, record, with};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

async fn change(tenant: &Tenant<'_>, change: Value) -> Answer {
    tenant.admin().patch(PATH, &change).send().await
}

#[tokio::test]
async fn absent_stays_null_is_the_default_and_a_value_replaces() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let all = json!({
        "student_records_enabled": true, "plan": "business", "expiring_days": [1, 365, 30], "audit_retention_days": 30,
    });
    let answer = change(&tenant, all.clone()).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, Some("\"1\"")), "{}", answer.text());
    let sorted = with(all, json!({"expiring_days": [365, 30, 1]}));
    assert_eq!(answer.json(), sorted, "most days first");
    let answer = change(&tenant, json!({"plan": null, "expiring_days": []})).await;
    assert_eq!(answer.json(), with(sorted, json!({"plan": "enterprise", "expiring_days": []})));
    let answer =
        change(&tenant, json!({"student_records_enabled": null, "expiring_days": null, "audit_retention_days": null}))
            .await;
    assert_eq!((answer.header("etag"), answer.json()), (Some("\"3\""), default()));
    assert_eq!(tenant.admin().get(PATH).send().await.json(), default());
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_not_written() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for nothing in [json!({}), default(), json!({"expiring_days": [7, 30, 60, 90, 7]}), json!({"plan": null})] {
        let answer = change(&tenant, nothing.clone()).await;
        assert_eq!((answer.header("etag"), answer.json()), (Some("\"0\""), default()), "{nothing}");
    }
}

#[rstest]
#[case::unknown(json!({"colour": "red", "version": 1, "a/b": 0}), &["/a~1b", "/colour", "/version"])]
#[case::types(json!({"student_records_enabled": "yes", "plan": 50, "expiring_days": 30, "audit_retention_days": "30"}), &["/audit_retention_days", "/expiring_days", "/plan", "/student_records_enabled"])]
#[case::no_such_plan(json!({"plan": "gold"}), &["/plan"])]
#[case::part_of_a_day(json!({"expiring_days": [0.5]}), &["/expiring_days"])]
#[case::day_zero(json!({"expiring_days": [30, 0]}), &["/expiring_days"])]
#[case::too_far(json!({"expiring_days": [3_651]}), &["/expiring_days"])]
#[case::too_many(json!({"expiring_days": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}), &["/expiring_days"])]
#[case::too_short(json!({"audit_retention_days": 29}), &["/audit_retention_days"])]
#[case::too_long(json!({"audit_retention_days": 3_651}), &["/audit_retention_days"])]
#[case::negative(json!({"audit_retention_days": -1}), &["/audit_retention_days"])]
#[case::both(json!({"expiring_days": [0], "audit_retention_days": 0}), &["/audit_retention_days", "/expiring_days"])]
#[tokio::test]
async fn what_breaks_a_rule_is_named(#[case] body: Value, #[case] places: &[&str]) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = change(&tenant, body).await;
    let places: Vec<String> = places.iter().map(|place| (*place).to_owned()).collect();
    assert_eq!((answer.status.as_u16(), answer.places()), (400, places), "{}", answer.text());
    assert_eq!(tenant.admin().get(PATH).send().await.json(), default());
}

#[rstest]
#[case::days(json!({"expiring_days": [3_650, 9, 8, 7, 6, 5, 4, 3, 2, 1]}))]
#[case::shortest(json!({"audit_retention_days": 30}))]
#[case::longest(json!({"audit_retention_days": 3_650}))]
#[tokio::test]
async fn what_just_keeps_a_rule_is_kept(#[case] body: Value) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    assert_eq!(change(&tenant, body.clone()).await.json(), with(default(), body));
}

#[tokio::test]
async fn if_match_names_the_version_that_is_meant() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let change = |tag: &'static str, days: u32| {
        tenant.admin().patch(PATH, &json!({"audit_retention_days": days})).header("if-match", tag).send()
    };
    for other in ["\"1\"", "\"x\"", "0", "W/\"0\""] {
        assert_eq!(change(other, 40).await.status, 412, "{other}: only \"0\" is the default");
    }
    assert_eq!(change("\"0\"", 41).await.status, 200);
    assert_eq!(change("\"0\"", 42).await.status, 412);
    assert_eq!(change("\"1\"", 43).await.json()["audit_retention_days"], 43);
}

#[tokio::test]
async fn changes_that_meet_are_tried_again() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let changes = [json!({"student_records_enabled": true}), json!({"expiring_days": [1]}), json!({"plan": "pro"})];
    join_all(changes.iter().map(|body| async {
        assert_eq!(change(&tenant, body.clone()).await.status, 200);
    }))
    .await;
    let answer = tenant.admin().get(PATH).send().await;
    let expected = json!({"student_records_enabled": true, "expiring_days": [1], "plan": "pro"});
    assert_eq!((answer.header("etag"), answer.json()), (Some("\"3\""), with(default(), expected)), "none is lost");
}

#[tokio::test]
async fn only_admins_change_settings() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for (days, (name, caller, _, changes)) in (40..).zip(callers(&tenant)) {
        let answer = caller.patch(PATH, &json!({"audit_retention_days": days})).send().await;
        assert_eq!(answer.status, if changes { 200 } else { 403 }, "{name}");
    }
    assert_eq!(Caller::nobody(&stack).patch(PATH, &json!({})).send().await.status, 401);
}

#[tokio::test]
async fn students_see_their_records_while_the_setting_is_on() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let hidden = tenant.admin().create(&with(record("ada", "y"), json!({"visible_to_student": false}))).await;
    let of_another = tenant.admin().create(&record("bob", "x")).await;
    let student = tenant.caller("ada", Role::Student, None, None);
    let list = "/v1/learning-records?person_id=ada";
    for path in [path_of(&made["id"]), list.to_owned(), path_of(&of_another["id"])] {
        assert_eq!(student.get(&path).send().await.status, 403, "{path}");
    }
    assert_eq!(change(&tenant, json!({"student_records_enabled": true})).await.status, 200);
    stack.advance(TimeDelta::seconds(10));
    assert_eq!(student.read(&made["id"]).await, made);
    assert_eq!(student.get(list).send().await.json()["data"], json!([made]));
    let missing = student.get("/v1/learning-records/lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV").send().await;
    assert_eq!(missing.status, 404);
    for other in [&hidden, &of_another] {
        assert_eq!(student.get(path_of(&other["id"])).send().await.anonymous(), missing.anonymous());
    }
    assert_eq!(change(&tenant, json!({"student_records_enabled": null})).await.status, 200);
    stack.advance(TimeDelta::seconds(10));
    assert_eq!(student.get(path_of(&made["id"])).send().await.status, 403);
    assert_eq!(student.get(list).send().await.status, 403);
}

/// How long an entry is kept is decided once, when it is published: by no setting that has been changed since.
#[tokio::test]
async fn a_retention_counts_for_everything_that_is_published_after_it() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let kept_for = async || {
        let made = admin.create(&record("ada", "x")).await;
        stack.drain().await;
        let id = made["id"].as_str().expect("an id");
        let entry = admin.get(format!("/v1/action-logs?entity_id={id}")).send().await.json()["data"][0].clone();
        let instant =
            |name: &str| entry[name].as_str().expect("an instant").parse::<DateTime<Utc>>().expect("an instant");
        // It ends with a second.
        (instant("kept_until") - instant("at") + TimeDelta::seconds(1)).num_days()
    };
    assert_eq!(kept_for().await, 365);
    for days in [3_650, 30] {
        change(&tenant, json!({"audit_retention_days": days})).await;
        assert_eq!(kept_for().await, days);
    }
}

#[tokio::test]
async fn what_changing_settings_costs() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    change(&tenant, json!({})).await;
    stack.wire.take();
    let mut rows: Vec<(&str, Cost)> = Vec::new();
    for (name, body) in [
        ("settings: patch", json!({"student_records_enabled": true})),
        ("settings: patch, another plan", json!({"plan": "pro"})),
        ("settings: patch, changing nothing", json!({"plan": "pro"})),
    ] {
        assert_eq!(change(&tenant, body).await.status, 200, "{name}");
        rows.push((name, cost(&stack.wire.take())));
    }
    let expected: Vec<(&str, Cost)> = vec![
        ("settings: patch", (2, 1.0, 1.0)),
        ("settings: patch, another plan", (3, 2.0, 1.0)),
        ("settings: patch, changing nothing", (1, 1.0, 0.0)),
    ];
    assert_eq!(rows, expected);
}
