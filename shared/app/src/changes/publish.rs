//! Telling what the table's stream says, at least once delivered and exactly once told.

use crate::App;
use chrono::{DateTime, Utc};
use rol_domain::{
    Error, Result, TenantId,
    change::Change,
    limits::{PUBLISH_AT_ONCE, PUBLISH_RETRIES},
};
use rol_store::StreamRecord;
use std::collections::{BTreeMap, HashMap};

impl App {
    /// Publishes the changes of a batch of stream records, in their order. The sequence number of the first record that
    /// was not published, from which on the stream has to deliver again; changes behind it that were published are
    /// recognised then. Two calls for each 20 changes of a tenant, and one for its settings.
    pub async fn publish(&self, records: &[StreamRecord]) -> Option<String> {
        let now = self.now();
        let mut changes: BTreeMap<TenantId, Vec<Change>> = BTreeMap::new();
        let mut order: HashMap<String, usize> = HashMap::new();
        let mut failed = None;
        for (at, record) in records.iter().enumerate() {
            match record.change() {
                Ok(Some(change)) => {
                    order.insert(change.sequence.clone(), at);
                    changes.entry(change.tenant).or_default().push(change);
                }
                Ok(None) => {}
                Err(error) => {
                    // What comes before it is published; from it on Lambda delivers again, in ever smaller batches.
                    tracing::error!(error = error.chain(), "cannot read a record of the stream");
                    failed = Some((at, record.sequence().to_owned()));
                    break;
                }
            }
        }
        for (tenant, changes) in changes {
            if let Err((sequence, error)) = self.publish_changes(tenant, &changes, now).await {
                tracing::warn!(error = error.chain(), "could not publish a change");
                let at = order.get(&sequence).copied().unwrap_or_default();
                if failed.as_ref().is_none_or(|(first, _)| at < *first) {
                    failed = Some((at, sequence));
                }
            }
        }
        failed.map(|(_, sequence)| sequence)
    }

    /// Tells changes of one tenant, some at once; the first that was not told where that fails.
    async fn publish_changes(
        &self,
        tenant: TenantId,
        changes: &[Change],
        now: DateTime<Utc>,
    ) -> Result<(), (String, Error)> {
        let store = self.store().for_tenant(&tenant);
        let first = |some: &[Change]| some.first().map(|change| change.sequence.clone()).unwrap_or_default();
        // Read afresh: it decides for good how long an entry is kept.
        let settings = store.settings().await.map_err(|error| (first(changes), error))?;
        let days = settings.settings.audit_retention_days;
        for some in changes.chunks(PUBLISH_AT_ONCE) {
            let mut lost = 0;
            loop {
                match store.publish_changes(some, now, days).await {
                    Ok(()) => break,
                    Err(Error::Conflict(_)) if lost < PUBLISH_RETRIES => lost += 1,
                    Err(error) => return Err((first(some), error)),
                }
            }
        }
        Ok(())
    }
}
