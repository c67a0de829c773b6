//! `GET /v1/settings` – the tenant's settings.

use crate::view::SettingsView;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::App;
use rol_http::{Caller, IfNoneMatch, Problem, Query, SettingsRead};

/// The tenant's settings
#[utoipa::path(
    get,
    path = "/v1/settings",
    operation_id = "settings.get",
    tag = "Settings",
    responses(
        (status = 200, body = SettingsView, description = "The settings; the default where they were never changed"),
    ),
)]
pub(crate) async fn get(
    caller: Caller<SettingsRead>,
    State(app): State<App>,
    known: IfNoneMatch,
    Query(()): Query,
) -> Result<Response, Problem> {
    let settings = app.settings(&caller.cx).await?;
    let unchanged = known.not_modified(settings.version());
    Ok(unchanged.unwrap_or_else(|| SettingsView::etagged(settings).into_response()))
}
