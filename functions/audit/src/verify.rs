//! `GET /v1/action-logs/verify` – whether anything of the audit trail was changed, dropped, put in or cut off.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use rol_app::{App, Verification, VerifiedChain};
use rol_domain::audit::{AuditEntryId, ChainFault};
use rol_http::{AuditRead, Caller, Problem, ProblemBody};
use serde::Serialize;
use utoipa::ToSchema;

/// What came of walking the audit trail.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verification)]
pub(crate) struct VerificationView {
    /// Whether every chain is whole.
    whole: bool,
    /// What the chains were compared with besides themselves.
    heads: NotedView,
    /// What came of each chain.
    chains: Vec<ChainView>,
}

/// The heads of the chains as they were noted day by day, out of reach of who writes the table.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotedHeads)]
struct NotedView {
    /// `kept`, or `not_kept` where this service does not note heads: who can write the table could then rewrite a whole
    /// chain unseen.
    notes: &'static str,
    /// How many days have a note.
    days: usize,
    /// The first of them; `null` where there is none.
    #[schema(value_type = Option<String>, format = Date)]
    first_day: Option<NaiveDate>,
    /// The last of them: what was done since is vouched for by the chains alone.
    #[schema(value_type = Option<String>, format = Date)]
    last_day: Option<NaiveDate>,
}

/// What came of walking one chain.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VerifiedChain)]
struct ChainView {
    /// Which chain.
    chain: u8,
    /// The first entry that is there; `null` where there is none.
    first: Option<String>,
    /// The last entry that was found right; `null` where there is none.
    last: Option<String>,
    /// The first break, if there is one.
    broken: Option<ChainBreakView>,
    /// Whether the chain is longer than one request verifies.
    unfinished: bool,
}

/// Where a chain is broken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChainBreak)]
struct ChainBreakView {
    /// At which entry.
    id: String,
    /// `missing` (before its retention ended), `changed` (it, or where a note tells so anything before it), `unlinked`
    /// (it does not follow the one before) or `cut_off` (the chain ends before it, and went on).
    what: &'static str,
    /// The day whose note tells so; `null` where the chain does by itself.
    #[schema(value_type = Option<String>, format = Date)]
    noted: Option<NaiveDate>,
}

impl From<Option<Vec<NaiveDate>>> for NotedView {
    fn from(days: Option<Vec<NaiveDate>>) -> Self {
        let notes = if days.is_some() { "kept" } else { "not_kept" };
        let days = days.unwrap_or_default();
        Self { notes, days: days.len(), first_day: days.first().copied(), last_day: days.last().copied() }
    }
}

impl ChainView {
    fn of(verified: VerifiedChain) -> Self {
        let id = |place: u64| AuditEntryId { chain: verified.chain, place }.to_string();
        let broken = verified.broken.map(|broken| ChainBreakView {
            id: id(broken.place),
            what: match broken.harm {
                ChainFault::Missing => "missing",
                ChainFault::Changed => "changed",
                ChainFault::Unlinked => "unlinked",
                ChainFault::CutOff => "cut_off",
            },
            noted: broken.noted,
        });
        Self {
            chain: verified.chain,
            first: verified.from.map(id),
            last: (verified.to > 0).then(|| id(verified.to)),
            broken,
            unfinished: verified.unfinished,
        }
    }
}

/// Whether the audit trail is whole
///
/// Each entry carries the hash of the one before it in its chain, and says how long that one is kept; entries may be
/// missing only where that time has come. Where heads are noted, the chains are compared with the note of every day.
#[utoipa::path(
    get,
    path = "/v1/action-logs/verify",
    operation_id = "audit.verify",
    tag = "Action logs",
    security(("bearer" = []), ("api_key" = [])),
    responses(
        (status = 200, body = VerificationView, description = "What came of each chain"),
        (status = 401, body = ProblemBody, description = "Not a valid credential"),
        (status = 403, body = ProblemBody, description = "Only an admin reads action logs"),
        (status = 503, body = ProblemBody, description = "Try again in a moment"),
    ),
)]
pub(crate) async fn verify(
    caller: Caller<AuditRead>,
    State(app): State<App>,
) -> Result<Json<VerificationView>, Problem> {
    let Verification { noted, chains } = app.verify_audit(&caller.cx).await?;
    let chains: Vec<ChainView> = chains.into_iter().map(ChainView::of).collect();
    let whole = chains.iter().all(|chain| chain.broken.is_none() && !chain.unfinished);
    Ok(Json(VerificationView { whole, heads: noted.into(), chains }))
}
