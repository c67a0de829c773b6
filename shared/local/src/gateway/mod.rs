//! An HTTP API: routes matched, events built and answers given as API Gateway does (payload format 2.0).

mod event;
mod response;
mod route;

use crate::Containers;
use bytes::Bytes;
use event::Arrival;
use http::{Request, Response, StatusCode};
use route::Routes;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// The largest body that the gateway takes, in bytes: 10 MB.
pub(crate) const MAX_REQUEST_BODY: usize = 10 * 1024 * 1024;

/// An HTTP API in front of containers.
#[derive(Clone)]
pub struct Gateway(Arc<Inner>);

struct Inner {
    containers: Containers,
    routes: Routes,
    clock: rol_runtime::Clock,
    requests: AtomicU64,
}

impl Gateway {
    /// A gateway with the routes of the containers' functions.
    pub fn new(containers: Containers, clock: rol_runtime::Clock) -> Self {
        let functions = containers.functions().iter();
        let routes = Routes::new(functions.flat_map(|function| {
            function.routes.iter().map(|key| (key.clone(), function.handler.clone())).collect::<Vec<_>>()
        }));
        Self(Arc::new(Inner { containers, routes, clock, requests: AtomicU64::new(0) }))
    }

    /// The functions behind it.
    pub fn containers(&self) -> &Containers {
        &self.0.containers
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        if request.body().len() > MAX_REQUEST_BODY {
            return response::too_large();
        }
        let Some(target) = self.0.routes.find(request.method().as_str(), request.uri().path()) else {
            return response::own(StatusCode::NOT_FOUND, "Not Found");
        };
        let event = event::build(&target, &request, &self.0.arrival());
        if !event::fits(&event) {
            return response::too_large();
        }
        let answered = self.0.containers.invoke(&target.function, event).await;
        answered.and_then(|answer| response::response(&answer)).unwrap_or_else(|error| {
            tracing::error!("{} failed: {error:#}", target.function);
            response::own(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        })
    }
}

impl Inner {
    fn arrival(&self) -> Arrival {
        let now = (self.clock)();
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        Arrival { now, request_id: format!("local-{:x}-{number:x}", now.timestamp_micros()) }
    }
}
