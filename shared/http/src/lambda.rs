//! A Lambda: a name, and a router of exactly one route or a task.
//!
//! A route is matched by the event's route key, never by parsing the path again. The same functions serve the
//! deployed runtime and the local stack: [`respond`] for a typed event, [`invoke`] for a JSON one.

use crate::Problem;
use axum::routing::MethodRouter;
use http::{HeaderName, HeaderValue, header};
use lambda_http::{
    Adapter, LambdaEvent, RequestExt,
    lambda_runtime::{self, Context},
    request::{LambdaRequest, RequestContext},
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rol_app::App;
use rol_domain::{Error, Kind};
use serde_json::Value;
use std::{convert::Infallible, future::Future, pin::Pin, time::Instant};
use tower::ServiceExt;
use utoipa::openapi::Paths;
use utoipa_axum::router::UtoipaMethodRouter;

/// The id of a request, as the gateway gave it.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// The event of a task: any JSON.
pub type Event = Value;

/// A task's work.
pub type Work = fn(App, Event) -> Pin<Box<dyn Future<Output = Result<Value, Error>> + Send>>;

/// A deployed function: one entry of its area's registry.
#[derive(Debug, Clone, Copy)]
pub struct Lambda {
    /// `<area>.<verb>`: the `Handler` of the template, the name of the event file.
    pub name: &'static str,
    kind: Kindred,
    /// Whether it answers without asking who calls, and so may never need the store.
    pub is_public: bool,
}

#[derive(Debug, Clone, Copy)]
enum Kindred {
    Route(fn() -> UtoipaMethodRouter<App>),
    Fallback(fn() -> MethodRouter<App>),
    Task(Work),
}

/// A route as it is documented: a method, a path, an OpenAPI operation.
pub struct Route {
    /// `<METHOD> <path>`, as the gateway has it.
    pub key: String,
    /// The operation, under its path.
    pub paths: Paths,
    /// The schemas that it refers to.
    pub schemas: Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>,
}

impl Lambda {
    /// A function behind a route: `Lambda::route("records.create", || routes!(create::create))`.
    pub const fn route(name: &'static str, router: fn() -> UtoipaMethodRouter<App>) -> Self {
        Self { name, kind: Kindred::Route(router), is_public: false }
    }

    /// A function behind a route that everyone may call.
    pub const fn public(name: &'static str, router: fn() -> UtoipaMethodRouter<App>) -> Self {
        Self { name, kind: Kindred::Route(router), is_public: true }
    }

    /// The function behind `$default`.
    pub const fn fallback(name: &'static str, router: fn() -> MethodRouter<App>) -> Self {
        Self { name, kind: Kindred::Fallback(router), is_public: true }
    }

    /// A function that no gateway calls.
    pub const fn task(name: &'static str, work: Work) -> Self {
        Self { name, kind: Kindred::Task(work), is_public: false }
    }

    /// Whether no gateway calls it.
    pub fn is_task(&self) -> bool {
        matches!(self.kind, Kindred::Task(_))
    }

    /// The documented route, where there is one.
    pub fn documented(&self) -> Option<Route> {
        let Kindred::Route(router) = self.kind else { return None };
        let (schemas, paths, _) = router();
        Some(Route { key: key_of(&paths)?, paths, schemas })
    }

    /// The function, ready to be called, over a service.
    pub fn handler(&self, app: App) -> Handler {
        match self.kind {
            Kindred::Route(router) => {
                let (_, paths, router) = router();
                let route_key = key_of(&paths).unwrap_or_default();
                Handler::Http { name: self.name, route_key, router: router.with_state(app) }
            }
            Kindred::Fallback(router) => {
                Handler::Http { name: self.name, route_key: "$default".into(), router: router().with_state(app) }
            }
            Kindred::Task(work) => Handler::Task { app, work },
        }
    }
}

/// `<METHOD> <path>` of the one operation.
fn key_of(paths: &Paths) -> Option<String> {
    let (path, item) = paths.paths.iter().next()?;
    let operations = [
        ("GET", &item.get),
        ("PUT", &item.put),
        ("POST", &item.post),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ];
    let (method, _) = operations.into_iter().find(|(_, operation)| operation.is_some())?;
    Some(format!("{method} {path}"))
}

/// A function, ready to be called.
#[derive(Clone)]
pub enum Handler {
    /// Behind a gateway.
    Http {
        /// The function's name.
        name: &'static str,
        /// The one route key that it answers.
        route_key: String,
        /// Its router.
        router: MethodRouter,
    },
    /// Called directly.
    Task {
        /// The service.
        app: App,
        /// What it does.
        work: Work,
    },
}

/// A route as a service between the event's request and the gateway's answer.
#[derive(Clone)]
struct Edge {
    name: &'static str,
    route_key: String,
    router: MethodRouter,
}

impl tower::Service<lambda_http::Request> for Edge {
    type Response = http::Response<lambda_http::Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: lambda_http::Request) -> Self::Future {
        let Self { name, route_key, router } = self.clone();
        Box::pin(async move {
            let response = edge(name, &route_key, router, request).await;
            Ok(lambda_http::IntoResponse::into_response(response).await)
        })
    }
}

