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

use rol_http::{Lambda, route};

/// The area's Lambdas.
pub const LAMBDAS: &[Lambda] = &[
    route!("groups.create", create::create),
    route!("groups.list", list::list),
    route!("groups.get", get::get),
    route!("groups.patch", patch::patch),
    route!("groups.delete", delete::delete),
    route!("groups.members", members::members),
    route!("groups.change-members", change_members::change_members),
    route!("groups.put-grant", put_grant::put_grant),
    route!("groups.get-grant", get_grant::get_grant),
    route!("groups.delete-grant", delete_grant::delete_grant),
];
