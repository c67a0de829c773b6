//! `DELETE /v1/activities/{id}` – delete an activity.

use axum::extract::State;
use http::StatusCode;
use rol_app::App;
use rol_domain::id::OfActivity;
use rol_http::{ActivitiesWrite, Caller, IfMatch, PathId, Problem, ProblemBody};

/// Delete an activity
///
/// The records that point to it stay as they are, with its title and its id; none can begin to point to it. Its
/// external id is free at once.
#[utoipa::path(
    delete,
    path = "/v1/activities/{id}",
    operation_id = "activities.delete",
    tag = "Activities",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "The activity's id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that is meant"),
    ),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 400, body = ProblemBody, description = "Every invalid value"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such activity"),
        (status = 409, body = ProblemBody, description = "Many write at once"),
        (status = 412, body = ProblemBody, description = "Not the version that If-Match names"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
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
