//! Values of custom attributes, by every way in which records are written.

use crate::{
    api::attributes::{
        TYPES, assert_invalid, attribute_path, changed, made, open_to_students, record_with, values_of, wish,
    },
    support::{Answer, Stack, Tenant, path_of, record, with},
};
use chrono::TimeDelta;
use rol_domain::Role;
use rstest::rstest;
use serde_json::{Value, json};

/// How a record comes by its values.
#[derive(Debug, Clone, Copy)]
enum Way {
    Post,
    Put,
    Patch,
}

impl Way {
    /// Writes these attributes to a record.
    async fn write(self, tenant: &Tenant<'_>, attributes: &Value) -> Answer {
        let (admin, values) = (tenant.admin(), json!({"attributes": attributes}));
        let whole = with(record("ada", "x"), values.clone());
        match self {
            Self::Post => admin.post("/v1/learning-records", &whole).send().await,
            Self::Put => admin.put("/v1/learning-records/by-external-id/n1", &whole).send().await,
            Self::Patch => {
                let made = admin.create(&record("ada", "x")).await;
                admin.patch(path_of(&made["id"]), &values).send().await
            }
        }
    }
}

/// An attribute of each type, under its name.
async fn one_of_each(tenant: &Tenant<'_>) {
    for kind in TYPES {
        made(tenant, &wish(&kind.replace('_', "-"), kind)).await;
    }
}

#[rstest]
#[tokio::test]
async fn every_type_has_its_values(#[values(Way::Post, Way::Put, Way::Patch)] way: Way) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    one_of_each(&tenant).await;
    let values = json!({
        "checkbox": false, "long-answer": "two\nlines\twith a tab", "short-answer": "B+ 🎓", "multiple-choice": "green",
        "checkboxes": ["red", "blue"], "number": -0.1, "date": "2028-02-29", "link": "https://example.com/a?b=c#d",
    });
    let answer = way.write(&tenant, &values).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    assert_eq!(answer.json()["attributes"], values);
    assert_eq!(tenant.admin().read(&answer.json()["id"]).await, answer.json());
}

#[rstest]
#[tokio::test]
async fn all_that_is_wrong_is_said_at_once(#[values(Way::Post, Way::Put, Way::Patch)] way: Way) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    one_of_each(&tenant).await;
    let wrong = json!({
        "checkbox": "yes", "long-answer": " ", "short-answer": "two\nlines", "multiple-choice": "pink",
        "checkboxes": ["red", "red"], "number": "5", "date": "29/02/2028", "link": "//evil.example", "file": "a.pdf",
        "colour": "red", "A/b": 1,
    });
    let expected = [
        "/attributes/A~1b",
        "/attributes/checkbox",
        "/attributes/checkboxes",
        "/attributes/colour",
        "/attributes/date",
        "/attributes/file",
        "/attributes/link",
        "/attributes/long-answer",
        "/attributes/multiple-choice",
        "/attributes/number",
        "/attributes/short-answer",
    ];
    assert_invalid(&way.write(&tenant, &wrong).await, &expected);
    assert_invalid(&way.write(&tenant, &json!([])).await, &["/attributes"]);
}

#[rstest]
#[case::javascript("javascript:alert(1)")]
#[case::in_capitals("JaVaScRiPt:alert(1)")]
#[case::after_a_space(" javascript:alert(1)")]
#[case::with_a_tab("java\tscript:alert(1)")]
#[case::data("data:text/html,x")]
#[case::file("file:///etc/passwd")]
#[case::two_slashes("//evil.example")]
#[case::slash_and_backslash("/\\evil.example")]
#[case::tab_between_slashes("/\t/evil.example")]
#[case::two_backslashes("\\\\evil.example")]
#[case::scheme_alone("https:evil.example")]
#[case::three_slashes("https:///evil.example")]
#[case::user("https://example.com@evil.example")]
#[case::relative("courses/1")]
#[case::nothing("")]
#[case::too_long(&format!("/{}", "x".repeat(2_048)))]
#[tokio::test]
async fn a_link_leads_to_a_page_and_nowhere_else(#[case] link: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("link", "link")).await;
    for way in [Way::Post, Way::Put, Way::Patch] {
        assert_invalid(&way.write(&tenant, &json!({"link": link})).await, &["/attributes/link"]);
    }
    for good in ["/courses/1?a=b", "http://example.com", &format!("/{}", "x".repeat(2_047))] {
        assert!(Way::Post.write(&tenant, &json!({"link": good})).await.status.is_success(), "{good}");
    }
}

