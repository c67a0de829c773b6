//! What a client gets: a function's answer, or the gateway's own.
//!
//! Source: "Create AWS Lambda proxy integrations for HTTP APIs", section "Lambda function response for format 2.0".

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

/// The largest answer of a synchronous Lambda call, in bytes, as Lambda's own error says: "Exceeded maximum allowed
/// payload size (6291556 bytes)".
const MAX_ANSWER: usize = 6_291_556;

/// What the gateway itself answers.
pub(super) fn own(status: StatusCode, message: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(json!({"message": message}).to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The answer to a request that the gateway or Lambda does not take.
pub(super) fn too_large() -> Response<Bytes> {
    own(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
}

/// A function's answer as HTTP.
///
/// # Errors
/// Where the gateway could not make sense of it, or Lambda would not have passed it on.
pub(super) fn response(answer: &Value) -> Result<Response<Bytes>> {
    let size = answer.to_string().len();
    ensure!(size <= MAX_ANSWER, "expected an answer of at most {MAX_ANSWER} bytes, found {size}");
    let Some(status) = answer.get("statusCode") else { return Ok(inferred(answer)) };
    let status = status.as_u64().with_context(|| format!("expected a number as statusCode, found {status}"))?;
    let mut response = Response::new(body(answer)?);
    *response.status_mut() = StatusCode::from_u16(u16::try_from(status)?)?;
    // One value a name: format 2.0 has no `multiValueHeaders`.
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            other => bail!("expected a text as header {name}, found {other}"),
        };
        response.headers_mut().insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::try_from(cookie)?);
    }
    Ok(response)
}

