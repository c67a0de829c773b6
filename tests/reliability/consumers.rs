//! Two consumers of the feed, while records are written and told: one that is slow, and one that dies now and then and
//! goes on from the cursor that it kept. Who writes, tells or reads next is up to the seed.

use super::{
    dice::Dice,
    driver::Driver,
    log::{Line, lines},
};
use crate::support::{Caller, Stack, path_of, record};
use rol_domain::TenantId;
use rstest::rstest;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// How many runs share engines: a stream that has grown long is slow to read.
const ENGINES_LAST: u64 = 10;

/// A consumer: what it dealt with, and the cursor that it kept when it had.
#[derive(Default)]
struct Consumer {
    seen: Vec<Value>,
    cursor: Option<String>,
}

impl Consumer {
    /// Asks for the next events; one that dies has forgotten them before it kept the cursor. Whether there were any.
    async fn read(&mut self, caller: &Caller<'_>, limit: usize, dies: bool) -> bool {
        let after = self.cursor.as_ref().map_or(String::new(), |cursor| format!("&after={cursor}"));
        let answer = caller.get(format!("/v1/events?limit={limit}{after}")).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page = answer.json();
        let events = page["data"].as_array().expect("events").clone();
        let any = !events.is_empty();
        assert!(any || page["has_more"] == false, "a page without events is the last");
        if !dies {
            self.seen.extend(events);
            self.cursor = Some(page["next_cursor"].as_str().expect("a cursor").to_owned());
        }
        any
    }
}

/// One of the things that a client may do next.
async fn write(caller: &Caller<'_>, records: &mut Vec<(Value, bool)>, dice: &mut Dice) {
    let choice = dice.below(5);
    if records.is_empty() || choice < 2 {
        let person = ["ada", "bob", "cyd"][dice.below(3)];
        records.push((caller.create(&record(person, "x")).await["id"].clone(), true));
        return;
    }
    let at = dice.below(records.len());
    let (id, is_live) = &mut records[at];
    let path = path_of(id);
    let request = match (choice, *is_live) {
        (2 | 3, true) => caller.patch(path, &json!({"views_count": dice.below(1_000_000)})),
        (_, true) => caller.delete(path),
        (_, false) => caller.post(format!("{path}/restore"), &json!({})),
    };
    *is_live = choice != 4 || !*is_live;
    let answer = request.send().await;
    assert!(answer.status.is_success(), "{}", answer.text());
}

/// What was committed: each version of each record, in order.
fn committed(log: &[Line]) -> BTreeMap<String, Vec<u64>> {
    let mut versions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for line in log.iter().filter(|line| line.sk.starts_with("REC#")) {
        let image = line.new.as_ref().expect("records are deleted softly");
        let id = image["id"].as_str().expect("an id").to_owned();
        versions.entry(id).or_default().push(image["version"].as_u64().expect("a version"));
    }
    versions
}

/// What a consumer saw: each version of each record, in the order in which it came.
fn seen(consumer: &Consumer) -> BTreeMap<String, Vec<u64>> {
    let ids: BTreeSet<&str> = consumer.seen.iter().map(|event| event["id"].as_str().expect("an id")).collect();
    assert_eq!(ids.len(), consumer.seen.len(), "no event twice");
    let mut versions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for event in &consumer.seen {
        let id = event["data"]["id"].as_str().expect("an id").to_owned();
        versions.entry(id).or_default().push(event["data"]["version"].as_u64().expect("a version"));
    }
    versions
}

/// One run; how many changes were committed.
async fn run(stack: &Stack, driver: &mut Driver<'_>, seed: u64) -> usize {
    let mut dice = Dice::new(seed);
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let (mut slow, mut restarting) = (Consumer::default(), Consumer::default());
    let (mut records, mut left) = (Vec::new(), 5 + dice.below(11));
    let mut more = true;
    while left > 0 || more {
        match dice.below(6) {
            0..3 if left > 0 => {
                write(&admin, &mut records, &mut dice).await;
                left -= 1;
            }
            0..4 => more = driver.deliver_some(&mut dice).await || left > 0,
            4 if dice.once_in(2) => drop(slow.read(&admin, 1 + dice.below(2), false).await),
            _ => {
                let (limit, dies) = (1 + dice.below(5), dice.once_in(3));
                restarting.read(&admin, limit, dies).await;
            }
        }
    }
    while slow.read(&admin, 3, false).await {}
    while restarting.read(&admin, 100, false).await {}
    let log = theirs(driver, tenant.id);
    let committed = committed(&log);
    for (consumer, what) in [(&slow, "the slow one"), (&restarting, "the restarting one")] {
        assert_eq!(seen(consumer), committed, "{what}, seed {seed}");
    }
    committed.values().map(Vec::len).sum()
}

fn theirs(driver: &mut Driver<'_>, tenant: TenantId) -> Vec<Line> {
    driver.read();
    let log = lines(&driver.log, tenant);
    driver.forget();
    log
}

async fn runs(seeds: Range<u64>) {
    let mut changes = 0;
    for start in seeds.clone().step_by(usize::try_from(ENGINES_LAST).expect("few")) {
        let stack = Stack::alone().await;
        let mut driver = Driver::new(&stack);
        for seed in start..seeds.end.min(start + ENGINES_LAST) {
            changes += run(&stack, &mut driver, seed).await;
        }
    }
    println!("seeds {seeds:?}: {changes} changes, each seen once by both consumers");
}

#[tokio::test]
async fn two_consumers_see_every_change_once_and_in_order() {
    runs(0..50).await;
}

#[rstest]
#[case(0..250)]
#[case(250..500)]
#[case(500..750)]
#[case(750..1_000)]
#[tokio::test]
#[ignore = "takes minutes: CI runs it on its own"]
async fn two_consumers_see_every_change_once_and_in_order_a_thousand_times(#[case] seeds: Range<u64>) {
    runs(seeds).await;
}
