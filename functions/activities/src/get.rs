//! `GET /v1/activities/{id}` – one activity.

use crate::view::ActivityView;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::App;
use rol_domain::id::OfActivity;
use rol_http::{ActivitiesRead, Caller, IfNoneMatch, PathId, Problem, ProblemBody, Query};

/// One activity
#[utoipa::path(
    get,
    path = "/v1/activities/{id}",
    operation_id = "activities.get",
    tag = "Activities",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("id" = String, Path, description = "The activity's id"),
        ("If-None-Match" = Option<String>, Header, description = "The ETags that the client has already"),
    ),
    responses(
        (status = 200, body = ActivityView, description = "The activity",
            headers(("etag" = String, description = "Its version"))),
        (status = 304, description = "The client has it already"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such activity"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn get(
    caller: Caller<ActivitiesRead>,
    State(app): State<App>,
    PathId(id): PathId<OfActivity>,
    known: IfNoneMatch,
    query: Query,
) -> Result<Response, Problem> {
    query.read().finish()?;
    let activity = app.activity(&caller.cx, id).await?;
    let unchanged = known.not_modified(activity.stamp.version);
    Ok(unchanged.unwrap_or_else(|| ActivityView::etagged(activity).into_response()))
}
