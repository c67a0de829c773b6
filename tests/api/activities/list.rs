//! `GET /v1/activities`

use super::{PATH, made, titled};
use crate::{
    api::{
        attributes::assert_invalid,
        people::{ids, pages},
    },
    support::{Stack, Tenant},
};
use rol_domain::{
    Activity, MintedActivityId,
    activity::{ActivityContent, ActivityKind},
    limits::{ACTIVITIES_AT_ONCE, MAX_ACTIVITY_STEPS},
    text::Title,
};
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[case::fewer_than_a_page(3, 5)]
#[case::just_a_page(5, 5)]
#[case::one_more(6, 5)]
#[case::over_all_shards(13, 4)]
#[case::one_by_one(4, 1)]
#[tokio::test]
async fn all_activities_are_listed_once_in_the_order_in_which_they_were_made(
    #[case] count: usize,
    #[case] limit: usize,
) {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    titled(&other, "foreign", json!({})).await;
    let mut expected = Vec::new();
    for n in 0..count {
        let made = titled(&tenant, &n.to_string(), json!({})).await;
        expected.push(made["id"].as_str().expect("an id").to_owned());
    }
    assert_eq!(pages(&tenant.admin(), &format!("{PATH}?limit={limit}")).await, expected);
}

async fn titles(tenant: &Tenant<'_>, query: &str) -> Vec<Value> {
    let page = tenant.admin().get(format!("{PATH}?{query}")).send().await.json();
    let data = page["data"].as_array().unwrap_or_else(|| panic!("a list: {page}"));
    data.iter().map(|activity| activity["title"].clone()).collect()
}

#[rstest]
#[case::anywhere("search=safety", &["Fire safety", "SAFETY first", "Fire Safety II"])]
#[case::in_either_case("search=FIRE", &["Fire safety", "Fire Safety II"])]
#[case::beyond_ascii("search=%C3%89TUDE", &["Étude"])]
#[case::over_words("search=e%20s", &["Fire safety", "Fire Safety II"])]
#[case::of_a_kind("kind=module", &["Fire Safety II"])]
#[case::both("search=safety&kind=course", &["Fire safety", "SAFETY first"])]
#[case::nothing("search=swimming", &[])]
#[tokio::test]
async fn activities_are_found_by_their_titles_and_kind(#[case] query: &str, #[case] found: &[&str]) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for (kind, title) in
        [("course", "Fire safety"), ("course", "SAFETY first"), ("module", "Fire Safety II"), ("package", "Étude")]
    {
        made(&tenant, json!({"kind": kind, "title": title})).await;
    }
    assert_eq!(titles(&tenant, query).await, found);
}

#[tokio::test]
async fn what_is_found_is_found_page_by_page() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let mut expected = Vec::new();
    for n in 0..9 {
        let made = titled(&tenant, if n % 2 == 0 { "even" } else { "odd" }, json!({})).await;
        if n % 2 == 0 {
            expected.push(made["id"].as_str().expect("an id").to_owned());
        }
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = tenant.admin().get(format!("{PATH}?search=even&limit=2{cursor}")).send().await.json();
        seen.extend(ids(&page));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_search_that_finds_little_ends_early_and_says_so() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let (store, cx) = (tenant.store(), tenant.cx());
    let mine = store.for_tenant(&tenant.id);
    let most = u128::try_from(ACTIVITIES_AT_ONCE).expect("small") * u128::from(MAX_ACTIVITY_STEPS);
    let title = |title: &str| Title::parse(title).expect("valid");
    for n in 0..=most {
        let id = MintedActivityId::from_ulid((n + 1).into());
        let content: ActivityContent =
            serde_json::from_value(json!({"title": title(if n == most { "needle" } else { "hay" })})).expect("content");
        let activity = Activity::create(id, ActivityKind::Package, content, &cx).expect("legal");
        mine.write_activity(None, &activity, &cx).await.expect("written");
    }
    let first = tenant.admin().get(format!("{PATH}?search=needle")).send().await.json();
    assert_eq!((&first["data"], &first["partial"]), (&json!([]), &json!(true)));
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let second = tenant.admin().get(format!("{PATH}?search=needle&cursor={cursor}")).send().await.json();
    assert_eq!((ids(&second).len(), &second["next_cursor"], second.get("partial")), (1, &Value::Null, None));
}

#[rstest]
#[case::everything("limit=0&kind=lesson&search=&cursor=x&q=1", &["kind", "limit", "q", "search"])]
#[case::a_foreign_cursor("cursor=x", &["cursor"])]
#[case::too_many("limit=101", &["limit"])]
#[case::a_cursor_that_no_external_id_has("external_id=a&cursor=x", &["cursor"])]
#[case::no_name("external_id=", &["external_id"])]
#[tokio::test]
async fn every_parameter_that_is_wrong_is_named(#[case] query: &str, #[case] places: &[&str]) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    assert_invalid(&tenant.admin().get(format!("{PATH}?{query}")).send().await, places);
}

#[tokio::test]
async fn an_external_id_finds_one_or_none_and_none_of_another_tenant() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    let activity = titled(&tenant, "x", json!({"external_id": "a"})).await;
    let find = |name: &str| tenant.admin().get(format!("{PATH}?external_id={name}"));
    assert_eq!(find("a").send().await.json()["data"], json!([activity]));
    assert_eq!(find("b").send().await.json()["data"], json!([]));
    assert_eq!(other.admin().get(format!("{PATH}?external_id=a")).send().await.json()["data"], json!([]));
}

#[rstest]
#[case::title("search=SAFETY", true)]
#[case::another_title("search=rust", false)]
#[case::kind("kind=certification", true)]
#[case::another_kind("kind=module", false)]
#[case::everything("search=fire&kind=certification&limit=1", true)]
#[tokio::test]
async fn what_an_external_id_finds_has_to_match_the_rest(#[case] query: &str, #[case] found: bool) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    titled(&tenant, "Fire safety", json!({"external_id": "a"})).await;
    titled(&tenant, "Fire safety II", json!({})).await;
    let expected: &[&str] = if found { &["Fire safety"] } else { &[] };
    assert_eq!(titles(&tenant, &format!("external_id=a&{query}")).await, expected);
}
