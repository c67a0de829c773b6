//! Every call of declaring, checking, reading and deleting fails in every way: no file is served unverified, no count
//! is off, and after the sweep nothing is left.

use super::{OTHER_PAGE, PAGE, file_path, files_of, get, put, verify::objects};
use crate::support::{Answer, Fate, Fault, Request, Stack, Tenant, record};
use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Asks as a client does: once more where it is told to come back.
async fn insist<'a>(request: impl Fn() -> Request<'a>) -> Answer {
    let answer = request().send().await;
    if answer.status == 503 { request().send().await } else { answer }
}

/// Uploads one good file and one bad one, reads them, and deletes the good one.
async fn story(stack: &Stack, tenant: &Tenant<'_>, made: &Value) {
    let admin = tenant.admin();
    let bad = vec![b'x'; PAGE.len()];
    let files =
        json!({"files": [{"filename": "a.pdf", "size": PAGE.len()}, {"filename": "b.pdf", "size": PAGE.len()}]});
    let declared = insist(|| admin.post(files_of(made), &files)).await;
    assert_eq!(declared.status, 201, "{}", declared.text());
    let declared = declared.json()["data"].clone();
    for (file, content) in [(&declared[0], PAGE), (&declared[1], &bad)] {
        assert_eq!(put(stack, &file["upload"], content).await.status, 200);
        let answer = insist(|| admin.get(format!("{}/content", file_path(file)))).await;
        assert_eq!(answer.status, 409, "nothing is served that was not checked: {}", answer.text());
    }
    let routed = stack.route().await;
    assert!(routed.dead_letters.is_empty(), "Lambda tries an event three times: {routed:?}");
    stack.wire.land().await;
    let seen = insist(|| admin.get(files_of(made))).await.json();
    let state = |id: &Value| {
        let files = seen["data"].as_array().expect("files");
        files.iter().find(|file| file["id"] == *id).map(|file| file["state"].clone())
    };
    assert_eq!(state(&declared[0]["id"]), Some(json!("ready")));
    assert_eq!(state(&declared[1]["id"]), Some(json!("rejected")));
    let content = insist(|| admin.get(format!("{}/content?redirect=false", file_path(&declared[0])))).await;
    assert_eq!(get(stack, &content.json()["url"]).await.body, PAGE);
    assert_eq!(insist(|| admin.get(format!("{}/content", file_path(&declared[1])))).await.status, 409);
    count_is(tenant, made, 1).await;
    let deleted = insist(|| admin.delete(file_path(&declared[0]))).await;
    // The first try may have deleted it, and only its answer was lost.
    assert!(matches!(deleted.status.as_u16(), 204 | 404), "{}", deleted.text());
    stack.wire.land().await;
    assert_eq!(insist(|| admin.get(file_path(&declared[0]))).await.status, 404);
    count_is(tenant, made, 0).await;
}

async fn count_is(tenant: &Tenant<'_>, made: &Value, count: u32) {
    let admin = tenant.admin();
    let now = insist(|| admin.get(crate::support::path_of(&made["id"]))).await.json();
    assert_eq!((&now["attachments_count"], &now["version"]), (&json!(count), &json!(1)));
}

/// With one try that fails the SDK's own next one meets what the first did; with all of them the client's does.
#[rstest]
#[case::unreachable(Fault::BeforeCommit, u32::MAX)]
#[case::an_answer_lost(Fault::AfterCommit, 1)]
#[case::all_answers_lost(Fault::AfterCommit, u32::MAX)]
#[case::broken_off(Fault::Reset, u32::MAX)]
#[case::slow(Fault::Slow, u32::MAX)]
#[case::a_late_one(Fault::Late, 1)]
#[case::all_late(Fault::Late, u32::MAX)]
#[case::failing(Fault::ServerError, u32::MAX)]
#[case::throttled(Fault::Throttle, u32::MAX)]
#[case::contended(Fault::Contention, u32::MAX)]
#[tokio::test]
async fn whatever_fails_nothing_is_served_unverified_and_nothing_is_left(#[case] fault: Fault, #[case] tries: u32) {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let mut failing = 0;
    loop {
        let made = tenant.admin().create(&record("ada", "x")).await;
        let met = Arc::new(AtomicUsize::new(0));
        let meets = met.clone();
        stack.wire.rule(move |attempt| {
            if attempt.call != failing || attempt.number > tries || !fault.applies_to(&attempt.operation) {
                meets.fetch_max(attempt.call, Ordering::Relaxed);
                return Fate::Pass;
            }
            Fate::Fail(fault)
        });
        story(&stack, &tenant, &made).await;
        stack.wire.obey();
        if met.load(Ordering::Relaxed) < failing {
            break;
        }
        failing += 1;
    }
    assert!(failing > 20, "{failing} calls");
    // Nothing is left of any of it, but for the records.
    stack.advance(TimeDelta::hours(26));
    stack.invoke("attachments.sweep", json!({})).await.expect("swept");
    assert_eq!(objects(&stack), []);
}

/// Long after the upload nothing of it lies under `incoming/` any longer that would lead the sweep to what is left.
#[tokio::test]
async fn whatever_fails_while_an_old_file_is_deleted_nothing_is_left() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let sweep = async || {
        stack.advance(TimeDelta::hours(26));
        stack.invoke("attachments.sweep", json!({})).await.expect("swept");
    };
    for fault in [Fault::BeforeCommit, Fault::AfterCommit] {
        for failing in 0..9 {
            let made = tenant.admin().create(&record("ada", "x")).await;
            let file = super::placed(&stack, &tenant.admin(), &made).await;
            sweep().await;
            assert_eq!(objects(&stack).len(), 1, "only what is served is left");
            let admin = tenant.admin();
            stack.wire.rule(move |it| if it.call == failing { Fate::Fail(fault) } else { Fate::Pass });
            // Nobody insists.
            let deleted = admin.delete(file_path(&file)).send().await.status;
            stack.wire.obey();
            sweep().await;
            let admin = tenant.admin();
            let there = admin.get(file_path(&file)).send().await.status == 200;
            assert!(!(deleted == 204 && there), "{fault:?} {failing}");
            assert_eq!(objects(&stack).len(), usize::from(there), "{fault:?} {failing}: {:?}", objects(&stack));
            count_is(&tenant, &made, u32::from(there)).await;
            admin.delete(file_path(&file)).send().await;
            sweep().await;
            assert_eq!(objects(&stack), []);
        }
    }
}

#[tokio::test]
async fn an_event_that_fails_for_good_is_parked_and_can_be_delivered_again() {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let file = super::declared(&tenant.admin(), &made, json!({"filename": "a.pdf", "size": OTHER_PAGE.len()})).await;
    put(&stack, &file["upload"], OTHER_PAGE).await;
    stack.wire.rule(
        |attempt| {
            if attempt.operation.starts_with("COPY") { Fate::Fail(Fault::ServerError) } else { Fate::Pass }
        },
    );
    let routed = stack.route().await;
    stack.wire.obey();
    let [dead_letter] = routed.dead_letters.as_slice() else { panic!("{routed:?}") };
    assert_eq!(routed.calls, 3);
    let body: Value = serde_json::from_str(&dead_letter.body).expect("JSON");
    assert_eq!(body["requestContext"]["condition"], "RetriesExhausted");
    stack.invoke("attachments.verify", body["requestPayload"].clone()).await.expect("nothing fails now");
    assert_eq!(tenant.admin().get(file_path(&file)).send().await.json()["state"], "ready");
}
