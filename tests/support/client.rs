//! Requests through the gateway, as a client makes them.

use super::Stack;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;

/// Somebody who calls the API.
#[derive(Clone)]
pub(crate) struct Caller<'a> {
    stack: &'a Stack,
    authorization: Option<String>,
}

impl<'a> Caller<'a> {
    /// With a token or an API key.
    pub(crate) fn bearer(stack: &'a Stack, credential: impl AsRef<str>) -> Self {
        Self { stack, authorization: Some(format!("Bearer {}", credential.as_ref())) }
    }

    /// With nothing.
    pub(crate) fn nobody(stack: &'a Stack) -> Self {
        Self { stack, authorization: None }
    }

    /// The same caller, of another stack.
    pub(crate) fn on<'b>(&self, stack: &'b Stack) -> Caller<'b> {
        Caller { stack, authorization: self.authorization.clone() }
    }

    pub(crate) fn request(&self, method: Method, path: impl Into<String>) -> Request<'a> {
        let request =
            Request { stack: self.stack, method, path: path.into(), headers: HeaderMap::new(), body: Bytes::new() };
        match &self.authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        }
    }

    pub(crate) fn get(&self, path: impl Into<String>) -> Request<'a> {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: impl Into<String>, body: &Value) -> Request<'a> {
        self.request(Method::POST, path).json(body)
    }

    pub(crate) fn put(&self, path: impl Into<String>, body: &Value) -> Request<'a> {
        self.request(Method::PUT, path).json(body)
    }

    pub(crate) fn patch(&self, path: impl Into<String>, body: &Value) -> Request<'a> {
        self.request(Method::PATCH, path).json(body)
    }

    pub(crate) fn delete(&self, path: impl Into<String>) -> Request<'a> {
        self.request(Method::DELETE, path)
    }

    /// Makes a record; 201.
    pub(crate) async fn create(&self, body: &Value) -> Value {
        let answer = self.post("/v1/learning-records", body).send().await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    /// The record as it is; 200.
    pub(crate) async fn read(&self, id: &Value) -> Value {
        let answer = self.get(path_of(id)).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }
}

/// The path of a record, by its id.
pub(crate) fn path_of(id: &Value) -> String {
    format!("/v1/learning-records/{}", id.as_str().expect("an id"))
}

/// A request.
pub(crate) struct Request<'a> {
    stack: &'a Stack,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Request<'_> {
    pub(crate) fn header(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.headers.append(name, value.as_ref().parse().expect("a header's value"));
        self
    }

    pub(crate) fn without(mut self, name: &'static str) -> Self {
        self.headers.remove(name);
        self
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.headers.insert(header::CONTENT_TYPE, "application/json".parse().expect("a header's value"));
        self.bytes(body.to_string())
    }

    pub(crate) fn bytes(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) async fn send(self) -> Answer {
        let mut request =
            http::Request::builder().method(self.method).uri(self.path.as_str()).body(self.body).expect("a request");
        *request.headers_mut() = self.headers;
        request.headers_mut().insert(header::HOST, "api.example.com".parse().expect("a header's value"));
        let response = self.stack.gateway.answer(request).await;
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }

    /// The places named in a problem's errors, in order.
    pub(crate) fn places(&self) -> Vec<String> {
        let problem = self.json();
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let place = |error: &Value| {
            ["pointer", "parameter", "header"].iter().find_map(|kind| error[*kind].as_str().map(str::to_owned))
        };
        errors.iter().filter_map(place).collect()
    }

    /// Everything but what belongs to this one request: for answers that must not differ.
    pub(crate) fn anonymous(&self) -> (u16, Vec<(String, String)>, String) {
        let id = self.header("x-request-id").unwrap_or("no request id");
        let headers = self.headers.iter().filter(|(name, _)| *name != "x-request-id");
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()));
        (self.status.as_u16(), headers.collect(), self.text().replace(id, "<request id>"))
    }
}
