//! Evidence of records: their Lambdas, one file each. Files never pass through here: they go straight to the bucket.

mod content;
mod declare;
mod delete;
mod get;
mod list;
mod sweep;
mod verify;

use rol_http::{Lambda, route};

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    route!("attachments.declare", declare::declare),
    route!("attachments.list", list::list),
    route!("attachments.get", get::get),
    route!("attachments.content", content::content),
    route!("attachments.delete", delete::delete),
    Lambda::task("attachments.verify", |app, event| Box::pin(verify::verify(app, event))),
    Lambda::task("attachments.sweep", |app, event| Box::pin(sweep::sweep(app, event))),
];
