//! `DELETE /v1/groups/{id}/grants/{educator_group_id}` – take a grant back.

use axum::extract::State;
use http::StatusCode;
use rol_app::App;
use rol_http::{Caller, GrantsManage, IfMatch, PathGrant, Problem, ProblemBody};

/// Take a grant back
///
/// It ends at the latest after 10 seconds.
#[utoipa::path(
    delete,
    path = "/v1/groups/{id}/grants/{educator_group_id}",
    operation_id = "groups.delete-grant",
    tag = "Groups",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "Over which group"),
        ("educator_group_id" = String, Path, description = "To the members of which group"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that is meant"),
    ),
    responses(
        (status = 204, description = "It is taken back"),
        (status = 400, body = ProblemBody, description = "Every invalid value"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such grant"),
        (status = 409, body = ProblemBody, description = "Many write at once"),
        (status = 412, body = ProblemBody, description = "Not the version that If-Match names"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn delete_grant(
    caller: Caller<GrantsManage>,
    State(app): State<App>,
    PathGrant { group_id, educator_group_id }: PathGrant,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    app.delete_grant(&caller.cx, group_id, educator_group_id, if_match.version()).await?;
    Ok(StatusCode::NO_CONTENT)
}
