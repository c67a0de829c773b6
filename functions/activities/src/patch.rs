//! `PATCH /v1/activities/{id}` – change an activity.

use crate::{body::ActivityBody, view::ActivityView};
use axum::extract::State;
use rol_app::App;
use rol_domain::id::OfActivity;
use rol_http::{ActivitiesWrite, Body, Caller, Etagged, IfMatch, PathId, Problem};

/// Change an activity
///
/// A JSON Merge Patch (RFC 7396). A new title makes its way to the `activity_title` of the records within a while, each
/// as a change of the record by whoever gave the title. Anything else holds for records that are written from then on:
/// what was asked of a person does not change behind their back.
#[utoipa::path(
    patch,
    path = "/v1/activities/{id}",
    operation_id = "activities.patch",
    tag = "Activities",
    params(("id" = String, Path, description = "The activity's id")),
    request_body(
        content((ActivityBody = "application/merge-patch+json"), (ActivityBody = "application/json")),
        example = json!({"title": "First aid at work, refreshed", "validity": "P36M"}),
    ),
    responses(
        (status = 200, body = ActivityView, description = "The activity as it is now"),
        (status = 409, description = "The external id belongs to another activity, or many write at once"),
    ),
)]
pub(crate) async fn patch(
    caller: Caller<ActivitiesWrite>,
    State(app): State<App>,
    PathId(id): PathId<OfActivity>,
    if_match: IfMatch,
    Body { value, .. }: Body<ActivityBody>,
) -> Result<Etagged<ActivityView>, Problem> {
    Ok(ActivityView::etagged(app.patch_activity(&caller.cx, id, if_match.version(), &value.parse_patch()?).await?))
}
