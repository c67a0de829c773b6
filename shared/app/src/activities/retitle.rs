//! A new title on its way to the records that point to the activity.
//!
//! Whoever renames an activity leaves an item beside it, in the same transaction. The table's stream delivers that
//! item, a step brings the title to some records and notes in the item how far it came, and the stream delivers that:
//! the item drives itself until nothing is left. A step that fails is delivered again and finds what is done already.
//!
//! A record gets the title on condition that nobody wrote it since it was read, and the title is looked up again after
//! the records were read, so the last of several titles is the one that stays.

use crate::App;
use futures_util::future::try_join_all;
use rol_domain::{
    Error, Record, Result,
    limits::{MAX_RETITLED, WRITE_RETRIES},
};
use rol_store::{Retitling, StreamRecord, WriteOutcome};

/// How many records are written at once.
const WRITTEN_AT_ONCE: usize = 16;
/// How many records are read at once.
const PAGE: usize = 100;

impl App {
    /// Takes every title in a batch of stream records one step further. The sequence number of the first record for
    /// which that failed, from which on the stream has to deliver again.
    pub async fn retitle(&self, records: &[StreamRecord]) -> Option<String> {
        for record in records {
            let step = async {
                match record.retitling()? {
                    Some(retitling) => self.take_step(retitling).await,
                    None => Ok(()),
                }
            };
            if let Err(error) = step.await {
                tracing::warn!(error = error.chain(), "could not update the titles of records");
                return Some(record.sequence().to_owned());
            }
        }
        None
    }

    /// Brings a title to at most [`MAX_RETITLED`] records, in a call for each and one for each 100 of them, and three
    /// more.
    async fn take_step(&self, told: Retitling) -> Result<()> {
        let store = self.store().for_tenant(&told.tenant);
        // What the stream tells may have been told before.
        let Some(mut here) = store.retitling(told.activity, told.given.version).await? else { return Ok(()) };
        if here.version != told.version {
            return Ok(());
        }
        let mut done = 0;
        while done < MAX_RETITLED {
            let page = store.records_of_activity(here.activity, here.shard, here.behind, PAGE).await?;
            let activity = store.activity(here.activity).await?;
            if activity.is_none_or(|activity| activity.content.title != here.title) {
                // It is gone, or has a title by now that is on its own way.
                return store.end_retitling(&here).await;
            }
            for some in page.items.chunks(WRITTEN_AT_ONCE) {
                try_join_all(some.iter().map(|record| self.give_title(record, &here))).await?;
            }
            done += page.items.len();
            match here.after(&page) {
                Some(next) => here = next,
                None => return store.end_retitling(&here).await,
            }
        }
        // Where another delivery of the same step came first, the item is as far as this one.
        store.save_retitling(&here).await.map(drop)
    }

    async fn give_title(&self, record: &Record, to: &Retitling) -> Result<()> {
        let store = self.store().for_tenant(&to.tenant);
        let mut current = record.clone();
        for _ in 0..=WRITE_RETRIES {
            let Some(next) = current.retitled(to.activity, &to.title, &to.given, self.now()) else { return Ok(()) };
            match store.write_record(&next, current.stamp.version).await? {
                WriteOutcome::Done(_) | WriteOutcome::Refused(None) => return Ok(()),
                WriteOutcome::Refused(Some(newer)) => current = newer,
            }
        }
        Err(Error::Conflict("a record is being changed by many requests: try again".into()))
    }
}
