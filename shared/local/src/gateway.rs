//! An HTTP API: routes matched, events built and answers given as API Gateway does (payload format 2.0).

use crate::{Containers, template::Function};
use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// The largest body that the gateway takes, in bytes: 10 MB.
pub(crate) const MAX_REQUEST_BODY: usize = 10 * 1024 * 1024;
/// The largest event or answer of a synchronous Lambda call, in bytes: 6 MB and a little.
pub(crate) const MAX_LAMBDA_PAYLOAD: usize = 6_291_556;

/// An HTTP API in front of containers.
#[derive(Clone)]
pub struct Gateway(Arc<Inner>);

struct Inner {
    containers: Containers,
    routes: Vec<Route>,
    default: Option<String>,
    clock: rol_runtime::Clock,
    requests: AtomicU64,
}

struct Route {
    key: String,
    method: String,
    segments: Vec<String>,
    function: String,
}

impl Gateway {
    /// A gateway with the routes of the containers' functions.
    pub fn new(containers: Containers, clock: rol_runtime::Clock) -> Self {
        let all = |function: &Function| {
            let name = function.handler.clone();
            function.routes.clone().into_iter().map(move |key| (key, name.clone()))
        };
        let (mut routes, mut default) = (Vec::new(), None);
        for (key, function) in containers.functions().iter().flat_map(all) {
            match key.split_once(' ') {
                Some((method, path)) => {
                    let segments = path.split('/').map(str::to_owned).collect();
                    routes.push(Route { key: key.clone(), method: method.to_owned(), segments, function });
                }
                None => default = Some(function),
            }
        }
        Self(Arc::new(Inner { containers, routes, default, clock, requests: AtomicU64::new(0) }))
    }

    /// The functions behind it.
    pub fn containers(&self) -> &Containers {
        &self.0.containers
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        if request.body().len() > MAX_REQUEST_BODY {
            return own(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        }
        let Some((key, function, parameters)) = self.0.route(request.method().as_str(), request.uri().path()) else {
            return own(StatusCode::NOT_FOUND, "Not Found");
        };
        let event = self.0.event(&key, parameters, &request);
        if event.to_string().len() > MAX_LAMBDA_PAYLOAD {
            return own(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        }
        let answer = self.0.containers.invoke(&function, event).await.and_then(|answer| {
            anyhow::ensure!(
                answer.to_string().len() <= MAX_LAMBDA_PAYLOAD,
                "the answer is larger than Lambda passes on"
            );
            response(&answer)
        });
        answer.unwrap_or_else(|error| {
            tracing::error!("{function} failed: {error:#}");
            own(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        })
    }
}

impl Inner {
    /// The route that fits best: the trailing slash counts, a variable is never empty, a literal segment goes before
    /// a variable.
    fn route(&self, method: &str, path: &str) -> Option<(String, String, Map<String, Value>)> {
        let segments: Vec<&str> = path.split('/').collect();
        let fitting = self.routes.iter().filter(|route| route.method == method && route.fits(&segments));
        let best =
            fitting.min_by_key(|route| route.segments.iter().map(|segment| is_variable(segment)).collect::<Vec<_>>());
        match best {
            Some(route) => Some((route.key.clone(), route.function.clone(), route.parameters(&segments))),
            None => self.default.clone().map(|function| ("$default".to_owned(), function, Map::new())),
        }
    }

    fn event(&self, key: &str, parameters: Map<String, Value>, request: &Request<Bytes>) -> Value {
        let now: DateTime<Utc> = (self.clock)();
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let request_id = format!("local-{:x}-{number:x}", now.timestamp_micros());
        let path = decoded(request.uri().path());
        let query = request.uri().query().unwrap_or_default();
        let headers = joined_headers(request.headers());
        let host = headers.get("host").and_then(Value::as_str).unwrap_or("localhost").to_owned();
        let mut event = json!({
            "version": "2.0",
            "routeKey": key,
            "rawPath": path,
            "rawQueryString": query,
            "headers": headers,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "local",
                "domainName": host,
                "domainPrefix": host.split('.').next().unwrap_or_default(),
                "http": {
                    "method": request.method().as_str(),
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                    "userAgent": headers.get("user-agent").cloned().unwrap_or_else(|| json!("")),
                },
                "requestId": request_id,
                "routeKey": key,
                "stage": "$default",
                "time": now.format("%d/%b/%Y:%H:%M:%S %z").to_string(),
                "timeEpoch": now.timestamp_millis(),
            },
            "isBase64Encoded": false,
        });
        let cookies = cookies(request.headers());
        if !cookies.is_empty() {
            event["cookies"] = json!(cookies);
        }
        if !query.is_empty() {
            event["queryStringParameters"] = joined_query(query).into();
        }
        if !parameters.is_empty() {
            event["pathParameters"] = parameters.into();
        }
        if !request.body().is_empty() {
            let text = is_text(request.headers()).then(|| std::str::from_utf8(request.body()).ok()).flatten();
            event["isBase64Encoded"] = json!(text.is_none());
            event["body"] = json!(text.map_or_else(|| STANDARD.encode(request.body()), str::to_owned));
        }
        event
    }
}

impl Route {
    fn fits(&self, segments: &[&str]) -> bool {
        self.segments.len() == segments.len()
            && self
                .segments
                .iter()
                .zip(segments)
                .all(|(part, found)| if is_variable(part) { !found.is_empty() } else { part == found })
    }

    fn parameters(&self, segments: &[&str]) -> Map<String, Value> {
        let pairs = self.segments.iter().zip(segments).filter(|(part, _)| is_variable(part));
        pairs.map(|(part, found)| (part.trim_matches(['{', '}']).to_owned(), json!(decoded(found)))).collect()
    }
}

fn is_variable(segment: &str) -> bool {
    segment.starts_with('{')
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
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
    values.flat_map(|value| value.split(';')).map(|cookie| cookie.trim().to_owned()).collect()
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

/// What the gateway itself answers.
fn own(status: StatusCode, message: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(json!({"message": message}).to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A function's answer as HTTP.
fn response(answer: &Value) -> Result<Response<Bytes>> {
    let status = answer["statusCode"].as_u64().context("an answer without statusCode")?;
    let body = answer["body"].as_str().unwrap_or_default();
    let body = if answer["isBase64Encoded"] == true { STANDARD.decode(body)? } else { body.as_bytes().to_vec() };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(u16::try_from(status)?)?;
    let single = answer["headers"].as_object().into_iter().flatten();
    let many = answer["multiValueHeaders"].as_object().into_iter().flatten();
    let many = many.flat_map(|(name, values)| values.as_array().into_iter().flatten().map(move |value| (name, value)));
    for (name, value) in many.chain(single) {
        let name = HeaderName::try_from(name)?;
        if !response.headers().contains_key(&name) {
            response.headers_mut().append(name, HeaderValue::try_from(value.as_str().unwrap_or_default())?);
        }
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::try_from(cookie)?);
    }
    Ok(response)
}
