//! `POST /v1/learning-records/{id}/restore` – bring a deleted record back.

use axum::extract::State;
use rol_app::App;
use rol_domain::id::OfRecord;
use rol_http::{Caller, Etagged, IfMatch, PathId, Problem, RecordsWrite};
use rol_v1::RecordView;

/// Bring a deleted record back
///
/// A record that is not deleted stays as it is, so the request may be repeated.
#[utoipa::path(
    post,
    path = "/v1/learning-records/{id}/restore",
    operation_id = "records.restore",
    tag = "Learning records",
    params(("id" = String, Path, description = "The record's id, or its UUID spelling")),
    responses(
        (status = 200, body = RecordView, description = "The record as it is now"),
        (status = 409, description = "Another record has its external id now, or many write at once"),
    ),
)]
pub(crate) async fn restore(
    caller: Caller<RecordsWrite>,
    State(app): State<App>,
    PathId(id): PathId<OfRecord>,
    if_match: IfMatch,
) -> Result<Etagged<RecordView>, Problem> {
    let record = app.restore_record(&caller.cx, id, if_match.version()).await?;
    Ok(RecordView::etagged(record, caller.cx.now))
}
