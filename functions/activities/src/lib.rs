//! Activities: the courses, modules, packages and certifications that records point to.

mod body;
mod create;
mod delete;
mod get;
mod list;
mod patch;
mod retitle;
mod view;

use rol_http::{Lambda, route};

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    route!("activities.create", create::create),
    route!("activities.list", list::list),
    route!("activities.get", get::get),
    route!("activities.patch", patch::patch),
    route!("activities.delete", delete::delete),
    Lambda::task("activities.retitle", |app, event| Box::pin(retitle::retitle(app, event))),
];
