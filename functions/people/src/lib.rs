//! The directory's people.

use rol_http::Lambda;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[];
