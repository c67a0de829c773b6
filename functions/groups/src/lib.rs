//! Groups, their members, and what was granted over them.

use rol_http::Lambda;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[];
