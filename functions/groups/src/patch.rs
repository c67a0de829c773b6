//! `PATCH /v1/groups/{id}` – rename or move a group.

use crate::{body::GroupPatchBody, view::GroupView};
use axum::extract::State;
use rol_app::App;
use rol_domain::id::OfGroup;
use rol_http::{Body, Caller, DirectoryWrite, Etagged, IfMatch, PathId, Problem};

/// Rename or move a group
///
/// A JSON Merge Patch (RFC 7396). A group moves with everything inside it; it is never part of itself. With `If-Match`
/// only that version is changed; without, a change that meets another one is tried again.
#[utoipa::path(
    patch,
    path = "/v1/groups/{id}",
    operation_id = "groups.patch",
    tag = "Groups",
    params(("id" = String, Path, description = "The group's id")),
    request_body(
        content((GroupPatchBody = "application/merge-patch+json"), (GroupPatchBody = "application/json")),
        example = json!({"name": "Apollo astronauts", "parent_id": null}),
    ),
    responses((status = 200, body = GroupView, description = "The group as it is now")),
)]
pub(crate) async fn patch(
    caller: Caller<DirectoryWrite>,
    State(app): State<App>,
    PathId(id): PathId<OfGroup>,
    if_match: IfMatch,
    Body { value, .. }: Body<GroupPatchBody>,
) -> Result<Etagged<GroupView>, Problem> {
    Ok(GroupView::etagged(app.patch_group(&caller.cx, id, if_match.version(), &value.parse()?).await?))
}
