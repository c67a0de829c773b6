//! `GET /v1/learning-records`

use super::finding;
use crate::support::{Caller, Stack, path_of, record, with};
use chrono::TimeDelta;
use rol_domain::limits::MAX_PAGE_READS;
use rstest::rstest;
use serde_json::{Value, json};

const LIST: &str = "/v1/learning-records";

async fn page(caller: &Caller<'_>, query: &str) -> Value {
    let answer = caller.get(format!("{LIST}?{query}")).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn titles(page: &Value) -> Vec<&str> {
    page["data"].as_array().expect("a list").iter().map(|record| record["title"].as_str().expect("a title")).collect()
}

#[tokio::test]
async fn the_records_of_a_person_come_newest_first() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for title in ["one", "two", "three"] {
        tenant.admin().create(&record("ada", title)).await;
        stack.advance(TimeDelta::milliseconds(5));
    }
    tenant.admin().create(&record("bob", "four")).await;
    let page = page(&tenant.admin(), "person_id=ada").await;
    assert_eq!(titles(&page), ["three", "two", "one"]);
    assert_eq!((&page["next_cursor"], page.get("partial")), (&Value::Null, None));
    assert_eq!(page["data"][2], tenant.admin().read(&page["data"][2]["id"]).await);
}

#[rstest]
#[case::fewer_than_a_page(3, 5)]
#[case::just_a_page(5, 5)]
#[case::one_more(6, 5)]
#[case::many(23, 5)]
#[case::one_by_one(4, 1)]
#[tokio::test]
async fn pages_are_full_and_hold_every_record_once(#[case] records: usize, #[case] limit: usize) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let mut made = Vec::new();
    for n in 0..records {
        made.push(tenant.admin().create(&record("ada", &n.to_string())).await["title"].clone());
        stack.advance(TimeDelta::milliseconds(2));
    }
    made.reverse();
    let (mut seen, mut query) = (Vec::new(), format!("person_id=ada&limit={limit}"));
    loop {
        let page = page(&tenant.admin(), &query).await;
        let data = page["data"].as_array().expect("a list");
        seen.extend(data.iter().map(|record| record["title"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        assert_eq!(data.len(), limit, "a page with a cursor is full");
        query = format!("person_id=ada&limit={limit}&cursor={cursor}");
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn deleted_records_are_listed_for_an_admin_who_asks() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().create(&record("ada", "gone")).await;
    tenant.admin().create(&record("ada", "there")).await;
    assert_eq!(tenant.admin().delete(path_of(&made["id"])).send().await.status, 204);
    assert_eq!(titles(&page(&tenant.admin(), "person_id=ada").await), ["there"]);
    let mut all = page(&tenant.admin(), "person_id=ada&include_deleted=true").await;
    all["data"].as_array_mut().expect("a list").sort_by_key(|record| record["title"].to_string());
    assert_eq!(titles(&all), ["gone", "there"]);
    assert_eq!(tenant.manager().get(format!("{LIST}?person_id=ada&include_deleted=true")).send().await.status, 403);
}

#[tokio::test]
async fn rows_that_are_filtered_out_do_not_shorten_a_page() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for n in 0..12 {
        let caller = if n % 3 == 0 { tenant.application("lms") } else { tenant.manager() };
        caller.create(&record("ada", &n.to_string())).await;
        stack.advance(TimeDelta::milliseconds(2));
    }
    let page = page(&tenant.application("lms"), "person_id=ada&limit=4").await;
    assert_eq!((titles(&page), &page["next_cursor"]), (vec!["9", "6", "3", "0"], &Value::Null));
}

#[tokio::test]
async fn a_page_ends_early_where_too_much_is_filtered_out_and_can_be_gone_on_from() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    tenant.application("lms").create(&record("ada", "mine")).await;
    // As many as a page may read at most; one of them and another one come with the first page.
    finding::fill(&tenant, "ada", MAX_PAGE_READS);
    let first = page(&tenant.application("lms"), "person_id=ada&limit=1").await;
    assert_eq!((titles(&first), &first["partial"]), (vec![], &json!(true)));
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let second = page(&tenant.application("lms"), &format!("person_id=ada&limit=1&cursor={cursor}")).await;
    assert_eq!(titles(&second), ["mine"]);
}

#[tokio::test]
async fn an_external_id_is_a_list_of_none_or_one() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    // Not an id that a path could carry.
    let made = tenant.admin().create(&with(record("ada", "x"), json!({"external_id": "hr/47,11"}))).await;
    let found = page(&tenant.admin(), "external_id=hr%2F47%2C11").await;
    assert_eq!(found, json!({"data": [made], "next_cursor": null}));
    assert_eq!(page(&tenant.admin(), "external_id=hr%2F48").await, json!({"data": [], "next_cursor": null}));
    assert_eq!(page(&tenant.application("lms"), "external_id=hr%2F47%2C11").await["data"], json!([]));
    assert_eq!(tenant.admin().delete(path_of(&made["id"])).send().await.status, 204);
    assert_eq!(page(&tenant.admin(), "external_id=hr%2F47%2C11").await["data"], json!([]));
}

#[rstest]
#[case::empty_person("person_id=", vec!["person_id"])]
#[case::zero("person_id=a&limit=0", vec!["limit"])]
#[case::too_many("person_id=a&limit=1001", vec!["limit"])]
#[case::too_many_as_of("person_id=a&limit=101&as_of=2026-05-01T00:00:00Z", vec!["limit"])]
#[case::as_of_with_a_value("person_id=a&attributes[b]=1&as_of=2026-05-01T00:00:00Z", vec!["as_of"])]
#[case::no_number("person_id=a&limit=ten", vec!["limit"])]
#[case::unknown("person_id=a&sort=title&colour=red", vec!["colour", "sort"])]
#[case::everything("limit=-1&include_deleted=maybe&x=1", vec!["include_deleted", "limit", "x"])]
#[tokio::test]
async fn wrong_parameters_are_named_all_at_once(#[case] query: &str, #[case] names: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().get(format!("{LIST}?{query}")).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, names.into_iter().map(str::to_owned).collect()));
}

#[tokio::test]
async fn the_largest_page_is_allowed() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    assert_eq!(page(&tenant.admin(), "person_id=ada&limit=1000").await["data"], json!([]));
}

