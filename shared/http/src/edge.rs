//! What surrounds the handler of a route: the event becomes a request, and the response the gateway's answer.
//!
//! A route is matched by the event's route key, never by parsing the path again.

use crate::{PartDenied, Problem};
use axum::{
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use http::{HeaderName, HeaderValue, header};
use lambda_http::{
    Adapter, LambdaEvent, RequestExt,
    aws_lambda_events::query_map::QueryMap,
    request::{LambdaRequest, RequestContext},
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rol_app::App;
use rol_domain::{Cx, Error, Kind, denial::Denial};
use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Instant,
};
use tower::{Service, ServiceExt};

/// The id of a request, as the gateway gave it.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// Who it was that called, once that is known; carried by requests that would change something.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Option<Cx>>>);

impl Seen {
    pub(crate) fn set(&self, cx: &Cx) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.clone());
    }

    fn take(&self) -> Option<Cx> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A route as a service between the gateway's event and its answer; cheap to clone.
#[derive(Clone)]
pub struct Edge {
    name: &'static str,
    route_key: String,
    router: Box<MethodRouter>,
    app: App,
}

impl Edge {
    pub(crate) fn new(name: &'static str, route_key: String, router: MethodRouter<App>, app: App) -> Self {
        Self { name, route_key, router: Box::new(router.with_state(app.clone())), app }
    }

    /// Answers a gateway's event.
    ///
    /// # Errors
    /// None of its own: whatever goes wrong is a problem in the answer.
    pub async fn respond(self, event: LambdaEvent<LambdaRequest>) -> Result<impl serde::Serialize + use<>, Infallible> {
        let LambdaEvent { payload, context } = event;
        Adapter::from(self).oneshot(LambdaEvent { payload: with_encoded_path(payload), context }).await
    }
}

impl Service<lambda_http::Request> for Edge {
    type Response = http::Response<lambda_http::Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: lambda_http::Request) -> Self::Future {
        let answer = answer(self.clone(), request);
        Box::pin(async { Ok(lambda_http::IntoResponse::into_response(answer.await).await) })
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

/// Calls the handler: the request's id, one line of log, headers, and problems put into words.
async fn answer(Edge { name, route_key, router, app }: Edge, request: lambda_http::Request) -> Response {
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
    let (seen, target) = (Seen::default(), target_of(&route_key, &request.path_parameters()));
    let mut response = if key.as_ref() == Some(&route_key) {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(RequestId(request_id.clone()));
        if !route_key.starts_with("GET ") {
            request.extensions_mut().insert(seen.clone());
        }
        router.oneshot(request).await.unwrap_or_else(|never| match never {})
    } else {
        Problem::from(Error::NotFound(Kind::Route)).into_response()
    };
    let problem = response.extensions_mut().remove::<Problem>();
    let refused = match &problem {
        Some(problem) => problem.refusal().map(|reason| PartDenied { target, reason: reason.to_owned() }),
        None => response.extensions_mut().remove::<PartDenied>(),
    };
    if let (Some(PartDenied { target, reason }), Some(cx)) = (refused, seen.take())
        && let Some(denial) = Denial::of(name, &target, &reason)
    {
        app.record_denial(&cx, &denial).await;
    }
    if let Some(problem) = problem {
        if let Some(error) = problem.cause() {
            tracing::error!(request.id = request_id, error = error.chain(), "{name} failed");
        }
        response = problem.answer(&request_id);
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(&request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    let status = response.status().as_u16();
    // A number in the log, which 128 bits would not be.
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(function = name, status, duration_ms, request.id = request_id, "{name} answered {status}");
    response
}

/// What a path names, in the order of its route: the values of its parameters, with slashes between them.
fn target_of(route_key: &str, parameters: &QueryMap) -> String {
    let names = route_key.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.filter_map(|name| parameters.first(name)).collect::<Vec<_>>().join("/")
}
