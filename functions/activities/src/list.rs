//! `GET /v1/activities` – the tenant's activities, all of them or those that are found.

use crate::view::{ActivityKindName, ActivityView};
use axum::{Json, extract::State};
use rol_app::{ActivityQuery, App};
use rol_domain::{
    activity::ActivityKind,
    text::{ExternalId, SearchText},
};
use rol_http::{ActivitiesRead, Caller, Page, PageQuery, Problem, ProblemBody, Query};
use serde::{Deserialize, de::value::StrDeserializer};

/// The tenant's activities, in the order in which they were made, or those that are found
///
/// `search` finds what has this text anywhere in its title, in letters of either case.
#[utoipa::path(
    get,
    path = "/v1/activities",
    operation_id = "activities.list",
    tag = "Activities",
    security(("bearer" = []), ("api_key" = [])),
    params(
        ("search" = Option<String>, Query, max_length = 200, description = "What a title contains", example = "safety"),
        ("kind" = Option<ActivityKindName>, Query, description = "Only activities of this kind"),
        ("external_id" = Option<String>, Query, description = "The one with this id of the client's own; goes with nothing else"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many at most (default 25)"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before"),
    ),
    responses(
        (status = 200, body = Page<ActivityView>, description = "A page of activities"),
        (status = 400, body = ProblemBody, description = "Every invalid parameter"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Not allowed"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn list(
    caller: Caller<ActivitiesRead>,
    State(app): State<App>,
    query: Query,
) -> Result<Json<Page<ActivityView>>, Problem> {
    let mut query = query.read();
    let external_id = query.one("external_id", |text| ExternalId::parse(text));
    let list = match external_id {
        Some(external_id) => {
            query.finish()?;
            app.activities_with_external_id(&caller.cx, &external_id).await?
        }
        None => {
            let PageQuery { limit, cursor } = PageQuery::take(&mut query);
            let search = query.one("search", |text| SearchText::parse(text));
            let kind = query.one("kind", kind);
            query.finish()?;
            app.activities(&caller.cx, &ActivityQuery { search, kind, limit, cursor }).await?
        }
    };
    let data = list.activities.into_iter().map(ActivityView::from).collect();
    Ok(Json(Page { data, next_cursor: list.next_cursor, partial: list.partial }))
}

fn kind(text: &str) -> Result<ActivityKind, String> {
    ActivityKind::deserialize(StrDeserializer::<serde::de::value::Error>::new(text)).map_err(|error| error.to_string())
}
