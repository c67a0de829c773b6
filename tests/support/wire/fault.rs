//! What may happen to a call on its way.

use aws_smithy_runtime_api::{
    client::{orchestrator::HttpResponse, result::ConnectorError},
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};

/// How a try of a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// It never reaches the engine.
    BeforeCommit,
    /// It is done, and its answer is lost.
    AfterCommit,
    /// It is done, and the connection is reset in the middle of the answer.
    Reset,
    /// It is done, and the answer comes after the caller gave up.
    Slow,
    /// The caller gives up before the engine has the call, which does it later: when [`super::Wire::land`] is called.
    Late,
    /// The engine answers 500.
    ServerError,
    /// The engine asks for fewer requests.
    Throttle,
    /// The engine refuses a transaction because another one is at one of its items.
    Contention,
}

impl Fault {
    /// Every way to fail.
    pub(crate) const ALL: [Self; 8] = [
        Self::BeforeCommit,
        Self::AfterCommit,
        Self::Reset,
        Self::Slow,
        Self::Late,
        Self::ServerError,
        Self::Throttle,
        Self::Contention,
    ];

    /// Whether a call of this operation can fail so.
    pub(crate) fn applies_to(self, operation: &str) -> bool {
        self != Self::Contention || operation == "TransactWriteItems"
    }

    /// Whether the engine does the call before it fails.
    pub(super) fn is_done(self) -> bool {
        matches!(self, Self::AfterCommit | Self::Reset | Self::Slow)
    }

    /// What the caller sees; `answer` is what the engine said, where it was asked.
    pub(super) fn seen(self, answer: Option<Bytes>) -> Result<HttpResponse, ConnectorError> {
        match self {
            Self::BeforeCommit | Self::AfterCommit => Err(lost()),
            Self::Slow | Self::Late => Err(ConnectorError::timeout("nothing came in time".into())),
            Self::Reset => Ok(broken_off(&answer.unwrap_or_default())),
            Self::ServerError => Ok(refusal(500, "InternalServerError")),
            Self::Throttle => Ok(refusal(400, "ProvisionedThroughputExceededException")),
            Self::Contention => Ok(contention()),
        }
    }
}

/// One try of a call, before it reaches the engine.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// `GetItem`, `PutItem`, …
    pub operation: String,
    /// Which call it is since the rule was made, from 0; a try again of the same call is the same call.
    pub call: usize,
    /// Which try of it, from 1.
    pub number: u32,
    /// What is asked, in DynamoDB's JSON.
    pub body: Value,
}

/// What becomes of a try.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fate {
    /// It passes.
    Pass,
    /// It fails.
    Fail(Fault),
    /// This is asked instead.
    Ask(Value),
    /// This is asked instead, but as late as a [`Fault::Late`].
    Hold(Value),
    /// This is answered, and nothing is done.
    Answer(Value),
    /// All of these are asked, and the last one's answer is given.
    AskAll(Vec<Value>),
}

pub(super) fn lost() -> ConnectorError {
    ConnectorError::io("the connection was lost".into())
}

pub(super) fn answer(status: u16, body: impl Into<SdkBody>) -> HttpResponse {
    HttpResponse::new(StatusCode::try_from(status).expect("a status"), body.into())
}

/// Half of an answer.
fn broken_off(answer_body: &Bytes) -> HttpResponse {
    let half = Full::new(answer_body.slice(..answer_body.len() / 2)).map_err(|never| match never {});
    let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    answer(200, SdkBody::from_body_1_x(half.with_trailers(std::future::ready(Some(Err(reset))))))
}

fn refusal(status: u16, code: &str) -> HttpResponse {
    let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "on demand"});
    answer(status, body.to_string())
}

fn contention() -> HttpResponse {
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]",
        "CancellationReasons": [{"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}],
    });
    answer(400, body.to_string())
}
