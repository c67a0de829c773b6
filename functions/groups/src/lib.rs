//! Groups, their members, and what was granted over them: their Lambdas, one file each.

mod body;
mod change_members;
mod create;
mod delete;
mod delete_grant;
mod get;
mod get_grant;
mod list;
mod members;
mod patch;
mod put_grant;
mod view;

use rol_http::Lambda;
use utoipa_axum::routes;

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    Lambda::route("groups.create", || routes!(create::create)),
    Lambda::route("groups.list", || routes!(list::list)),
    Lambda::route("groups.get", || routes!(get::get)),
    Lambda::route("groups.patch", || routes!(patch::patch)),
    Lambda::route("groups.delete", || routes!(delete::delete)),
    Lambda::route("groups.members", || routes!(members::members)),
    Lambda::route("groups.change-members", || routes!(change_members::change_members)),
    Lambda::route("groups.put-grant", || routes!(put_grant::put_grant)),
    Lambda::route("groups.get-grant", || routes!(get_grant::get_grant)),
    Lambda::route("groups.delete-grant", || routes!(delete_grant::delete_grant)),
];
