//! `GET /v1/action-logs/verify` – check the integrity of the audit trail.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use rol_app::{App, Verification, VerifiedChain};
use rol_domain::audit::{AuditEntryId, ChainFault};
use rol_http::{AuditRead, Caller, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// The result of verifying the audit trail.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verification)]
pub(crate) struct VerificationView {
    /// Whether every chain was verified to its end and no fault was found.
    valid: bool,
    /// `enabled`, or `disabled` where this service writes no checkpoints: whoever can write the table could then
    /// replace a whole chain undetected.
    checkpoints: &'static str,
    /// The number of days that have a checkpoint.
    checkpoint_days: usize,
    /// The first of these days; `null` without checkpoints.
    #[schema(value_type = Option<String>, format = Date)]
    first_checkpoint: Option<NaiveDate>,
    /// The last of these days; `null` without checkpoints. Only the chains themselves protect later entries.
    #[schema(value_type = Option<String>, format = Date)]
    last_checkpoint: Option<NaiveDate>,
    /// The result of each chain.
    chains: Vec<ChainView>,
}

/// The result of verifying one chain.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VerifiedChain)]
struct ChainView {
    /// The number of the chain.
    chain: u8,
    /// The first entry that is kept; `null` in an empty chain.
    first: Option<String>,
    /// The last entry that was verified; `null` in an empty chain.
    last: Option<String>,
    /// The first fault.
    fault: Option<ChainFaultView>,
    /// Whether the chain is longer than one request verifies.
    unfinished: bool,
}

/// The first entry of a chain that does not verify.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChainFault)]
struct ChainFaultView {
    /// The id of the entry.
    id: String,
    /// `gap` (an entry is missing before its retention ended), `modified` (this entry, or with `checkpoint` this or an
    /// earlier one), `unlinked` (the entry does not follow the one before) or `truncated` (the chain ends before this
    /// entry, and was longer).
    kind: &'static str,
    /// The day of the checkpoint that the chain disagrees with; `null` where the chain disagrees with itself.
    #[schema(value_type = Option<String>, format = Date)]
    checkpoint: Option<NaiveDate>,
}

impl ChainView {
    fn of(verified: VerifiedChain) -> Self {
        let id = |place: u64| AuditEntryId { chain: verified.chain, place }.to_string();
        let fault = verified.broken.map(|broken| ChainFaultView {
            id: id(broken.place),
            kind: match broken.fault {
                ChainFault::Gap => "gap",
                ChainFault::Modified => "modified",
                ChainFault::Unlinked => "unlinked",
                ChainFault::Truncated => "truncated",
            },
            checkpoint: broken.checkpoint,
        });
        Self {
            chain: verified.chain,
            first: verified.from.map(id),
            last: (verified.to > 0).then(|| id(verified.to)),
            fault,
            unfinished: verified.unfinished,
        }
    }
}

/// Verify the audit trail
///
/// Each entry carries the hash of the previous entry of its chain and the time until which that entry is kept, so a
/// missing entry is a fault unless its retention ended. Where checkpoints are enabled, the chains are also compared
/// with the checkpoint of every day.
#[utoipa::path(
    get,
    path = "/v1/action-logs/verify",
    operation_id = "audit.verify",
    tag = "Action logs",
    responses((status = 200, body = VerificationView, description = "The result of each chain")),
)]
pub(crate) async fn verify(
    caller: Caller<AuditRead>,
    State(app): State<App>,
) -> Result<Json<VerificationView>, Problem> {
    let Verification { checkpoints, chains } = app.verify_audit(&caller.cx).await?;
    let chains: Vec<ChainView> = chains.into_iter().map(ChainView::of).collect();
    let valid = chains.iter().all(|chain| chain.fault.is_none() && !chain.unfinished);
    let status = if checkpoints.is_some() { "enabled" } else { "disabled" };
    let days = checkpoints.unwrap_or_default();
    Ok(Json(VerificationView {
        valid,
        checkpoints: status,
        checkpoint_days: days.len(),
        first_checkpoint: days.first().copied(),
        last_checkpoint: days.last().copied(),
        chains,
    }))
}
