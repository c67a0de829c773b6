//! Writes checkpoints of the audit trail outside the table, so that whoever can write the table cannot rewrite the
//! trail.

use crate::App;
use chrono::{Datelike, NaiveDate, TimeDelta};
use futures_util::stream::{self, StreamExt};
use rol_domain::{
    Error, Result, TenantId,
    audit::{ChainHead, Checkpoint},
    limits::{CHECKPOINT_RUN_S, CHECKPOINTS_AT_ONCE},
};
use rol_store::Bucket;

/// The result of writing the checkpoints of all tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckpointRun {
    /// How many tenants were looked at.
    pub tenants: usize,
    /// How many of them have a new checkpoint.
    pub written: usize,
}

/// After how many tenants progress is logged.
const PROGRESS: usize = 1_000;

impl App {
    /// Writes a checkpoint of every tenant whose trail grew since its last checkpoint, at most once a day, and at least
    /// once a month. Four calls for the tenants, more where they are many; for each of them one call where the day has
    /// its checkpoint, and at most three more where it has not.
    ///
    /// A checkpoint is never overwritten, so the next run does what this one did not reach.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the checkpoints of some tenants could not be written, or time ran out, after all
    /// others.
    pub async fn write_checkpoints(&self) -> Result<CheckpointRun> {
        let objects = self.0.ports.heads.as_ref();
        let objects =
            objects.ok_or_else(|| Error::internal("writing checkpoints", "expected a bucket for checkpoints"))?;
        let start = self.now();
        let (today, end) = (start.date_naive(), start + TimeDelta::seconds(CHECKPOINT_RUN_S));
        let tenants: Vec<TenantId> = self.store().tenants().await?.into_iter().map(|tenant| tenant.id).collect();
        let all = tenants.len();
        let in_time = tenants.into_iter().take_while(|_| self.now() < end);
        let mut outcomes = stream::iter(in_time)
            .map(|tenant| async move { (tenant, self.write_checkpoint(objects, tenant, today).await) })
            .buffer_unordered(CHECKPOINTS_AT_ONCE);
        let (mut run, mut failed) = (CheckpointRun::default(), 0);
        while let Some((tenant, outcome)) = outcomes.next().await {
            run.tenants += 1;
            match outcome {
                Ok(written) => run.written += usize::from(written),
                Err(error) => {
                    failed += 1;
                    tracing::warn!(tenant.id = %tenant, error = error.chain(), "could not write the checkpoint of {tenant}");
                }
            }
            if run.tenants % PROGRESS == 0 {
                tracing::info!(tenants = run.tenants, "checked {} of {all} tenants", run.tenants);
            }
        }
        let left = all - run.tenants;
        tracing::info!(written = run.written, failed, left, "wrote checkpoints of {} tenants", run.written);
        if failed + left > 0 {
            let why = format!("{failed} tenants failed, {left} were not reached");
            return Err(Error::Unavailable { what: "the checkpoints of some tenants", source: why.into() });
        }
        Ok(run)
    }

    /// Whether a checkpoint was written.
    async fn write_checkpoint(&self, objects: &Bucket, tenant: TenantId, today: NaiveDate) -> Result<bool> {
        let checkpoints = objects.checkpoints_of(&tenant);
        let days = checkpoints.days(today.with_day(1).unwrap_or(today)).await?;
        let mut month = match days.last() {
            Some(last) if *last >= today => return Ok(false),
            Some(last) => checkpoints.read(*last).await?,
            None => Vec::new(),
        };
        let heads = self.store().for_tenant(&tenant).audit_heads().await?;
        let is_known = month.last().is_some_and(|checkpoint| checkpoint.heads == heads);
        if is_known || heads.iter().all(|head| *head == ChainHead::default()) {
            return Ok(false);
        }
        month.push(Checkpoint { day: today, heads });
        checkpoints.write(today, &month).await
    }
}
