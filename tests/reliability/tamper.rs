//! Whoever harms the audit trail is found out, and told where.
//!
//! The entries are the publisher's own, made from records of the stream. Every harm is done to the entries as they were
//! read, with the domain's walk as the judge; a sample of each kind is done to the items themselves, with
//! `GET /v1/action-logs/verify` as the judge.

use super::{dice::Dice, driver::Driver};
use crate::support::{Stack, Tenant, record};
use rol_domain::audit::{AuditEntry, AuditEntryId, CHAINS, ChainBreak, ChainHead, ChainVerifier, Checkpoints};
use serde_json::{Map, Value, json};
use std::time::Instant;

/// How far apart entries are at most that are swapped: all that lies between them is walked.
const SWAPPED: usize = 10;
/// How many changes are told at once.
const BATCH: usize = 100;

/// A tenant with so many entries in its audit trail, told by the publisher from copies of one record of the stream.
async fn fill<'a>(stack: &'a Stack, entries: usize) -> Tenant<'a> {
    let tenant = stack.tenant().await;
    tenant.admin().create(&record("ada", "x")).await;
    let mut driver = Driver::new(stack);
    driver.read();
    let waiting = driver.waiting();
    let is_theirs = |it: &&Value| it["dynamodb"]["NewImage"]["tenant_id"]["S"] == tenant.id.to_string();
    let made = waiting.iter().find(is_theirs).expect("the record").to_string();
    let id = made.split("lrn_").nth(1).expect("an id")[..26].to_owned();
    let sequence = super::log::sequence(&serde_json::from_str(&made).expect("JSON")).to_owned();
    let copies: Vec<Value> = (0..entries)
        .map(|n| {
            // The last of its random characters.
            let other = format!("{}{n:05}", &id[..21]);
            let copy = made.replace(&id, &other).replace(&sequence, &format!("{sequence}{n:05}"));
            serde_json::from_str(&copy).expect("JSON")
        })
        .collect();
    // With each write the engine looks through its whole stream, which nobody reads from here on.
    stack.keep_stream(false).await;
    for batch in copies.chunks(BATCH) {
        driver.deliver(batch).await;
    }
    stack.keep_stream(true).await;
    tenant
}

/// A chain as it was read.
struct Chain {
    entries: Vec<AuditEntry>,
    head: ChainHead,
    /// The walk before each entry, and behind the last.
    walks: Vec<ChainVerifier>,
}

async fn chains(tenant: &Tenant<'_>) -> Vec<Chain> {
    let store = tenant.store();
    let mut chains = Vec::new();
    for chain in 0..CHAINS {
        let mut entries: Vec<AuditEntry> = Vec::new();
        loop {
            let after = entries.last().map_or(0, |entry| entry.place);
            let some = store.for_tenant(&tenant.id).audit_entries(chain, after, 1_000).await.expect("entries");
            if some.is_empty() {
                break;
            }
            entries.extend(some);
        }
        let head = entries.last().map(AuditEntry::head).unwrap_or_default();
        // Nothing was noted of it: the chain has to tell by itself.
        let mut walks = vec![ChainVerifier::new(Checkpoints::default(), tenant.stack.now())];
        for entry in &entries {
            let mut walk = walks[walks.len() - 1].clone();
            walk.on([entry]).expect("nobody touched it");
            walks.push(walk);
        }
        chains.push(Chain { entries, head, walks });
    }
    chains
}

/// What the walk says from behind an entry that nobody touched.
fn verdict(before: &ChainVerifier, entries: &[AuditEntry], head: &ChainHead) -> Option<ChainBreak> {
    let mut walk = before.clone();
    walk.on(entries).and_then(|()| walk.end(head)).err()
}

/// An entry as the store reads it at a place.
fn read_at(place: u64, entry: AuditEntry) -> AuditEntry {
    if entry.place == place { entry } else { AuditEntry::unreadable(place) }
}

/// Every member of an entry with one byte of one text or number in it changed, where it still reads as an entry.
fn changed_at(entry: &AuditEntry, dice: Option<&mut Dice>) -> Vec<(String, Option<AuditEntry>)> {
    let members = serde_json::to_value(entry).expect("an entry");
    let members = members.as_object().expect("members");
    let mut places: Vec<(String, usize)> = Vec::new();
    for (name, value) in members {
        places.extend((0..text_of(value).len()).map(|at| (name.clone(), at)));
    }
    let places = match dice {
        Some(dice) => vec![places[dice.below(places.len())].clone()],
        None => places,
    };
    let changed = |(name, at): (String, usize)| {
        let mut other = members.clone();
        change_byte(&mut other, &name, at);
        (format!("{name} at {at}"), serde_json::from_value(Value::Object(other)).ok())
    };
    places.into_iter().map(changed).collect()
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.first().map(text_of).unwrap_or_default(),
        other => other.to_string(),
    }
}

