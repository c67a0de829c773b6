//! `PATCH /v1/activities/{id}` – change an activity.

use crate::{body::ActivityBody, view::ActivityView};
use axum::extract::State;
use rol_app::App;
use rol_domain::{Activity, id::OfActivity};
use rol_http::{ActivitiesWrite, Body, Caller, Etagged, IfMatch, PathId, Problem, ProblemBody};

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
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "The activity's id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that is meant"),
    ),
    request_body(
        content((ActivityBody = "application/merge-patch+json"), (ActivityBody = "application/json")),
        example = json!({"title": "First aid at work, refreshed", "validity": "P36M"}),
    ),
    responses(
        (status = 200, body = ActivityView, description = "The activity as it is now",
            headers(("etag" = String, description = "Its version"))),
        (status = 400, body = ProblemBody, description = "Every invalid value"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such activity"),
        (status = 409, body = ProblemBody, description = "The external id belongs to another activity, or many write at once"),
        (status = 412, body = ProblemBody, description = "Not the version that If-Match names"),
        (status = 413, body = ProblemBody, description = "Larger than 64 KB"),
        (status = 415, body = ProblemBody, description = "Not JSON"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn patch(
    caller: Caller<ActivitiesWrite>,
    State(app): State<App>,
    PathId(id): PathId<OfActivity>,
    if_match: IfMatch,
    Body { value, .. }: Body<ActivityBody>,
) -> Result<Etagged<ActivityView>, Problem> {
    let (patch, sent_back) = value.parse_patch()?;
    let sent_back = |current: &Activity| sent_back.check(&ActivityView::from(current.clone()));
    Ok(ActivityView::etagged(app.patch_activity(&caller.cx, id, if_match.version(), &patch, sent_back).await?))
}
