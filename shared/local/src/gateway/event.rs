//! A request as the event of an HTTP API, payload format 2.0.
//!
//! Sources: "Create AWS Lambda proxy integrations for HTTP APIs", and an event that was captured on AWS
//! (hotsock/voker, `vokerhttp/testdata/apigwv2-request.json`): its path is decoded, its raw query is not, a `+` of the
//! query is a space.

use super::route::{Target, decoded};
use crate::connection::Peer;
use axum::extract::ConnectInfo;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, Request, header, uri::Authority};
use serde_json::{Map, Value, json};

/// The largest event of a synchronous Lambda call, in bytes, as Lambda's own error says: "Request must be smaller than
/// 6291456 bytes for the `InvokeFunction` operation".
const MAX_EVENT: usize = 6_291_456;

/// What the gateway adds to a request.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    /// When it came.
    pub(super) now: DateTime<Utc>,
    /// Its id.
    pub(super) request_id: String,
}

/// Whether Lambda takes an event of this size.
pub(super) fn fits(event: &Value) -> bool {
    event.to_string().len() <= MAX_EVENT
}

/// The event of a request.
pub(super) fn build(target: &Target, request: &Request<Bytes>, arrival: &Arrival) -> Value {
    let path = decoded(request.uri().path());
    let query = request.uri().query().unwrap_or_default();
    let headers = joined_headers(request.headers());
    let domain = domain(request.headers());
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    let mut event = json!({
        "version": "2.0",
        "routeKey": target.key,
        "rawPath": path,
        "rawQueryString": query,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": domain.split('.').next(),
            "http": {
                "method": request.method().as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": peer.map_or_else(|| "127.0.0.1".to_owned(), |peer| peer.0.0.ip().to_string()),
                "userAgent": headers.get("user-agent").cloned().unwrap_or_else(|| json!("")),
            },
            "requestId": arrival.request_id,
            "routeKey": target.key,
            "stage": "$default",
            "time": arrival.now.format("%d/%b/%Y:%H:%M:%S %z").to_string(),
            "timeEpoch": arrival.now.timestamp_millis(),
        },
        "headers": headers,
        "isBase64Encoded": false,
    });
    let cookies = cookies(request.headers());
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !query.is_empty() {
        event["queryStringParameters"] = joined_query(query).into();
    }
    if !target.parameters.is_empty() {
        event["pathParameters"] = target.parameters.clone().into();
    }
    if !request.body().is_empty() {
        let text = is_text(request.headers()).then(|| std::str::from_utf8(request.body()).ok()).flatten();
        event["isBase64Encoded"] = json!(text.is_none());
        event["body"] = json!(text.map_or_else(|| STANDARD.encode(request.body()), str::to_owned));
    }
    event
}

/// The host that the client named, without its port: a domain of API Gateway has none.
fn domain(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    host.map_or_else(|| "localhost".to_owned(), |host| host.host().to_owned())
}

/// Names in lower case, several values of one name joined with commas; cookies go elsewhere.
fn joined_headers(headers: &HeaderMap) -> Map<String, Value> {
    let mut joined = Map::new();
    for name in headers.keys().filter(|name| *name != header::COOKIE) {
        let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        joined.insert(name.to_string(), json!(values.collect::<Vec<_>>().join(",")));
    }
    joined
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies = values.flat_map(|value| value.split(';')).map(|cookie| cookie.trim().to_owned());
    cookies.filter(|cookie| !cookie.is_empty()).collect()
}

/// Decoded, several values of one name joined with commas.
fn joined_query(query: &str) -> Map<String, Value> {
    let mut joined: Map<String, Value> = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")));
        let all = match joined.get(&name).and_then(Value::as_str) {
            Some(before) => format!("{before},{value}"),
            None => value,
        };
        joined.insert(name, json!(all));
    }
    joined
}

