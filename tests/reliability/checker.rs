//! The judge: what clients were told, what was committed, and what was told of it have to agree.
//!
//! A pure function. It knows the shapes of items and none of the service's rules; what was committed it takes from the
//! table's stream, so that a write that nobody acknowledged counts as well as one that somebody did.

use super::log::{Line, table};
use chrono::DateTime;
use rol_domain::audit::{AuditEntry, ChainHead};
use rol_store::FeedEvent;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What a client was told has been done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    /// The thing with this id is so now, at this version where the answer named one.
    Is { id: String, version: Option<u64>, body: Value },
    /// The thing with this id is deleted.
    Gone(String),
}

/// What a run left behind.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    /// What clients were told, in their order.
    pub told: Vec<Told>,
    /// Every committed write of the tenant, in order.
    pub log: Vec<Line>,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wrong {
    /// A client was told of a write that was not committed.
    LostWrite,
    /// A client was told something else than was committed.
    OtherAnswer,
    /// A write was put over one that it did not know of.
    LostUpdate,
    /// A request took effect on one thing twice.
    DoneTwice,
    /// What was to be made once, however often it is asked for, is there twice.
    MadeTwice,
    /// A write is there in part.
    HalfDone,
    /// A version is missing from the history.
    LostHistory,
    /// A history entry is not what was committed.
    OtherHistory,
    /// A change is missing from the feed.
    LostEvent,
    /// A change is in the feed twice.
    DoubleEvent,
    /// An event of a version that nobody committed, or that says something else than its history entry.
    OtherEvent,
    /// The events of a record are not in its order, or not in one shard.
    EventOrder,
    /// Positions have a hole, or the head is not the last one.
    Positions,
    /// A change is missing from the audit trail.
    LostEntry,
    /// A change is in the audit trail twice.
    DoubleEntry,
    /// An entry of a change that nobody committed, or that says something else.
    OtherEntry,
    /// The entries of a thing are not in its order.
    EntryOrder,
    /// A chain is broken.
    BrokenChain,
}

/// A finding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Finding {
    pub wrong: Wrong,
    pub what: String,
}

/// A committed change of a thing whose changes are told.
#[derive(Debug, Clone)]
struct Commit<'a> {
    /// `learningRecord.created`, …
    action: String,
    id: String,
    line: &'a Line,
    image: &'a Value,
}

impl Commit<'_> {
    fn version(&self) -> u64 {
        self.image["version"].as_u64().unwrap_or_default()
    }

    /// What an entry of the audit trail says of it.
    fn facts(&self) -> Value {
        let image = self.image;
        json!([self.action, image["updated_at"], image["updated_by"], image["request_id"]])
    }
}

/// Everything that is wrong.
pub(crate) fn check(evidence: &Evidence) -> Vec<Finding> {
    let table = table(&evidence.log);
    let commits: Vec<Commit<'_>> = evidence.log.iter().filter_map(commit).collect();
    let mut findings = Findings::default();
    findings.told(&evidence.told, &commits, &evidence.log);
    findings.committed(&commits);
    findings.whole(&table);
    findings.history(&commits, &table);
    findings.feed(&commits, &table);
    findings.trail(&commits, &table);
    findings.0
}

/// The change that a write is, if it is one of those that are told.
fn commit(line: &Line) -> Option<Commit<'_>> {
    let image = line.new.as_ref()?;
    let text = |name: &str| image[name].as_str().unwrap_or_default().to_owned();
    let (kind, id) = match line.sk.split('#').next()? {
        "REC" => ("learningRecord", text("id")),
        "ATTRIBUTE" => ("attribute", text("key")),
        "PERSON" => ("person", text("id")),
        "GROUP" => ("group", text("id")),
        "GRANT" => ("grant", format!("{}/{}", text("group_id"), text("educator_group_id"))),
        "SETTING" => ("settings", "settings".to_owned()),
        "KEY" => ("apiKey", text("id")),
        _ => return None,
    };
    let ended = |item: &Value| !item["ttl"].is_null() || item["retired"] == true;
    let deleted = |item: &Value| !item["deleted_at"].is_null() || ended(item);
    let old = line.old.as_ref().filter(|old| !ended(old));
    // Only when a key was last used is written without a version of its own.
    if old.is_some_and(|old| old == image || (kind == "apiKey" && old["version"] == image["version"])) {
        return None;
    }
    let verb = match (old, deleted(image)) {
        // What was written to what had ended changed nothing.
        (None, true) => return None,
        (Some(old), true) if !deleted(old) => "deleted",
        (Some(old), false) if deleted(old) => "restored",
        // What is made again starts at version 1; what goes on behind its end was brought back.
        (None, false) if image["version"] != 1 => "restored",
        (None, false) => "created",
        _ => "updated",
    };
    Some(Commit { action: format!("{kind}.{verb}"), id, line, image })
}

