//! `PUT /v1/learning-records/by-external-id/{external_id}`

use crate::support::{Stack, path_of, record, with};
use rstest::rstest;
use serde_json::{Value, json};

const PATH: &str = "/v1/learning-records/by-external-id/hr-1";

#[tokio::test]
async fn a_missing_record_is_created_and_an_existing_one_replaced() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let body = with(record("ada", "First aid"), json!({"provider": "Red Cross", "score": 50, "source": "hr"}));
    let created = tenant.admin().put(PATH, &body).send().await;
    assert_eq!((created.status.as_u16(), created.header("etag")), (201, Some("\"1\"")), "{}", created.text());
    let made = created.json();
    assert_eq!(created.header("location"), Some(path_of(&made["id"]).as_str()));
    assert_eq!(made["external_id"], "hr-1");

    let replaced =
        tenant.manager().put(PATH, &with(record("ada", "First aid II"), json!({"passed": true}))).send().await;
    assert_eq!((replaced.status.as_u16(), replaced.header("etag")), (200, Some("\"2\"")), "{}", replaced.text());
    let now = replaced.json();
    let changes = json!({
        "title": "First aid II", "provider": null, "score": null, "passed": true, "status": "passed", "version": 2,
        "updated_by": "max@example.com", "updated_at": now["updated_at"],
    });
    assert_eq!(now, with(made, changes), "what is set on create only stays");
    assert_eq!(tenant.admin().read(&now["id"]).await, now);
}

#[tokio::test]
async fn the_same_again_changes_nothing() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().put(PATH, &record("ada", "x")).send().await.json();
    for body in [record("ada", "x"), made.clone()] {
        let again = tenant.manager().put(PATH, &body).send().await;
        assert_eq!((again.status.as_u16(), again.json()), (200, made.clone()));
    }
}

#[tokio::test]
async fn conditions_decide_between_create_and_replace() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let put = |title: &str, name: &'static str, value: &'static str| {
        tenant.admin().put(PATH, &record("ada", title)).header(name, value).send()
    };
    assert_eq!(put("a", "if-match", "\"1\"").await.status, 412, "there is nothing to match");
    assert_eq!(put("b", "if-none-match", "*").await.status, 201, "a refused attempt leaves the name free");
    assert_eq!(put("c", "if-none-match", "*").await.status, 412);
    assert_eq!(put("d", "if-match", "\"2\"").await.status, 412);
    assert_eq!(put("e", "if-match", "\"1\"").await.status, 200);
    assert_eq!(put("f", "if-none-match", "\"1\"").await.status, 400);
    assert_eq!(put("g", "if-match", "*").await.status, 400);
}

#[rstest]
#[case::nothing(json!({}), vec!["/person_id", "/title"])]
#[case::another_name(json!({"person_id": "ada", "title": "x", "external_id": "hr-2"}), vec!["/external_id"])]
#[case::another_person(json!({"person_id": "bob", "title": "x"}), vec!["/person_id"])]
#[case::another_source(json!({"person_id": "ada", "title": "x", "source": "other"}), vec!["/source"])]
#[case::several(json!({"person_id": "bob", "title": "x", "source": "other", "version": 3}), vec!["/person_id", "/source", "/version"])]
#[tokio::test]
async fn what_cannot_replace_is_named(#[case] body: Value, #[case] places: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let made = tenant.admin().put(PATH, &record("ada", "x")).send().await.json();
    let answer = tenant.admin().put(PATH, &body).send().await;
    let expected: Vec<String> = places.into_iter().map(str::to_owned).collect();
    assert_eq!((answer.status.as_u16(), answer.places()), (400, expected), "{}", answer.text());
    assert_eq!(tenant.admin().read(&made["id"]).await, made);
}

#[rstest]
#[case::space("a%20b")]
#[case::slash("a%2Fb")]
#[case::long(&"a".repeat(129))]
#[case::accent("%C3%A9")]
#[tokio::test]
async fn a_path_carries_only_plain_names(#[case] name: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let path = format!("/v1/learning-records/by-external-id/{name}");
    let answer = tenant.admin().put(path, &record("ada", "x")).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, vec!["external_id".to_owned()]));
}

#[tokio::test]
async fn the_longest_plain_name_is_carried() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let name = format!("{}{}", "Az09._~:@-", "a".repeat(118));
    let path = format!("/v1/learning-records/by-external-id/{name}");
    assert_eq!(tenant.admin().put(path, &record("ada", "x")).send().await.status, 201);
}

#[tokio::test]
async fn a_name_of_a_record_that_the_caller_may_not_know_of_is_a_conflict() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    tenant.manager().put(PATH, &record("ada", "x")).send().await;
    assert_eq!(tenant.application("lms").put(PATH, &record("ada", "y")).send().await.status, 409);
    assert_eq!(other.admin().put(PATH, &record("ada", "y")).send().await.status, 201, "names are the tenant's own");
    let denied = tenant.admin().put(PATH, &with(record("ada", "y"), json!({"tenant_id": other.id}))).send().await;
    assert_eq!(denied.status, 403);
    let reader = tenant.caller("client", rol_domain::Role::Application, Some("lms"), Some("records:read"));
    assert_eq!(reader.put(PATH, &record("ada", "y")).send().await.status, 403);
}

#[tokio::test]
async fn a_deleted_record_frees_its_name_at_once() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let first = tenant.admin().put(PATH, &record("ada", "x")).send().await.json();
    assert_eq!(tenant.admin().delete(path_of(&first["id"])).send().await.status, 204);
    let second = tenant.admin().put(PATH, &record("bob", "y")).send().await;
    assert_eq!(second.status, 201, "{}", second.text());
    assert_ne!(second.json()["id"], first["id"]);
}
