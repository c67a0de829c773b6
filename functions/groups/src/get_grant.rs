//! `GET /v1/groups/{id}/grants/{educator_group_id}` – what was granted over a group.

use crate::view::GrantView;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::App;
use rol_http::{Caller, GrantsManage, IfNoneMatch, PathGrant, Problem, ProblemBody, Query};

/// What the members of an educator group were granted over a group
#[utoipa::path(
    get,
    path = "/v1/groups/{id}/grants/{educator_group_id}",
    operation_id = "groups.get-grant",
    tag = "Groups",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "Over which group"),
        ("educator_group_id" = String, Path, description = "To the members of which group"),
        ("If-None-Match" = Option<String>, Header, description = "The ETags that the client has already"),
    ),
    responses(
        (status = 200, body = GrantView, description = "The grant",
            headers(("etag" = String, description = "Its version"))),
        (status = 304, description = "The client has it already"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such grant"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn get_grant(
    caller: Caller<GrantsManage>,
    State(app): State<App>,
    PathGrant { group_id, educator_group_id }: PathGrant,
    known: IfNoneMatch,
    query: Query,
) -> Result<Response, Problem> {
    query.read().finish()?;
    let grant = app.grant(&caller.cx, group_id, educator_group_id).await?;
    Ok(known.not_modified(grant.stamp.version).unwrap_or_else(|| GrantView::etagged(grant).into_response()))
}
