//! `GET /openapi.json` – the API's description (OpenAPI 3.1).

use axum::response::{IntoResponse, Response};
use http::header;

/// This document
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "meta.openapi",
    tag = "About",
    responses((status = 200, body = Object, description = "The OpenAPI 3.1 document")),
)]
pub(crate) async fn openapi() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, crate::OPENAPI).into_response()
}
