//! A person named by address or by another system's id, wherever `person_id` is taken.

use crate::{
    api::{groups, people},
    support::{Stack, Tenant, record, with},
};
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

const PATH: &str = "/v1/learning-records";
const PUT: &str = "/v1/learning-records/by-external-id/hr-1";

/// Ada by both, Bob and Bea by one external id and one address, Cleo by neither.
async fn directory(tenant: &Tenant<'_>) {
    for body in [
        json!({"id": "ada", "email": "Ada@Example.com", "external_ids": ["e/1#", "e2"]}),
        json!({"id": "bea", "email": "b@example.com", "external_ids": ["b"]}),
        json!({"id": "bob", "email": "B@example.com", "external_ids": ["b"]}),
        json!({"id": "cleo"}),
    ] {
        people::made(tenant, body).await;
    }
}

/// A record of whoever is referred to.
fn of(person: Value) -> Value {
    json!({"person": person, "title": "x"})
}

#[rstest]
#[case::address(json!({"email": "ada@example.com"}), "person[email]=ADA%40example.com")]
#[case::address_in_capitals(json!({"email": "ADA@EXAMPLE.COM"}), "person%5Bemail%5D=ada@example.com")]
#[case::external_id(json!({"external_id": "e/1#"}), "person[external_id]=e%2F1%23")]
#[case::another_external_id(json!({"external_id": "e2"}), "person[external_id]=e2")]
#[tokio::test]
async fn a_person_is_found_by_what_the_directory_knows(#[case] person: Value, #[case] query: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    directory(&tenant).await;
    let made = tenant.admin().create(&of(person.clone())).await;
    assert_eq!(made["person_id"], "ada");
    let put = tenant.admin().put(PUT, &of(person.clone())).send().await;
    assert_eq!((put.status.as_u16(), &put.json()["person_id"]), (201, &json!("ada")));
    let again = tenant.admin().put(PUT, &with(of(person), json!({"score": 1}))).send().await;
    assert_eq!((again.status.as_u16(), &again.json()["score"]), (200, &json!(1)));
    let request = tenant.admin().get(format!("{PATH}?{query}"));
    let list = request.send().await.json();
    let by_id = tenant.admin().get(format!("{PATH}?person_id=ada")).send().await.json();
    assert_eq!((list["data"].as_array().map(Vec::len), &list), (Some(2), &by_id));
}

#[tokio::test]
async fn nobody_found_is_said_where_it_stood() {
    let stack = Stack::start();
    let (tenant, other) = (stack.tenant().await, stack.tenant().await);
    directory(&other).await;
    for (person, pointer) in
        [(json!({"email": "ada@example.com"}), "/person/email"), (json!({"external_id": "e2"}), "/person/external_id")]
    {
        for answer in [
            tenant.admin().post(PATH, &of(person.clone())).send().await,
            tenant.admin().put(PUT, &of(person)).send().await,
        ] {
            assert_eq!((answer.status.as_u16(), answer.places()), (400, vec![pointer.to_owned()]));
        }
    }
    for parameter in ["person[email]", "person[external_id]"] {
        let answer = tenant.admin().get(format!("{PATH}?{parameter}=b@example.com")).send().await;
        assert_eq!((answer.status.as_u16(), answer.places()), (400, vec![parameter.to_owned()]));
    }
    assert_eq!(tenant.admin().get(format!("{PATH}?external_id=hr-1")).send().await.json()["data"], json!([]));
}

#[tokio::test]
async fn several_found_are_named() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    directory(&tenant).await;
    for (person, query) in [
        (json!({"email": "b@example.com"}), "person[email]=b@example.com"),
        (json!({"external_id": "b"}), "person[external_id]=b"),
    ] {
        let answers = [
            tenant.admin().post(PATH, &of(person.clone())).send().await,
            tenant.admin().put(PUT, &of(person)).send().await,
            tenant.admin().get(format!("{PATH}?{query}")).send().await,
        ];
        for answer in answers {
            let detail = answer.json()["detail"].as_str().expect("a text").to_owned();
            assert_eq!(answer.status, 409, "{detail}");
            assert!(
                detail.starts_with("several people have the ") && detail.ends_with("by person_id: bea, bob"),
                "{detail}"
            );
        }
    }
    assert_eq!(tenant.admin().get(format!("{PATH}?external_id=hr-1")).send().await.json()["data"], json!([]));
}

#[tokio::test]
async fn of_very_many_the_first_are_named() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for n in 0..12 {
        people::made(&tenant, json!({"id": format!("p{n:02}"), "email": "info@x"})).await;
    }
    let answer = tenant.admin().post(PATH, &of(json!({"email": "info@x"}))).send().await;
    assert!(answer.text().contains("p00, p01, p02, p03, p04, p05, p06, p07, p08, p09 and more"), "{}", answer.text());
}

