//! `GET /v1/activities` – the tenant's activities, all of them or those that are found.

use crate::view::ActivityView;
use axum::{Json, extract::State};
use rol_app::{ActivityQuery, App};
use rol_domain::{
    activity::ActivityKind,
    text::{ExternalId, SearchText},
};
use rol_http::{ActivitiesRead, Caller, Page, PageQuery, Parameters, Problem, Query, QueryReader};
use serde::{Deserialize, de::value::StrDeserializer};

/// The tenant's activities, in the order in which they were made, or those that are found
///
/// `search` finds what has this text anywhere in its title, in letters of either case.
#[utoipa::path(
    get,
    path = "/v1/activities",
    operation_id = "activities.list",
    tag = "Activities",
    params(
        ("search" = Option<String>, Query, max_length = 200, description = "What a title contains", example = "safety"),
        ("kind" = Option<ActivityKind>, Query, description = "Only activities of this kind"),
        ("external_id" = Option<String>, Query, description = "The one with this id of the client's own"),
        PageQuery,
    ),
    responses((status = 200, body = Page<ActivityView>, description = "A page of activities")),
)]
pub(crate) async fn list(
    caller: Caller<ActivitiesRead>,
    State(app): State<App>,
    Query(ListQuery(query)): Query<ListQuery>,
) -> Result<Json<Page<ActivityView>>, Problem> {
    let list = app.activities(&caller.cx, &query).await?;
    let data = list.activities.into_iter().map(ActivityView::from).collect();
    Ok(Json(Page { data, next_cursor: list.next_cursor, partial: list.partial }))
}

pub(crate) struct ListQuery(ActivityQuery);

impl Parameters for ListQuery {
    fn take(query: &mut QueryReader) -> Self {
        let PageQuery { limit, cursor } = PageQuery::take(query);
        let search = query.one("search", |text| SearchText::parse(text));
        let external_id = query.one("external_id", |text| ExternalId::parse(text));
        Self(ActivityQuery { search, kind: query.one("kind", kind), external_id, limit, cursor })
    }
}

fn kind(text: &str) -> Result<ActivityKind, String> {
    ActivityKind::deserialize(StrDeserializer::<serde::de::value::Error>::new(text)).map_err(|error| error.to_string())
}
