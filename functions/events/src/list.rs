//! `GET /v1/events` – every change of records, for consumers who come back with their cursor.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use rol_app::{App, FeedItem, Subject};
use rol_domain::{Result, change::Action, time::fixed_width};
use rol_http::{Caller, PageQuery, Parameters, Problem, Query, QueryReader, RecordsRead};
use rol_v1::{AttachmentView, RecordView};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// An event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
struct EventView {
    /// Its id, the same however often it is read.
    #[schema(examples("evt_01ARZ3NDEKTSV4RRFFQ69G5FAV_3"))]
    id: String,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(value_type = String, examples("learningRecord.updated"))]
    kind: Action,
    /// When.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    timestamp: DateTime<Utc>,
    /// The record or the file as it was then.
    data: EventData,
    /// The names of what changed: a field, or `attributes.<key>`.
    #[schema(examples(json!(["score", "attributes.grade"])))]
    changed: BTreeSet<String>,
}

/// What an event happened to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum EventData {
    /// Of `learningRecord.…`.
    Record(Box<RecordView>),
    /// Of `attachment.…`.
    Attachment(Box<AttachmentView>),
}

impl EventView {
    fn of(item: FeedItem, now: DateTime<Utc>) -> Self {
        let FeedItem { event, subject } = item;
        let (ulid, data, changed) = match subject {
            Subject::Record(entry) => {
                (event.record_id.ulid(), EventData::Record(Box::new(RecordView::of(entry.record, now))), entry.changed)
            }
            Subject::Attachment(file) => {
                (file.id.ulid(), EventData::Attachment(Box::new((*file).into())), event.changed)
            }
        };
        Self {
            id: format!("evt_{ulid}_{}", event.version),
            kind: event.action,
            timestamp: event.trace.at,
            data,
            changed,
        }
    }
}

/// Some events, and where to go on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Events)]
pub(crate) struct EventsView {
    /// The events, oldest first; those of one record always in their order.
    data: Vec<EventView>,
    /// What `after` is to be in the next request; there is always one.
    next_cursor: String,
    /// Whether more events are there already.
    has_more: bool,
}

/// What changed since you last asked
///
/// Keep `next_cursor` once you have dealt with the events, and send it as `after`: nothing is skipped, and nothing
/// comes twice. Events are kept for 30 days. You see what you may see of the record now, as far as it was visible to
/// you then.
#[utoipa::path(
    get,
    path = "/v1/events",
    operation_id = "events.list",
    tag = "Events",
    params(
        ("after" = Option<String>, Query, description = "The `next_cursor` of the request before; without it from the oldest event on"),
        ("types" = Option<String>, Query, description = "Only these, separated by commas: `learningRecord.created`, `.updated`, `.deleted`, `.restored`, `attachment.ready`, `.rejected`"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many at most (default 25)"),
    ),
    responses(
        (status = 200, body = EventsView, description = "Events, and where to go on"),
        (status = 410, description = "Events behind this cursor are no longer kept"),
    ),
)]
pub(crate) async fn list(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    Query(ListQuery { after, types, limit }): Query<ListQuery>,
) -> Result<Json<EventsView>, Problem> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let feed = app.feed(&caller.cx, after.as_deref(), &types, limit).await?;
    let data = feed.items.into_iter().map(|item| EventView::of(item, caller.cx.now)).collect();
    Ok(Json(EventsView { data, next_cursor: feed.next_cursor, has_more: feed.more }))
}

pub(crate) struct ListQuery {
    after: Option<String>,
    types: BTreeSet<Action>,
    limit: u32,
}

impl Parameters for ListQuery {
    fn take(query: &mut QueryReader) -> Self {
        let parse_types = |text: &str| text.split(',').map(Action::parse).collect::<Result<BTreeSet<_>, _>>();
        Self {
            after: query.one("after", |text| Ok::<_, String>(text.to_owned())),
            types: query.one("types", parse_types).unwrap_or_default(),
            limit: PageQuery::take_limit(query),
        }
    }
}
