//! What somebody does to the audit trail who can write the table, and how it is found.

use super::{
    checkpoint::{act, note, stack, today},
    verify::verified,
};
use crate::support::{Stack, Tenant, path_of, record};
use chrono::TimeDelta;
use rol_domain::audit::{AuditEntry, CHAINS, ChainHead};
use serde_json::{Value, json};

/// The longest chain of a tenant, as it is in the table.
async fn longest(tenant: &Tenant<'_>) -> (u8, Vec<AuditEntry>) {
    let store = tenant.store();
    let mut longest = (0, Vec::new());
    for chain in 0..CHAINS {
        let entries = store.for_tenant(&tenant.id).audit_entries(chain, 0, 1_000).await.expect("entries");
        if entries.len() > longest.1.len() {
            longest = (chain, entries);
        }
    }
    longest
}

fn key(tenant: &Tenant<'_>, chain: u8, sk: String) -> Value {
    json!({"pk": {"S": format!("T#{}#AUD#{chain}", tenant.id)}, "sk": {"S": sk}})
}

fn entry_key(tenant: &Tenant<'_>, chain: u8, place: u64) -> Value {
    key(tenant, chain, format!("{place:015}"))
}

async fn set_head(stack: &Stack, tenant: &Tenant<'_>, chain: u8, head: &ChainHead) {
    let request = json!({
        "Key": key(tenant, chain, "HEAD".into()),
        "UpdateExpression": "SET #version = :version, #hash = :hash, kept_until = :kept",
        "ExpressionAttributeNames": {"#version": "version", "#hash": "hash"},
        "ExpressionAttributeValues": {
            ":version": {"N": head.place.to_string()},
            ":hash": {"S": head.hash},
            ":kept": {"N": head.kept_until.timestamp().to_string()},
        },
    });
    stack.table("UpdateItem", request).await;
}

async fn remove(stack: &Stack, tenant: &Tenant<'_>, chain: u8, place: u64) {
    stack.table("DeleteItem", json!({"Key": entry_key(tenant, chain, place)})).await;
}

/// Writes a chain anew, by another actor, with all hashes and the head as they would have been.
async fn rewrite(stack: &Stack, tenant: &Tenant<'_>, chain: u8, entries: &[AuditEntry]) {
    let mut head = ChainHead::default();
    for old in entries {
        let mut facts = old.facts.clone();
        facts.trace.actor = "eve".into();
        let new = AuditEntry::after(&head, facts, old.kept_until);
        let request = json!({
            "Key": entry_key(tenant, chain, new.place),
            "UpdateExpression": "SET actor = :actor, previous = :previous, #hash = :hash",
            "ExpressionAttributeNames": {"#hash": "hash"},
            "ExpressionAttributeValues": {
                ":actor": {"S": "eve"}, ":previous": {"S": new.previous}, ":hash": {"S": new.hash},
            },
        });
        stack.table("UpdateItem", request).await;
        head = new.head();
    }
    set_head(stack, tenant, chain, &head).await;
}

/// The breaks that verifying finds, and whether it found any.
async fn breaks(tenant: &Tenant<'_>) -> Vec<Value> {
    let told = verified(tenant).await;
    let chains = told["chains"].as_array().expect("chains");
    let broken: Vec<Value> = chains.iter().map(|chain| chain["fault"].clone()).filter(|it| !it.is_null()).collect();
    assert_eq!(told["valid"], broken.is_empty(), "{told}");
    broken
}

/// A tenant with a record that was changed six times on each of two days, each day with its note; and these days. All
/// entries of a record are in one chain.
async fn noted(stack: &Stack) -> (Tenant<'_>, [Value; 2]) {
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "a")).await;
    let mut days = [Value::Null, Value::Null];
    for (half, day) in days.iter_mut().enumerate() {
        for number in 0..6 {
            let title = json!({"title": format!("{half} {number}")});
            assert_eq!(tenant.admin().patch(path_of(&made["id"]), &title).send().await.status, 200);
        }
        stack.drain().await;
        *day = today(stack);
        assert_eq!(note(stack).await["written"], 1);
        stack.advance(TimeDelta::days(1));
    }
    assert_eq!(breaks(&tenant).await, Vec::<Value>::new());
    (tenant, days)
}

fn id(chain: u8, place: usize) -> String {
    format!("act_{chain}{place:015}")
}

#[tokio::test]
async fn a_chain_that_was_rewritten_with_its_head_is_found_by_a_note() {
    let stack = stack().await;
    let (tenant, days) = noted(&stack).await;
    let (chain, entries) = longest(&tenant).await;
    rewrite(&stack, &tenant, chain, &entries).await;
    let found = breaks(&tenant).await;
    let [broken] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&broken["kind"], &broken["checkpoint"]), (&json!("modified"), &days[0]));
    // What is noted later does not make it good.
    act(&tenant, "later").await;
    assert_eq!(note(&stack).await["written"], 1);
    assert_eq!(breaks(&tenant).await, found);
}

