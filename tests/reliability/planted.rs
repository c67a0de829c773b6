//! Bugs that nobody made: each is planted on the wire or in the delivery, and the checker has to name it.
//!
//! Without them the same scene passes, which every test looks at first.

use super::{
    checker::{Evidence, Finding, Wrong, check},
    dice::Dice,
    driver::Driver,
    log::lines,
    steps::{Client, Req, scene},
};
use crate::support::{Attempt, Fate, Fault, Stack};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What goes wrong.
#[derive(Clone, Copy)]
enum Bug {
    None,
    /// In what the functions ask of the table.
    OnTheWire(fn(&Attempt) -> Fate),
    /// In the delivery of the stream.
    InDelivery(Delivery),
}

#[derive(Clone, Copy)]
enum Delivery {
    /// The records of the stream come in the reverse order.
    Reversed,
    /// What failed is not delivered again.
    GivenUp,
    /// The first record of what failed is taken for told.
    OneSkipped,
}

/// Some of everything, written, delivered, and delivered once more.
async fn play(bug: Bug) -> Vec<Finding> {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let mut driver = Driver::new(&stack);
    let mut client = Client::new(tenant.admin());
    if let Bug::OnTheWire(rule) = bug {
        stack.wire.rule(rule);
    }
    for req in &scene() {
        client.send(req).await;
    }
    driver.read();
    let mut records = driver.waiting();
    match bug {
        Bug::InDelivery(Delivery::Reversed) => records.reverse(),
        Bug::InDelivery(delivery) => {
            stack.wire.plan([None, Some(Fault::ServerError), Some(Fault::ServerError), Some(Fault::ServerError)]);
            let from = driver.call(&records).await.expect("it failed");
            let skipped = if matches!(delivery, Delivery::OneSkipped) { from + 1 } else { records.len() };
            records = records.split_off(skipped);
        }
        Bug::None | Bug::OnTheWire(_) => {}
    }
    for batch in [&records[..], &records[..]].iter().flat_map(|all| all.chunks(7)) {
        driver.deliver(batch).await;
    }
    driver.read();
    check(&Evidence { told: client.told, log: lines(&driver.log, tenant.id) })
}

fn kinds(findings: &[Finding]) -> BTreeSet<Wrong> {
    findings.iter().map(|finding| finding.wrong).collect()
}

#[tokio::test]
async fn without_a_bug_nothing_is_found() {
    assert_eq!(play(Bug::None).await, []);
}

/// Cut, doubled, shuffled, replayed, and with a consumer that dies: all of it is told once, as by a mapping that does
/// its best.
#[tokio::test]
async fn however_it_is_delivered_each_change_is_told_once() {
    let stack = Stack::alone().await;
    let mut driver = Driver::new(&stack);
    for seed in 0..20 {
        driver.forget();
        let tenant = stack.tenant().await;
        let mut client = Client::new(tenant.admin());
        for req in &scene() {
            client.send(req).await;
        }
        driver.deliver_wildly(&mut Dice::new(seed)).await;
        let findings = check(&Evidence { told: client.told, log: lines(&driver.log, tenant.id) });
        assert_eq!(findings, [], "seed {seed}");
    }
}

