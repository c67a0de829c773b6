//! `GET /v1/action-logs/verify` – whether anything of the audit trail was changed, dropped, put in or cut off.

use axum::{Json, extract::State};
use rol_app::{App, Verified};
use rol_domain::audit::{Break, EntryId};
use rol_http::{AuditRead, Caller, Problem, ProblemBody};
use serde::Serialize;
use utoipa::ToSchema;

/// What came of walking the audit trail.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verification)]
pub(crate) struct VerificationView {
    /// Whether every chain is whole.
    whole: bool,
    /// What came of each chain.
    chains: Vec<ChainView>,
}

/// What came of walking one chain.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VerifiedChain)]
struct ChainView {
    /// Which chain.
    chain: u8,
    /// The first entry that is still kept; `null` where there is none.
    first: Option<String>,
    /// The last entry that was found right; `null` where there is none.
    last: Option<String>,
    /// The first break, if there is one.
    broken: Option<BreakView>,
    /// Whether the chain is longer than one request verifies.
    unfinished: bool,
}

/// Where a chain is broken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChainBreak)]
struct BreakView {
    /// At which entry.
    id: String,
    /// `missing`, `changed`, `unlinked` (it does not follow the one before) or `cut_off` (the chain ends before its
    /// head).
    what: &'static str,
}

impl ChainView {
    fn of(verified: Verified) -> Self {
        let id = |place: u64| EntryId { chain: verified.chain, place }.to_string();
        let broken = verified.broken.map(|broken| BreakView {
            id: id(broken.place()),
            what: match broken {
                Break::Missing(_) => "missing",
                Break::Changed(_) => "changed",
                Break::Unlinked(_) => "unlinked",
                Break::CutOff(_) => "cut_off",
            },
        });
        Self {
            chain: verified.chain,
            first: (verified.from > 0).then(|| id(verified.from)),
            last: (verified.to > 0).then(|| id(verified.to)),
            broken,
            unfinished: verified.unfinished,
        }
    }
}

/// Whether the audit trail is whole
///
/// Each entry carries the hash of the one before it in its chain, and the head of each chain is kept apart.
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
    let chains: Vec<ChainView> = app.verify_audit(&caller.cx).await?.into_iter().map(ChainView::of).collect();
    let whole = chains.iter().all(|chain| chain.broken.is_none() && !chain.unfinished);
    Ok(Json(VerificationView { whole, chains }))
}
