//! What was changed: told from the table's stream, and read as a feed.

mod events;
mod publish;

use rol_http::{Lambda, route};

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    Lambda::task("changes.publish", |app, event| Box::pin(publish::publish(app, event))),
    route!("changes.events", events::events),
];
