//! The feed of events, for consumers that come back with their cursor: their Lambdas, one file each.

mod list;

use rol_http::{Lambda, route};

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[route!("events.list", list::list)];
