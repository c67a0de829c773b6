//! A Lambda: a name, and exactly one route or a task.
//!
//! The same [`Handler`] serves the deployed runtime and the local stack. With the feature `openapi` a route is also
//! documented; without it, nothing refers to the code that documents it, and the linker leaves it out.

use crate::{DocumentedRoute, Edge};
use axum::{
    handler::Handler as AxumHandler,
    routing::{MethodRouter, on},
};
use lambda_http::{
    LambdaEvent,
    lambda_runtime::{self, Context},
};
use rol_app::App;
use rol_domain::Error;
use serde_json::Value;
use std::{future::Future, pin::Pin};
use utoipa::{Path, openapi::HttpMethod};
use utoipa_axum::PathItemExt;

/// The event of a task: any JSON.
pub type Event = Value;

pub type Work = fn(App, Event) -> Pin<Box<dyn Future<Output = Result<Value, Error>> + Send>>;

/// A deployed function: one entry of its area's registry.
#[derive(Debug, Clone, Copy)]
pub struct Lambda {
    /// `<area>.<verb>`: the `Handler` of the template, the name of the event file.
    pub name: &'static str,
    kind: LambdaKind,
    /// Whether it answers without asking who calls, and so may never need the store.
    pub is_public: bool,
    #[cfg(feature = "openapi")]
    document: Option<fn() -> DocumentedRoute>,
}

#[derive(Debug, Clone, Copy)]
enum LambdaKind {
    Route(fn() -> Route),
    Fallback(fn() -> MethodRouter<App>),
    Task(Work),
}

/// A handler under its route key, `<METHOD> <path>`.
pub struct Route {
    key: String,
    router: MethodRouter<App>,
}

impl Route {
    /// The route of a handler, whose `#[utoipa::path]` is `P`.
    pub fn of<P: Path, Arguments: 'static>(handler: impl AxumHandler<Arguments, App>) -> Self {
        let methods = P::methods();
        let method = methods.first().unwrap_or(&HttpMethod::Get);
        Self { key: key_of::<P>(), router: on(method.to_method_filter(), handler) }
    }
}

/// A function behind a route, for a registry: `route!("records.create", create::create)`.
#[macro_export]
macro_rules! route {
    ($name:literal, $module:ident :: $handler:ident) => {
        $crate::paste! {
            $crate::Lambda::route(
                $name,
                || $crate::Route::of::<$module::[<__path_ $handler>], _>($module::$handler),
                || $crate::DocumentedRoute::of::<$module::[<__path_ $handler>], _, _>($module::$handler),
            )
        }
    };
}

impl Lambda {
    const fn new(name: &'static str, kind: LambdaKind, is_public: bool) -> Self {
        Self {
            name,
            kind,
            is_public,
            #[cfg(feature = "openapi")]
            document: None,
        }
    }

    /// A function behind a route: what [`crate::route!`] makes.
    #[cfg_attr(not(feature = "openapi"), expect(unused_variables, reason = "only the document refers to it"))]
    pub const fn route(name: &'static str, route: fn() -> Route, document: fn() -> DocumentedRoute) -> Self {
        Self {
            #[cfg(feature = "openapi")]
            document: Some(document),
            ..Self::new(name, LambdaKind::Route(route), false)
        }
    }

    /// The same function, open to everyone.
    pub const fn public(self) -> Self {
        Self { is_public: true, ..self }
    }

    /// The function behind `$default`.
    pub const fn fallback(name: &'static str, router: fn() -> MethodRouter<App>) -> Self {
        Self::new(name, LambdaKind::Fallback(router), true)
    }

    /// A function that no gateway calls.
    pub const fn task(name: &'static str, work: Work) -> Self {
        Self::new(name, LambdaKind::Task(work), false)
    }

    /// Whether no gateway calls it.
    pub fn is_task(&self) -> bool {
        matches!(self.kind, LambdaKind::Task(_))
    }

    /// The route as it is documented; none for a task and the fallback.
    #[cfg(feature = "openapi")]
    pub fn documented(&self) -> Option<DocumentedRoute> {
        self.document.map(|document| document())
    }

    /// The function, ready to be called.
    pub fn handler(&self, app: App) -> Handler {
        match self.kind {
            LambdaKind::Route(route) => {
                let Route { key, router } = route();
                Handler::Http(Edge::new(self.name, key, router, app))
            }
            LambdaKind::Fallback(router) => Handler::Http(Edge::new(self.name, "$default".into(), router(), app)),
            LambdaKind::Task(work) => Handler::Task { app, work },
        }
    }
}

/// `<METHOD> <path>` of an operation.
pub(crate) fn key_of<P: Path>() -> String {
    let method = match P::methods().first() {
        Some(HttpMethod::Put) => "PUT",
        Some(HttpMethod::Post) => "POST",
        Some(HttpMethod::Patch) => "PATCH",
        Some(HttpMethod::Delete) => "DELETE",
        _ => "GET",
    };
    format!("{method} {}", P::path())
}

/// A function, ready to be called.
#[derive(Clone)]
pub enum Handler {
    /// Behind a gateway.
    Http(Edge),
    /// Called directly.
    Task { app: App, work: Work },
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
