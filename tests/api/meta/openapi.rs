//! `GET /openapi.json`

use crate::support::{Caller, Stack};

#[tokio::test]
async fn the_document_is_served_as_it_was_committed() {
    let stack = Stack::start();
    let answer = Caller::nobody(&stack).get("/openapi.json").send().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text(), include_str!("../../../functions/meta/openapi.json"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(answer.json()["openapi"], "3.1.0");
    assert!(stack.wire.sent().is_empty());
}
