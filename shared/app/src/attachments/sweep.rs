//! What events left behind: everything that lies under `incoming/` for more than a day.

use crate::App;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::try_join_all;
use rol_domain::{Result, attachment::State, limits::SWEEP_AFTER_S};
use rol_store::FilePlace;

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// How many things it found under `incoming/`.
    pub found: usize,
    /// How many of them it removed.
    pub removed: usize,
}

/// How many things are looked after at once.
const AT_ONCE: usize = 16;

impl App {
    /// Removes what lies under `incoming/` for more than a day, and with it what was copied from there and never became
    /// `ready`. One call for each 1,000 things there; two or three for each that is removed.
    ///
    /// # Errors
    /// Those of the store; what was removed until then stays removed.
    pub async fn sweep_uploads(&self) -> Result<SweepReport> {
        let now = self.now();
        let mut swept = SweepReport::default();
        let mut after = None;
        loop {
            let page = self.objects().uploads(after.take()).await?;
            swept.found += page.uploads.len();
            let end = now - TimeDelta::seconds(SWEEP_AFTER_S);
            let old: Vec<FilePlace> =
                page.uploads.into_iter().filter(|(_, written)| *written <= end).map(|(place, _)| place).collect();
            for some in old.chunks(AT_ONCE) {
                let removed = try_join_all(some.iter().map(|place| self.sweep_upload(place, now))).await?;
                swept.removed += removed.into_iter().filter(|removed| *removed).count();
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(swept),
            }
        }
    }

    /// Removes one of them, unless it still waits for its verdict; whether it did.
    async fn sweep_upload(&self, place: &FilePlace, now: DateTime<Utc>) -> Result<bool> {
        let attachment = self.store().for_tenant(&place.tenant).attachment(place.record, place.attachment, now).await?;
        match attachment.map(|attachment| attachment.state) {
            Some(State::Ready) => {}
            Some(State::Pending) => return Ok(false),
            // The copy first: as long as the upload is there, the next sweep comes back for it.
            Some(State::Rejected(_) | State::Deleted) | None => self.objects().delete_served(place).await?,
        }
        self.objects().delete_upload(place).await?;
        Ok(true)
    }
}
