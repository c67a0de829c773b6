//! `DELETE /v1/groups/{id}/grants/{educator_group_id}` – take a grant back.

use axum::extract::State;
use http::StatusCode;
use rol_app::App;
use rol_http::{Caller, GrantsManage, IfMatch, PathGrant, Problem};

/// Take a grant back
///
/// It ends at the latest after 10 seconds.
#[utoipa::path(
    delete,
    path = "/v1/groups/{id}/grants/{educator_group_id}",
    operation_id = "groups.delete-grant",
    tag = "Groups",
    params(
        ("id" = String, Path, description = "Over which group"),
        ("educator_group_id" = String, Path, description = "To the members of which group"),
    ),
    responses((status = 204, description = "It is taken back")),
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
