//! Random questions as a client asks them, compared with a filter over the records' JSON that shares no code with the
//! service.

use super::{
    all,
    data::{Data, Dice, GROUPS, PEOPLE, group},
    list,
};
use crate::{
    api::attributes,
    support::{Caller, Stack, Tenant},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A question: its parameters in the order in which they are asked.
type Question = Vec<(String, String)>;

const MOMENTS: [&str; 7] = ["assigned", "started", "due", "completed", "expires", "created", "updated"];
const SORTS: [&str; 6] = ["created", "-created", "completed", "-completed", "expires", "-expires"];

const RECORDS: usize = 80;
/// How many filters a question may have.
const FILTERS: u64 = 22;

/// A random question.
fn question(dice: &mut Dice, now: DateTime<Utc>) -> Question {
    // Half of the questions have one filter on average, so that its effect shows.
    let expected = [1, 1, 2, 4][usize::try_from(dice.below(4)).expect("small")];
    let mut asked = Question::new();
    for (name, prefix, count) in [
        ("person_id", "p", PEOPLE),
        ("activity_id", "a", 4),
        ("course_id", "c", 3),
        ("enrollment_id", "e", 5),
        ("person_status", "", 0),
        ("status", "", 0),
        ("group_id", "", 0),
    ] {
        if dice.below(FILTERS) >= expected {
            continue;
        }
        // Half of the clients write brackets.
        let brackets = if dice.in_ten(5) { "[]" } else { "" };
        for _ in 0..=dice.below(3) {
            let value = match name {
                "person_status" => ["active", "blocked"][usize::from(dice.in_ten(4))].to_owned(),
                "status" => ["passed", "failed", "complete", "in_progress", "not_started"]
                    [usize::try_from(dice.below(5)).expect("small")]
                .to_owned(),
                "group_id" => group(dice.below(GROUPS)).to_string(),
                _ => format!("{prefix}{}", dice.below(count)),
            };
            asked.push((format!("{name}{brackets}"), value));
        }
    }
    let once = [
        ("provider", ["Provider 0", "Provider 1"]),
        ("passed", ["true", "false"]),
        ("is_overdue", ["true", "false"]),
        ("is_expired", ["true", "false"]),
        ("q", ["TITLE 1", "vider 0"]),
        ("attributes[tags]", ["y0", "y1"]),
        ("attributes[level]", ["1", "2.0"]),
        ("include_deleted", ["true", "false"]),
    ];
    for (name, values) in once {
        if dice.below(FILTERS) < expected {
            asked.push((name.into(), values[usize::from(dice.in_ten(5))].into()));
        }
    }
    for moment in MOMENTS {
        if dice.below(FILTERS) >= expected {
            continue;
        }
        let mut days: Vec<i64> = (0..2).map(|_| i64::try_from(dice.below(20)).expect("small") - 10).collect();
        days.sort_unstable();
        let sides = dice.below(3);
        for (side, day) in ["from", "to"].into_iter().zip(days).skip(usize::from(sides == 1)) {
            if side == "from" || sides != 2 {
                let at = now + TimeDelta::days(day);
                let format = if dice.in_ten(5) { "%Y-%m-%d" } else { "%Y-%m-%dT%H:%M:%SZ" };
                asked.push((format!("{moment}[{side}]"), at.format(format).to_string()));
            }
        }
    }
    if dice.in_ten(5) {
        asked.push(("sort".into(), SORTS[usize::try_from(dice.below(6)).expect("small")].into()));
    }
    asked
}

/// A moment as it is compared: of a date its last one, or its first.
fn moment(text: &str, first: bool) -> DateTime<Utc> {
    let text = match (text.len(), first) {
        (10, true) => format!("{text}T00:00:00Z"),
        (10, false) => format!("{text}T23:59:59.999Z"),
        _ => text.to_owned(),
    };
    DateTime::parse_from_rfc3339(&text).expect("a moment").to_utc()
}

/// What is known of people, by their ids: status and groups.
type Directory = BTreeMap<String, (String, BTreeSet<String>)>;

/// The groups inside a group, as [`Data`] has them: 0 ⊃ 1 ⊃ 2, and 3.
fn inside(wanted: &str) -> BTreeSet<String> {
    let number = (0..GROUPS).find(|n| group(*n).to_string() == wanted).expect("a group");
    let numbers = if number == 3 { 3..4 } else { number..3 };
    numbers.map(|n| group(n).to_string()).collect()
}

/// Whether one value of a parameter is what a record has.
fn is(record: &Value, directory: &Directory, name: &str, value: &str) -> bool {
    let person = directory.get(record["person_id"].as_str().expect("an id"));
    match name {
        "person_status" => person.map_or("active", |(status, _)| status) == value,
        "group_id" => person.is_some_and(|(_, groups)| !groups.is_disjoint(&inside(value))),
        "passed" | "is_overdue" | "is_expired" => record[name] == json!(value == "true"),
        "include_deleted" | "sort" => true,
        "q" => ["title", "provider", "activity_id", "activity_title"].iter().any(|field| {
            record[field].as_str().is_some_and(|text| text.to_lowercase().contains(&value.to_lowercase()))
        }),
        "attributes[tags]" => record["attributes"]["tags"].as_array().is_some_and(|tags| tags.contains(&json!(value))),
        "attributes[level]" => record["attributes"]["level"].as_f64() == value.parse().ok(),
        _ => match name.split_once('[') {
            None => record[name] == value,
            Some((field, side)) => record[format!("{field}_at")].as_str().is_some_and(|found| match side {
                "from]" => moment(found, false) >= moment(value, true),
                _ => moment(found, false) <= moment(value, false),
            }),
        },
    }
}

/// The ids of the records that match, in the order that was asked for, or in none.
fn matching(records: &[Value], directory: &Directory, question: &Question) -> Vec<String> {
    let mut wanted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in question {
        wanted.entry(name.strip_suffix("[]").unwrap_or(name)).or_default().push(value);
    }
    let sort = wanted.get("sort").map(|sorts| sorts[0]);
    let by = sort.map(|sort| format!("{}_at", sort.trim_start_matches('-')));
    let with_deleted = wanted.get("include_deleted").is_some_and(|values| values[0] == "true");
    let mut found: Vec<&Value> = records
        .iter()
        .filter(|record| with_deleted || record["is_deleted"] == false)
        .filter(|record| wanted.iter().all(|(name, any)| any.iter().any(|value| is(record, directory, name, value))))
        .filter(|record| by.as_ref().is_none_or(|by| record[by].is_string()))
        .collect();
    found.sort_by_key(|record| {
        let at = by.as_ref().map(|by| moment(record[by].as_str().expect("a moment"), false));
        (at, record["id"].as_str().expect("an id"))
    });
    if sort.is_some_and(|sort| sort.starts_with('-')) {
        found.reverse();
    }
    found.into_iter().map(|record| record["id"].as_str().expect("an id").to_owned()).collect()
}

/// Puts a random tenant into the table, and what the filter has to know of it.
async fn settle(tenant: &Tenant<'_>, dice: &mut Dice) -> Directory {
    for body in [
        json!({"key": "level", "label": "x", "type": "number"}),
        json!({"key": "tags", "label": "x", "type": "checkboxes", "options": ["x", "y0", "y1"]}),
    ] {
        attributes::made(tenant, &body).await;
    }
    let data = Data::random(dice, tenant.id, tenant.stack.now(), RECORDS);
    let store = tenant.store();
    let mine = store.for_tenant(&tenant.id);
    for group in data.groups() {
        let version = mine.policy().await.expect("read").tree_version;
        mine.put_group(&group, None, Some(version), &tenant.cx()).await.expect("written");
    }
    let people: Vec<_> = data.people.values().cloned().collect();
    tenant.import(&people, &data.records);
    tenant.stack.advance(TimeDelta::seconds(11));
    let known = people.iter().map(|person| {
        let status = serde_json::to_value(person.content.status).expect("JSON");
        let groups = person.content.group_ids.iter().map(ToString::to_string).collect();
        (person.id.to_string(), (status.as_str().expect("a status").to_owned(), groups))
    });
    known.collect()
}

/// Whether an order is asked for together with deleted records, which are in no such order.
fn is_refused(question: &Question) -> bool {
    let has = |name: &str, ends: &str| question.iter().any(|(n, value)| n == name && value.ends_with(ends));
    has("include_deleted", "true") && (has("sort", "completed") || has("sort", "expires"))
}

/// The number of records that answer a question on pages of `limit`, compared with those of `seen` that match.
async fn compared(
    caller: &Caller<'_>,
    (seen, directory): (&[Value], &Directory),
    question: &Question,
    limit: u64,
) -> usize {
    let parameters = question.iter().map(|(name, value)| format!("&{name}={}", value.replace(' ', "%20")));
    let query = format!("limit={limit}{}", parameters.collect::<String>());
    let answered = all(caller, &query).await;
    let ids = answered.iter().map(|record| record["id"].as_str().expect("an id").to_owned());
    let mut found: Vec<String> = ids.collect();
    if !question.iter().any(|(name, _)| name == "sort") {
        found.sort();
    }
    assert_eq!(found, matching(seen, directory, question), "{query}");
    found.len()
}

#[tokio::test]
async fn random_questions_are_answered_as_a_naive_filter_answers_them() {
    let mut found = 0;
    let stack = Stack::start();
    for seed in 0..3 {
        let tenant = stack.tenant().await;
        let mut dice = Dice(seed);
        let directory = settle(&tenant, &mut dice).await;
        let (admin, application) = (tenant.admin(), tenant.application("app0"));
        let page = list(&admin, "include_deleted=true&limit=1000").await;
        let everything = page["data"].as_array().expect("a list").clone();
        assert_eq!(everything.len(), RECORDS);
        let is_its_own = |record: &&Value| record["app_id"] == "app0" && record["is_deleted"] == false;
        let its_own: Vec<Value> = everything.iter().filter(is_its_own).cloned().collect();
        for n in 0..60 {
            let mut question = question(&mut dice, stack.now());
            let limit = 1 + dice.below(30);
            let (caller, seen) = if n < 50 { (&admin, &everything) } else { (&application, &its_own) };
            if n >= 50 {
                question.retain(|(name, _)| name != "include_deleted");
            }
            if !is_refused(&question) {
                found += compared(caller, (seen, &directory), &question, limit).await;
            }
        }
    }
    assert!(found > 1_000, "records found: {found}");
}