/// What has no `statusCode` is the body of a success, in JSON; a text stands for itself.
fn inferred(answer: &Value) -> Response<Bytes> {
    let body = answer.as_str().map_or_else(|| answer.to_string(), str::to_owned);
    let mut response = Response::new(Bytes::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn body(answer: &Value) -> Result<Bytes> {
    let text = match &answer["body"] {
        Value::Null => "",
        Value::String(text) => text,
        other => bail!("expected a text as body, found {other}"),
    };
    match &answer["isBase64Encoded"] {
        Value::Bool(true) => Ok(STANDARD.decode(text).context("a body that is no base 64")?.into()),
        _ => Ok(Bytes::copy_from_slice(text.as_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn parts(answer: Value) -> (u16, Vec<(String, String)>, String) {
        let response = response(&answer).expect("an answer");
        let header = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.to_string(), value.to_str().expect("a header's value").to_owned())
        };
        let text = String::from_utf8(response.body().to_vec()).expect("a text");
        (response.status().as_u16(), response.headers().iter().map(header).collect(), text)
    }

    fn json_type() -> Vec<(String, String)> {
        vec![("content-type".into(), "application/json".into())]
    }

    #[test]
    fn status_headers_and_body_are_passed_on() {
        let answer = json!({
            "statusCode": 201,
            "headers": {"content-type": "text/plain", "ETag": "\"1\"", "x-count": 7, "x-flag": true},
            "body": "made",
        });
        let expected = [("content-type", "text/plain"), ("etag", "\"1\""), ("x-count", "7"), ("x-flag", "true")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let (status, mut headers, body) = parts(answer);
        headers.sort();
        assert_eq!((status, headers, body.as_str()), (201, expected, "made"));
    }

    #[rstest]
    #[case::absent(json!({"statusCode": 204}))]
    #[case::null(json!({"statusCode": 204, "body": null, "headers": null, "cookies": null}))]
    #[case::empty(json!({"statusCode": 204, "body": "", "headers": {}, "cookies": [], "multiValueHeaders": {}}))]
    fn an_answer_needs_no_body(#[case] answer: Value) {
        assert_eq!(parts(answer), (204, vec![], String::new()));
    }

    #[rstest]
    #[case::an_object(json!({"id": 1}), r#"{"id":1}"#)]
    #[case::a_list(json!([1, 2]), "[1,2]")]
    #[case::a_text(json!("hello"), "hello")]
    #[case::nothing(json!(null), "null")]
    #[case::headers_without_a_status(json!({"headers": {"x-a": "b"}}), r#"{"headers":{"x-a":"b"}}"#)]
    fn an_answer_without_a_status_is_the_body_of_a_200(#[case] answer: Value, #[case] body: &str) {
        assert_eq!(parts(answer), (200, json_type(), body.to_owned()));
    }

    #[test]
    fn a_body_in_base_64_is_decoded() {
        let answer = json!({"statusCode": 200, "isBase64Encoded": true, "body": "AP/+"});
        assert_eq!(response(&answer).expect("an answer").body().as_ref(), [0, 0xff, 0xfe]);
        let answer = json!({"statusCode": 200, "isBase64Encoded": false, "body": "AP/+"});
        assert_eq!(response(&answer).expect("an answer").body().as_ref(), b"AP/+");
    }

    #[test]
    fn each_cookie_becomes_a_set_cookie() {
        let answer = json!({"statusCode": 200, "cookies": ["a=1; Secure", "b=2"], "headers": {"set-cookie": "c=3"}});
        let cookies = ["c=3", "a=1; Secure", "b=2"].map(|value| ("set-cookie".to_owned(), value.to_owned()));
        assert_eq!(parts(answer).1, cookies);
    }

    /// Otherwise the local stack would hide what is lost on AWS.
    #[test]
    fn headers_with_many_values_are_those_of_format_1_and_ignored() {
        let answer = json!({"statusCode": 200, "multiValueHeaders": {"x-a": ["1", "2"]}, "headers": {"x-b": "3,4"}});
        assert_eq!(parts(answer).1, [("x-b".to_owned(), "3,4".to_owned())]);
    }

    #[rstest]
    #[case::status_as_text(json!({"statusCode": "two hundred"}))]
    #[case::status_null(json!({"statusCode": null}))]
    #[case::status_with_a_fraction(json!({"statusCode": 200.5}))]
    #[case::status_out_of_range(json!({"statusCode": 99}))]
    #[case::status_far_out_of_range(json!({"statusCode": 65_736}))]
    #[case::body_as_an_object(json!({"statusCode": 200, "body": {"id": 1}}))]
    #[case::no_base_64(json!({"statusCode": 200, "body": "%", "isBase64Encoded": true}))]
    #[case::header_as_an_object(json!({"statusCode": 200, "headers": {"x-a": {}}}))]
    #[case::header_with_a_line_break(json!({"statusCode": 200, "headers": {"x-a": "b\r\nx-c: d"}}))]
    #[case::header_without_a_name(json!({"statusCode": 200, "headers": {"": "b"}}))]
    #[case::cookie_with_a_line_break(json!({"statusCode": 200, "cookies": ["a=1\r\nx-c: d"]}))]
    fn a_malformed_answer_is_an_error(#[case] answer: Value) {
        let found = response(&answer);
        assert!(found.is_err(), "{found:?}");
    }

    #[test]
    fn an_answer_is_at_most_as_large_as_lambda_passes_on() {
        let overhead = json!({"statusCode": 200, "body": ""}).to_string().len();
        let sized = |size: usize| response(&json!({"statusCode": 200, "body": "a".repeat(size - overhead)}));
        assert!(sized(MAX_ANSWER).is_ok());
        let error = sized(MAX_ANSWER + 1).expect_err("too large").to_string();
        assert_eq!(error, "expected an answer of at most 6291556 bytes, found 6291557");
    }

    #[test]
    fn the_gateways_own_answers_keep_the_shape_of_aws() {
        let response = too_large();
        assert_eq!(
            (response.status(), response.body().as_ref()),
            (StatusCode::PAYLOAD_TOO_LARGE, br#"{"message":"Request Entity Too Large"}"#.as_slice())
        );
        assert_eq!(response.headers()["content-type"], "application/json");
    }
}