#[tokio::test]
async fn a_cursor_is_of_use_to_one_caller_for_one_query_for_a_day() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    for n in 0..3 {
        tenant.admin().create(&record("ada", &n.to_string())).await;
        tenant.admin().create(&record("bob", &n.to_string())).await;
    }
    let first = page(&tenant.admin(), "person_id=ada&limit=1").await;
    let cursor = first["next_cursor"].as_str().expect("a cursor").to_owned();
    let refusal = tenant.admin().get(format!("{LIST}?person_id=ada&cursor=x")).send().await;
    assert_eq!((refusal.status.as_u16(), refusal.places()), (400, vec!["cursor".to_owned()]));

    let query = |person: &str, cursor: &str| format!("{LIST}?person_id={person}&cursor={cursor}");
    let mut refused = vec![
        tenant.admin().get(query("bob", &cursor)),
        tenant.manager().get(query("ada", &cursor)),
        tenant.application("lms").get(query("ada", &cursor)),
        other.admin().get(query("ada", &cursor)),
        tenant.admin().get(query("ada", &cursor) + "&include_deleted=true"),
        tenant.admin().get(query("ada", "")),
    ];
    for at in 0..cursor.len() {
        let other = if &cursor[at..=at] == "A" { "B" } else { "A" };
        refused.push(tenant.admin().get(query("ada", &format!("{}{other}{}", &cursor[..at], &cursor[at + 1..]))));
    }
    for request in refused {
        assert_eq!(request.send().await.anonymous(), refusal.anonymous());
    }
    stack.advance(TimeDelta::hours(24) - TimeDelta::minutes(5));
    assert_eq!(tenant.admin().get(query("ada", &cursor)).send().await.status, 200);
    stack.advance(TimeDelta::minutes(5) + TimeDelta::seconds(1));
    assert_eq!(tenant.admin().get(query("ada", &cursor)).send().await.anonymous(), refusal.anonymous());
}
