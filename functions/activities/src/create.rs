//! `POST /v1/activities` – add an activity.

use crate::{body::ActivityBody, view::ActivityView};
use axum::extract::State;
use rol_app::App;
use rol_http::{ActivitiesWrite, Body, Caller, Created, Etagged, Problem};

/// Add an activity
///
/// A course, a module, a package or a certification. A record that names it as its `activity_id` gets its title as
/// `activity_title`, and, where the record's client says nothing of them: its course, its passing score, `expires_at`
/// (completion plus `validity`) and `due_at` (assignment, or else the day on which the record was made, plus
/// `due_period`; none once it is completed).
#[utoipa::path(
    post,
    path = "/v1/activities",
    operation_id = "activities.create",
    tag = "Activities",
    request_body(
        content = ActivityBody,
        example = json!({
            "kind": "certification", "title": "First aid at work", "provider": "Red Cross", "passing_score": 80,
            "validity": "P24M", "due_period": "P14D", "external_id": "hse-12"
        }),
    ),
    responses(
        (status = 201, body = ActivityView, description = "The activity"),
        (status = 409, description = "The external id belongs to another activity"),
    ),
)]
pub(crate) async fn create(
    caller: Caller<ActivitiesWrite>,
    State(app): State<App>,
    Body { value, .. }: Body<ActivityBody>,
) -> Result<Created<Etagged<ActivityView>>, Problem> {
    let (kind, content) = value.parse()?;
    let activity = app.create_activity(&caller.cx, kind, content).await?;
    let location = format!("/v1/activities/{}", activity.id);
    Ok(Created { location, replayed: false, entity: ActivityView::etagged(activity) })
}
