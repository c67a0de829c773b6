//! What the API says of itself and of its callers: their Lambdas, one file each.

mod default;
mod health;
mod me;
mod openapi;

use axum::routing::any;
use rol_http::{Lambda, route};

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    route!("meta.me", me::me),
    route!("meta.health", health::health).public(),
    route!("meta.openapi", openapi::openapi).public(),
    Lambda::fallback("meta.default", || any(default::default)),
];

/// The document that `meta.openapi` serves, as the local stack's command `openapi --write` wrote it.
pub const OPENAPI: &str = include_str!("../openapi.json");

/// A line for each operation of the document, which begins with its method and its path; written with the document.
pub const OPERATIONS: &str = include_str!("../operations.txt");
