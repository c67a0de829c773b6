//! `GET /v1/settings` – the tenant's settings.

use crate::view::SettingsView;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::App;
use rol_http::{Caller, IfNoneMatch, Problem, ProblemBody, Query, SettingsRead};

/// The tenant's settings
#[utoipa::path(
    get,
    path = "/v1/settings",
    operation_id = "settings.get",
    tag = "Settings",
    security(("bearer" = []), ("api_key" = [])),
    params(("If-None-Match" = Option<String>, Header, description = "The ETags that the client has already")),
    responses(
        (status = 200, body = SettingsView, description = "The settings; the default where they were never changed",
            headers(("etag" = String, description = "Their version, 0 for the default"))),
        (status = 304, description = "The client has them already"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Only admins and managers read settings"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn get(
    caller: Caller<SettingsRead>,
    State(app): State<App>,
    known: IfNoneMatch,
    query: Query,
) -> Result<Response, Problem> {
    query.read().finish()?;
    let settings = app.settings(&caller.cx).await?;
    let unchanged = known.not_modified(settings.version());
    Ok(unchanged.unwrap_or_else(|| SettingsView::etagged(settings).into_response()))
}
