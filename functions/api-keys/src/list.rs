//! `GET /v1/api-keys` – the tenant's keys.

use crate::view::ApiKeyView;
use axum::{Json, extract::State};
use rol_app::App;
use rol_http::{Caller, KeysManage, Page, PageQuery, Problem, Query};

/// The tenant's API keys, newest first
///
/// A key that was just made or changed may take a moment to show here.
#[utoipa::path(
    get,
    path = "/v1/api-keys",
    operation_id = "api-keys.list",
    tag = "API keys",
    params(PageQuery),
    responses((status = 200, body = Page<ApiKeyView>, description = "A page of keys, without their secrets")),
)]
pub(crate) async fn list(
    caller: Caller<KeysManage>,
    State(app): State<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ApiKeyView>>, Problem> {
    let list = app.api_keys(&caller.cx, page.limit, page.cursor.as_deref()).await?;
    let data = list.keys.into_iter().map(ApiKeyView::from).collect();
    Ok(Json(Page { data, next_cursor: list.next_cursor, partial: false }))
}
