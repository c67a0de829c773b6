//! `DELETE /v1/activities/{id}` – delete an activity.

use axum::extract::State;
use http::StatusCode;
use rol_app::App;
use rol_domain::id::OfActivity;
use rol_http::{ActivitiesWrite, Caller, IfMatch, PathId, Problem};

/// Delete an activity
///
/// The records that point to it stay as they are, with its title and its id; none can begin to point to it. Its
/// external id is free at once.
#[utoipa::path(
    delete,
    path = "/v1/activities/{id}",
    operation_id = "activities.delete",
    tag = "Activities",
    params(("id" = String, Path, description = "The activity's id")),
    responses((status = 204, description = "It is deleted")),
)]
pub(crate) async fn delete(
    caller: Caller<ActivitiesWrite>,
    State(app): State<App>,
    PathId(id): PathId<OfActivity>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    app.delete_activity(&caller.cx, id, if_match.version()).await?;
    Ok(StatusCode::NO_CONTENT)
}
