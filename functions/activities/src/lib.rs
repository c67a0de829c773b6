//! Activities: the courses, modules, packages and certifications that records point to.

mod body;
mod create;
mod delete;
mod get;
mod list;
mod patch;
mod retitle;
mod view;

use rol_http::Lambda;
use utoipa_axum::routes;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    Lambda::route("activities.create", || routes!(create::create)),
    Lambda::route("activities.list", || routes!(list::list)),
    Lambda::route("activities.get", || routes!(get::get)),
    Lambda::route("activities.patch", || routes!(patch::patch)),
    Lambda::route("activities.delete", || routes!(delete::delete)),
    Lambda::task("activities.retitle", |app, event| Box::pin(retitle::retitle(app, event))),
];
