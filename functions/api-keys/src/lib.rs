//! API keys: their Lambdas, one file each. Only admins reach them.

mod create;
mod delete;
mod list;
mod patch;
mod view;

use rol_http::{Lambda, route};

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    route!("api-keys.create", create::create),
    route!("api-keys.list", list::list),
    route!("api-keys.patch", patch::patch),
    route!("api-keys.delete", delete::delete),
];
