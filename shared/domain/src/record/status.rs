//! Where a learning stands: as a client said, or derived from what else is known.

use super::content::Content;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where the learning stands.
// The names are those of iSpring Learn's results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Status {
    /// Assigned, not begun.
    NotStarted,
    /// Begun.
    InProgress,
    /// Waiting for approval.
    Pending,
    /// Done, where nothing is passed or failed.
    Complete,
    /// Done and passed.
    Passed,
    /// Approved.
    Accepted,
    /// Access closed before it was done.
    Incomplete,
    /// Done and failed.
    Failed,
    /// Not approved.
    Declined,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::NotStarted,
        Self::InProgress,
        Self::Pending,
        Self::Complete,
        Self::Passed,
        Self::Accepted,
        Self::Incomplete,
        Self::Failed,
        Self::Declined,
    ];

    /// Whether there is still something to do.
    pub fn is_open(self) -> bool {
        matches!(self, Self::NotStarted | Self::InProgress | Self::Pending | Self::Incomplete)
    }
}

impl Content {
    /// The status at `now`: the one set by a client (approval has no other trace: pending, accepted and declined are
    /// always set), else the first that applies of passed or failed, complete, incomplete, in progress, not started.
    pub fn status(&self, now: DateTime<Utc>) -> Status {
        self.status.unwrap_or_else(|| self.derived_status(now))
    }

    /// The status at `now` where no client set one.
    pub fn derived_status(&self, now: DateTime<Utc>) -> Status {
        match self.passed {
            Some(true) => Status::Passed,
            Some(false) => Status::Failed,
            None if self.completed_at.is_some() => Status::Complete,
            // Access that closed on a learning begun and not finished leaves it incomplete, not for ever in progress.
            None if self.access_expires_at.is_some_and(|end| end.is_past(now)) => Status::Incomplete,
            None if self.started_at.is_some() => Status::InProgress,
            None => Status::NotStarted,
        }
    }

    /// Whether the due date is past and there is still something to do.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.due_at.is_some_and(|due| due.is_past(now)) && self.is_unfinished()
    }

    /// Whether there is still something to do, whatever the moment: time turns open statuses only into open ones.
    pub fn is_unfinished(&self) -> bool {
        self.completed_at.is_none() && self.status.map_or(self.passed.is_none(), Status::is_open)
    }

    /// Whether the certificate has lapsed.
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_some_and(|end| end.is_past(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{text::Title, time::DateOrInstant};
    use rstest::rstest;

    fn now() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-05-10T12:00:00Z").expect("valid").to_utc()
    }

    fn with(change: fn(&mut Content)) -> Content {
        let mut content = Content::titled(Title::parse("First aid").expect("valid"));
        change(&mut content);
        content
    }

    fn when(text: &str) -> Option<DateOrInstant> {
        Some(DateOrInstant::parse(text).expect("valid"))
    }

    #[rstest]
    #[case::nothing_known(|_: &mut Content| (), Status::NotStarted)]
    #[case::started(|c: &mut Content| c.started_at = when("2026-05-01"), Status::InProgress)]
    #[case::completed(|c: &mut Content| { c.started_at = when("2026-05-01"); c.completed_at = when("2026-05-02") }, Status::Complete)]
    #[case::passed(|c: &mut Content| { c.completed_at = when("2026-05-02"); c.passed = Some(true) }, Status::Passed)]
    #[case::failed(|c: &mut Content| { c.completed_at = when("2026-05-02"); c.passed = Some(false) }, Status::Failed)]
    #[case::access_closed_unstarted(|c: &mut Content| c.access_expires_at = when("2026-05-09"), Status::Incomplete)]
    #[case::access_closed_unfinished(|c: &mut Content| { c.started_at = when("2026-05-01"); c.access_expires_at = when("2026-05-09") }, Status::Incomplete)]
    #[case::access_closes_today(|c: &mut Content| { c.started_at = when("2026-05-01"); c.access_expires_at = when("2026-05-10") }, Status::InProgress)]
    #[case::access_closed_when_done(|c: &mut Content| { c.completed_at = when("2026-05-02"); c.access_expires_at = when("2026-05-09") }, Status::Complete)]
    #[case::set_by_a_client(|c: &mut Content| { c.passed = Some(true); c.status = Some(Status::Pending) }, Status::Pending)]
    fn a_status_is_set_or_derived(#[case] change: fn(&mut Content), #[case] status: Status) {
        assert_eq!(with(change).status(now()), status);
    }

    #[rstest]
    #[case::no_due_date(|_: &mut Content| (), false)]
    #[case::due_today(|c: &mut Content| c.due_at = when("2026-05-10"), false)]
    #[case::due_yesterday(|c: &mut Content| c.due_at = when("2026-05-09"), true)]
    #[case::due_a_moment_ago(|c: &mut Content| c.due_at = when("2026-05-10T12:00:00Z"), true)]
    #[case::completed(|c: &mut Content| { c.due_at = when("2026-05-09"); c.completed_at = when("2026-05-10") }, false)]
    #[case::failed(|c: &mut Content| { c.due_at = when("2026-05-09"); c.passed = Some(false) }, false)]
    #[case::declined(|c: &mut Content| { c.due_at = when("2026-05-09"); c.status = Some(Status::Declined) }, false)]
    #[case::incomplete(|c: &mut Content| { c.due_at = when("2026-05-09"); c.access_expires_at = when("2026-05-09") }, true)]
    fn only_open_learnings_are_overdue(#[case] change: fn(&mut Content), #[case] overdue: bool) {
        assert_eq!(with(change).is_overdue(now()), overdue);
    }

    #[rstest]
    #[case::never(None, false)]
    #[case::today(Some("2026-05-10"), false)]
    #[case::yesterday(Some("2026-05-09"), true)]
    #[case::in_a_moment(Some("2026-05-10T12:00:00.001Z"), false)]
    fn a_certificate_expires_from_the_next_day_on(#[case] end: Option<&str>, #[case] expired: bool) {
        let mut content = with(|_| ());
        content.expires_at = end.and_then(when);
        assert_eq!(content.is_expired(now()), expired);
    }
}
