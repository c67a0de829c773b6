//! `GET /v1/people`

use super::{PATH, found, ids, made, named, pages};
use crate::support::{Stack, Tenant};
use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};

async fn people(tenant: &Tenant<'_>, people: &[(&str, &str, &str)]) {
    for (id, name, email) in people {
        made(tenant, named(id, name, email)).await;
    }
}

#[rstest]
#[case::fewer_than_a_page(3, 5)]
#[case::just_a_page(5, 5)]
#[case::one_more(6, 5)]
#[case::over_all_shards(13, 4)]
#[case::one_by_one(4, 1)]
#[tokio::test]
async fn all_people_are_listed_once_by_id(#[case] count: usize, #[case] limit: usize) {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    made(&other, json!({"id": "foreign"})).await;
    let mut expected = Vec::new();
    for n in 0..count {
        expected.push(
            made(&tenant, json!({"id": format!("p{:03}", (n * 7) % 100)})).await["id"]
                .as_str()
                .expect("an id")
                .to_owned(),
        );
    }
    expected.sort();
    assert_eq!(pages(&tenant.admin(), &format!("{PATH}?limit={limit}")).await, expected);
}

#[tokio::test]
async fn a_page_has_twenty_five_people_where_no_limit_is_named() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for n in 0..26 {
        made(&tenant, json!({"id": n.to_string(), "name": "Ada"})).await;
    }
    for query in ["", "?search=a"] {
        let page = tenant.admin().get(format!("{PATH}{query}")).send().await.json();
        assert_eq!((ids(&page).len(), page["next_cursor"].is_string()), (25, true));
    }
    let all = tenant.admin().get(format!("{PATH}?search=ada&limit=100")).send().await.json();
    assert_eq!((ids(&all).len(), &all["next_cursor"]), (26, &Value::Null));
    assert_eq!(all["data"][0], tenant.admin().get("/v1/people/0").send().await.json());
}

#[rstest]
#[case::first_word("ada", &["ada"])]
#[case::second_word("love", &["ada"])]
#[case::third_word("countess", &["ada"])]
#[case::fourth_word_is_none("duchess", &[])]
#[case::words_on("lovelace countess duch", &["ada"])]
#[case::white_space("  ADA   LOVE", &["ada"])]
#[case::in_the_middle_of_a_word("velace", &[])]
#[case::not_in_order("lovelace ada", &[])]
#[case::a_whole_word("grace ", &["grace"])]
#[case::no_longer_word("grac ", &[])]
#[case::capitals("GRACE HOPPER", &["grace"])]
#[case::capitals_of_others("ÉMILIE", &["emilie"])]
#[case::other_letters("ünsal", &["emilie"])]
#[case::address("grace.h@", &["grace"])]
#[case::address_in_capitals("GRACE.H@NAVY.MIL", &["grace"])]
#[case::domain("navy.mil", &[])]
#[case::address_before_name("g", &["grace", "gottfried"])]
#[case::nobody("zuse", &[])]
#[case::hash("#1", &["hash"])]
#[case::hash_in_an_address("a#b", &["hash"])]
#[case::percent("100%", &["percent"])]
#[case::percent_as_it_is_escaped("%25", &["percent"])]
#[case::hash_as_it_is_escaped("%23", &["escaped"])]
#[case::last_character("\u{10ffff}", &[])]
#[tokio::test]
async fn people_are_found_by_how_words_of_their_name_and_their_address_start(
    #[case] search: &str,
    #[case] ids: &[&str],
) {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    people(&other, &[("foreign", "Ada Lovelace Countess", "grace.h@navy.mil")]).await;
    let all = [
        ("ada", "Ada  Lovelace Countess Duchess", "countess@example.com"),
        ("grace", "Grace Hopper", "grace.h@navy.mil"),
        ("gottfried", "Gottfried Leibniz", "leibniz@example.com"),
        ("emilie", "Émilie Ünsal", "du@chatelet.fr"),
        ("hash", "Nobody #1", "a#b@example.com"),
        ("percent", "100% %25", "p@example.com"),
        ("escaped", "%23", "e@example.com"),
    ];
    people(&tenant, &all).await;
    for limit in [1, 2, 100] {
        assert_eq!(found(&tenant.admin(), search, limit).await, ids, "{search}, {limit} a page");
    }
}

