//! The wire between functions and the world: it records every call to DynamoDB with its keys and what it consumed, lets
//! calls to it and to S3 fail or say something else, and answers for identity providers that exist in the test alone.
//!
//! ```ignore
//! // The second call fails, once: the SDK tries it again.
//! stack.wire.plan([None, Some(Fault::ServerError)]);
//! // The third call fails however often it is tried.
//! stack.wire.rule(|attempt| if attempt.call == 2 { Fate::Fail(Fault::Reset) } else { Fate::Pass });
//! // Whatever came too late is done now, and from now on nothing fails.
//! stack.wire.land().await;
//! stack.wire.obey();
//! ```

mod fault;

pub(crate) use fault::{Attempt, Fate, Fault};

use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use fault::lost;
use http_body_util::BodyExt;
use rol_local::Wrap;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};
use tokio::sync::Barrier;

/// A call to DynamoDB, and what it consumed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    /// `GetItem`, `PutItem`, …
    pub operation: String,
    /// The keys that it names, `<pk> <sk>`; of a query its partition.
    pub keys: Vec<String>,
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

/// What decides about each try of a call.
type Rule = Arc<dyn Fn(&Attempt) -> Fate + Send + Sync>;

/// The wire of one stack.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wire(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    /// What happens to the next tries, in order; `None` lets one pass.
    plan: VecDeque<Option<Fault>>,
    /// What happens to every try when the plan is used up.
    always: Option<Fault>,
    /// What decides where the plan does not.
    rule: Option<Rule>,
    /// The calls that the rule has seen, by the SDK's own ids.
    seen: Vec<String>,
    /// How many writes still wait for each other, and where.
    together: Option<(usize, Arc<Barrier>)>,
    /// What is still to arrive.
    late: Vec<(HttpRequest, SharedHttpConnector)>,
    /// What is answered in the place of the network.
    pages: BTreeMap<String, Page>,
    /// The URLs that were asked for.
    fetches: Vec<String>,
    /// What was sent to DynamoDB, each call's JSON.
    sent: Vec<String>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("calls", &self.calls).field("plan", &self.plan).finish_non_exhaustive()
    }
}

impl Wire {
    /// For the containers of a stack.
    pub(crate) fn wrap(&self) -> Wrap {
        let wire = self.clone();
        Arc::new(move |inner| SharedHttpConnector::new(Recorder { wire: wire.clone(), inner }))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("not poisoned")
    }

    /// What was called since the last time.
    pub(crate) fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.state().calls)
    }

    /// Everything that was sent to DynamoDB so far.
    pub(crate) fn sent(&self) -> String {
        self.state().sent.join("\n")
    }

    /// Lets the next tries fare as planned.
    pub(crate) fn plan(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.state().plan = faults.into_iter().collect();
    }

    /// How many of the planned tries did not come.
    pub(crate) fn left(&self) -> usize {
        self.state().plan.len()
    }

    /// Lets every try fail like this, or none any longer.
    pub(crate) fn always(&self, fault: Option<Fault>) {
        self.state().always = fault;
    }

    /// Lets this decide what becomes of each try from now on; calls are counted from here.
    pub(crate) fn rule(&self, rule: impl Fn(&Attempt) -> Fate + Send + Sync + 'static) {
        let mut state = self.state();
        state.rule = Some(Arc::new(rule));
        state.seen.clear();
    }

    /// Keeps the next so many writes back until all of them are there: whoever makes them has read the same.
    pub(crate) fn together(&self, count: usize) {
        self.state().together = Some((count, Arc::new(Barrier::new(count))));
    }

    /// Where a call waits for others.
    fn meeting(&self, operation: &str) -> Option<Arc<Barrier>> {
        let is_write = matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem" | "TransactWriteItems");
        let mut state = self.state();
        let (count, barrier) = state.together.as_mut().filter(|(count, _)| is_write && *count > 0)?;
        *count -= 1;
        Some(barrier.clone())
    }

    /// Lets everything pass again.
    pub(crate) fn obey(&self) {
        let mut state = self.state();
        (state.rule, state.always) = (None, None);
        state.plan.clear();
    }

    /// Does what callers gave up on before it arrived ([`Fault::Late`]); how much that was.
    pub(crate) async fn land(&self) -> usize {
        let late = std::mem::take(&mut self.state().late);
        let count = late.len();
        for (request, inner) in late {
            // Nobody is there to hear the answer, and a refusal is one.
            drop(inner.call(request).await);
        }
        count
    }

    /// Answers for a URL from now on.
    pub(crate) fn serve(&self, url: &str, page: impl Into<Page>) {
        self.state().pages.insert(url.to_owned(), page.into());
    }

    /// The URLs other than DynamoDB's that were asked for since the last time.
    pub(crate) fn take_fetches(&self) -> Vec<String> {
        std::mem::take(&mut self.state().fetches)
    }

    /// What is answered for a URL, where it is not the network's to answer.
    fn fetch(&self, url: &str) -> Option<Page> {
        let mut state = self.state();
        state.fetches.push(url.to_owned());
        state.pages.get(url).cloned()
    }

    /// What becomes of a try.
    fn fate(&self, operation: &str, request: &HttpRequest, body: &Value) -> Fate {
        let mut state = self.state();
        if let Some(planned) = state.plan.pop_front() {
            return planned.map_or(Fate::Pass, Fate::Fail);
        }
        if let Some(fault) = state.always {
            return Fate::Fail(fault);
        }
        let Some(rule) = state.rule.clone() else { return Fate::Pass };
        let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
        let id = header("amz-sdk-invocation-id");
        let call = state.seen.iter().position(|seen| *seen == id).unwrap_or_else(|| {
            state.seen.push(id);
            state.seen.len() - 1
        });
        drop(state);
        // `attempt=2; max=3`
        let tries = header("amz-sdk-request");
        let number = tries.trim_start_matches("attempt=").split(';').next().and_then(|number| number.parse().ok());
        let number = number.unwrap_or(1);
        rule(&Attempt { operation: operation.to_owned(), call, number, body: body.clone() })
    }
}