fn change_byte(members: &mut Map<String, Value>, name: &str, at: usize) {
    let value = &mut members[name];
    let mut bytes = text_of(value).into_bytes();
    bytes[at] = if bytes[at] == b'9' { b'8' } else { bytes[at] + 1 };
    let text = String::from_utf8(bytes).expect("ASCII");
    *value = match value {
        Value::Number(_) => text.parse().map_or(Value::String(text), |number: u64| json!(number)),
        Value::Array(items) => {
            let rest = items[1..].iter().cloned();
            std::iter::once(Value::String(text)).chain(rest).collect()
        }
        _ => Value::String(text),
    };
}

/// Every kind of harm to the entries of a chain, as often as the dice are thrown.
fn harm(chain: &Chain, other: &Chain, foreign: &Chain, dice: &mut Dice, times: usize) -> usize {
    let Chain { entries, head, walks } = chain;
    let before = |at: usize| at.checked_sub(1).map_or_else(ChainHead::default, |before| entries[before].head());
    let mut done = 0;
    // Only what lies around the harm is walked: what comes before and behind is as it was.
    let mut judge = |at: usize, harmed: Vec<AuditEntry>, end: &ChainHead, first: u64, what: &str| {
        let found = verdict(&walks[at], &harmed, end).unwrap_or_else(|| panic!("{what} at {at} is not found"));
        assert!((first..=first + 1).contains(&found.place), "{what} at place {first}: {found:?}");
        done += 1;
    };
    let window = |at: usize| &entries[at..entries.len().min(at + 3)];
    let end_of = |window: &[AuditEntry]| window.last().map(AuditEntry::head).expect("an entry");
    for at in [0, entries.len() / 2, entries.len() - 1] {
        for (what, changed) in changed_at(&entries[at], None) {
            // What cannot be read is for the samples in the table.
            let Some(changed) = changed else { continue };
            let mut harmed = window(at).to_vec();
            harmed[0] = read_at(entries[at].place, changed);
            judge(at, harmed, &end_of(window(at)), entries[at].place, &what);
        }
    }
    for _ in 0..times {
        let at = dice.below(entries.len());
        let (place, end) = (entries[at].place, end_of(window(at)));
        for (what, changed) in changed_at(&entries[at], Some(dice)) {
            let Some(changed) = changed else { continue };
            let mut harmed = window(at).to_vec();
            harmed[0] = read_at(entries[at].place, changed);
            judge(at, harmed, &end, place, &what);
        }
        let mut dropped = window(at).to_vec();
        dropped.remove(0);
        judge(at, dropped, &end, place, "dropped");
        let to = at + 1 + dice.below(SWAPPED);
        if to < entries.len() {
            let mut swapped = entries[at..=to].to_vec();
            // Each says that it belongs where it is now.
            let (first, last) = (swapped[0].place, swapped[to - at].place);
            swapped.swap(0, to - at);
            (swapped[0].place, swapped[to - at].place) = (first, last);
            judge(at, swapped, &entries[to].head(), place, "swapped");
        }
        judge(at, Vec::new(), head, place, "cut off");
        for (stranger, what) in [(other, "of another chain"), (foreign, "of another tenant")] {
            let mut harmed = window(at).to_vec();
            harmed[0] = AuditEntry { place, ..stranger.entries[at.min(stranger.entries.len() - 1)].clone() };
            judge(at, harmed, &end, place, what);
        }
        // Who knows how entries are made makes one that is right in itself.
        let mut forged = window(at).to_vec();
        let mut facts = forged[0].facts.clone();
        facts.trace.actor = "mallory".into();
        forged[0] = AuditEntry::after(&before(at), facts, entries[at].kept_until);
        judge(at, forged, &end, place, "forged");
    }
    done
}

