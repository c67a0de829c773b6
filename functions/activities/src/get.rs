//! `GET /v1/activities/{id}` – one activity.

use crate::view::ActivityView;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::App;
use rol_domain::id::OfActivity;
use rol_http::{ActivitiesRead, Caller, IfNoneMatch, PathId, Problem, Query};

/// One activity
#[utoipa::path(
    get,
    path = "/v1/activities/{id}",
    operation_id = "activities.get",
    tag = "Activities",
    params(("id" = String, Path, description = "The activity's id")),
    responses((status = 200, body = ActivityView, description = "The activity")),
)]
pub(crate) async fn get(
    caller: Caller<ActivitiesRead>,
    State(app): State<App>,
    PathId(id): PathId<OfActivity>,
    known: IfNoneMatch,
    Query(()): Query,
) -> Result<Response, Problem> {
    let activity = app.activity(&caller.cx, id).await?;
    let unchanged = known.not_modified(activity.stamp.version);
    Ok(unchanged.unwrap_or_else(|| ActivityView::etagged(activity).into_response()))
}
