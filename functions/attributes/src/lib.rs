//! Custom attributes: the columns that a tenant adds to its records. Their values are written with the records.

mod body;
mod create;
mod delete;
mod existing;
mod get;
mod list;
mod patch;
mod view;

use rol_http::Lambda;
use utoipa_axum::routes;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    Lambda::route("attributes.create", || routes!(create::create)),
    Lambda::route("attributes.list", || routes!(list::list)),
    Lambda::route("attributes.get", || routes!(get::get)),
    Lambda::route("attributes.patch", || routes!(patch::patch)),
    Lambda::route("attributes.delete", || routes!(delete::delete)),
];