/// As many entries, each harm as many times, and as many members of an item changed in the table.
async fn every_harm_is_found(entries: usize, times: usize, members: usize) {
    let stack = Stack::alone().await;
    let start = Instant::now();
    let foreign = fill(&stack, BATCH).await;
    let tenant = fill(&stack, entries).await;
    println!("{entries} entries told in {:?}", start.elapsed());
    let start = Instant::now();
    let (mine, foreign) = (chains(&tenant).await, chains(&foreign).await);
    assert_eq!(mine.iter().map(|chain| chain.entries.len()).sum::<usize>(), entries, "an entry for each");
    for chain in &mine {
        assert_eq!(verdict(&chain.walks[0], &chain.entries, &chain.head), None);
    }
    let mut dice = Dice::new(7);
    let mut done = 0;
    for (at, chain) in mine.iter().enumerate() {
        done += harm(chain, &mine[(at + 1) % mine.len()], &foreign[at], &mut dice, times);
    }
    println!("{done} harms found in {:?}", start.elapsed());
    in_the_table(&stack, &tenant, &mut dice, members).await;
}

/// What `verify` says of the first chain that is broken: at which entry, and how.
async fn verified(tenant: &Tenant<'_>) -> Option<(String, String)> {
    let answer = tenant.admin().get("/v1/action-logs/verify").send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = answer.json();
    let broken = told["chains"].as_array().expect("chains").iter().find(|chain| !chain["fault"].is_null());
    assert_eq!(told["valid"] == true, broken.is_none(), "{told}");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    broken.map(|chain| (text(&chain["fault"]["id"]), text(&chain["fault"]["kind"])))
}

/// The harms once more, done to the items and undone again.
async fn in_the_table(stack: &Stack, tenant: &Tenant<'_>, dice: &mut Dice, members: usize) {
    let start = Instant::now();
    assert_eq!(verified(tenant).await, None, "nobody touched it");
    println!("verified in {:?}", start.elapsed());
    let mut items = stack.chain_items(tenant.id, 2).await;
    items.retain(|item| item["sk"]["S"] != "HEAD");
    let id = |at: usize| AuditEntryId { chain: 2, place: u64::try_from(at + 1).expect("a place") }.to_string();
    let said = |at: usize, what: &str| Some((id(at), what.to_owned()));
    let middle = 1 + dice.below(items.len() - 3);
    let item = &items[middle];
    for name in
        ["action", "entity_id", "at", "actor", "request_id", "person_id", "previous", "hash"].into_iter().take(members)
    {
        let mut changed = item.clone();
        let mut members = Map::from_iter([(name.to_owned(), item[name]["S"].clone())]);
        change_byte(&mut members, name, dice.below(text_of(&item[name]["S"]).len()));
        changed[name] = json!({"S": members[name]});
        stack.put_item(&changed).await;
        assert_eq!(verified(tenant).await, said(middle, "modified"), "{name}: {changed}");
    }
    for (name, value) in [
        ("place", json!({"N": "999999"})),
        ("place", json!({"S": "x"})),
        ("changed", json!({"L": []})),
        ("action", json!({"N": "1"})),
        ("subject", json!({"S": "mallory"})),
    ]
    .into_iter()
    .take(members)
    {
        let mut changed = item.clone();
        changed[name] = value;
        stack.put_item(&changed).await;
        let told = verified(tenant).await.expect("found");
        assert_eq!(told.0, id(middle), "{name}: {told:?}");
    }
    stack.delete_item(item).await;
    assert_eq!(verified(tenant).await, said(middle, "gap"));
    let moved = |item: &Value, to: &Value| {
        let mut moved = item.clone();
        moved["sk"] = to["sk"].clone();
        moved
    };
    stack.put_item(&moved(&items[middle + 1], item)).await;
    stack.put_item(&moved(item, &items[middle + 1])).await;
    assert_eq!(verified(tenant).await.expect("found").0, id(middle), "swapped");
    stack.put_item(item).await;
    stack.put_item(&items[middle + 1]).await;
    assert_eq!(verified(tenant).await, None, "all is as it was");
    for cut in (items.len() - 3..items.len()).rev() {
        stack.delete_item(&items[cut]).await;
        assert_eq!(verified(tenant).await, said(cut, "truncated"));
    }
}

#[tokio::test]
async fn every_harm_to_the_audit_trail_is_found_and_located() {
    every_harm_is_found(400, 50, usize::MAX).await;
}

#[tokio::test]
#[ignore = "telling ten thousand changes takes a while: CI runs it on its own"]
async fn every_harm_to_ten_thousand_entries_is_found_and_located() {
    every_harm_is_found(10_000, 500, 2).await;
}