#[rstest]
#[case::acknowledged_before_it_was_written(Bug::OnTheWire(acknowledged_before_it_was_written), &[Wrong::LostWrite])]
#[case::an_error_swallowed_and_answered_ok(Bug::OnTheWire(an_error_swallowed), &[Wrong::LostWrite])]
#[case::another_value_written_than_answered(Bug::OnTheWire(another_value_written), &[Wrong::OtherAnswer])]
#[case::done_again_by_the_same_request(Bug::OnTheWire(done_again), &[Wrong::DoneTwice])]
#[case::an_id_of_its_own_for_each_try(Bug::OnTheWire(an_id_for_each_try), &[Wrong::MadeTwice])]
#[case::a_membership_forgotten(Bug::OnTheWire(a_membership_forgotten), &[Wrong::HalfDone])]
#[case::a_name_never_reserved(Bug::OnTheWire(a_name_never_reserved), &[Wrong::HalfDone])]
#[case::an_event_without_history(Bug::OnTheWire(an_event_without_history), &[Wrong::LostHistory])]
#[case::a_head_without_its_event(Bug::OnTheWire(a_head_without_its_event), &[Wrong::Positions, Wrong::LostEvent])]
#[case::an_event_without_its_head(Bug::OnTheWire(an_event_without_its_head), &[Wrong::Positions])]
#[case::history_without_audit(Bug::OnTheWire(history_without_audit), &[Wrong::LostEntry, Wrong::BrokenChain])]
#[case::audited_twice(Bug::OnTheWire(audited_twice), &[Wrong::DoubleEntry])]
#[case::told_twice_under_another_key(Bug::OnTheWire(told_under_another_key), &[Wrong::DoubleEvent, Wrong::DoubleEntry])]
#[case::a_batch_taken_for_told(Bug::OnTheWire(a_batch_taken_for_told), &[Wrong::LostHistory, Wrong::LostEvent, Wrong::LostEntry])]
#[case::a_version_with_another_content(Bug::OnTheWire(another_content), &[Wrong::OtherHistory])]
#[case::an_event_of_another_version(Bug::OnTheWire(another_version), &[Wrong::OtherEvent, Wrong::LostEvent])]
#[case::an_entry_of_somebody_else(Bug::OnTheWire(somebody_else), &[Wrong::OtherEntry, Wrong::BrokenChain])]
#[case::versions_in_another_order(Bug::InDelivery(Delivery::Reversed), &[Wrong::EventOrder, Wrong::EntryOrder])]
#[case::a_failed_batch_not_delivered_again(Bug::InDelivery(Delivery::GivenUp), &[Wrong::LostEvent, Wrong::LostEntry])]
#[case::the_first_of_a_failed_batch_lost(Bug::InDelivery(Delivery::OneSkipped), &[Wrong::LostEntry])]
#[tokio::test]
async fn a_planted_bug_is_found(#[case] bug: Bug, #[case] expected: &[Wrong]) {
    let findings = play(bug).await;
    let found = kinds(&findings);
    assert!(expected.iter().all(|wrong| found.contains(wrong)), "expected {expected:?}, found {findings:#?}");
}

/// A patch that arrives late meets a newer version; without its condition it is put over that.
#[rstest]
#[case::as_it_is(|_: &Attempt| Fate::Pass, &[])]
#[case::the_condition_of_a_put_dropped(without_conditions, &[Wrong::LostUpdate])]
#[tokio::test]
async fn a_late_write_is_refused(#[case] bug: fn(&Attempt) -> Fate, #[case] expected: &[Wrong]) {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let mut client = Client::new(tenant.admin());
    let [create, late, first, ..] = Req::patches();
    client.send(&create).await;
    // Changed by the bug, and then held up.
    stack.wire.rule(move |attempt| match (attempt.operation.as_str(), bug(attempt)) {
        ("PutItem", Fate::Ask(other)) => Fate::Hold(other),
        ("PutItem", _) => Fate::Fail(Fault::Late),
        _ => Fate::Pass,
    });
    client.try_once(&late).await;
    stack.wire.obey();
    client.send(&first).await;
    stack.wire.land().await;
    let mut driver = Driver::new(&stack);
    driver.deliver_in_order(100).await;
    let findings = check(&Evidence { told: client.told, log: lines(&driver.log, tenant.id) });
    assert!(expected.iter().all(|wrong| kinds(&findings).contains(wrong)), "{findings:#?}");
    assert_eq!(findings.is_empty(), expected.is_empty(), "{findings:#?}");
}

