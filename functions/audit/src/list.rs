//! `GET /v1/action-logs` – who did what, newest first.

use crate::view::EntryView;
use axum::{Json, extract::State};
use rol_app::{App, AuditFilter};
use rol_domain::{change::Actions, text::PersonId};
use rol_http::{AuditRead, Caller, PageQuery, Parameters, Problem, Query, QueryReader};
use serde::Serialize;
use utoipa::ToSchema;

/// A page of the audit trail, and where to go on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActionLogPage)]
pub(crate) struct EntryPageView {
    /// What is on the page.
    data: Vec<EntryView>,
    /// The ids of entries that were met and cannot be read, whatever was asked for: somebody must have changed them.
    /// `GET /v1/action-logs/verify` says more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>, required = false)]
    unreadable: Vec<String>,
    /// The `cursor` of the next page; `null` on the last.
    next_cursor: Option<String>,
    /// Whether the page ended before it was full because the read budget was spent; then there is a cursor.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
}

/// Who did what, newest first
#[utoipa::path(
    get,
    path = "/v1/action-logs",
    operation_id = "audit.list",
    tag = "Action logs",
    params(
        ("actor" = Option<String>, Query, description = "Who did it: a person's id or a key's"),
        ("subject" = Option<String>, Query, description = "For whom it was done"),
        ("person_id" = Option<String>, Query, description = "Whose record or entry it was done to"),
        ("entity_id" = Option<String>, Query, description = "To what: the id of a record, a group, a key, …"),
        ("action" = Option<String>, Query, description = "What was done, or tried without the right to: `learningRecord.deleted`, or `denied` whatever it was about", example = "learningRecord.deleted"),
        ("from" = Option<String>, Query, description = "Not before this instant (RFC 3339)"),
        ("to" = Option<String>, Query, description = "Not after this instant (RFC 3339)"),
        PageQuery,
    ),
    responses((status = 200, body = EntryPageView, description = "A page of the audit trail")),
)]
pub(crate) async fn list(
    caller: Caller<AuditRead>,
    State(app): State<App>,
    Query(AuditQuery { filter, page }): Query<AuditQuery>,
) -> Result<Json<EntryPageView>, Problem> {
    let list = app.audit(&caller.cx, &filter, page.limit, page.cursor.as_deref()).await?;
    let data = list.entries.into_iter().map(|(id, entry)| EntryView::of(id, entry)).collect();
    let unreadable = list.unreadable.iter().map(ToString::to_string).collect();
    Ok(Json(EntryPageView { data, unreadable, next_cursor: list.next_cursor, partial: list.partial }))
}

pub(crate) struct AuditQuery {
    filter: AuditFilter,
    page: PageQuery,
}

impl Parameters for AuditQuery {
    fn take(query: &mut QueryReader) -> Self {
        let text = |text: &str| Ok::<_, String>(text.to_owned());
        let filter = AuditFilter {
            actor: query.one("actor", text),
            subject: query.one("subject", |text| PersonId::parse(text)),
            person: query.one("person_id", |text| PersonId::parse(text)),
            entity_id: query.one("entity_id", text),
            action: query.one("action", Actions::parse),
            from: query.instant("from"),
            to: query.instant("to"),
        };
        if filter.from.zip(filter.to).is_some_and(|(from, to)| from > to) {
            query.refuse("to", "expected no earlier than from");
        }
        Self { filter, page: PageQuery::take(query) }
    }
}
