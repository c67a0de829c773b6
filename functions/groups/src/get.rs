//! `GET /v1/groups/{id}` – one group.

use crate::view::GroupView;
use axum::extract::State;
use rol_app::App;
use rol_domain::id::OfGroup;
use rol_http::{Caller, DirectoryRead, Etagged, PathId, Problem, Query};

/// One group
///
/// With the groups that it is part of, and what was granted. Those change without the group's version, so there is no
/// 304: the `ETag` is of use for `If-Match` alone.
#[utoipa::path(
    get,
    path = "/v1/groups/{id}",
    operation_id = "groups.get",
    tag = "Groups",
    params(("id" = String, Path, description = "The group's id")),
    responses((status = 200, body = GroupView, description = "The group")),
)]
pub(crate) async fn get(
    caller: Caller<DirectoryRead>,
    State(app): State<App>,
    PathId(id): PathId<OfGroup>,
    Query(()): Query,
) -> Result<Etagged<GroupView>, Problem> {
    Ok(GroupView::etagged(app.group(&caller.cx, id).await?))
}