#[rstest]
#[case::largest(json!(1e100))]
#[case::smallest(json!(-1e-100))]
#[case::seventeen_digits(json!(0.123_456_789_012_345_68))]
#[case::long_integer(json!(9_007_199_254_740_993_u64))]
#[case::zero(json!(0))]
#[tokio::test]
async fn a_number_comes_back_as_it_was_given(#[case] number: Value) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("n", "number")).await;
    let made = record_with(&tenant, json!({"n": number})).await;
    assert_eq!(made["attributes"]["n"], number);
    assert_eq!(tenant.admin().read(&made["id"]).await, made);
    let again = tenant.admin().patch(path_of(&made["id"]), &json!({"attributes": {"n": number}})).send().await;
    assert_eq!(again.json(), made, "the same value again changes nothing");
}

#[tokio::test]
async fn choices_come_in_the_attributes_order_and_none_is_no_value() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &wish("c", "checkboxes")).await;
    let made = record_with(&tenant, json!({"c": ["blue", "red"]})).await;
    assert_eq!(made["attributes"], json!({"c": ["red", "blue"]}));
    let answer = tenant.admin().patch(path_of(&made["id"]), &json!({"attributes": {"c": []}})).send().await;
    assert_eq!(answer.json()["attributes"], json!({}));
}

#[tokio::test]
async fn a_change_names_only_what_changes_and_null_removes() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for key in ["a", "b", "c"] {
        made(&tenant, &wish(key, "number")).await;
    }
    let made = record_with(&tenant, json!({"a": 1, "b": 2, "c": 3})).await;
    let path = path_of(&made["id"]);
    let change = |attributes: Value| tenant.admin().patch(&path, &json!({"attributes": attributes})).send();
    assert_eq!(change(json!({"b": 5})).await.json()["attributes"], json!({"a": 1, "b": 5, "c": 3}));
    assert_eq!(change(json!({"a": null, "c": 4})).await.json()["attributes"], json!({"b": 5, "c": 4}));
    let nothing = change(json!({"a": null, "b": 5.0})).await;
    assert_eq!((nothing.json()["version"].clone(), nothing.header("etag")), (json!(3), Some("\"3\"")));
    assert_invalid(&change(json!({"b": 6, "c": "x"})).await, &["/attributes/c"]);
    assert_eq!(values_of(&tenant, &made).await, json!({"b": 5, "c": 4}), "all of a change or none");
    assert_eq!(change(Value::Null).await.json()["attributes"], json!({}));
}

#[tokio::test]
async fn a_replacement_removes_what_it_does_not_name() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for key in ["a", "b"] {
        made(&tenant, &wish(key, "number")).await;
    }
    let put = |attributes: Value| async { Way::Put.write(&tenant, &{ attributes }).await.json()["attributes"].clone() };
    assert_eq!(put(json!({"a": 1, "b": 2})).await, json!({"a": 1, "b": 2}));
    assert_eq!(put(json!({"b": 3, "a": null})).await, json!({"b": 3}));
    assert_eq!(put(Value::Null).await, json!({}));
}

#[tokio::test]
async fn a_required_value_must_be_there_from_the_start_and_cannot_be_removed() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let before = tenant.admin().create(&record("ada", "x")).await;
    made(&tenant, &with(wish("level", "number"), json!({"required": true}))).await;
    made(&tenant, &with(wish("tags", "checkboxes"), json!({"required": true}))).await;
    stack.advance(TimeDelta::seconds(10));
    let missing = ["/attributes/level", "/attributes/tags"];
    for way in [Way::Post, Way::Put] {
        assert_invalid(&way.write(&tenant, &json!({})).await, &missing);
        assert_invalid(&way.write(&tenant, &json!({"level": null, "tags": []})).await, &missing);
    }
    let change = |record: &Value, body: Value| tenant.admin().patch(path_of(&record["id"]), &body).send();
    assert_eq!(change(&before, json!({"score": 5})).await.status, 200, "an older record may still be changed");
    let made = record_with(&tenant, json!({"level": 1, "tags": ["red"]})).await;
    assert_invalid(&change(&made, json!({"attributes": {"level": null, "tags": []}})).await, &missing);
    assert_invalid(&change(&made, json!({"attributes": null})).await, &missing);
    assert_eq!(change(&made, json!({"attributes": {"level": 2}})).await.status, 200);
    let copy = with(record("ada", "x"), json!({"attributes": null}));
    assert_invalid(&tenant.admin().post("/v1/learning-records", &copy).send().await, &missing);
}

