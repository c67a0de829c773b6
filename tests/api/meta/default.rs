//! `$default`: what no route matches.

use crate::support::{Caller, Stack};
use http::Method;
use rstest::rstest;
use serde_json::json;

#[rstest]
#[case::records(Method::DELETE, "/v1/learning-records", "GET, POST")]
#[case::record(Method::PUT, "/v1/learning-records/x", "GET, PATCH, DELETE")]
#[case::restore(Method::GET, "/v1/learning-records/x/restore", "POST")]
#[case::by_external_id(Method::GET, "/v1/learning-records/by-external-id/x", "PUT")]
#[case::keys(Method::PUT, "/v1/api-keys", "GET, POST")]
#[case::key(Method::GET, "/v1/api-keys/x", "PATCH, DELETE")]
#[case::me(Method::POST, "/v1/me", "GET")]
#[case::health(Method::POST, "/health", "GET")]
#[case::head(Method::HEAD, "/health", "GET")]
#[case::options(Method::OPTIONS, "/openapi.json", "GET")]
#[case::trace(Method::TRACE, "/v1/me", "GET")]
#[tokio::test]
async fn a_path_that_is_known_names_its_methods(#[case] method: Method, #[case] path: &str, #[case] allow: &str) {
    let stack = Stack::start();
    let answer = Caller::nobody(&stack).request(method, path).send().await;
    let mut found: Vec<&str> = answer.header("allow").expect("Allow").split(", ").collect();
    let mut expected: Vec<&str> = allow.split(", ").collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!((answer.status.as_u16(), found), (405, expected));
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.json()["type"], "urn:records-of-learning:problem:method-not-allowed");
    assert!(stack.wire.sent().is_empty());
}

#[rstest]
#[case::root("/")]
#[case::stage("/$default")]
#[case::version("/v2/me")]
#[case::upper_case("/V1/ME")]
#[case::trailing_slash("/v1/me/")]
#[case::double_slash("//v1/me")]
#[case::below("/v1/learning-records/x/nothing")]
#[case::no_id("/v1/api-keys/")]
#[case::dots("/v1/../v1/me")]
#[case::encoded("/%2e%2e/etc/passwd")]
#[case::not_utf_8("/%ff%fe")]
#[case::nul("/v1/%00")]
#[case::strange("/v1/<script>")]
#[tokio::test]
async fn another_path_is_not_found(#[case] path: &str) {
    let stack = Stack::start();
    let tenant = stack.tenant().await;
    stack.wire.take();
    for caller in [Caller::nobody(&stack), tenant.admin()] {
        let answer = caller.get(path.replace('<', "%3C").replace('>', "%3E")).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (404, None), "{}", answer.text());
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        let problem = answer.json();
        let id = answer.header("x-request-id").expect("an id");
        let expected = json!({
            "type": "urn:records-of-learning:problem:not-found", "title": "Not found", "status": 404,
            "detail": "no such route", "instance": format!("urn:records-of-learning:request:{id}"), "request_id": id,
        });
        assert_eq!(problem, expected);
    }
    assert!(stack.wire.take().is_empty());
}
