//! `GET /v1/learning-records/{id}/history` and `…/history/{version}` – what a record was before.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use rol_app::{App, HistoryEntry};
use rol_domain::{Result, change::Action, id::OfRecord, text::PersonId, time::fixed_width};
use rol_http::{Caller, Page, PageQuery, PathId, PathVersion, Problem, Query, RecordsRead};
use rol_v1::RecordView;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A version of a record, and how it came to be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordVersion)]
pub(crate) struct VersionView {
    /// Which version.
    version: u64,
    /// What happened.
    #[schema(value_type = String, examples("learningRecord.updated"))]
    action: Action,
    /// When.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    at: DateTime<Utc>,
    /// Who did it: a person's id or a key's.
    actor: String,
    /// For whom, where that is somebody else.
    #[schema(value_type = Option<String>)]
    subject: Option<PersonId>,
    /// By which request.
    request_id: String,
    /// The names of what changed: a field, or `attributes.<key>`.
    #[schema(examples(json!(["score", "attributes.grade"])))]
    changed: BTreeSet<String>,
    /// The record at this version.
    record: RecordView,
}

impl VersionView {
    fn of(entry: HistoryEntry, now: DateTime<Utc>) -> Self {
        let HistoryEntry { record, action, changed } = entry;
        let stamp = record.stamp.clone();
        Self {
            version: stamp.version,
            action,
            at: stamp.updated_at,
            actor: stamp.updated_by,
            subject: stamp.updated_for,
            request_id: stamp.request_id,
            changed,
            record: RecordView::of(record, now),
        }
    }
}

/// What a record was before, newest first
///
/// A version appears here a moment after it was written. You see of each version what was visible to you then and is
/// not hidden from you now; a version in which nothing of that changed is left out.
#[utoipa::path(
    get,
    path = "/v1/learning-records/{id}/history",
    operation_id = "records.history",
    tag = "Learning records",
    params(
        ("id" = String, Path, description = "The record's id, or its UUID spelling"),
        PageQuery,
    ),
    responses((status = 200, body = Page<VersionView>, description = "A page of versions")),
)]
pub(crate) async fn history(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    PathId(id): PathId<OfRecord>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<VersionView>>, Problem> {
    let list = app.history(&caller.cx, id, page.limit, page.cursor.as_deref()).await?;
    let data = list.entries.into_iter().map(|entry| VersionView::of(entry, caller.cx.now)).collect();
    Ok(Json(Page { data, next_cursor: list.next_cursor, partial: list.partial }))
}

/// One version of a record
#[utoipa::path(
    get,
    path = "/v1/learning-records/{id}/history/{version}",
    operation_id = "records.version",
    tag = "Learning records",
    params(
        ("id" = String, Path, description = "The record's id, or its UUID spelling"),
        ("version" = u64, Path, description = "Which version, from 1"),
    ),
    responses((status = 200, body = VersionView, description = "The version")),
)]
pub(crate) async fn version(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    PathId(id): PathId<OfRecord>,
    PathVersion(version): PathVersion,
) -> Result<Json<VersionView>, Problem> {
    let entry = app.record_version(&caller.cx, id, version).await?;
    Ok(Json(VersionView::of(entry, caller.cx.now)))
}
