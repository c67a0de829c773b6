//! The consumer of the table's stream: it publishes every change.

mod publish;

use rol_http::Lambda;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[Lambda::task("changes.publish", |app, event| Box::pin(publish::publish(app, event)))];
