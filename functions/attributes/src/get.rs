//! `GET /v1/attributes/{key}` – one custom attribute.

use crate::view::AttributeView;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::App;
use rol_http::{AttributesRead, Caller, IfNoneMatch, PathKey, Problem, Query};

/// One custom attribute
#[utoipa::path(
    get,
    path = "/v1/attributes/{key}",
    operation_id = "attributes.get",
    tag = "Attributes",
    params(("key" = String, Path, description = "The attribute's key", example = "grade")),
    responses((status = 200, body = AttributeView, description = "The attribute")),
)]
pub(crate) async fn get(
    caller: Caller<AttributesRead>,
    State(app): State<App>,
    PathKey(key): PathKey,
    known: IfNoneMatch,
    Query(()): Query,
) -> Result<Response, Problem> {
    let attribute = app.attribute(&caller.cx, &key).await?;
    let unchanged = known.not_modified(attribute.stamp.version);
    Ok(unchanged.unwrap_or_else(|| AttributeView::etagged(attribute).into_response()))
}
