//! API keys: their Lambdas, one file each. Only admins reach them.

mod create;
mod delete;
mod list;
mod patch;
mod view;

use rol_http::Lambda;
use utoipa_axum::routes;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    Lambda::route("api-keys.create", || routes!(create::create)),
    Lambda::route("api-keys.list", || routes!(list::list)),
    Lambda::route("api-keys.patch", || routes!(patch::patch)),
    Lambda::route("api-keys.delete", || routes!(delete::delete)),
];
