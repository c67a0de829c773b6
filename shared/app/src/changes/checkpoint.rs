//! Noting the heads of the audit trail outside of the table, so that who can write the table cannot rewrite the trail.

use crate::App;
use chrono::{Datelike, NaiveDate, TimeDelta};
use futures_util::stream::{self, StreamExt};
use rol_domain::{
    Error, Result, TenantId,
    audit::{ChainHead, Checkpoint},
    limits::{CHECKPOINT_RUN_S, CHECKPOINTS_AT_ONCE},
};
use rol_store::Bucket;

/// What came of noting the heads of all tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckpointRun {
    /// How many tenants were looked at.
    pub tenants: usize,
    /// How many of them got a note.
    pub noted: usize,
}

/// After how many tenants progress is logged.
const PROGRESS: usize = 1_000;

impl App {
    /// Notes the heads of every tenant whose trail moved since its last note, at most once a day, and at least once a
    /// month. Four calls for the tenants, more where they are many; for each of them one call where the day has its
    /// note, and at most three more where it has not.
    ///
    /// What is noted already stays as it is, so whatever a run did not reach or could not note is the next one's.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where some tenant's heads could not be noted, or time ran out, once all others are noted.
    pub async fn write_checkpoints(&self) -> Result<CheckpointRun> {
        let objects = self.0.ports.heads.as_ref();
        let objects = objects.ok_or_else(|| Error::internal("noting heads", "expected a bucket for them"))?;
        let start = self.now();
        let (today, end) = (start.date_naive(), start + TimeDelta::seconds(CHECKPOINT_RUN_S));
        let tenants: Vec<TenantId> = self.store().tenants().await?.into_iter().map(|tenant| tenant.id).collect();
        let all = tenants.len();
        let in_time = tenants.into_iter().take_while(|_| self.now() < end);
        let mut outcomes = stream::iter(in_time)
            .map(|tenant| async move { (tenant, self.write_checkpoint(objects, tenant, today).await) })
            .buffer_unordered(CHECKPOINTS_AT_ONCE);
        let (mut noting, mut failed) = (CheckpointRun::default(), 0);
        while let Some((tenant, outcome)) = outcomes.next().await {
            noting.tenants += 1;
            match outcome {
                Ok(noted) => noting.noted += usize::from(noted),
                Err(error) => {
                    failed += 1;
                    tracing::warn!(tenant.id = %tenant, error = error.chain(), "could not note the heads of {tenant}");
                }
            }
            if noting.tenants % PROGRESS == 0 {
                tracing::info!(tenants = noting.tenants, "looked at {} of {all} tenants", noting.tenants);
            }
        }
        let left = all - noting.tenants;
        tracing::info!(noted = noting.noted, failed, left, "noted the heads of {} tenants", noting.noted);
        if failed + left > 0 {
            let why = format!("{failed} tenants failed, {left} were not reached");
            return Err(Error::Unavailable { what: "the notes of some tenants", source: why.into() });
        }
        Ok(noting)
    }

    /// Whether a note was written.
    async fn write_checkpoint(&self, objects: &Bucket, tenant: TenantId, today: NaiveDate) -> Result<bool> {
        let notes = objects.checkpoints_of(&tenant);
        let days = notes.days(today.with_day(1).unwrap_or(today)).await?;
        let mut month = match days.last() {
            Some(last) if *last >= today => return Ok(false),
            Some(last) => notes.read(*last).await?,
            None => Vec::new(),
        };
        let heads = self.store().for_tenant(&tenant).audit_heads().await?;
        let is_known = month.last().is_some_and(|note| note.heads == heads);
        if is_known || heads.iter().all(|head| *head == ChainHead::default()) {
            return Ok(false);
        }
        month.push(Checkpoint { day: today, heads });
        notes.write(today, &month).await
    }
}
