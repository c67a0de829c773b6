//! `GET /v1/groups` – the tenant's groups.

use crate::view::GroupView;
use axum::{Json, extract::State};
use rol_app::{App, GroupQuery};
use rol_domain::{GroupId, group::GroupKind};
use rol_http::{Caller, DirectoryRead, Page, PageQuery, Parameters, Problem, Query, QueryReader};
use serde::{Deserialize, de::value::StrDeserializer};

/// The tenant's groups, in the order in which they were made
#[utoipa::path(
    get,
    path = "/v1/groups",
    operation_id = "groups.list",
    tag = "Groups",
    params(
        ("kind" = Option<GroupKind>, Query, description = "Only groups of this kind"),
        ("parent_id" = Option<String>, Query, description = "Only groups directly inside this one"),
        PageQuery,
    ),
    responses((status = 200, body = Page<GroupView>, description = "A page of groups")),
)]
pub(crate) async fn list(
    caller: Caller<DirectoryRead>,
    State(app): State<App>,
    Query(ListQuery(query)): Query<ListQuery>,
) -> Result<Json<Page<GroupView>>, Problem> {
    let list = app.groups(&caller.cx, &query).await?;
    let data = list.groups.into_iter().map(GroupView::from).collect();
    Ok(Json(Page { data, next_cursor: list.next_cursor, partial: false }))
}

pub(crate) struct ListQuery(GroupQuery);

impl Parameters for ListQuery {
    fn take(query: &mut QueryReader) -> Self {
        let PageQuery { limit, cursor } = PageQuery::take(query);
        let parent_id = query.one("parent_id", GroupId::parse);
        Self(GroupQuery { kind: query.one("kind", kind), parent_id, limit, cursor })
    }
}

fn kind(text: &str) -> Result<GroupKind, String> {
    GroupKind::deserialize(StrDeserializer::<serde::de::value::Error>::new(text)).map_err(|error| error.to_string())
}