/// Only these types arrive as text; all others, a missing one and `application/x-www-form-urlencoded` among them, in
/// base 64. AWS documents no list: this one was measured on a real HTTP API (ministackorg/ministack, pull request 766).
fn is_text(headers: &HeaderMap) -> bool {
    let essence = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()?.split(';').next());
    essence.is_some_and(|essence| {
        let essence = essence.trim().to_ascii_lowercase();
        essence.starts_with("text/")
            || matches!(essence.as_str(), "application/json" | "application/xml" | "application/javascript")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::request::Builder;
    use rstest::rstest;
    use std::net::SocketAddr;

    fn event_of(request: Builder, body: impl Into<Bytes>) -> Value {
        let key = "POST /things/{id}".to_owned();
        let parameters = Map::from_iter([("id".to_owned(), json!("a/b"))]);
        let target = Target { key, function: "things.create".into(), parameters };
        let now = DateTime::from_timestamp_millis(1_783_711_145_766).expect("a moment");
        build(&target, &request.body(body.into()).expect("a request"), &Arrival { now, request_id: "id-1".into() })
    }

    fn post(uri: &str) -> Builder {
        Request::post(uri).header("host", "api.example.com")
    }

    #[test]
    fn an_event_has_everything_that_the_gateway_knows() {
        let peer: SocketAddr = "192.0.2.7:4711".parse().expect("an address");
        let request = post("/things/a%2Fb?a=1").header("user-agent", "test/1").header("content-type", "text/plain");
        let event = event_of(request.extension(ConnectInfo(Peer(peer))), "hello");
        let expected = json!({
            "version": "2.0",
            "routeKey": "POST /things/{id}",
            "rawPath": "/things/a/b",
            "rawQueryString": "a=1",
            "queryStringParameters": {"a": "1"},
            "pathParameters": {"id": "a/b"},
            "headers": {"host": "api.example.com", "user-agent": "test/1", "content-type": "text/plain"},
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "local",
                "domainName": "api.example.com",
                "domainPrefix": "api",
                "http": {
                    "method": "POST",
                    "path": "/things/a/b",
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.7",
                    "userAgent": "test/1",
                },
                "requestId": "id-1",
                "routeKey": "POST /things/{id}",
                "stage": "$default",
                "time": "10/Jul/2026:19:19:05 +0000",
                "timeEpoch": 1_783_711_145_766_u64,
            },
            "body": "hello",
            "isBase64Encoded": false,
        });
        assert_eq!(event, expected);
    }

    #[test]
    fn what_a_request_does_not_have_is_absent() {
        let event = event_of(Request::post("/"), "");
        for name in ["queryStringParameters", "cookies", "body"] {
            assert_eq!(event.get(name), None, "{name}");
        }
        assert_eq!((&event["rawQueryString"], &event["isBase64Encoded"]), (&json!(""), &json!(false)));
        let context = &event["requestContext"];
        assert_eq!((&context["domainName"], &context["http"]["sourceIp"]), (&json!("localhost"), &json!("127.0.0.1")));
        assert_eq!(context["http"]["userAgent"], "");
    }

    #[rstest]
    #[case("127.0.0.1:4000", "127.0.0.1", "127")]
    #[case("abc.execute-api.eu-central-1.amazonaws.com", "abc.execute-api.eu-central-1.amazonaws.com", "abc")]
    fn a_domain_has_no_port(#[case] host: &str, #[case] domain: &str, #[case] prefix: &str) {
        let event = event_of(Request::post("/").header("host", host), "");
        assert_eq!(event["headers"]["host"], host);
        let context = &event["requestContext"];
        assert_eq!((&context["domainName"], &context["domainPrefix"]), (&json!(domain), &json!(prefix)));
    }

    #[rstest]
    #[case::json("application/json", true)]
    #[case::json_with_parameters("Application/JSON ; charset=utf-8", true)]
    #[case::xml("application/xml", true)]
    #[case::javascript("application/javascript", true)]
    #[case::any_text("text/csv", true)]
    #[case::merge_patch("application/merge-patch+json", false)]
    #[case::problem("application/problem+json", false)]
    #[case::form("application/x-www-form-urlencoded", false)]
    #[case::multipart("multipart/form-data; boundary=text/", false)]
    #[case::bytes("application/octet-stream", false)]
    #[case::pdf("application/pdf", false)]
    #[case::json_as_parameter("image/png; application/json", false)]
    #[case::prefix_of_json("application/jsonl", false)]
    #[case::empty("", false)]
    fn the_content_type_decides_on_base_64(#[case] content_type: &str, #[case] is_text: bool) {
        let event = event_of(post("/").header("content-type", content_type), "{\"ä\": 1}");
        let body = if is_text { "{\"ä\": 1}" } else { "eyLDpCI6IDF9" };
        assert_eq!((&event["isBase64Encoded"], &event["body"]), (&json!(!is_text), &json!(body)));
    }

    #[test]
    fn a_body_without_a_type_and_a_text_that_is_none_are_in_base_64() {
        let untyped = event_of(post("/"), "hello");
        assert_eq!((&untyped["isBase64Encoded"], &untyped["body"]), (&json!(true), &json!("aGVsbG8=")));
        let bytes = event_of(post("/").header("content-type", "text/plain"), vec![0xff, 0xfe]);
        assert_eq!((&bytes["isBase64Encoded"], &bytes["body"]), (&json!(true), &json!("//4=")));
    }

    #[rstest]
    #[case::one("a=1", json!({"a": "1"}))]
    #[case::repeated("a=1&b=2&a=3", json!({"a": "1,3", "b": "2"}))]
    #[case::repeated_in_two_spellings("a=1&%61=2", json!({"a": "1,2"}))]
    #[case::a_comma_within("a=1%2C2&a=3", json!({"a": "1,2,3"}))]
    #[case::encoded("u=https%3A%2F%2Fexample.com%2Fa%2Fb", json!({"u": "https://example.com/a/b"}))]
    #[case::plus("literal=a+b&encoded=a%2Bb", json!({"literal": "a b", "encoded": "a+b"}))]
    #[case::without_a_value("a&b=", json!({"a": "", "b": ""}))]
    #[case::an_equals_sign_within("a=b=c", json!({"a": "b=c"}))]
    #[case::empty_parts("&&a=1&", json!({"a": "1"}))]
    fn equal_query_keys_are_joined_and_the_raw_query_is_kept(#[case] query: &str, #[case] joined: Value) {
        let event = event_of(post(&format!("/things?{query}")), "");
        assert_eq!((&event["rawQueryString"], &event["queryStringParameters"]), (&json!(query), &joined));
    }

    #[test]
    fn equal_headers_are_joined_under_a_name_in_lower_case() {
        let event = event_of(post("/").header("X-Probe", "first").header("x-probe", "second, third"), "");
        assert_eq!(event["headers"], json!({"host": "api.example.com", "x-probe": "first,second, third"}));
    }

    #[test]
    fn cookies_are_no_headers() {
        let request = post("/").header("cookie", "session=abc; theme=dark;").header("cookie", "third=c=d");
        let event = event_of(request, "");
        assert_eq!(event["cookies"], json!(["session=abc", "theme=dark", "third=c=d"]));
        assert_eq!(event["headers"], json!({"host": "api.example.com"}));
    }

    #[test]
    fn an_event_is_at_most_as_large_as_lambda_takes() {
        let sized = |size: usize| json!("a".repeat(size - 2));
        assert!(fits(&sized(MAX_EVENT)));
        assert!(!fits(&sized(MAX_EVENT + 1)));
    }
}
