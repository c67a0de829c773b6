//! How large a page is, and how much is read for it.

use super::{LIST, all, fill, list, record_at};
use crate::{
    api::{attributes, groups},
    support::{Stack, cost, path_of, record, with},
};
use rol_domain::{
    GroupId, Person, Record,
    attribute::{AttributeValue, KeptValue},
    limits::{MAX_KNOWN_MEMBERS, MAX_PAGE_READS, MAX_RECORD_PAGE, MAX_SUMMARY_READS},
    person::PersonContent,
    text::PersonId,
};
use serde_json::json;
use std::collections::BTreeSet;

/// The largest response of Lambda, in bytes.
const LAMBDA: usize = 6_291_556;

#[tokio::test]
async fn a_page_has_a_thousand_records_at_most() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    fill(&tenant, "ada", 1_001);
    let limit = usize::try_from(MAX_RECORD_PAGE).expect("a small number");
    let page = list(&tenant.admin(), "limit=1000&fields=id").await;
    assert_eq!((page["data"].as_array().map(Vec::len), page["next_cursor"].is_string()), (Some(limit), true));
    assert_eq!(tenant.admin().get(format!("{LIST}?limit=1001")).send().await.places(), ["limit"]);
}

/// Quotes take the most bytes in the response: they are escaped in the body, and once more with the body.
#[tokio::test]
async fn a_page_ends_before_lambda_would_refuse_it() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let now = stack.now();
    for answer in 0..3 {
        attributes::made(&tenant, &attributes::wish(&format!("a{answer}"), "long_answer")).await;
    }
    let set = tenant.store().for_tenant(&tenant.id).attributes().await.expect("attributes");
    let large = |n: usize| {
        let mut record = record_at(&tenant, "ada", n, now);
        for attribute in set.in_order() {
            let value = AttributeValue::Text("\"".repeat(9_000));
            let kept = KeptValue { generation: attribute.generation.clone(), value };
            record.content.attributes.insert(attribute.key.clone(), kept);
        }
        record
    };
    let records: Vec<Record> = (0..70).map(large).collect();
    tenant.import(&[], &records);
    let answer = tenant.admin().get(format!("{LIST}?limit=1000")).send().await;
    let page = answer.json();
    let carried = serde_json::to_string(&answer.text()).expect("JSON").len();
    assert!((LAMBDA / 2..LAMBDA).contains(&carried), "{carried}");
    assert!(page["next_cursor"].is_string() && page.get("partial").is_none());
    let ids: BTreeSet<String> =
        all(&tenant.admin(), "limit=1000").await.iter().map(|record| record["id"].to_string()).collect();
    assert_eq!(ids.len(), 70);
}

#[tokio::test]
async fn a_page_whose_budget_is_spent_is_partial_and_goes_on_behind_its_cursor() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let wanted = tenant.admin().create(&record("zoe", "wanted")).await;
    stack.advance(chrono::TimeDelta::seconds(1));
    fill(&tenant, "ada", MAX_PAGE_READS);
    let first = list(&tenant.admin(), "q=wanted&sort=-created&explain=true").await;
    assert_eq!((&first["data"], &first["partial"]), (&json!([]), &json!(true)));
    let read = first["explain"]["items_read"].as_u64().expect("a number");
    let budget = u64::try_from(MAX_PAGE_READS).expect("a small number");
    // A last step of a few items in each of four shards may go past it.
    assert!((budget..budget + 8).contains(&read), "{read}");
    let found = all(&tenant.admin(), "q=wanted&sort=-created").await;
    assert_eq!(found, [wanted]);
}

/// A person's records are sorted when all of them were read. Where the budget ends before that, the page is empty, and
/// the next one goes on in the index that has the order.
#[tokio::test]
async fn records_too_many_to_be_sorted_are_listed_by_an_index_on_the_next_page() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let wanted = admin.create(&with(record("ada", "wanted"), json!({"completed_at": "2026-05-01"}))).await;
    fill(&tenant, "ada", MAX_PAGE_READS + MAX_PAGE_READS / 2);
    let query = "person_id=ada&sort=-completed&explain=true";
    list(&admin, query).await;
    stack.wire.take();
    let first = list(&admin, query).await;
    let (calls, units, _) = cost(&stack.wire.take());
    let explain = &first["explain"];
    assert_eq!((&first["data"], &first["partial"], &explain["path"]), (&json!([]), &json!(true), &json!("people")));
    assert_eq!((&explain["calls"], &explain["read_units"]), (&json!(calls), &json!(units)), "nothing is read twice");
    let next = list(&admin, &format!("{query}&cursor={}", first["next_cursor"].as_str().expect("a cursor"))).await;
    assert_eq!((&next["data"], &next["explain"]["path"]), (&json!([wanted]), &json!("by-completion")));
    assert_eq!(next["next_cursor"], json!(null));
}

