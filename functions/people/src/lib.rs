//! The directory's people: their Lambdas, one file each.

mod body;
mod create;
mod delete;
mod get;
mod list;
mod patch;

use rol_http::{Lambda, route};

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    route!("people.create", create::create),
    route!("people.list", list::list),
    route!("people.get", get::get),
    route!("people.patch", patch::patch),
    route!("people.delete", delete::delete),
];
