//! `GET /health`

use crate::support::{Caller, Fault, Stack};

#[tokio::test]
async fn anybody_may_ask_and_nothing_is_touched() {
    let stack = Stack::start();
    // Neither a store that is away nor a credential that is none makes a difference.
    stack.wire.always(Some(Fault::BeforeCommit));
    for caller in [Caller::nobody(&stack), Caller::bearer(&stack, "nonsense")] {
        let answer = caller.get("/health").send().await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, r#"{"status":"healthy"}"#));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.header("x-request-id").is_some());
    }
    assert!(stack.wire.sent().is_empty() && stack.wire.take_fetches().is_empty());
}
