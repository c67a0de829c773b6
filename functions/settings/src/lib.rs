//! What a tenant decides for all of its people.

mod get;
mod patch;
mod view;

use rol_http::Lambda;
use utoipa_axum::routes;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] =
    &[Lambda::route("settings.get", || routes!(get::get)), Lambda::route("settings.patch", || routes!(patch::patch))];
