//! A Lambda: a name, and a router of exactly one route or a task.
//!
//! The same [`Handler`] serves the deployed runtime and the local stack.

use crate::Edge;
use axum::routing::MethodRouter;
use lambda_http::{
    LambdaEvent,
    lambda_runtime::{self, Context},
};
use rol_app::App;
use rol_domain::Error;
use serde_json::Value;
use std::{future::Future, pin::Pin};
use utoipa::openapi::Paths;
use utoipa_axum::router::UtoipaMethodRouter;

/// The event of a task: any JSON.
pub type Event = Value;

/// A task's work.
pub type Work = fn(App, Event) -> Pin<Box<dyn Future<Output = Result<Value, Error>> + Send>>;

/// A deployed function: one entry of its area's registry.
#[derive(Debug, Clone, Copy)]
pub struct Lambda {
    /// `<area>.<verb>`: the `Handler` of the template, the name of the event file.
    pub name: &'static str,
    kind: LambdaKind,
    /// Whether it answers without asking who calls, and so may never need the store.
    pub is_public: bool,
}

#[derive(Debug, Clone, Copy)]
enum LambdaKind {
    DocumentedRoute(fn() -> UtoipaMethodRouter<App>),
    Fallback(fn() -> MethodRouter<App>),
    Task(Work),
}

/// A route as it is documented: a method, a path, an OpenAPI operation.
pub struct DocumentedRoute {
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
        Self { name, kind: LambdaKind::DocumentedRoute(router), is_public: false }
    }

    /// A function behind a route that everyone may call.
    pub const fn public(name: &'static str, router: fn() -> UtoipaMethodRouter<App>) -> Self {
        Self { name, kind: LambdaKind::DocumentedRoute(router), is_public: true }
    }

    /// The function behind `$default`.
    pub const fn fallback(name: &'static str, router: fn() -> MethodRouter<App>) -> Self {
        Self { name, kind: LambdaKind::Fallback(router), is_public: true }
    }

    /// A function that no gateway calls.
    pub const fn task(name: &'static str, work: Work) -> Self {
        Self { name, kind: LambdaKind::Task(work), is_public: false }
    }

    /// Whether no gateway calls it.
    pub fn is_task(&self) -> bool {
        matches!(self.kind, LambdaKind::Task(_))
    }

    /// The documented route, where there is one.
    pub fn documented(&self) -> Option<DocumentedRoute> {
        let LambdaKind::DocumentedRoute(router) = self.kind else { return None };
        let (schemas, paths, _) = router();
        Some(DocumentedRoute { key: key_of(&paths)?, paths, schemas })
    }

    /// The function, ready to be called, over a service.
    pub fn handler(&self, app: App) -> Handler {
        match self.kind {
            LambdaKind::DocumentedRoute(router) => {
                let (_, paths, router) = router();
                let route_key = key_of(&paths).unwrap_or_default();
                Handler::Http(Edge::new(self.name, route_key, router, app))
            }
            LambdaKind::Fallback(router) => Handler::Http(Edge::new(self.name, "$default".into(), router(), app)),
            LambdaKind::Task(work) => Handler::Task { app, work },
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
    Http(Edge),
    /// Called directly.
    Task {
        /// The service.
        app: App,
        /// What it does.
        work: Work,
    },
}

impl Handler {
    /// Calls the function with an event as JSON, as Lambda would.
    ///
    /// # Errors
    /// Where the event is none of its kind, or a task fails.
    pub async fn invoke(self, event: Value, context: Context) -> Result<Value, lambda_runtime::Error> {
        match self {
            Self::Http(edge) => {
                let payload = serde_json::from_str(&event.to_string())?;
                let answer = edge.respond(LambdaEvent { payload, context }).await?;
                Ok(serde_json::to_value(answer)?)
            }
            Self::Task { app, work } => Ok(work(app, event).await?),
        }
    }
}