#[tokio::test]
async fn a_record_has_at_most_64_kilobytes() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for i in 0..8 {
        made(&tenant, &wish(&format!("a{i}"), "long_answer")).await;
    }
    let answers: Value =
        (0..6).map(|i| (format!("a{i}"), json!("x".repeat(10_000)))).collect::<serde_json::Map<_, _>>().into();
    let made = record_with(&tenant, answers).await;
    let change = |length| {
        let body = json!({"attributes": {"a6": "x".repeat(length)}});
        tenant.admin().patch(path_of(&made["id"]), &{ body }).send()
    };
    let answer = change(6_000).await;
    assert_eq!(answer.status, 413);
    let detail = answer.json()["detail"].as_str().map(str::to_owned).unwrap_or_default();
    assert!(detail.starts_with("a record is at most 65536 bytes, this is "), "{detail}");
    assert_eq!(change(5_000).await.status, 200);
    assert_invalid(&change(10_001).await, &["/attributes/a6"]);
}

#[tokio::test]
async fn an_attribute_is_of_use_to_every_container_as_soon_as_it_was_made() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let admin = tenant.admin();
    let record = record_with(&tenant, json!({})).await;
    Way::Put.write(&tenant, &json!({})).await;
    assert_invalid(&Way::Patch.write(&tenant, &json!({"a": 1})).await, &["/attributes/a"]);

    made(&tenant, &wish("a", "number")).await;
    for way in [Way::Post, Way::Put, Way::Patch] {
        let answer = way.write(&tenant, &json!({"a": 1})).await;
        assert!(answer.status.is_success(), "{way:?}: {}", answer.text());
    }
    assert_eq!(admin.delete(attribute_path("a?on_existing=clear")).send().await.status, 204);
    made(&tenant, &wish("a", "multiple_choice")).await;
    for way in [Way::Post, Way::Put, Way::Patch] {
        let answer = way.write(&tenant, &json!({"a": "red"})).await;
        assert!(answer.status.is_success(), "{way:?} of another type: {}", answer.text());
    }
    changed(&tenant, &attribute_path("a"), &json!({"options": ["red", "green", "blue", "violet"]})).await;
    let answer = admin.patch(path_of(&record["id"]), &json!({"attributes": {"a": "violet"}})).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn restrictions_take_hold_within_10_seconds() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for key in ["gone", "later", "choice"] {
        made(&tenant, &wish(key, if key == "choice" { "multiple_choice" } else { "number" })).await;
    }
    let good = json!({"gone": 1, "choice": "red"});
    for way in [Way::Post, Way::Put, Way::Patch] {
        assert!(way.write(&tenant, &good).await.status.is_success());
    }
    let admin = tenant.admin();
    assert_eq!(admin.delete(attribute_path("gone?on_existing=clear")).send().await.status, 204);
    changed(&tenant, &attribute_path("later"), &json!({"required": true})).await;
    let keep = attribute_path("choice?on_existing=keep");
    changed(&tenant, &keep, &json!({"options": ["green", "blue"]})).await;
    stack.advance(TimeDelta::seconds(10));
    let all = ["/attributes/choice", "/attributes/gone", "/attributes/later"];
    assert_invalid(&Way::Post.write(&tenant, &good).await, &all);
    // The record of the put has its choice already, and may keep it.
    assert_invalid(&Way::Put.write(&tenant, &good).await, &all[1..]);
    let older = with(record("ada", "x"), json!({"attributes": {"later": 1}}));
    let older = admin.create(&older).await;
    let answer = admin.patch(path_of(&older["id"]), &json!({"attributes": good})).send().await;
    assert_invalid(&answer, &all[..2]);
}

