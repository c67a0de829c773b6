//! Finding records: what filters match, page by page, over every access path, and what that costs.

mod bench;
mod cursors;
mod data;
mod filters;
mod naive;
mod pages;
mod paths;
mod rights;

use crate::support::{Caller, Tenant};
use chrono::{DateTime, TimeDelta, Utc};
use rol_domain::{
    PersonKey, Record, RecordId,
    attribute::AttributeSet,
    record::{Content, NewRecord},
    text::{PersonId, Title},
};
use serde_json::Value;

const LIST: &str = "/v1/learning-records";

/// A record created at `at`.
fn record_at(tenant: &Tenant<'_>, person: &str, number: usize, at: DateTime<Utc>) -> Record {
    let person = PersonId::parse(person).expect("valid");
    let number = u32::try_from(number).expect("a small number").to_be_bytes();
    let random = [0, number[0], number[1], number[2], number[3]];
    let id = RecordId::mint(at, PersonKey::of(tenant.id, &person), random);
    let content = Content::titled(Title::parse("filler").expect("valid"));
    let new = NewRecord::of(content);
    let cx = rol_domain::Cx { now: at, ..tenant.cx() };
    Record::create(id, person, new, &AttributeSet::default(), &cx).expect("legal")
}

/// Imports `count` records of a person, created a millisecond apart, without the API.
pub(super) fn fill(tenant: &Tenant<'_>, person: &str, count: usize) {
    let start = tenant.stack.now();
    let at = |n: usize| start + TimeDelta::milliseconds(i64::try_from(n).expect("a small number"));
    let records: Vec<Record> = (0..count).map(|n| record_at(tenant, person, n, at(n))).collect();
    tenant.import(&[], &records);
    tenant.stack.advance(at(count) - start);
}

/// The body of a list's response, which has to be 200.
async fn list(caller: &Caller<'_>, query: &str) -> Value {
    let answer = caller.get(format!("{LIST}?{query}")).send().await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer.json()
}

/// A field of each record on a page.
fn each<'a>(page: &'a Value, field: &str) -> Vec<&'a str> {
    let data = page["data"].as_array().expect("a list");
    data.iter().map(|record| record[field].as_str().unwrap_or_default()).collect()
}

/// All pages of a list, together.
async fn all(caller: &Caller<'_>, query: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = list(caller, &format!("{query}{cursor}")).await;
        found.extend(page["data"].as_array().expect("a list").clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}
