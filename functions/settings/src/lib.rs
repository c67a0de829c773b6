//! What a tenant decides for all of its people.

mod get;
mod patch;
mod view;

use rol_http::{Lambda, route};

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[route!("settings.get", get::get), route!("settings.patch", patch::patch)];
