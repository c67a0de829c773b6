//! The wire between functions and the world: it records every call to DynamoDB with what it consumed, fails calls on
//! demand, and answers for identity providers that exist in the test alone.

use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;
use rol_local::Wrap;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

/// A call to DynamoDB, and what it consumed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    /// `GetItem`, `PutItem`, …
    pub operation: String,
    /// Capacity units of the table.
    pub table_units: f64,
    /// Capacity units of each index that was touched.
    pub index_units: BTreeMap<String, f64>,
}

/// Calls, read units, write units.
pub(crate) type Cost = (usize, f64, f64);

/// What calls cost together; a write unit of an index counts with the table's.
pub(crate) fn cost(calls: &[Call]) -> Cost {
    let is_read = |call: &&Call| matches!(call.operation.as_str(), "GetItem" | "Query" | "BatchGetItem");
    let units = |call: &Call| call.table_units + call.index_units.values().sum::<f64>();
    // Adding zero turns the empty sum, -0.0, into 0.0.
    let reads = calls.iter().filter(is_read).map(units).sum::<f64>() + 0.0;
    let writes = calls.iter().filter(|call| !is_read(call)).map(units).sum::<f64>() + 0.0;
    (calls.len(), reads, writes)
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It never reaches the engine.
    BeforeCommit,
    /// It is done, and its answer is lost.
    AfterCommit,
    /// Nothing is ever answered.
    Silence,
    /// The engine answers 500.
    ServerError,
    /// The engine asks for fewer requests.
    Throttle,
    /// The engine refuses a transaction because another one is at one of its items.
    Contention,
}

/// What a URL answers.
#[derive(Debug, Clone)]
pub(crate) enum Page {
    /// 200 with this body.
    Body(Vec<u8>),
    /// This status with an empty key set, so that only the status can be what is wrong.
    Status(u16),
    /// Nobody listens.
    Unreachable,
}

impl From<Value> for Page {
    fn from(document: Value) -> Self {
        Self::Body(document.to_string().into_bytes())
    }
}

/// The wire of one stack.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wire(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    calls: Vec<Call>,
    /// What happens to the next calls, in order; `None` lets one pass.
    plan: VecDeque<Option<Fault>>,
    /// What happens to every call when the plan is used up.
    always: Option<Fault>,
    /// What is answered in the place of the network.
    pages: BTreeMap<String, Page>,
    /// The URLs that were asked for.
    fetches: Vec<String>,
    /// What was sent to DynamoDB, each call's JSON.
    sent: Vec<String>,
}

impl Wire {
    /// For the containers of a stack.
    pub(crate) fn wrap(&self) -> Wrap {
        let wire = self.clone();
        Arc::new(move |inner| SharedHttpConnector::new(Recorder { wire: wire.clone(), inner }))
    }

    /// What was called since the last time.
    pub(crate) fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.0.lock().expect("not poisoned").calls)
    }

    /// Everything that was sent to DynamoDB so far.
    pub(crate) fn sent(&self) -> String {
        self.0.lock().expect("not poisoned").sent.join("\n")
    }

    /// Lets the next calls fare as planned.
    pub(crate) fn plan(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.0.lock().expect("not poisoned").plan = faults.into_iter().collect();
    }

    /// How many of the planned calls did not come.
    pub(crate) fn left(&self) -> usize {
        self.0.lock().expect("not poisoned").plan.len()
    }

    /// Lets every call fail like this, or none any longer.
    pub(crate) fn always(&self, fault: Option<Fault>) {
        self.0.lock().expect("not poisoned").always = fault;
    }

    /// Answers for a URL from now on.
    pub(crate) fn serve(&self, url: &str, page: impl Into<Page>) {
        self.0.lock().expect("not poisoned").pages.insert(url.to_owned(), page.into());
    }

    /// The URLs other than DynamoDB's that were asked for since the last time.
    pub(crate) fn take_fetches(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("not poisoned").fetches)
    }

    /// What is answered for a URL, where it is not the network's to answer.
    fn fetch(&self, url: &str) -> Option<Page> {
        let mut state = self.0.lock().expect("not poisoned");
        state.fetches.push(url.to_owned());
        state.pages.get(url).cloned()
    }

    fn next(&self) -> Option<Fault> {
        let mut state = self.0.lock().expect("not poisoned");
        state.plan.pop_front().unwrap_or(state.always)
    }
}

