//! Records of learning: their Lambdas, one file each.

mod batch;
mod body;
mod create;
mod delete;
mod filters;
mod get;
mod history;
mod list;
mod patch;
mod permissions;
mod put;
mod restore;
mod summary;

use rol_http::Lambda;
use utoipa_axum::routes;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    Lambda::route("records.create", || routes!(create::create)),
    Lambda::route("records.list", || routes!(list::list)),
    Lambda::route("records.summary", || routes!(summary::summary)),
    Lambda::route("records.get", || routes!(get::get)),
    Lambda::route("records.patch", || routes!(patch::patch)),
    Lambda::route("records.delete", || routes!(delete::delete)),
    Lambda::route("records.restore", || routes!(restore::restore)),
    Lambda::route("records.permissions", || routes!(permissions::permissions)),
    Lambda::route("records.history", || routes!(history::history)),
    Lambda::route("records.version", || routes!(history::version)),
    Lambda::route("records.batch", || routes!(batch::batch)),
    Lambda::route("records.put", || routes!(put::put)),
];
