//! What the API says of itself and of its callers: their Lambdas, one file each.

mod default;
mod health;
mod me;
mod openapi;

use axum::routing::any;
use rol_http::Lambda;
use utoipa_axum::routes;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    Lambda::route("meta.me", || routes!(me::me)),
    Lambda::public("meta.health", || routes!(health::health)),
    Lambda::public("meta.openapi", || routes!(openapi::openapi)),
    Lambda::fallback("meta.default", || any(default::default)),
];

/// The document that `meta.openapi` serves, as it was last written by the local stack's `openapi` command.
pub const OPENAPI: &str = include_str!("openapi.json");