#[derive(Debug)]
struct Recorder {
    wire: Wire,
    inner: SharedHttpConnector,
}

impl HttpConnector for Recorder {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let Some(operation) = target.strip_prefix("DynamoDB_20120810.").map(str::to_owned) else {
            if let Some(operation) = s3_operation(&request) {
                return self.ask_s3(operation, request);
            }
            return match self.wire.fetch(request.uri()) {
                Some(page) => HttpConnectorFuture::ready(page.answer()),
                None => self.inner.call(request),
            };
        };
        let mut body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
        body["ReturnConsumedCapacity"] = json!("INDEXES");
        self.wire.state().sent.push(body.to_string());
        let fate = self.wire.fate(&operation, &request, &body);
        let meeting = self.wire.meeting(&operation);
        let (wire, inner) = (self.wire.clone(), self.inner.clone());
        HttpConnectorFuture::new(async move {
            if let Some(meeting) = meeting {
                meeting.wait().await;
            }
            let (asked, fault) = match fate {
                Fate::Answer(said) => return Ok(fault::answer(200, said.to_string())),
                Fate::Pass => (vec![body], None),
                Fate::Ask(other) => (vec![other], None),
                Fate::AskAll(all) => (all, None),
                Fate::Fail(Fault::Silence) => std::future::pending().await,
                Fate::Fail(Fault::Late) => return wire.hold(request, &body, inner),
                Fate::Hold(other) => return wire.hold(request, &other, inner),
                Fate::Fail(fault) if fault.is_done() => (vec![body], Some(fault)),
                Fate::Fail(fault) => return fault.seen(None),
            };
            let mut last = None;
            for body in asked {
                let mut request = request.try_clone().expect("a body in memory");
                set_body(&mut request, &body);
                last = Some(wire.ask(&inner, request, &operation, &body).await?);
            }
            let (mut response, said) = last.expect("something is asked");
            if let Some(fault) = fault {
                return fault.seen(Some(said));
            }
            *response.body_mut() = SdkBody::from(said);
            Ok(response)
        })
    }
}

/// `PUT incoming`, `GET files`, …: what a call to S3 does under which prefix; `None` where it goes elsewhere.
fn s3_operation(request: &HttpRequest) -> Option<String> {
    request.headers().get("authorization").filter(|it| it.contains("/s3/aws4_request"))?;
    let path = request.uri().split("//").nth(1)?.split('?').next()?;
    let copy = if request.headers().get("x-amz-copy-source").is_some() { "COPY" } else { request.method() };
    Some(format!("{copy} {}", path.split('/').nth(2).unwrap_or_default()))
}