#[tokio::test]
async fn a_start_that_was_cut_off_is_no_retention() {
    let stack = stack().await;
    let (tenant, days) = noted(&stack).await;
    let (chain, entries) = longest(&tenant).await;
    remove(&stack, &tenant, chain, 1).await;
    let by_itself = json!([{"id": id(chain, 1), "kind": "gap", "checkpoint": null}]);
    assert_eq!(json!(breaks(&tenant).await), by_itself, "what follows says how long it was to be kept");
    // Who rewrites what is left, so that it starts with itself, disagrees with the notes.
    for entry in &entries {
        remove(&stack, &tenant, chain, entry.place).await;
    }
    set_head(&stack, &tenant, chain, &ChainHead { kept_until: stack.now() - TimeDelta::days(1), ..entries[0].head() })
        .await;
    let found = breaks(&tenant).await;
    assert_eq!((&found[0]["kind"], &found[0]["checkpoint"]), (&json!("truncated"), &days[0]));
}

#[tokio::test]
async fn an_end_that_was_cut_off_with_the_head_moved_back_is_found_by_a_note() {
    let stack = stack().await;
    let (tenant, days) = noted(&stack).await;
    let (chain, entries) = longest(&tenant).await;
    let last = entries.len();
    assert!(last >= 2, "{last} entries");
    remove(&stack, &tenant, chain, entries[last - 1].place).await;
    set_head(&stack, &tenant, chain, &entries[last - 2].head()).await;
    let found = json!([{"id": id(chain, last), "kind": "truncated", "checkpoint": days[1]}]);
    assert_eq!(json!(breaks(&tenant).await), found);
}

#[tokio::test]
async fn what_retention_ended_is_no_harm() {
    let stack = stack().await;
    let (tenant, _) = noted(&stack).await;
    let (chain, entries) = longest(&tenant).await;
    // The first half is two days old, the other one a day.
    let between = stack.now() + TimeDelta::days(363) + TimeDelta::hours(12);
    let first_day = entries.iter().filter(|entry| entry.kept_until < between).count();
    assert!(first_day > 0 && first_day < entries.len());
    for entry in &entries[..first_day] {
        remove(&stack, &tenant, chain, entry.place).await;
    }
    assert_eq!(breaks(&tenant).await.len(), 1, "too early");
    stack.advance(entries[first_day - 1].kept_until - stack.now());
    assert_eq!(breaks(&tenant).await, Vec::<Value>::new(), "those of the first day have ended");
    for entry in &entries[first_day..] {
        remove(&stack, &tenant, chain, entry.place).await;
    }
    assert_eq!(breaks(&tenant).await.len(), 1, "too early");
    stack.advance(TimeDelta::days(2));
    assert_eq!(breaks(&tenant).await, Vec::<Value>::new(), "nothing is left of the chain");
    let told = verified(&tenant).await;
    assert_eq!(told["chains"][usize::from(chain)]["first"], Value::Null);
    assert_eq!(told["checkpoint_days"], 2);
}

#[tokio::test]
async fn a_list_names_what_it_cannot_read_and_gives_the_rest() {
    let stack = stack().await;
    let (tenant, _) = noted(&stack).await;
    let (chain, entries) = longest(&tenant).await;
    let harmed = entries.len() / 2;
    let request = json!({
        "Key": entry_key(&tenant, chain, entries[harmed].place),
        "UpdateExpression": "SET #action = :action",
        "ExpressionAttributeNames": {"#action": "action"},
        "ExpressionAttributeValues": {":action": {"S": "no such action"}},
    });
    stack.table("UpdateItem", request).await;
    let (mut ids, mut unreadable, mut cursor) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = tenant.admin().get(format!("/v1/action-logs?limit=2{cursor}")).send().await.json();
        let of = |list: &Value| list.as_array().cloned().unwrap_or_default();
        ids.extend(of(&page["data"]).into_iter().map(|entry| entry["id"].clone()));
        unreadable.extend(of(&page["unreadable"]));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(unreadable, [json!(id(chain, harmed + 1))]);
    let places = (1..=entries.len()).rev().filter(|place| *place != harmed + 1);
    let of_chain: Vec<Value> = places.map(|place| json!(id(chain, place))).collect();
    ids.retain(|found| found.as_str().is_some_and(|found| found.starts_with(&format!("act_{chain}"))));
    assert_eq!(ids, of_chain, "each of the others once, newest first");
}