/// Two publishers read the same heads; the transaction of the one arrives after that of the other.
#[rstest]
#[case::as_it_is(|_: &Attempt| Fate::Pass, &[])]
#[case::the_condition_of_the_heads_dropped(without_conditions, &[Wrong::LostEvent, Wrong::BrokenChain])]
#[tokio::test]
async fn two_publishers_do_not_both_come_next(#[case] bug: fn(&Attempt) -> Fate, #[case] expected: &[Wrong]) {
    let stack = Stack::alone().await;
    let tenant = stack.tenant().await;
    let mut client = Client::new(tenant.admin());
    for req in &Req::patches() {
        client.send(req).await;
    }
    let mut driver = Driver::new(&stack);
    driver.read();
    // Versions of one record: one shard, one chain. The tenant's first key comes before them.
    let records = driver.waiting();
    let (one, other) = records.split_at(records.len() - 1);
    stack.wire.rule(move |attempt| match (attempt.operation.as_str(), bug(attempt)) {
        ("TransactWriteItems", Fate::Ask(other)) => Fate::Hold(other),
        ("TransactWriteItems", _) => Fate::Fail(Fault::Late),
        _ => Fate::Pass,
    });
    assert!(driver.call(other).await.is_some(), "the publisher that is held up gives up");
    stack.wire.obey();
    driver.deliver(one).await;
    stack.wire.land().await;
    driver.deliver(if expected.is_empty() { other } else { &[] }).await;
    driver.read();
    let findings = check(&Evidence { told: client.told, log: lines(&driver.log, tenant.id) });
    assert!(expected.iter().all(|wrong| kinds(&findings).contains(wrong)), "{findings:#?}");
    assert_eq!(findings.is_empty(), expected.is_empty(), "{findings:#?}");
}

/// The same call with its transaction's writes changed.
fn transact(attempt: &Attempt, change: impl Fn(&mut Vec<Value>)) -> Fate {
    if attempt.operation != "TransactWriteItems" {
        return Fate::Pass;
    }
    let mut body = attempt.body.clone();
    let before = body.clone();
    change(body["TransactItems"].as_array_mut().expect("a transaction"));
    match body["TransactItems"].as_array().expect("a transaction").is_empty() {
        true => Fate::Answer(json!({})),
        false if body == before => Fate::Pass,
        false => Fate::Ask(body),
    }
}

fn key<'a>(write: &'a Value, name: &str) -> &'a str {
    write["Put"]["Item"][name]["S"].as_str().unwrap_or_default()
}

/// Whether a write puts an item with such keys.
fn puts(write: &Value, pk: &str, sk: &str) -> bool {
    key(write, "pk").contains(pk) && key(write, "sk").starts_with(sk)
}

fn without(attempt: &Attempt, pk: &'static str, sk: &'static str, heads: bool) -> Fate {
    transact(attempt, |writes| {
        writes.retain(|write| !(puts(write, pk, sk) && (key(write, "sk") == "HEAD") == heads));
    })
}