#[derive(Default)]
struct Findings(Vec<Finding>);

type Table = BTreeMap<(String, String), Value>;

impl Findings {
    fn found(&mut self, wrong: Wrong, what: impl Into<String>) {
        self.0.push(Finding { wrong, what: what.into() });
    }

    /// What clients were told was committed, and is not undone.
    fn told(&mut self, told: &[Told], commits: &[Commit<'_>], log: &[Line]) {
        for told in told {
            match told {
                Told::Is { id, version, body } => {
                    let same = |commit: &&Commit<'_>| {
                        commit.id == *id && version.is_none_or(|version| commit.version() == version)
                    };
                    let others: Vec<_> = commits.iter().filter(same).map(|it| differing(body, it.image)).collect();
                    match others.iter().min_by_key(|other| other.len()) {
                        None => self.found(Wrong::LostWrite, format!("{id} at version {version:?}")),
                        Some(other) if !other.is_empty() => {
                            self.found(Wrong::OtherAnswer, format!("{id} at version {version:?}: {other:?}"));
                        }
                        Some(_) => {}
                    }
                }
                Told::Gone(id) => {
                    let of = |commit: &&Commit<'_>| commit.id == *id;
                    let was_marked = commits.iter().filter(of).any(|commit| commit.action.ends_with(".deleted"));
                    let place = commits.iter().find(of).map(|commit| (&commit.line.pk, &commit.line.sk));
                    let removed = |line: &&Line| line.new.is_none() && Some((&line.pk, &line.sk)) == place;
                    if !was_marked && !log.iter().any(|line| removed(&line)) {
                        self.found(Wrong::LostWrite, format!("{id} was not deleted"));
                    }
                }
            }
        }
    }

