//! `GET /v1/groups` – the tenant's groups.

use crate::view::{GroupKindName, GroupView};
use axum::{Json, extract::State};
use rol_app::{App, GroupQuery};
use rol_domain::{GroupId, group::GroupKind};
use rol_http::{Caller, DirectoryRead, Page, PageQuery, Problem, ProblemBody, Query};
use serde::{Deserialize, de::value::StrDeserializer};

/// The tenant's groups, in the order in which they were made
#[utoipa::path(
    get,
    path = "/v1/groups",
    operation_id = "groups.list",
    tag = "Groups",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("kind" = Option<GroupKindName>, Query, description = "Only groups of this kind"),
        ("parent_id" = Option<String>, Query, description = "Only groups directly inside this one"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many at most (default 25)"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before"),
    ),
    responses(
        (status = 200, body = Page<GroupView>, description = "A page of groups"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn list(
    caller: Caller<DirectoryRead>,
    State(app): State<App>,
    query: Query,
) -> Result<Json<Page<GroupView>>, Problem> {
    let mut query = query.read();
    let PageQuery { limit, cursor } = PageQuery::take(&mut query);
    let kind = query.one("kind", kind);
    let parent_id = query.one("parent_id", GroupId::parse);
    query.finish()?;
    let list = app.groups(&caller.cx, &GroupQuery { kind, parent_id, limit, cursor }).await?;
    let data = list.groups.into_iter().map(GroupView::from).collect();
    Ok(Json(Page { data, next_cursor: list.next_cursor, partial: false }))
}

fn kind(text: &str) -> Result<GroupKind, String> {
    GroupKind::deserialize(StrDeserializer::<serde::de::value::Error>::new(text)).map_err(|error| error.to_string())
}