fn puts_record(attempt: &Attempt, version: &str) -> bool {
    let item = &attempt.body["Item"];
    attempt.operation == "PutItem"
        && item["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with("REC#"))
        && item["version"]["N"] == version
}

fn acknowledged_before_it_was_written(attempt: &Attempt) -> Fate {
    let is_last = attempt.body["Item"]["title"]["S"] == "another";
    if puts_record(attempt, "1") && is_last { Fate::Answer(json!({})) } else { Fate::Pass }
}

fn an_error_swallowed(attempt: &Attempt) -> Fate {
    transact(attempt, |writes| {
        // The last change of the tree of groups.
        if writes.iter().any(|write| key(write, "sk").starts_with("GRANT#")) {
            writes.clear();
        }
    })
}

fn another_value_written(attempt: &Attempt) -> Fate {
    if !puts_record(attempt, "2") {
        return Fate::Pass;
    }
    let mut body = attempt.body.clone();
    body["Item"]["score"] = json!({"N": "1"});
    Fate::Ask(body)
}

fn done_again(attempt: &Attempt) -> Fate {
    if !puts_record(attempt, "2") {
        return Fate::Pass;
    }
    let mut again = attempt.body.clone();
    again["Item"]["version"] = json!({"N": "3"});
    again["ExpressionAttributeValues"] = json!({":version": {"N": "2"}, ":guard": {"N": "2"}});
    for unconditional in ["ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"] {
        again.as_object_mut().expect("a call").remove(unconditional);
    }
    Fate::AskAll(vec![attempt.body.clone(), again])
}

/// Nothing is reserved under the request's key, and the first answer is lost.
fn an_id_for_each_try(attempt: &Attempt) -> Fate {
    let pk = attempt.body["Item"]["pk"]["S"].as_str().unwrap_or_default();
    if attempt.operation == "PutItem" && pk.contains("#NAME#") {
        return Fate::Answer(json!({}));
    }
    let is_repeatable = attempt.body["Item"]["source"]["S"].as_str().is_some_and(|source| source.starts_with("once"));
    // The first calls of the scene: who asks, the reservation, the record.
    if puts_record(attempt, "1") && is_repeatable && attempt.call < 6 {
        Fate::Fail(Fault::AfterCommit)
    } else {
        Fate::Pass
    }
}

fn a_membership_forgotten(attempt: &Attempt) -> Fate {
    without(attempt, "#G#", "P#", false)
}

fn a_name_never_reserved(attempt: &Attempt) -> Fate {
    let pk = attempt.body["Item"]["pk"]["S"].as_str().unwrap_or_default();
    let is_name = attempt.operation == "PutItem" && pk.contains("#NAME#external_id#");
    if is_name { Fate::Answer(json!({})) } else { Fate::Pass }
}

fn an_event_without_history(attempt: &Attempt) -> Fate {
    without(attempt, "", "HIS#", false)
}

fn a_head_without_its_event(attempt: &Attempt) -> Fate {
    without(attempt, "#EVT#", "", false)
}

fn an_event_without_its_head(attempt: &Attempt) -> Fate {
    without(attempt, "#EVT#", "", true)
}

fn history_without_audit(attempt: &Attempt) -> Fate {
    without(attempt, "#AUD#", "", false)
}

/// Every entry is followed by the same once more, one place on.
fn audited_twice(attempt: &Attempt) -> Fate {
    transact(attempt, |writes| {
        let entries: Vec<Value> =
            writes.iter().filter(|write| puts(write, "#AUD#", "") && key(write, "sk") != "HEAD").cloned().collect();
        for mut entry in entries {
            let item = &mut entry["Put"]["Item"];
            item["pk"] = json!({"S": format!("{}+", item["pk"]["S"].as_str().unwrap_or_default())});
            writes.push(entry);
        }
    })
}

/// What was told is noted where nobody looks for it.
fn told_under_another_key(attempt: &Attempt) -> Fate {
    transact(attempt, |writes| {
        for write in writes.iter_mut().filter(|write| puts(write, "", "HIS#") || puts(write, "#MARK#", "")) {
            let sk = format!("{}+{}", key(write, "sk"), attempt.call);
            write["Put"]["Item"]["sk"] = json!({"S": sk});
        }
    })
}

fn a_batch_taken_for_told(attempt: &Attempt) -> Fate {
    transact(attempt, |writes| {
        if writes.iter().any(|write| key(write, "pk").contains("#AUD#")) {
            writes.clear();
        }
    })
}

fn another_content(attempt: &Attempt) -> Fate {
    transact(attempt, |writes| {
        for write in writes.iter_mut().filter(|write| puts(write, "", "HIS#")) {
            write["Put"]["Item"]["image"]["M"]["title"] = json!({"S": "another"});
        }
    })
}

fn another_version(attempt: &Attempt) -> Fate {
    transact(attempt, |writes| {
        for write in writes.iter_mut().filter(|write| puts(write, "#EVT#", "0")) {
            write["Put"]["Item"]["version"] = json!({"N": "77"});
        }
    })
}

fn somebody_else(attempt: &Attempt) -> Fate {
    transact(attempt, |writes| {
        for write in writes.iter_mut().filter(|write| puts(write, "#AUD#", "0")) {
            write["Put"]["Item"]["actor"] = json!({"S": "nobody"});
        }
    })
}

fn without_conditions(attempt: &Attempt) -> Fate {
    let mut body = attempt.body.clone();
    let strip = |write: &mut Value| {
        for part in ["ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"] {
            write.as_object_mut().expect("a write").remove(part);
        }
    };
    match attempt.operation.as_str() {
        "PutItem" => strip(&mut body),
        "TransactWriteItems" => {
            let writes = body["TransactItems"].as_array_mut().expect("a transaction");
            writes.iter_mut().for_each(|write| strip(&mut write["Put"]));
        }
        _ => return Fate::Pass,
    }
    Fate::Ask(body)
}
