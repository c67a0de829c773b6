//! `audit.checkpoint`

use super::verify::verified;
use crate::support::{Fault, Stack, Tenant, cost, record};
use chrono::{Datelike, Months, TimeDelta};
use rol_local::{Engines, Storage};
use serde_json::{Value, json};

/// A stack of its own in the middle of the next month: in a new one an idle tenant is noted too.
pub(super) async fn stack() -> Stack {
    let stack = Stack::alone().await;
    let middle = (stack.now() + Months::new(1)).with_day(15).expect("every month has one");
    stack.advance(middle - stack.now());
    stack
}

/// The stack's day.
pub(super) fn today(stack: &Stack) -> Value {
    json!(stack.now().date_naive())
}

/// Adds a record, and lets it be told.
pub(super) async fn act(tenant: &Tenant<'_>, title: &str) {
    tenant.admin().create(&record("ada", title)).await;
    tenant.stack.drain().await;
}

pub(super) async fn note(stack: &Stack) -> Value {
    stack.run_schedule("audit.checkpoint").await.expect("noted")
}

/// What was asked of S3 since the last time: `L`ist, `G`et, `P`ut.
fn s3_calls(stack: &Stack) -> String {
    let fetches = stack.wire.take_fetches();
    let of_s3 = fetches.iter().filter(|url| url.starts_with(&stack.engines.s3));
    let kind = |url: &String| match url {
        url if url.contains("list-type=2") => 'L',
        url if url.contains("x-id=GetObject") => 'G',
        url if url.contains("x-id=PutObject") => 'P',
        other => panic!("unknown: {other}"),
    };
    of_s3.map(kind).collect()
}

#[tokio::test]
async fn heads_are_noted_once_a_day_where_they_moved_and_once_a_month_where_they_did_not() {
    let stack = stack().await;
    let tenant = stack.tenant().await;
    assert_eq!(note(&stack).await, json!({"tenants": 1, "written": 0}), "nothing was done yet");
    act(&tenant, "a").await;
    let first = today(&stack);
    assert_eq!(note(&stack).await, json!({"tenants": 1, "written": 1}));
    act(&tenant, "b").await;
    assert_eq!(note(&stack).await, json!({"tenants": 1, "written": 0}), "the day has its note");
    stack.advance(TimeDelta::days(1));
    assert_eq!(note(&stack).await, json!({"tenants": 1, "written": 1}), "it moved since");
    stack.advance(TimeDelta::days(1));
    assert_eq!(note(&stack).await, json!({"tenants": 1, "written": 0}), "it did not move");
    stack.advance(TimeDelta::days(20));
    assert_eq!(note(&stack).await, json!({"tenants": 1, "written": 1}), "a new month");
    let told = verified(&tenant).await;
    assert_eq!(told["valid"], true, "{told}");
    let days = json!([told["checkpoints"], told["checkpoint_days"], told["first_checkpoint"], told["last_checkpoint"]]);
    assert_eq!(days, json!(["enabled", 3, first, today(&stack)]));
}

#[tokio::test]
async fn every_tenant_has_its_own_notes() {
    let stack = stack().await;
    let (busy, idle) = (stack.tenant().await, stack.tenant().await);
    act(&busy, "a").await;
    assert_eq!(note(&stack).await, json!({"tenants": 2, "written": 2}));
    stack.advance(TimeDelta::days(1));
    act(&busy, "b").await;
    assert_eq!(note(&stack).await, json!({"tenants": 2, "written": 1}));
    assert_eq!(verified(&busy).await["checkpoint_days"], 2);
    assert_eq!(verified(&idle).await["checkpoint_days"], 1);
}

#[tokio::test]
async fn a_run_that_fails_is_made_good_by_the_next() {
    let stack = stack().await;
    let tenant = stack.tenant().await;
    act(&tenant, "a").await;
    // The four shards of the tenants are read; the heads are not, however often they are asked for.
    stack.wire.plan([None; 4].into_iter().chain([Some(Fault::ServerError); 3]));
    let failed = stack.run_schedule("audit.checkpoint").await.expect_err("a failure, which raises the alarm");
    assert_eq!(failed.to_string(), "the checkpoints of some tenants is out of reach");
    assert_eq!(note(&stack).await, json!({"tenants": 1, "written": 1}));
}

#[tokio::test]
async fn what_noting_and_verifying_cost() {
    let stack = stack().await;
    let tenant = stack.tenant().await;
    act(&tenant, "a").await;
    verified(&tenant).await;
    let spent = || (cost(&stack.wire.take()), s3_calls(&stack));
    spent();
    // The tenants cost four queries, however many they are; a tenant's heads a call with a unit each.
    note(&stack).await;
    assert_eq!(spent(), ((5, 6.0, 0.0), "LP".into()), "the first note of a month");
    note(&stack).await;
    assert_eq!(spent(), ((4, 2.0, 0.0), "L".into()), "the second run of a day");
    stack.advance(TimeDelta::days(1));
    note(&stack).await;
    assert_eq!(spent(), ((5, 6.0, 0.0), "LG".into()), "a day on which nothing moved");
    act(&tenant, "b").await;
    spent();
    note(&stack).await;
    assert_eq!(spent(), ((5, 6.0, 0.0), "LGP".into()), "a day on which something did");
    // A list, and one object for each month however many days it has; the heads, and each chain in a query.
    verified(&tenant).await;
    spent();
    verified(&tenant).await;
    assert_eq!(spent(), ((5, 8.0, 0.0), "LG".into()), "verifying, in a warm container");
}

#[tokio::test]
async fn without_notes_it_says_so_and_asks_for_none() {
    let engines = Engines::start(&Storage::Ephemeral, [127, 0, 0, 1].into(), 0).await.expect("engines");
    let stack = Stack::over(Engines { heads_bucket: None, ..engines });
    let tenant = stack.tenant().await;
    act(&tenant, "a").await;
    let told = verified(&tenant).await;
    assert_eq!(told["valid"], true, "{told}");
    let days = json!([told["checkpoints"], told["checkpoint_days"], told["first_checkpoint"], told["last_checkpoint"]]);
    assert_eq!(days, json!(["disabled", 0, null, null]));
    assert_eq!(s3_calls(&stack), "");
}
