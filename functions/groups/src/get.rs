//! `GET /v1/groups/{id}` – one group.

use crate::view::GroupView;
use axum::extract::State;
use rol_app::App;
use rol_domain::id::OfGroup;
use rol_http::{Caller, DirectoryRead, Etagged, PathId, Problem, ProblemBody, Query};

/// One group
///
/// With the groups that it is part of, and what was granted. Those change without the group's version, so there is no
/// 304: the `ETag` is of use for `If-Match` alone.
#[utoipa::path(
    get,
    path = "/v1/groups/{id}",
    operation_id = "groups.get",
    tag = "Groups",
    security(("bearer" = []), ("api_key" = [])),
    params(("id" = String, Path, description = "The group's id")),
    responses(
        (status = 200, body = GroupView, description = "The group",
            headers(("etag" = String, description = "Its version"))),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such group"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn get(
    caller: Caller<DirectoryRead>,
    State(app): State<App>,
    PathId(id): PathId<OfGroup>,
    query: Query,
) -> Result<Etagged<GroupView>, Problem> {
    query.read().finish()?;
    Ok(GroupView::etagged(app.group(&caller.cx, id).await?))
}
