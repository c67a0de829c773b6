//! `GET /health` – whether the API answers.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// The API answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `healthy`.
    #[schema(examples("healthy"))]
    status: &'static str,
}

/// Whether the API answers
///
/// It touches neither table nor bucket.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "meta.health",
    tag = "About",
    responses((status = 200, body = Health, description = "It does")),
)]
pub(crate) async fn health() -> Json<Health> {
    Json(Health { status: "healthy" })
}