#[rstest]
#[case::both_ways(with(record("ada", "x"), json!({"person": {"email": "ada@example.com"}})), vec!["/person"])]
#[case::both_references(of(json!({"email": "ada@example.com", "external_id": "e2"})), vec!["/person"])]
#[case::no_reference(of(json!({})), vec!["/person"])]
#[case::another_reference(of(json!({"name": "Ada"})), vec!["/person"])]
#[case::text(of(json!("ada@example.com")), vec!["/person"])]
#[case::null(of(json!(null)), vec!["/person_id"])]
#[case::wrong_address(with(of(json!({"email": "ada"})), json!({"score": 101})), vec!["/person", "/score"])]
#[tokio::test]
async fn exactly_one_reference_is_taken(#[case] body: Value, #[case] places: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    directory(&tenant).await;
    for answer in [tenant.admin().post(PATH, &body).send().await, tenant.admin().put(PUT, &body).send().await] {
        let places: Vec<String> = places.iter().map(|place| (*place).to_owned()).collect();
        assert_eq!((answer.status.as_u16(), answer.places()), (400, places));
    }
}

#[rstest]
#[case::both_ways("person_id=ada&person[email]=ada@example.com", vec!["person[email]"])]
#[case::both_references("person[email]=ada@example.com&person[external_id]=e2", vec!["person[external_id]"])]
#[case::twice("person[email]=ada@example.com&person[email]=b@example.com", vec!["person[email]"])]
#[case::wrong("person[email]=ada", vec!["person[email]"])]
#[case::another("person[name]=ada", vec!["person[name]"])]
#[tokio::test]
async fn exactly_one_parameter_is_taken(#[case] query: &str, #[case] places: Vec<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    directory(&tenant).await;
    let answer = tenant.admin().get(format!("{PATH}?{query}")).send().await;
    assert_eq!((answer.status.as_u16(), answer.places()), (400, places.into_iter().map(str::to_owned).collect()));
}

#[tokio::test]
async fn a_record_stays_with_its_person() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    directory(&tenant).await;
    let made = tenant.admin().create(&record("ada", "x")).await;
    let answer = tenant.admin().patch(crate::support::path_of(&made["id"]), &json!({"person": {"external_id": "b"}}));
    assert_eq!(answer.send().await.places(), ["/person"]);
}

#[tokio::test]
async fn an_educator_learns_of_nobody_whom_they_do_not_reach() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let educators = groups::made_of_kind(&tenant, "E", "educator_group", None).await;
    let learners = groups::made(&tenant, "L", None).await;
    groups::granted(&tenant, &learners, &educators, &["view", "create"]).await;
    people::made(&tenant, json!({"id": "ed", "group_ids": [educators["id"]]})).await;
    directory(&tenant).await;
    groups::join(&tenant, &learners, &["bob"]).await;
    let educator = tenant.caller("ed", Role::Educator, None, None);
    // Two have the address, one is within reach: that one is meant.
    let answer = educator.post(PATH, &of(json!({"email": "b@example.com"}))).send().await;
    assert_eq!((answer.status.as_u16(), &answer.json()["person_id"]), (201, &json!("bob")));
    let list = educator.get(format!("{PATH}?person[external_id]=b")).send().await.json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
    // Ada exists and is out of reach; Zoë does not exist.
    for (ada, zoe) in [
        (
            educator.post(PATH, &of(json!({"email": "ada@example.com"}))),
            educator.post(PATH, &of(json!({"email": "zoe@example.com"}))),
        ),
        (
            educator.get(format!("{PATH}?person[email]=ada@example.com")),
            educator.get(format!("{PATH}?person[email]=zoe@example.com")),
        ),
    ] {
        let (ada, zoe) = (ada.send().await, zoe.send().await);
        let (status, headers, text) = zoe.anonymous();
        assert_eq!(status, 400);
        assert_eq!(ada.anonymous(), (status, headers, text.replace("zoe", "ada")));
    }
}

#[tokio::test]
async fn a_student_learns_of_nobody_else() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    directory(&tenant).await;
    tenant.show_students_their_records(true).await;
    let student = tenant.caller("bea", Role::Student, None, None);
    // Bob has the same address.
    let own = student.get(format!("{PATH}?person[email]=b@example.com")).send().await;
    assert_eq!((own.status.as_u16(), &own.json()["data"]), (200, &json!([])));
    let other = student.get(format!("{PATH}?person[email]=ada@example.com")).send().await;
    let missing = student.get(format!("{PATH}?person[email]=zoe@example.com")).send().await;
    let (status, headers, text) = missing.anonymous();
    assert_eq!((status, missing.places()), (400, vec!["person[email]".to_owned()]));
    assert_eq!(other.anonymous(), (status, headers, text.replace("zoe", "ada")));
}