/// Answers a gateway's event.
///
/// # Errors
/// None of its own: whatever goes wrong is a problem in the answer.
pub async fn respond(
    name: &'static str,
    route_key: String,
    router: MethodRouter,
    event: LambdaEvent<LambdaRequest>,
) -> Result<impl serde::Serialize + use<>, Infallible> {
    let LambdaEvent { payload, context } = event;
    let event = LambdaEvent { payload: with_encoded_path(payload), context };
    Adapter::from(Edge { name, route_key, router }).oneshot(event).await
}

/// Calls a function with an event as JSON, as Lambda would.
///
/// # Errors
/// Where the event is none of its kind, or a task fails.
pub async fn invoke(handler: &Handler, event: Value, context: Context) -> Result<Value, lambda_runtime::Error> {
    match handler.clone() {
        Handler::Http { name, route_key, router } => {
            let payload: LambdaRequest = serde_json::from_str(&event.to_string())?;
            let answer = respond(name, route_key, router, LambdaEvent { payload, context }).await?;
            Ok(serde_json::to_value(answer)?)
        }
        Handler::Task { app, work } => Ok(work(app, event).await?),
    }
}

/// What may not stand in a URI (RFC 3986), and the query's question mark.
const UNSAFE: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'#').add(b'?').add(b'{').add(b'}');

/// An HTTP API decodes the path of its event; in a URI, which the request needs, it has to be encoded again.
fn with_encoded_path(mut event: LambdaRequest) -> LambdaRequest {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event {
        request.raw_path = request.raw_path.take().map(|path| utf8_percent_encode(&path, UNSAFE).to_string());
    }
    event
}

/// What surrounds every handler: the request's id, one line of log, headers, and problems put into words.
async fn edge(
    name: &'static str,
    route_key: &str,
    router: MethodRouter,
    request: lambda_http::Request,
) -> axum::response::Response {
    let started = Instant::now();
    let (request_id, key) = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => (context.request_id.clone(), context.route_key.clone()),
        Some(RequestContext::ApiGatewayV1(context)) => (
            context.request_id.clone(),
            Some(format!("{} {}", context.http_method, context.resource_path.clone().unwrap_or_default())),
        ),
        _ => (None, None),
    };
    let request_id = request_id.unwrap_or_default();
    let mut response = if key.as_deref() == Some(route_key) {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(RequestId(request_id.clone()));
        router.oneshot(request).await.unwrap_or_else(|never| match never {})
    } else {
        axum::response::IntoResponse::into_response(Problem::from(Error::NotFound(Kind::Route)))
    };
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        if let Some(error) = problem.cause() {
            tracing::error!(request.id = request_id, error = error as &dyn std::error::Error, "{name} failed");
        }
        response = problem.answer(&request_id);
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(&request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    let (status, duration_ms) = (response.status().as_u16(), started.elapsed().as_millis());
    tracing::info!(function = name, status, duration_ms, request.id = request_id, "{name} answered {status}");
    response
}