#[derive(Debug)]
struct Recorder {
    wire: Wire,
    inner: SharedHttpConnector,
}

impl HttpConnector for Recorder {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let Some(operation) = target.strip_prefix("DynamoDB_20120810.").map(str::to_owned) else {
            return match self.wire.fetch(request.uri()) {
                Some(page) => HttpConnectorFuture::ready(page.answer()),
                None => self.inner.call(request),
            };
        };
        ask_for_capacity(&mut request);
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        self.wire.0.lock().expect("not poisoned").sent.push(body);
        let (wire, inner) = (self.wire.clone(), self.inner.clone());
        HttpConnectorFuture::new(async move {
            let fault = wire.next();
            match fault {
                Some(Fault::BeforeCommit) => return Err(lost()),
                Some(Fault::Silence) => std::future::pending().await,
                Some(Fault::ServerError) => return Ok(refusal(500, "InternalServerError")),
                Some(Fault::Throttle) => return Ok(refusal(400, "ProvisionedThroughputExceededException")),
                Some(Fault::Contention) => return Ok(contention()),
                Some(Fault::AfterCommit) | None => {}
            }
            let mut response = inner.call(request).await?;
            let body = response.take_body().collect().await.map_err(ConnectorError::io)?.to_bytes();
            let consumed: Value = serde_json::from_slice(&body).unwrap_or_default();
            wire.0.lock().expect("not poisoned").calls.push(read_call(operation, &consumed["ConsumedCapacity"]));
            if fault == Some(Fault::AfterCommit) {
                return Err(lost());
            }
            *response.body_mut() = SdkBody::from(body);
            Ok(response)
        })
    }
}

impl Page {
    fn answer(self) -> Result<HttpResponse, ConnectorError> {
        let response = |status: u16, body| HttpResponse::new(StatusCode::try_from(status).expect("a status"), body);
        match self {
            Self::Body(body) => Ok(response(200, SdkBody::from(body))),
            Self::Status(status) => Ok(response(status, SdkBody::from(r#"{"keys":[]}"#))),
            Self::Unreachable => Err(lost()),
        }
    }
}

fn lost() -> ConnectorError {
    ConnectorError::io("the connection was lost".into())
}

fn refusal(status: u16, code: &str) -> HttpResponse {
    let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "on demand"});
    HttpResponse::new(StatusCode::try_from(status).expect("a status"), SdkBody::from(body.to_string()))
}

fn contention() -> HttpResponse {
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]",
        "CancellationReasons": [{"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}],
    });
    HttpResponse::new(StatusCode::try_from(400).expect("a status"), SdkBody::from(body.to_string()))
}

fn ask_for_capacity(request: &mut HttpRequest) {
    let body = request.body().bytes().unwrap_or_default();
    let Ok(mut body) = serde_json::from_slice::<Value>(body) else { return };
    body["ReturnConsumedCapacity"] = json!("INDEXES");
    let text = body.to_string();
    request.headers_mut().insert("content-length", text.len().to_string());
    *request.body_mut() = SdkBody::from(text);
}

fn read_call(operation: String, consumed: &Value) -> Call {
    // A transaction answers with a list, one entry a table; there is one table.
    let consumed = if consumed.is_array() { &consumed[0] } else { consumed };
    let indexes = consumed["GlobalSecondaryIndexes"].as_object().into_iter().flatten();
    let units = |value: &Value| value["CapacityUnits"].as_f64();
    Call {
        operation,
        table_units: units(&consumed["Table"]).or_else(|| units(consumed)).unwrap_or(0.0),
        index_units: indexes.map(|(name, value)| (name.clone(), units(value).unwrap_or(0.0))).collect(),
    }
}
