//! `GET /v1/groups/{id}/grants/{educator_group_id}` – what was granted over a group.

use crate::view::GrantView;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::App;
use rol_http::{Caller, GrantsManage, IfNoneMatch, PathGrant, Problem, Query};

/// What the members of an educator group were granted over a group
#[utoipa::path(
    get,
    path = "/v1/groups/{id}/grants/{educator_group_id}",
    operation_id = "groups.get-grant",
    tag = "Groups",
    params(
        ("id" = String, Path, description = "Over which group"),
        ("educator_group_id" = String, Path, description = "To the members of which group"),
    ),
    responses((status = 200, body = GrantView, description = "The grant")),
)]
pub(crate) async fn get_grant(
    caller: Caller<GrantsManage>,
    State(app): State<App>,
    PathGrant { group_id, educator_group_id }: PathGrant,
    known: IfNoneMatch,
    Query(()): Query,
) -> Result<Response, Problem> {
    let grant = app.grant(&caller.cx, group_id, educator_group_id).await?;
    Ok(known.not_modified(grant.stamp.version).unwrap_or_else(|| GrantView::etagged(grant).into_response()))
}
