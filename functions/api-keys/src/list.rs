//! `GET /v1/api-keys` – the tenant's keys.

use crate::view::ApiKeyView;
use axum::{Json, extract::State};
use rol_app::App;
use rol_http::{Caller, KeysManage, Page, PageQuery, Problem, ProblemBody, Query};

/// The tenant's API keys, newest first
///
/// A key that was just made or changed may take a moment to show here.
#[utoipa::path(
    get,
    path = "/v1/api-keys",
    operation_id = "api-keys.list",
    tag = "API keys",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many at most (default 25)"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before"),
    ),
    responses(
        (status = 200, body = Page<ApiKeyView>, description = "A page of keys, without their secrets"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Only an admin manages keys"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn list(
    caller: Caller<KeysManage>,
    State(app): State<App>,
    query: Query,
) -> Result<Json<Page<ApiKeyView>>, Problem> {
    let mut query = query.read();
    let page = PageQuery::take(&mut query);
    query.finish()?;
    let list = app.api_keys(&caller.cx, page.limit, page.cursor.as_deref()).await?;
    let data = list.keys.into_iter().map(ApiKeyView::from).collect();
    Ok(Json(Page { data, next_cursor: list.next_cursor, partial: false }))
}
