//! `DELETE /v1/groups/{id}` – delete a group.

use axum::extract::State;
use http::StatusCode;
use rol_app::App;
use rol_domain::id::OfGroup;
use rol_http::{Caller, DirectoryWrite, IfMatch, PathId, Problem, ProblemBody};

/// Delete a group
///
/// Only one that nothing hangs on: no groups inside it, no members, no grants.
#[utoipa::path(
    delete,
    path = "/v1/groups/{id}",
    operation_id = "groups.delete",
    tag = "Groups",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "The group's id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that is meant"),
    ),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 400, body = ProblemBody, description = "Every invalid value"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such group"),
        (status = 409, body = ProblemBody, description = "It has groups, members or grants, or many write at once"),
        (status = 412, body = ProblemBody, description = "Not the version that If-Match names"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
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