impl Recorder {
    /// A call to S3 fares as one to DynamoDB; of what it says only the URL is recorded.
    fn ask_s3(&self, operation: String, request: HttpRequest) -> HttpConnectorFuture {
        self.wire.state().fetches.push(request.uri().to_owned());
        let fate = self.wire.fate(&operation, &request, &Value::Null);
        let (wire, inner) = (self.wire.clone(), self.inner.clone());
        HttpConnectorFuture::new(async move {
            match fate {
                Fate::Fail(Fault::Late) => {
                    wire.state().late.push((request, inner));
                    Fault::Late.seen(None)
                }
                Fate::Fail(fault) if fault.is_done() => {
                    let mut response = inner.call(request).await?;
                    let said = response.take_body().collect().await.map_err(ConnectorError::io)?.to_bytes();
                    // Where the answer breaks off its headers had arrived.
                    *response.body_mut() = fault.seen(Some(said))?.take_body();
                    Ok(response)
                }
                Fate::Fail(Fault::Throttle) => Ok(fault::answer(503, "<Error><Code>SlowDown</Code></Error>")),
                Fate::Fail(fault) => fault.seen(None),
                _ => inner.call(request).await,
            }
        })
    }
}

impl Wire {
    /// Keeps a call back until [`Wire::land`]; what its caller sees.
    fn hold(
        &self,
        mut request: HttpRequest,
        body: &Value,
        inner: SharedHttpConnector,
    ) -> Result<HttpResponse, ConnectorError> {
        set_body(&mut request, body);
        self.state().late.push((request, inner));
        Fault::Late.seen(None)
    }

    /// Asks the engine, and notes what that consumed.
    async fn ask(
        &self,
        inner: &SharedHttpConnector,
        request: HttpRequest,
        operation: &str,
        body: &Value,
    ) -> Result<(HttpResponse, Bytes), ConnectorError> {
        let mut response = inner.call(request).await?;
        let said = response.take_body().collect().await.map_err(ConnectorError::io)?.to_bytes();
        let consumed: Value = serde_json::from_slice(&said).unwrap_or_default();
        self.state().calls.push(read_call(operation.to_owned(), body, &consumed["ConsumedCapacity"]));
        Ok((response, said))
    }
}

impl Page {
    fn answer(self) -> Result<HttpResponse, ConnectorError> {
        match self {
            Self::Body(body) => Ok(fault::answer(200, body)),
            Self::Status(status) => Ok(fault::answer(status, r#"{"keys":[]}"#)),
            Self::Unreachable => Err(lost()),
        }
    }
}

fn set_body(request: &mut HttpRequest, body: &Value) {
    let text = body.to_string();
    request.headers_mut().insert("content-length", text.len().to_string());
    *request.body_mut() = SdkBody::from(text);
}

/// The keys that a call names.
fn keys_of(body: &Value) -> Vec<String> {
    let key = |item: &Value| Some(format!("{} {}", item["pk"]["S"].as_str()?, item["sk"]["S"].as_str()?));
    let own = [&body["Key"], &body["Item"]].into_iter();
    let gets = body["RequestItems"].as_object().into_iter().flatten().flat_map(|(_, of)| of["Keys"].as_array());
    let writes = body["TransactItems"].as_array().into_iter().flatten();
    let writes = writes.flat_map(|write| write.as_object().into_iter().flatten());
    let writes = writes.flat_map(|(_, write)| [&write["Key"], &write["Item"]]);
    let query = body["ExpressionAttributeValues"][":pk"]["S"].as_str().map(str::to_owned);
    own.chain(gets.flatten()).chain(writes).filter_map(key).chain(query).collect()
}

fn read_call(operation: String, body: &Value, consumed: &Value) -> Call {
    // A transaction answers with a list, one entry a table; there is one table.
    let consumed = if consumed.is_array() { &consumed[0] } else { consumed };
    let indexes = consumed["GlobalSecondaryIndexes"].as_object().into_iter().flatten();
    let units = |value: &Value| value["CapacityUnits"].as_f64();
    Call {
        operation,
        keys: keys_of(body),
        table_units: units(&consumed["Table"]).or_else(|| units(consumed)).unwrap_or(0.0),
        index_units: indexes.map(|(name, value)| (name.clone(), units(value).unwrap_or(0.0))).collect(),
    }
}
