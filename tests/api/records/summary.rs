//! `GET /v1/learning-records/summary`

use crate::support::{Stack, cost, record, with};
use serde_json::json;

const SUMMARY: &str = "/v1/learning-records/summary";

#[tokio::test]
async fn figures_are_of_what_the_filters_let_through() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let day = |days: i64| (stack.now() + chrono::TimeDelta::days(days)).format("%Y-%m-%d").to_string();
    for more in [
        json!({"completed_at": day(-1), "passed": true, "activity_id": "a", "expires_at": day(20)}),
        json!({"completed_at": day(-1), "activity_id": "a", "expires_at": day(50)}),
        json!({"started_at": day(-9), "due_at": day(-2), "activity_id": "b"}),
        json!({"due_at": day(2), "expires_at": day(-2)}),
    ] {
        admin.create(&with(record("ada", "x"), more)).await;
    }
    admin.create(&record("bob", "y")).await;
    let whole = admin.get(SUMMARY).send().await.json();
    assert_eq!(
        whole,
        json!({
            "exact": true,
            "total": 5,
            "by_status": {
                "not_started": 2, "in_progress": 1, "pending": 0, "complete": 1, "passed": 1, "accepted": 0,
                "incomplete": 0, "failed": 0, "declined": 0,
            },
            "overdue": 1,
            "expired": 1,
            "expiring_in_30_days": 1,
            "expiring_in_60_days": 2,
            "expiring_in_90_days": 2,
            "by_activity": [{"activity_id": "a", "total": 2}, {"activity_id": "b", "total": 1}],
            "other_activities": 0,
        })
    );
    let some = admin.get(format!("{SUMMARY}?person_id=ada&activity_id=a&status=passed")).send().await.json();
    assert_eq!((&some["total"], &some["by_activity"][0]["total"]), (&json!(1), &json!(1)));
    let named = admin.create(&with(record("ada", "x"), json!({"external_id": "e1"}))).await;
    let one = admin.get(format!("{SUMMARY}?external_id=e1")).send().await.json();
    assert_eq!((&one["total"], named["external_id"].as_str()), (&json!(1), Some("e1")));
}

#[tokio::test]
async fn what_is_wrong_is_named_all_at_once() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().get(format!("{SUMMARY}?status=done&limit=5&sort=created&passed=maybe")).send().await;
    assert_eq!(
        (answer.status.as_u16(), answer.places()),
        (400, ["limit", "passed", "sort", "status"].map(str::to_owned).into())
    );
}

#[tokio::test]
async fn another_tenant_counts_for_nothing() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    other.admin().create(&record("ada", "x")).await;
    assert_eq!(tenant.admin().get(SUMMARY).send().await.json()["total"], 0);
    assert_eq!(crate::support::Caller::nobody(&stack).get(SUMMARY).send().await.status, 401);
    let scope = Some("records:write");
    let writer = tenant.caller("client", rol_domain::Role::Application, Some("lms"), scope);
    assert_eq!(writer.get(SUMMARY).send().await.status, 403);
}

#[tokio::test]
async fn a_summary_of_a_few_records_is_a_call_for_each_shard() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    tenant.admin().create(&record("ada", "x")).await;
    tenant.admin().get(SUMMARY).send().await;
    stack.wire.take();
    tenant.admin().get(SUMMARY).send().await;
    assert_eq!(cost(&stack.wire.take()), (4, 2.0, 0.0));
    tenant.admin().get(format!("{SUMMARY}?person_id=ada")).send().await;
    assert_eq!(cost(&stack.wire.take()), (1, 1.0, 0.0));
}