#[tokio::test]
async fn figures_beyond_the_budget_are_lower_bounds() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    fill(&tenant, "ada", MAX_SUMMARY_READS - 1);
    let summary = |query: &'static str| tenant.admin().get(format!("{LIST}/summary?{query}")).send();
    let whole = summary("").await.json();
    assert_eq!((&whole["exact"], &whole["total"]), (&json!(true), &json!(MAX_SUMMARY_READS - 1)));
    for n in 0..30 {
        fill(&tenant, &format!("p{n}"), 1);
    }
    let beyond = summary("explain=true").await.json();
    assert_eq!(beyond["exact"], json!(false), "{beyond}");
    let (total, budget) = (beyond["total"].as_u64().expect("a number"), u64::try_from(MAX_SUMMARY_READS).expect("few"));
    // What one shard has read ahead of the others is not counted.
    assert!((budget * 9 / 10..budget + 8).contains(&total), "{total}");
}

#[tokio::test]
async fn explain_names_the_access_path_and_the_measured_cost() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    fill(&tenant, "ada", 40);
    list(&tenant.admin(), "limit=1").await;
    for (query, path, calls) in [
        ("person_id=ada", "people", 1),
        ("", "by-tenant", 4),
        ("completed[from]=2026-05-01", "by-completion", 4),
        ("sort=expires", "by-expiry", 4),
        ("is_overdue=true", "by-completion/due", 4),
        ("activity_id=a", "by-activity", 4),
        ("person_status=active", "by-tenant", 5),
    ] {
        stack.wire.take();
        let page = list(&tenant.admin(), &format!("{query}&explain=true")).await;
        let (found_calls, units, writes) = cost(&stack.wire.take());
        let explain = &page["explain"];
        assert_eq!((explain["path"].as_str(), explain["read_units"].as_f64()), (Some(path), Some(units)), "{query}");
        assert_eq!((explain["calls"].as_u64(), writes), (u64::try_from(found_calls).ok(), 0.0), "{query}");
        // A shard that has more than its share of the page is asked again.
        assert!((calls..=calls + usize::from(calls > 1)).contains(&found_calls), "{query}: {found_calls}");
    }
    let refused = tenant.manager().get(format!("{LIST}?explain=true")).send().await;
    assert_eq!(refused.status, 403);
}

/// The members of a group of a thousand are read in one call, and nobody is looked up; then four shards are read. For a
/// larger group one call more looks up the five people whose records are read.
#[tokio::test]
async fn the_members_of_a_group_are_known_up_to_a_limit() {
    for (size, calls) in [(MAX_KNOWN_MEMBERS, 5), (MAX_KNOWN_MEMBERS + 1, 6)] {
        let stack = Stack::start();
        let tenant = stack.tenant().await;
        let group = groups::made(&tenant, "G", None).await;
        let group_id: GroupId = group["id"].as_str().expect("an id").parse().expect("an id");
        let person = |n: usize| {
            let content = PersonContent { group_ids: [group_id].into(), ..PersonContent::default() };
            let id = PersonId::parse(format!("p{n}")).expect("valid");
            Person::create(id, content, &tenant.cx()).expect("legal")
        };
        let people: Vec<Person> = (0..size).map(person).collect();
        tenant.import(&people, &[]);
        for who in ["p0", "p1", "p2", "p3", "other"] {
            tenant.admin().create(&with(record(who, who), json!({"completed_at": "2026-05-01"}))).await;
        }
        let query = format!("group_id={}&sort=-completed&fields=person_id", group["id"].as_str().expect("an id"));
        list(&tenant.admin(), &query).await;
        stack.wire.take();
        let page = list(&tenant.admin(), &query).await;
        assert_eq!((cost(&stack.wire.take()).0, super::each(&page, "person_id").len()), (calls, 4), "{size}");
    }
}

#[tokio::test]
async fn an_unfinished_record_is_listed_by_its_due_date_until_it_is_completed_or_deleted() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let due = |title: &str, date: &str| json!({"person_id": "ada", "title": title, "due_at": date});
    let titles = async || -> Vec<String> {
        let page = list(&admin, "is_overdue=true&explain=true").await;
        assert_eq!(page["explain"]["path"], "by-completion/due");
        super::each(&page, "title").into_iter().map(str::to_owned).collect()
    };
    let (late, later) =
        (admin.create(&due("late", "2026-01-02")).await, admin.create(&due("later", "2026-01-01")).await);
    admin.create(&due("in time", "2999-01-01")).await;
    assert_eq!(titles().await, ["later", "late"]);
    let done = admin.patch(path_of(&late["id"]), &json!({"completed_at": "2026-02-01"})).send().await;
    assert_eq!(done.status, 200);
    assert_eq!(titles().await, ["later"]);
    assert_eq!(admin.delete(path_of(&later["id"])).send().await.status, 204);
    assert_eq!(titles().await, Vec::<String>::new());
    let restored = admin.post(format!("{}/restore", path_of(&later["id"])), &json!({})).send().await;
    assert_eq!(restored.status, 200);
    assert_eq!(titles().await, ["later"]);
    assert_eq!(admin.patch(path_of(&later["id"]), &json!({"due_at": null})).send().await.status, 200);
    assert_eq!(titles().await, Vec::<String>::new());
}
