//! `DELETE /v1/groups/{id}` – delete a group.

use axum::extract::State;
use http::StatusCode;
use rol_app::App;
use rol_domain::id::OfGroup;
use rol_http::{Caller, DirectoryWrite, IfMatch, PathId, Problem};

/// Delete a group
///
/// Only one that nothing hangs on: no groups inside it, no members, no grants.
#[utoipa::path(
    delete,
    path = "/v1/groups/{id}",
    operation_id = "groups.delete",
    tag = "Groups",
    params(("id" = String, Path, description = "The group's id")),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 409, description = "It has groups, members or grants, or many write at once"),
    ),
)]
pub(crate) async fn delete(
    caller: Caller<DirectoryWrite>,
    State(app): State<App>,
    PathId(id): PathId<OfGroup>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    app.delete_group(&caller.cx, id, if_match.version()).await?;
    Ok(StatusCode::NO_CONTENT)
}
