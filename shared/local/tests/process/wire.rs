//! The gateway over its socket: what the event builder never sees, and what a client does.

use crate::support::{Place, send};
use serde_json::json;

#[test]
fn a_client_that_sends_too_much_is_told_so() {
    let place = Place::new();
    let stack = place.start(&["--ephemeral"]);
    let url = format!("{}/v1/learning-records", stack.at("base_url"));
    for megabytes in [7, 11, 30] {
        let body = vec![b' '; megabytes * 1024 * 1024];
        let answer = send("POST", &url, &[("content-type", "application/json")], &body);
        assert_eq!((answer.status, answer.json()), (413, json!({"message": "Request Entity Too Large"})));
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

#[test]
fn paths_are_matched_as_they_are_sent() {
    let place = Place::new();
    let stack = place.start(&["--ephemeral"]);
    let list = "/v1/learning-records?person_id=ada@example.com";
    assert_eq!(stack.get(list).status, 200);
    for path in ["/v1/learning-records/?person_id=ada@example.com", "/health/", "/v1/learning-records//restore", "//"] {
        let answer = stack.get(path);
        assert_eq!((answer.status, answer.header("content-type")), (404, Some("application/problem+json")), "{path}");
    }
    // An encoded slash stays within the id, which is then none.
    let own = |path: &str| {
        let answer = stack.get(path);
        let id = answer.header("x-request-id").expect("an id").to_owned();
        (answer.status, answer.text().replace(&id, "ID"))
    };
    let missing = own("/v1/learning-records/lrn_00000000000000000000000000");
    assert_eq!((missing.0, &own("/v1/learning-records/by%2Fslash")), (404, &missing));
}

#[test]
fn another_method_of_a_known_path_is_not_allowed() {
    let place = Place::new();
    let stack = place.start(&["--ephemeral"]);
    let answer = stack.ask(stack.at("api_key"), "PUT", "/health", &json!({}));
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")));
}
