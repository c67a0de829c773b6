//! `GET /v1/learning-records/summary` – figures over the records that match.

use crate::{
    filters::{self, Filters},
    list::ExplainView,
};
use axum::{Json, extract::State};
use rol_app::{App, Find, SummaryOutcome};
use rol_domain::{Result, query::Summary, record::Status, text::ActivityId};
use rol_http::{Caller, Parameters, Problem, Query, QueryReader, RecordsRead};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Figures over records.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Summary)]
pub(crate) struct SummaryView {
    /// Whether all records were counted. Otherwise more than 20,000 items would have had to be read, and every figure
    /// is a lower bound.
    exact: bool,
    /// How many there are.
    total: u64,
    /// How many have each of the nine statuses.
    #[schema(value_type = BTreeMap<String, u64>, example = json!({"passed": 3, "in_progress": 1}))]
    by_status: BTreeMap<Status, u64>,
    /// How many are overdue.
    overdue: u64,
    /// The certificates of how many have lapsed.
    expired: u64,
    /// The certificates of how many lapse within 30 days.
    expiring_in_30_days: u64,
    /// Within 60 days, those within 30 included.
    expiring_in_60_days: u64,
    /// Within 90 days, those within 60 included.
    expiring_in_90_days: u64,
    /// The 100 activities with the most records, the most first.
    by_activity: Vec<ActivityCountView>,
    /// How many records the other activities have.
    other_activities: u64,
    /// How the records were found, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    explain: Option<ExplainView>,
}

/// How many records there are of an activity.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActivityCount)]
pub(crate) struct ActivityCountView {
    /// The activity.
    #[schema(value_type = String)]
    activity_id: ActivityId,
    /// How many.
    total: u64,
}

impl From<SummaryOutcome> for SummaryView {
    fn from(SummaryOutcome { summary, exact, explained }: SummaryOutcome) -> Self {
        let (top, other_activities) = summary.top_activities();
        let by_activity =
            top.into_iter().map(|(id, total)| ActivityCountView { activity_id: id.clone(), total }).collect();
        let count = |status| (status, summary.by_status.get(&status).copied().unwrap_or(0));
        let by_status = Status::ALL.into_iter().map(count).collect();
        let Summary { total, overdue, expired, expiring: [in_30, in_60, in_90], .. } = summary;
        Self {
            exact,
            total,
            by_status,
            overdue,
            expired,
            expiring_in_30_days: in_30,
            expiring_in_60_days: in_60,
            expiring_in_90_days: in_90,
            by_activity,
            other_activities,
            explain: explained.map(ExplainView::from),
        }
    }
}

/// Figures over the records that match
///
/// Over those that you may see, with the filters of the list. At most 20,000 items are read: beyond that the figures
/// are lower bounds, and `exact` is false.
#[utoipa::path(
    get,
    path = "/v1/learning-records/summary",
    operation_id = "records.summary",
    tag = "Learning records",
    params(Filters),
    responses((status = 200, body = SummaryView, description = "Figures")),
)]
pub(crate) async fn summary(
    caller: Caller<RecordsRead>,
    State(app): State<App>,
    Query(SummaryQuery(find)): Query<SummaryQuery>,
) -> Result<Json<SummaryView>, Problem> {
    Ok(Json(app.summarise_records(&caller.cx, find).await?.into()))
}

pub(crate) struct SummaryQuery(Find);

impl Parameters for SummaryQuery {
    fn take(query: &mut QueryReader) -> Self {
        Self(filters::take_unsorted(query))
    }
}
