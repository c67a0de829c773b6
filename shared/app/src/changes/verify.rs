//! Whether the audit trail is what it was.

use crate::App;
use chrono::{Datelike, NaiveDate, TimeDelta};
use futures_util::{
    future::{OptionFuture, try_join_all},
    stream::{self, StreamExt, TryStreamExt},
};
use rol_domain::{
    Cx, Result,
    audit::{ChainBreak, ChainHead, ChainVerifier, Checkpoint, Checkpoints},
    limits::{CHECKPOINTS_AT_ONCE, MAX_AUDIT_RETENTION_DAYS, MAX_VERIFIED},
};
use rol_store::CheckpointStore;

/// What came of verifying the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The days whose checkpoints the chains were compared with; `None` where none are kept.
    pub checkpoints: Option<Vec<NaiveDate>>,
    /// What came of each chain.
    pub chains: Vec<VerifiedChain>,
}

/// What came of verifying one chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedChain {
    /// Which chain.
    pub chain: u8,
    /// The first place that is still kept.
    pub from: Option<u64>,
    /// The last place that was verified, 0 where there is none.
    pub to: u64,
    /// Where the chain is broken, if it is.
    pub broken: Option<ChainBreak>,
    /// Whether the rest is left for another request.
    pub unfinished: bool,
}

/// How many entries of a chain are read at once.
const STEP: usize = 1_000;

impl App {
    /// Verifies each chain, also against its checkpoints, up to its first fault. One call and one for each MB of a
    /// chain; with checkpoints one more and one for each month.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn verify_audit(&self, cx: &Cx) -> Result<Verification> {
        // Checkpoints before heads, and heads before chains, so that entries published meanwhile lie behind them.
        let heads = self.0.ports.heads.as_ref();
        let checkpoints = OptionFuture::from(
            heads.map(|objects| read_checkpoints(objects.checkpoints_of(&cx.tenant), cx.now.date_naive())),
        );
        let checkpoints = checkpoints.await.transpose()?;
        let heads = self.store().for_tenant(&cx.tenant).audit_heads().await?;
        let chains = (0..).zip(&heads).map(|(chain, head)| {
            let checkpoints = Checkpoints::of(chain, checkpoints.iter().flatten());
            self.verify_chain(cx, chain, head, ChainVerifier::new(checkpoints, cx.now))
        });
        let chains = try_join_all(chains).await?;
        Ok(Verification {
            checkpoints: checkpoints.map(|all| all.iter().map(|checkpoint| checkpoint.day).collect()),
            chains,
        })
    }

    async fn verify_chain(
        &self,
        cx: &Cx,
        chain: u8,
        head: &ChainHead,
        mut walk: ChainVerifier,
    ) -> Result<VerifiedChain> {
        let store = self.store().for_tenant(&cx.tenant);
        let told = |walk: &ChainVerifier, broken, unfinished| VerifiedChain {
            chain,
            from: walk.first(),
            to: walk.place(),
            broken,
            unfinished,
        };
        let mut count = 0;
        loop {
            let entries = store.audit_entries(chain, walk.place(), STEP).await?;
            if let Err(broken) = walk.on(entries.iter().take_while(|entry| entry.place <= head.place)) {
                return Ok(told(&walk, Some(broken), false));
            }
            count += entries.len();
            if entries.len() < STEP || walk.place() >= head.place {
                return Ok(told(&walk, walk.end(head).err(), false));
            }
            if count >= MAX_VERIFIED {
                return Ok(told(&walk, None, true));
            }
        }
    }
}

/// The checkpoints of a tenant as far back as an entry is ever kept, oldest first.
async fn read_checkpoints(checkpoints: CheckpointStore<'_>, today: NaiveDate) -> Result<Vec<Checkpoint>> {
    let oldest = today - TimeDelta::days(i64::from(MAX_AUDIT_RETENTION_DAYS));
    let days = checkpoints.days(oldest.with_day(1).unwrap_or(oldest)).await?;
    let month = |day: &NaiveDate| (day.year(), day.month());
    let last_of_month = days.chunk_by(|a, b| month(a) == month(b)).filter_map(|days| days.last().copied());
    let read = stream::iter(last_of_month.collect::<Vec<_>>()).map(|day| {
        let checkpoints = &checkpoints;
        async move { checkpoints.read(day).await }
    });
    let months: Vec<Vec<Checkpoint>> = read.buffered(CHECKPOINTS_AT_ONCE).try_collect().await?;
    Ok(months.into_iter().flatten().collect())
}
