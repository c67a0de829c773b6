//! Records of learning: their Lambdas, one file each.

mod batch;
mod body;
mod create;
mod delete;
mod filters;
mod get;
mod history;
mod list;
mod patch;
mod permissions;
mod put;
mod restore;
mod summary;

use rol_http::{Lambda, route};

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    route!("records.create", create::create),
    route!("records.list", list::list),
    route!("records.summary", summary::summary),
    route!("records.get", get::get),
    route!("records.patch", patch::patch),
    route!("records.delete", delete::delete),
    route!("records.restore", restore::restore),
    route!("records.permissions", permissions::permissions),
    route!("records.history", history::history),
    route!("records.version", history::version),
    route!("records.batch", batch::batch),
    route!("records.put", put::put),
];
