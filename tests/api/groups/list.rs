//! `GET /v1/groups`

use super::{PATH, made, made_of_kind, now};
use crate::{
    api::people::{ids, pages},
    support::Stack,
};
use chrono::TimeDelta;
use rstest::rstest;
use serde_json::json;

#[rstest]
#[tokio::test]
async fn all_groups_are_listed_once_in_the_order_in_which_they_were_made(#[values(1, 3, 7, 8)] limit: usize) {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    made(&other, "foreign", None).await;
    let mut expected = Vec::new();
    for n in 0..7 {
        expected.push(made(&tenant, &n.to_string(), None).await["id"].as_str().expect("an id").to_owned());
        stack.advance(TimeDelta::milliseconds(2));
    }
    assert_eq!(pages(&tenant.admin(), &format!("{PATH}?limit={limit}")).await, expected);
}

#[tokio::test]
async fn only_those_of_a_kind_or_directly_inside_a_group() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let outer = made(&tenant, "outer", None).await;
    stack.advance(TimeDelta::milliseconds(2));
    let inner = made_of_kind(&tenant, "inner", "cohort", Some(&outer)).await;
    stack.advance(TimeDelta::milliseconds(2));
    let innermost = made_of_kind(&tenant, "innermost", "user_group", Some(&inner)).await;
    let of = |query: String| {
        let admin = admin.clone();
        async move { admin.get(format!("{PATH}?{query}")).send().await.json()["data"].clone() }
    };
    let id = |group: &serde_json::Value| group["id"].as_str().expect("an id").to_owned();
    assert_eq!(of("kind=cohort".into()).await, json!([now(&tenant, &inner).await]));
    assert_eq!(of("kind=user_group".into()).await, json!([outer, innermost]));
    assert_eq!(of(format!("parent_id={}", id(&outer))).await, json!([inner]));
    assert_eq!(of(format!("parent_id={}&kind=user_group", id(&outer))).await, json!([]));
    assert_eq!(of("parent_id=grp_01ARZ3NDEKTSV4RRFFQ69G5FAV".into()).await, json!([]));
    assert_eq!(of("kind=department".into()).await, json!([]));
}

#[rstest]
#[case::limit("limit=0", vec!["limit"])]
#[case::too_many("limit=101", vec!["limit"])]
#[case::everything("limit=x&kind=club&parent_id=x&cursor=a&cursor=b&name=n", vec!["cursor", "kind", "limit", "name", "parent_id"])]
#[case::twice("kind=cohort&kind=cohort", vec!["kind"])]
#[case::made_up("cursor=a2V5", vec!["cursor"])]
#[tokio::test]
async fn wrong_parameters_are_named_all_at_once(#[case] query: &str, #[case] names: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().get(format!("{PATH}?{query}")).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, names.into_iter().map(str::to_owned).collect()));
}

#[tokio::test]
async fn a_cursor_is_of_use_to_one_caller_for_one_query() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    for n in 0..2 {
        made(&tenant, &n.to_string(), None).await;
        stack.advance(TimeDelta::milliseconds(2));
    }
    let first = tenant.admin().get(format!("{PATH}?limit=1")).send().await.json();
    let query = format!("{PATH}?cursor={}", first["next_cursor"].as_str().expect("a cursor"));
    let refusal = tenant.admin().get(format!("{PATH}?cursor=x")).send().await;
    for request in [
        tenant.manager().get(&query),
        other.admin().get(&query),
        tenant.admin().get(format!("{query}&kind=user_group")),
        tenant.admin().get(format!("{query}&parent_id=grp_01ARZ3NDEKTSV4RRFFQ69G5FAV")),
    ] {
        assert_eq!(request.send().await.anonymous(), refusal.anonymous());
    }
    assert_eq!(ids(&tenant.admin().get(&query).send().await.json()).len(), 1);
}
