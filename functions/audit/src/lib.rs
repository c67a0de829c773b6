//! The audit trail: who did what to what, and proof that nothing of it was changed since.

mod checkpoint;
mod get;
mod list;
mod verify;
mod view;

use rol_http::{Lambda, route};

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    route!("audit.list", list::list),
    route!("audit.get", get::get),
    route!("audit.verify", verify::verify),
    Lambda::task("audit.checkpoint", |app, event| Box::pin(checkpoint::checkpoint(app, event))),
];
