//! What was changed: told from the table's stream, and read as a feed.

mod events;
mod publish;

use rol_http::Lambda;
use utoipa_axum::routes;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    Lambda::task("changes.publish", |app, event| Box::pin(publish::publish(app, event))),
    Lambda::route("changes.events", || routes!(events::events)),
];
