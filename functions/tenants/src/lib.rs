//! Tenants: an administrative Lambda without a route. Who may invoke it is IAM's decision.

mod create;

use rol_http::Lambda;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[Lambda::task("tenants.create", |app, event| Box::pin(create::create(app, event)))];