#[tokio::test]
async fn what_is_hidden_does_not_exist_for_students() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    open_to_students(&tenant).await;
    made(&tenant, &wish("shown", "number")).await;
    made(&tenant, &with(wish("hidden", "number"), json!({"hidden_from_students": true}))).await;
    let record = record_with(&tenant, json!({"shown": 1, "hidden": 2})).await;
    let student = tenant.caller("ada", Role::Student, None, None);
    let seen = with(record.clone(), json!({"attributes": {"shown": 1}}));
    assert_eq!(student.read(&record["id"]).await, seen);
    for list in ["person_id=ada", "person_id=ada&limit=1"] {
        let list = student.get(format!("/v1/learning-records?{list}")).send().await.json();
        assert_eq!(list["data"], json!([seen]));
    }
    for (name, caller) in [("manager", tenant.manager()), ("admin", tenant.admin()), ("admin key", tenant.key_holder())]
    {
        assert_eq!(caller.read(&record["id"]).await, record, "{name}");
    }
    let named = with(record, json!({"external_id": "n1"}));
    let put = json!({"person_id": "ada", "title": "x", "attributes": named["attributes"]});
    tenant.admin().put("/v1/learning-records/by-external-id/n1", &put).send().await;
    let by_name = student.get("/v1/learning-records?external_id=n1").send().await.json();
    assert_eq!(by_name["data"][0]["attributes"], json!({"shown": 1}));
    for write in [
        student.post("/v1/learning-records", &put).send().await,
        student.patch(path_of(&named["id"]), &json!({"attributes": {"hidden": 3}})).send().await,
    ] {
        assert_eq!(write.status, 403);
        assert!(!write.text().contains("hidden"), "{}", write.text());
    }
}

#[tokio::test]
async fn what_becomes_hidden_is_hidden_within_10_seconds() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    open_to_students(&tenant).await;
    made(&tenant, &wish("a", "number")).await;
    let record = record_with(&tenant, json!({"a": 1})).await;
    let student = tenant.caller("ada", Role::Student, None, None);
    assert_eq!(student.read(&record["id"]).await, record);
    changed(&tenant, &attribute_path("a"), &json!({"hidden_from_students": true})).await;
    stack.advance(TimeDelta::seconds(10));
    assert_eq!(student.read(&record["id"]).await, with(record.clone(), json!({"attributes": {}})));
    changed(&tenant, &attribute_path("a"), &json!({"hidden_from_students": false})).await;
    stack.advance(TimeDelta::seconds(10));
    assert_eq!(student.read(&record["id"]).await, record);
}

#[tokio::test]
async fn an_application_writes_values_of_its_own_records() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    made(&tenant, &with(wish("hidden", "number"), json!({"hidden_from_students": true}))).await;
    let body = with(record("ada", "x"), json!({"attributes": {"hidden": 1}}));
    let made = tenant.application("lms").create(&body).await;
    assert_eq!(tenant.application("lms").read(&made["id"]).await["attributes"], json!({"hidden": 1}));
    assert_eq!(tenant.application("hr").get(path_of(&made["id"])).send().await.status, 404);
}

#[tokio::test]
async fn who_acts_for_a_student_sees_no_more_than_the_student() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    tenant.show_students_their_records(true).await;
    crate::api::people::made(&tenant, json!({"id": "sam", "role": "student"})).await;
    let hidden = json!({"key": "note", "label": "Note", "type": "short_answer", "hidden_from_students": true});
    crate::api::attributes::made(&tenant, &hidden).await;
    let body = json!({"person_id": "sam", "title": "x", "attributes": {"note": "weak"}});
    let record = tenant.admin().create(&body).await;
    let path = crate::support::path_of(&record["id"]);
    let admin = tenant.admin();
    assert_eq!(admin.get(&path).send().await.json()["attributes"], json!({"note": "weak"}));
    let shown = admin.get(&path).header("subject-user", "sam").send().await;
    assert_eq!((shown.status.as_u16(), &shown.json()["attributes"]), (200, &json!({})));
    let attribute = admin.get("/v1/attributes/note").header("subject-user", "sam").send().await;
    assert_eq!(attribute.status, 404);
    let write = admin.patch(&path, &json!({"score": 1})).header("subject-user", "sam").send().await;
    assert_eq!(write.status, 403);
}
