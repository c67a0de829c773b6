//! `audit.note-heads`

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
    stack.run_schedule("audit.note-heads").await.expect("noted")
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
    assert_eq!(note(&stack).await, json!({"tenants": 1, "noted": 0}), "nothing was done yet");
    act(&tenant, "a").await;
    let first = today(&stack);
    assert_eq!(note(&stack).await, json!({"tenants": 1, "noted": 1}));
    act(&tenant, "b").await;
    assert_eq!(note(&stack).await, json!({"tenants": 1, "noted": 0}), "the day has its note");
    stack.advance(TimeDelta::days(1));
    assert_eq!(note(&stack).await, json!({"tenants": 1, "noted": 1}), "it moved since");
    stack.advance(TimeDelta::days(1));
    assert_eq!(note(&stack).await, json!({"tenants": 1, "noted": 0}), "it did not move");
    stack.advance(TimeDelta::days(20));
    assert_eq!(note(&stack).await, json!({"tenants": 1, "noted": 1}), "a new month");
    let told = verified(&tenant).await;
    assert_eq!(told["whole"], true, "{told}");
    assert_eq!(told["heads"], json!({"notes": "kept", "days": 3, "first_day": first, "last_day": today(&stack)}));
}

#[tokio::test]
async fn every_tenant_has_its_own_notes() {
    let stack = stack().await;
    let (busy, idle) = (stack.tenant().await, stack.tenant().await);
    act(&busy, "a").await;
    assert_eq!(note(&stack).await, json!({"tenants": 2, "noted": 2}));
    stack.advance(TimeDelta::days(1));
    act(&busy, "b").await;
    assert_eq!(note(&stack).await, json!({"tenants": 2, "noted": 1}));
    assert_eq!(verified(&busy).await["heads"]["days"], 2);
    assert_eq!(verified(&idle).await["heads"]["days"], 1);
}

#[tokio::test]
async fn a_run_that_fails_is_made_good_by_the_next() {
    let stack = stack().await;
    let tenant = stack.tenant().await;
    act(&tenant, "a").await;
    // The four shards of the tenants are read; the heads are not, however often they are asked for.
    stack.wire.plan([None; 4].into_iter().chain([Some(Fault::ServerError); 3]));
    let failed = stack.run_schedule("audit.note-heads").await.expect_err("a failure, which raises the alarm");
    assert_eq!(failed.to_string(), "the notes of some tenants is out of reach");
    assert_eq!(note(&stack).await, json!({"tenants": 1, "noted": 1}));
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
    assert_eq!(told["whole"], true, "{told}");
    assert_eq!(told["heads"], json!({"notes": "not_kept", "days": 0, "first_day": null, "last_day": null}));
    assert_eq!(s3_calls(&stack), "");
}
