//! Evidence of records: their Lambdas, one file each. Files never pass through here: they go straight to the bucket.

mod content;
mod declare;
mod delete;
mod get;
mod list;
mod sweep;
mod verify;

use rol_http::Lambda;
use utoipa_axum::routes;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    Lambda::route("attachments.declare", || routes!(declare::declare)),
    Lambda::route("attachments.list", || routes!(list::list)),
    Lambda::route("attachments.get", || routes!(get::get)),
    Lambda::route("attachments.content", || routes!(content::content)),
    Lambda::route("attachments.delete", || routes!(delete::delete)),
    Lambda::task("attachments.verify", |app, event| Box::pin(verify::verify(app, event))),
    Lambda::task("attachments.sweep", |app, event| Box::pin(sweep::sweep(app, event))),
];
