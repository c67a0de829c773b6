//! The directory's people: their Lambdas, one file each.

mod body;
mod create;
mod delete;
mod get;
mod list;
mod patch;

use rol_http::Lambda;
use utoipa_axum::routes;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    Lambda::route("people.create", || routes!(create::create)),
    Lambda::route("people.list", || routes!(list::list)),
    Lambda::route("people.get", || routes!(get::get)),
    Lambda::route("people.patch", || routes!(patch::patch)),
    Lambda::route("people.delete", || routes!(delete::delete)),
];
