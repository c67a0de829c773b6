//! Values that exist already: what a change makes of them, and its answer where it takes more than one request.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use rol_app::OnExisting;
use rol_http::{Parameters, QueryReader};
use serde::Serialize;
use utoipa::ToSchema;

/// A change that needs more than one request to remove the values in its way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnfinishedClearing)]
pub(crate) struct UnfinishedView {
    /// How many records this request removed values from.
    #[schema(examples(400))]
    cleared: usize,
    /// Always false: the change itself is not done yet.
    #[schema(examples(false))]
    finished: bool,
    /// What to do next.
    detail: &'static str,
}

/// 202, after this many records were cleared and more are left.
pub(crate) fn unfinished(cleared: usize) -> Response {
    let detail = "more records may have such a value: repeat the request until it answers otherwise";
    (StatusCode::ACCEPTED, Json(UnfinishedView { cleared, finished: false, detail })).into_response()
}

/// `on_existing`: `keep` or `clear`.
pub(crate) struct ExistingQuery(pub(crate) Option<OnExisting>);

impl Parameters for ExistingQuery {
    fn take(query: &mut QueryReader) -> Self {
        Self(query.one("on_existing", |text| match text {
            "keep" => Ok(OnExisting::Keep),
            "clear" => Ok(OnExisting::Clear),
            _ => Err(format!("expected keep or clear, found {text:?}")),
        }))
    }
}
