//! Custom attributes: the columns that a tenant adds to its records.

use rol_http::Lambda;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[];