    /// Each write follows the one before, and each request has one effect on a thing.
    fn committed(&mut self, commits: &[Commit<'_>]) {
        let (mut requests, mut once) = (BTreeSet::new(), BTreeSet::new());
        for commit in commits {
            let before = commit.line.old.as_ref().map_or(0, |old| old["version"].as_u64().unwrap_or_default());
            if commit.version() != before + 1 && !(commit.version() == 1 && commit.action.ends_with(".created")) {
                self.found(Wrong::LostUpdate, format!("{} from {before} to {}", commit.id, commit.version()));
            }
            // By this sign the tests' clients tell what they ask for under one Idempotency-Key.
            let sign = commit.image["source"].as_str().filter(|source| source.starts_with("once"));
            if commit.action.ends_with(".created") && sign.is_some_and(|sign| !once.insert(sign.to_owned())) {
                self.found(Wrong::MadeTwice, commit.id.clone());
            }
            let request = commit.image["request_id"].as_str().unwrap_or_default();
            if !requests.insert((commit.id.clone(), request.to_owned())) {
                self.found(Wrong::DoneTwice, format!("{} by {request}", commit.id));
            }
        }
    }

    /// What follows from a thing is there with it, and not without it.
    fn whole(&mut self, table: &Table) {
        let of = |prefix: &'static str| table.iter().filter(move |((_, sk), _)| sk.starts_with(prefix));
        let mut pointers = BTreeSet::new();
        for (_, person) in of("PERSON#").filter(|(_, person)| person["ttl"].is_null()) {
            let id = person["id"].as_str().expect("an id");
            for group in person["group_ids"].as_array().into_iter().flatten() {
                let group = group.as_str().expect("a group").to_owned();
                pointers.insert((format!("#G#{group}"), format!("P#{id}")));
            }
            for external in person["external_ids"].as_array().into_iter().flatten() {
                let external = external.as_str().expect("an id").to_owned();
                pointers.insert(("#FIND#".to_owned(), format!("EXTERNAL#{external}#{id}")));
            }
        }
        let is_pointer = |pk: &str, sk: &str| pk.contains("#G#") || sk.starts_with("EXTERNAL#");
        let there: BTreeSet<(String, String)> = table
            .keys()
            .filter(|(pk, sk)| is_pointer(pk, sk))
            .map(|(pk, sk)| match pk.find("#G#") {
                Some(at) => (pk[at..].to_owned(), sk.clone()),
                None => ("#FIND#".to_owned(), sk.clone()),
            })
            .collect();
        for pointer in pointers.symmetric_difference(&there) {
            self.found(Wrong::HalfDone, format!("{pointer:?}"));
        }
        for (_, record) in of("REC#").filter(|(_, record)| record["deleted_at"].is_null()) {
            let Some(name) = record["external_id"].as_str() else { continue };
            let place = |pk: &str| pk.ends_with(&format!("#NAME#external_id#{name}"));
            let leads = table.iter().any(|((pk, _), held)| place(pk) && held["record_id"] == record["id"]);
            if !leads {
                self.found(Wrong::HalfDone, format!("{name} does not lead to {}", record["id"]));
            }
        }
    }

    /// Each version of each record is in the history, as it was committed.
    fn history(&mut self, commits: &[Commit<'_>], table: &Table) {
        let mut entries: BTreeMap<(String, u64), &Value> = BTreeMap::new();
        for (_, entry) in table.iter().filter(|((_, sk), _)| sk.starts_with("HIS#")) {
            let image = &entry["image"];
            entries.insert((text(image, "id"), image["version"].as_u64().unwrap_or_default()), entry);
        }
        for commit in commits.iter().filter(|commit| commit.line.sk.starts_with("REC#")) {
            let version = format!("{} at version {}", commit.id, commit.version());
            match entries.remove(&(commit.id.clone(), commit.version())) {
                None => self.found(Wrong::LostHistory, version),
                Some(entry) if entry["image"] != *commit.image || entry["action"] != commit.action => {
                    let other = differing(&entry["image"], commit.image);
                    self.found(Wrong::OtherHistory, format!("{version}: {} {other:?}", entry["action"]));
                }
                Some(_) => {}
            }
        }
        for (version, _) in entries {
            self.found(Wrong::OtherHistory, format!("{version:?} was never committed"));
        }
    }

    /// Each change of each record is in the feed once, in order, at dense positions.
    fn feed(&mut self, commits: &[Commit<'_>], table: &Table) {
        let mut shards: BTreeMap<String, (Vec<FeedEvent>, u64)> = BTreeMap::new();
        for ((pk, sk), item) in table.iter().filter(|((pk, _), _)| pk.contains("#EVT#")) {
            // T#<tenant>#EVT#<shard>[#<thousands>]
            let shard = shards.entry(pk.split('#').nth(3).expect("a shard").to_owned()).or_default();
            match sk.as_str() {
                "HEAD" => shard.1 = item["version"].as_u64().unwrap_or_default(),
                _ => shard.0.push(serde_json::from_value(item.clone()).expect("an event")),
            }
        }
        let mut seen: BTreeMap<(String, u64), usize> = BTreeMap::new();
        let mut last: BTreeMap<String, (String, u64)> = BTreeMap::new();
        for (shard, (events, head)) in &mut shards {
            events.sort_by_key(|event| event.position);
            let positions: Vec<u64> = events.iter().map(|event| event.position).collect();
            if positions != (1..=*head).collect::<Vec<_>>() {
                self.found(Wrong::Positions, format!("shard {shard}: {positions:?}, head {head}"));
            }
            for event in events {
                let (id, version) = (event.record_id.to_string(), event.version);
                let first = seen.insert((id.clone(), version), 1).is_none();
                if !first {
                    self.found(Wrong::DoubleEvent, format!("{id} at version {version}"));
                }
                let before = last.insert(id.clone(), (shard.clone(), version));
                if before.is_some_and(|(other, before)| other != *shard || before > version) {
                    self.found(Wrong::EventOrder, format!("{id} at version {version}"));
                }
                let says = json!([event.action, event.trace.at, event.trace.actor, event.trace.request_id]);
                let known = commits.iter().find(|commit| commit.id == id && commit.version() == version);
                let entry = table.iter().find(|((_, sk), item)| {
                    sk.starts_with("HIS#") && item["image"]["id"] == id && item["image"]["version"] == version
                });
                let changed = entry.map(|(_, entry)| entry["changed"].clone());
                if known.is_none_or(|commit| !same_facts(&says, &commit.facts()))
                    || changed.is_some_and(|changed| changed != json!(event.changed))
                {
                    self.found(Wrong::OtherEvent, format!("{id} at version {version}: {says}"));
                }
            }
        }
        for commit in commits.iter().filter(|commit| commit.line.sk.starts_with("REC#")) {
            if !seen.contains_key(&(commit.id.clone(), commit.version())) {
                self.found(Wrong::LostEvent, format!("{} at version {}", commit.id, commit.version()));
            }
        }
    }

    /// Each change is in the audit trail once, in order; each chain is whole.
    fn trail(&mut self, commits: &[Commit<'_>], table: &Table) {
        let mut chains: BTreeMap<String, (Vec<AuditEntry>, ChainHead)> = BTreeMap::new();
        for ((pk, sk), item) in table.iter().filter(|((pk, _), _)| pk.contains("#AUD#")) {
            let chain = chains.entry(pk.clone()).or_default();
            match sk.as_str() {
                "HEAD" => {
                    chain.1 = ChainHead {
                        place: item["version"].as_u64().unwrap_or_default(),
                        hash: text(item, "hash"),
                        kept_until: item["kept_until"]
                            .as_i64()
                            .and_then(|at| DateTime::from_timestamp(at, 0))
                            .unwrap_or_default(),
                    }
                }
                // Other helpers of a chain, such as noted heads, are no entries.
                _ if item["previous"].is_null() => {}
                _ => chain.0.push(serde_json::from_value(item.clone()).expect("an entry")),
            }
        }
        let mut by_thing: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for (pk, (entries, head)) in &chains {
            let mut end = ChainHead::default();
            for entry in entries {
                if *entry != AuditEntry::after(&end, entry.facts.clone(), entry.kept_until) {
                    self.found(Wrong::BrokenChain, format!("{pk} at place {}", entry.place));
                }
                end = entry.head();
            }
            if end != *head {
                self.found(Wrong::BrokenChain, format!("{pk} ends at {end:?}, its head is {head:?}"));
            }
            for AuditEntry { facts, .. } in entries {
                let says = json!([facts.action, facts.trace.at, facts.trace.actor, facts.trace.request_id]);
                by_thing.entry(facts.entity_id.clone()).or_default().push(says);
            }
        }
        let mut committed: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for commit in commits {
            committed.entry(commit.id.clone()).or_default().push(commit.facts());
        }
        for id in by_thing.keys().chain(committed.keys()).collect::<BTreeSet<_>>() {
            let (said, done) = (by_thing.get(id), committed.get(id));
            self.compare(id, said.map_or(&[], Vec::as_slice), done.map_or(&[], Vec::as_slice));
        }
    }

    /// What the trail says of a thing, and what was done to it.
    fn compare(&mut self, id: &str, said: &[Value], done: &[Value]) {
        let times = |list: &[Value], facts: &Value| list.iter().filter(|other| same_facts(other, facts)).count();
        let mut wrong = None;
        for facts in done.iter().chain(said) {
            wrong = match (times(said, facts), times(done, facts)) {
                (0, _) => Some(Wrong::LostEntry),
                (_, 0) => Some(Wrong::OtherEntry),
                (said, done) if said > done => Some(Wrong::DoubleEntry),
                (said, done) if said < done => Some(Wrong::LostEntry),
                _ => continue,
            };
            self.found(wrong.expect("just found"), format!("{id}: {facts}"));
        }
        let in_order = said.iter().zip(done).all(|(said, done)| same_facts(said, done));
        if wrong.is_none() && !in_order {
            self.found(Wrong::EntryOrder, format!("{id}: {said:?}"));
        }
    }
}

fn text(item: &Value, name: &str) -> String {
    item[name].as_str().unwrap_or_default().to_owned()
}

/// Action, moment, actor and request; a moment may be spelt in more ways than one.
fn same_facts(a: &Value, b: &Value) -> bool {
    let moment = |facts: &Value| facts[1].as_str().and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok());
    a[0] == b[0] && a[2] == b[2] && a[3] == b[3] && moment(a) == moment(b)
}

/// The names of what both say, and say differently.
fn differing(a: &Value, b: &Value) -> Vec<String> {
    let (Some(a), Some(b)) = (a.as_object(), b.as_object()) else { return vec!["not objects".to_owned()] };
    let same = |x: &Value, y: &Value| match (x.as_f64(), y.as_f64()) {
        (Some(x), Some(y)) => x.to_bits() == y.to_bits(),
        _ => x == y,
    };
    // What is kept of a link, an option or a version of the schema is not spelt as it is shown.
    let spelt = |name: &&String| !["type", "pk", "sk", "attributes"].contains(&name.as_str());
    a.keys().filter(spelt).filter(|name| b.get(*name).is_some_and(|other| !same(&a[*name], other))).cloned().collect()
}
