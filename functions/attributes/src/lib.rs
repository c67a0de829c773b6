//! Custom attributes: the columns that a tenant adds to its records. Their values are written with the records.

mod body;
mod create;
mod delete;
mod existing;
mod get;
mod list;
mod patch;
mod view;

use rol_http::{Lambda, route};

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    route!("attributes.create", create::create),
    route!("attributes.list", list::list),
    route!("attributes.get", get::get),
    route!("attributes.patch", patch::patch),
    route!("attributes.delete", delete::delete),
];
