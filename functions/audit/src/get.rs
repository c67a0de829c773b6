//! `GET /v1/action-logs/{id}` – one entry of the audit trail.

use crate::view::EntryView;
use axum::{Json, extract::State};
use rol_app::App;
use rol_domain::{Error, Kind, Result, audit::AuditEntryId};
use rol_http::{AuditRead, Caller, PathText, Problem};

/// One thing that was done
#[utoipa::path(
    get,
    path = "/v1/action-logs/{id}",
    operation_id = "audit.get",
    tag = "Action logs",
    params(("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = EntryView, description = "The entry")),
)]
pub(crate) async fn get(
    caller: Caller<AuditRead>,
    State(app): State<App>,
    PathText(text): PathText,
) -> Result<Json<EntryView>, Problem> {
    let id: AuditEntryId = text.parse().map_err(|_| Error::NotFound(Kind::AuditEntry))?;
    let entry = app.audit_entry(&caller.cx, id).await?;
    Ok(Json(EntryView::of(id, entry)))
}
