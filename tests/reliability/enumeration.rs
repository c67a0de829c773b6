//! Every fault at every call of every write, one at a time.
//!
//! Enumerated, not sampled: for each write of [`super::steps`] each call that it makes to DynamoDB (who the caller is,
//! what is read, what is written), and for the publisher each call that it makes to tell what was written; at each of
//! these, each kind of [`Fault`] that can befall the operation, in two ways: it befalls the first try of the call, so
//! that the SDK's second one follows, or every try of it, so that the function fails and its caller comes back – the
//! client with the same request, the mapping with the same records. What was [`Fault::Late`] arrives once the client
//! has its answer, or once it has done what it does next.
//!
//! Each run is a tenant of its own; each ends with everything delivered and the checker's verdict.

use super::{
    checker::{Evidence, check},
    log::{Reader, lines},
    steps::{Client, Step, of_records, of_the_rest},
};
use crate::support::{Fate, Fault, Stack};
use rstest::rstest;
use serde_json::Value;
use std::collections::BTreeMap;

/// What befalls which call, and when what was late arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mishap {
    call: usize,
    fault: Fault,
    tries: Tries,
    /// Whether what was late arrives only after what the client does next.
    lands_last: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tries {
    First,
    All,
}

/// How many runs a container serves: how often it may try again is used up by failing.
const CONTAINER_LASTS: usize = 12;

/// Where a mishap happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    Request,
    Publish,
}

/// What came of a run.
struct Ran {
    /// The operations of the calls on the path, where nothing befell them.
    calls: Vec<String>,
    /// What the client was answered.
    statuses: Vec<u16>,
}

impl Mishap {
    fn befalls(self, wire: &crate::support::Wire) {
        wire.rule(move |attempt| {
            let hit = attempt.call == self.call && (self.tries == Tries::All || attempt.number == 1);
            if hit { Fate::Fail(self.fault) } else { Fate::Pass }
        });
    }
}

/// One run, from an empty tenant to the verdict.
async fn run(stack: &Stack, reader: &mut Reader, step: &Step, path: Path, mishap: Option<Mishap>) -> Ran {
    let tenant = stack.tenant().await;
    let mut client = Client::new(tenant.admin());
    for req in &step.before {
        client.send(req).await;
    }
    stack.wire.take();
    if let (Path::Request, Some(mishap)) = (path, mishap) {
        mishap.befalls(&stack.wire);
    }
    let statuses = client.send(&step.act).await;
    let mut calls = stack.wire.take();
    stack.wire.obey();
    if !mishap.is_some_and(|mishap| mishap.lands_last) {
        stack.wire.land().await;
    }
    for req in &step.then {
        client.send(req).await;
    }
    stack.wire.land().await;
    stack.wire.take();
    if let (Path::Publish, Some(mishap)) = (path, mishap) {
        mishap.befalls(&stack.wire);
    }
    let delivered = stack.drain().await;
    if path == Path::Publish {
        calls = stack.wire.take();
    }
    stack.wire.obey();
    if stack.wire.land().await > 0 {
        stack.drain().await;
    }
    assert_eq!(delivered.dead_letters, [], "{} with {mishap:?}", step.name);
    let log: Vec<Value> = reader.read();
    let findings = check(&Evidence { told: client.told, log: lines(&log, tenant.id) });
    assert!(findings.is_empty(), "{} on the {path:?} path with {mishap:?}: {findings:#?}", step.name);
    Ran { calls: calls.into_iter().map(|call| call.operation).collect(), statuses }
}

/// Every mishap that can befall these calls.
fn mishaps(calls: &[String], step: &Step) -> Vec<Mishap> {
    let mut all = Vec::new();
    for (call, operation) in calls.iter().enumerate() {
        for fault in Fault::ALL.into_iter().filter(|fault| fault.applies_to(operation)) {
            for tries in [Tries::First, Tries::All] {
                let lands_last = fault == Fault::Late && !step.then.is_empty();
                for lands_last in if lands_last { vec![false, true] } else { vec![false] } {
                    all.push(Mishap { call, fault, tries, lands_last });
                }
            }
        }
    }
    all
}

/// Prints a table: a line for each call, what the client was answered for each kind of fault.
fn print(step: &Step, path: Path, calls: &[String], answers: &BTreeMap<(usize, Fault), Vec<String>>) {
    println!("{} ({path:?} path)", step.name);
    for (call, operation) in calls.iter().enumerate() {
        let of = |fault: Fault| Some(format!("{fault:?} {}", answers.get(&(call, fault))?.join("/")));
        println!("  {call} {operation:18} {}", Fault::ALL.into_iter().filter_map(of).collect::<Vec<_>>().join(", "));
    }
}

/// Runs every step with every mishap that is wanted; how many runs that were.
async fn enumerate(steps: Vec<Step>, path: Path, wanted: fn(&Mishap, &[String]) -> bool) {
    let mut runs = 0;
    for step in steps {
        // Engines of its own: a stream that has grown long is slow to read.
        let mut stack = Stack::alone().await;
        let engines = stack.engines.clone();
        let mut reader = Reader::new(&engines);
        let calls = run(&stack, &mut reader, &step, path, None).await.calls;
        let mut answers: BTreeMap<(usize, Fault), Vec<String>> = BTreeMap::new();
        let mishaps = mishaps(&calls, &step).into_iter().filter(|mishap| wanted(mishap, &calls));
        for (count, mishap) in mishaps.enumerate() {
            if count % CONTAINER_LASTS == 0 {
                stack = stack.restarted();
            }
            let ran = run(&stack, &mut reader, &step, path, Some(mishap)).await;
            let statuses: Vec<String> = ran.statuses.iter().map(u16::to_string).collect();
            answers.entry((mishap.call, mishap.fault)).or_default().push(statuses.join("+"));
            runs += 1;
        }
        print(&step, path, &calls, &answers);
    }
    println!("{runs} runs on the {path:?} path");
}

#[rstest]
#[case::requests_for_records(Path::Request, of_records())]
#[case::requests_for_the_rest(Path::Request, of_the_rest())]
#[case::publishing_records(Path::Publish, of_records())]
#[case::publishing_the_rest(Path::Publish, of_the_rest())]
#[tokio::test]
#[ignore = "takes minutes: CI runs it on its own"]
async fn whatever_fails_nothing_is_lost_or_done_twice(#[case] path: Path, #[case] steps: Vec<Step>) {
    enumerate(steps, path, |_, _| true).await;
}

/// The same with every write among the calls, in the two ways that leave open whether it was done.
#[rstest]
#[case::requests_for_records(Path::Request, of_records())]
#[case::requests_for_the_rest(Path::Request, of_the_rest())]
#[case::publishing(Path::Publish, of_records().split_off(10))]
#[tokio::test]
async fn whatever_write_is_left_open_nothing_is_lost_or_done_twice(#[case] path: Path, #[case] steps: Vec<Step>) {
    let is_open = |mishap: &Mishap, calls: &[String]| {
        let is_read = matches!(calls[mishap.call].as_str(), "GetItem" | "Query" | "BatchGetItem");
        !is_read && mishap.tries == Tries::All && matches!(mishap.fault, Fault::AfterCommit | Fault::Late)
    };
    enumerate(steps, path, is_open).await;
}
