//! `GET /v1/attributes` – the tenant's custom attributes.

use crate::view::AttributeView;
use axum::{Json, extract::State};
use rol_app::App;
use rol_http::{AttributesRead, Caller, Page, Problem, Query};

/// The tenant's custom attributes
///
/// All of them at once, by `order` and key: there are at most 250.
#[utoipa::path(
    get,
    path = "/v1/attributes",
    operation_id = "attributes.list",
    tag = "Attributes",
    responses(
        (status = 200, body = Page<AttributeView>, description = "The attributes; for a student without the hidden ones"),
    ),
)]
pub(crate) async fn list(
    caller: Caller<AttributesRead>,
    State(app): State<App>,
    Query(()): Query,
) -> Result<Json<Page<AttributeView>>, Problem> {
    let attributes = app.attributes(&caller.cx).await?;
    let data = attributes.in_order().into_iter().cloned().map(AttributeView::from).collect();
    Ok(Json(Page { data, next_cursor: None, partial: false }))
}
