//! `GET /v1/attributes/{key}` – one custom attribute.

use crate::view::AttributeView;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rol_app::App;
use rol_http::{AttributesRead, Caller, IfNoneMatch, PathKey, Problem, ProblemBody, Query};

/// One custom attribute
#[utoipa::path(
    get,
    path = "/v1/attributes/{key}",
    operation_id = "attributes.get",
    tag = "Attributes",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("key" = String, Path, description = "The attribute's key", example = "grade"),
        ("If-None-Match" = Option<String>, Header, description = "The ETags that the client has already"),
    ),
    responses(
        (status = 200, body = AttributeView, description = "The attribute",
            headers(("etag" = String, description = "Its version"))),
        (status = 304, description = "The client has it already"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 404, body = ProblemBody, description = "No such attribute, or none that you may know of"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn get(
    caller: Caller<AttributesRead>,
    State(app): State<App>,
    PathKey(key): PathKey,
    known: IfNoneMatch,
    query: Query,
) -> Result<Response, Problem> {
    query.read().finish()?;
    let attribute = app.attribute(&caller.cx, &key).await?;
    let unchanged = known.not_modified(attribute.stamp.version);
    Ok(unchanged.unwrap_or_else(|| AttributeView::etagged(attribute).into_response()))
}