#[rstest]
#[tokio::test]
async fn each_person_is_on_all_pages_once(#[values(1, 2, 3, 7)] limit: usize) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    // Found by address and by every word of the name.
    for n in 0..8 {
        made(&tenant, named(&format!("p{n}"), &format!("Ada Adam Adele{n}"), &format!("ada{n}@example.com"))).await;
        made(&tenant, json!({"id": format!("q{n}"), "name": format!("Bob Ada{n}")})).await;
        // Between what addresses and what names start with.
        made(&tenant, json!({"id": format!("r{n}"), "name": format!("Aaron{n}"), "email": format!("zz{n}@x")})).await;
    }
    let mut seen = found(&tenant.admin(), "ada", limit).await;
    seen.sort();
    let mut expected: Vec<String> = (0..8).flat_map(|n| [format!("p{n}"), format!("q{n}")]).collect();
    expected.sort();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn the_largest_page_holds_a_hundred_and_more_follow() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for n in 0..103 {
        made(&tenant, json!({"id": format!("p{n:03}"), "name": format!("Ada {n:03}")})).await;
    }
    assert_eq!(found(&tenant.admin(), "ada", 100).await.len(), 103);
    assert_eq!(pages(&tenant.admin(), &format!("{PATH}?limit=100")).await.len(), 103);
}

#[tokio::test]
async fn same_names_are_all_found() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    people(&tenant, &[("a", "Ada", "a@x"), ("b", "ADA", "a@x"), ("c", "ada", "A@X")]).await;
    for (search, limit) in [("ada", 1), ("a@x", 2), ("a", 2)] {
        assert_eq!(found(&tenant.admin(), search, limit).await, ["a", "b", "c"], "{search}");
    }
}

#[rstest]
#[case::zero("limit=0", vec!["limit"])]
#[case::too_many("limit=101", vec!["limit"])]
#[case::empty("search=", vec!["search"])]
#[case::blank("search=%20%20", vec!["search"])]
#[case::line_end("search=a%0Ab", vec!["search"])]
#[case::twice("search=a&search=b", vec!["search"])]
#[case::made_up("cursor=a2V5", vec!["cursor"])]
#[case::everything("limit=x&search=&cursor=a&cursor=b&name=k&email=1", vec!["cursor", "email", "limit", "name", "search"])]
#[tokio::test]
async fn wrong_parameters_are_named_all_at_once(#[case] query: &str, #[case] names: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().get(format!("{PATH}?{query}")).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, names.into_iter().map(str::to_owned).collect()));
    let long = |n: usize| tenant.admin().get(format!("{PATH}?search={}", "s".repeat(n)));
    assert_eq!(long(200).send().await.status, 200);
    assert_eq!(long(201).send().await.places(), ["search"]);
}

#[tokio::test]
async fn a_cursor_is_of_use_to_one_caller_for_one_query_for_a_day() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    people(&tenant, &[("a", "Ada A", "ada1@x"), ("b", "Ada B", "ada2@x"), ("c", "Ada C", "ada3@x")]).await;
    let refusal = tenant.admin().get(format!("{PATH}?cursor=x")).send().await;
    for (query, others) in [("", ["search=ada&", "search=b&"]), ("search=ada&", ["", "search=adam&"])] {
        let first = tenant.admin().get(format!("{PATH}?{query}limit=1")).send().await.json();
        let cursor = first["next_cursor"].as_str().expect("a cursor").to_owned();
        let ask = |query: &str| format!("{PATH}?{query}cursor={cursor}");
        for query in others {
            assert_eq!(tenant.admin().get(ask(query)).send().await.anonymous(), refusal.anonymous());
        }
        assert_eq!(tenant.manager().get(ask(query)).send().await.anonymous(), refusal.anonymous());
        assert_eq!(other.admin().get(ask(query)).send().await.anonymous(), refusal.anonymous());
        assert_eq!(ids(&tenant.admin().get(ask(query)).send().await.json()), ["b", "c"]);
        let members = format!("/v1/groups?cursor={cursor}");
        assert_eq!(tenant.admin().get(members).send().await.places(), ["cursor"]);
        stack.advance(TimeDelta::hours(24) + TimeDelta::minutes(1));
        assert_eq!(tenant.admin().get(ask(query)).send().await.anonymous(), refusal.anonymous());
    }
}
