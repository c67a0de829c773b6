//! The audit trail: who did what to what, and proof that nothing of it was changed since.

mod checkpoint;
mod get;
mod list;
mod verify;
mod view;

use rol_http::Lambda;
use utoipa_axum::routes;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    Lambda::route("audit.list", || routes!(list::list)),
    Lambda::route("audit.get", || routes!(get::get)),
    Lambda::route("audit.verify", || routes!(verify::verify)),
    Lambda::task("audit.checkpoint", |app, event| Box::pin(checkpoint::checkpoint(app, event))),
];
