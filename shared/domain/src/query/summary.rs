//! Figures over records: totals by status and by activity, overdue and expiring records.

use crate::{
    limits::MAX_SUMMARY_ACTIVITIES,
    record::{Record, Status},
    text::ActivityId,
};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// The numbers of days within which expiring records are counted.
pub const EXPIRING_DAYS: [i64; 3] = [30, 60, 90];

/// Figures over the records that were added to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// All records.
    pub total: u64,
    /// Records by status; statuses without records are missing.
    pub by_status: BTreeMap<Status, u64>,
    /// Overdue records.
    pub overdue: u64,
    /// Records whose certificate has expired.
    pub expired: u64,
    /// Records whose certificate expires within each of [`EXPIRING_DAYS`].
    pub expiring: [u64; 3],
    /// Records by activity.
    pub by_activity: BTreeMap<ActivityId, u64>,
}

impl Summary {
    /// Counts a record as it is at `now`.
    pub fn add(&mut self, record: &Record, now: DateTime<Utc>) {
        let content = &record.content;
        self.total += 1;
        *self.by_status.entry(content.status(now)).or_default() += 1;
        self.overdue += u64::from(content.is_overdue(now));
        if let Some(end) = content.expires_at {
            self.expired += u64::from(end.is_past(now));
            for (count, days) in self.expiring.iter_mut().zip(EXPIRING_DAYS) {
                *count += u64::from(!end.is_past(now) && end.is_past(now + TimeDelta::days(days)));
            }
        }
        if let Some(activity) = &content.activity_id {
            *self.by_activity.entry(activity.clone()).or_default() += 1;
        }
    }

    /// The activities with the most records, and how many records the other activities have.
    pub fn top_activities(&self) -> (Vec<(&ActivityId, u64)>, u64) {
        let mut activities: Vec<(&ActivityId, u64)> = self.by_activity.iter().map(|(id, count)| (id, *count)).collect();
        activities.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), *id));
        let others = activities.iter().skip(MAX_SUMMARY_ACTIVITIES).map(|(_, count)| count).sum();
        activities.truncate(MAX_SUMMARY_ACTIVITIES);
        (activities, others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{query::tests::record, time::DateOrInstant};
    use rstest::rstest;

    fn now() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-05-10T12:00:00Z").expect("valid").to_utc()
    }

    #[rstest]
    #[case::never("", 0, [0, 0, 0])]
    #[case::expired("2026-05-09", 1, [0, 0, 0])]
    #[case::expires_today("2026-05-10", 0, [1, 1, 1])]
    #[case::on_the_last_day("2026-06-08", 0, [1, 1, 1])]
    #[case::a_day_later("2026-06-09", 0, [0, 1, 1])]
    #[case::on_the_instant("2026-06-09T12:00:00Z", 0, [1, 1, 1])]
    #[case::within_90("2026-08-01", 0, [0, 0, 1])]
    #[case::later("2026-09-01", 0, [0, 0, 0])]
    fn an_expired_certificate_is_not_expiring(#[case] end: &str, #[case] expired: u64, #[case] expiring: [u64; 3]) {
        let mut summary = Summary::default();
        summary.add(&record(|content| content.expires_at = DateOrInstant::parse(end).ok()), now());
        assert_eq!((summary.total, summary.expired, summary.expiring), (1, expired, expiring));
    }

    #[test]
    fn statuses_and_overdue_are_those_of_the_moment() {
        let mut summary = Summary::default();
        summary.add(&record(|content| content.due_at = DateOrInstant::parse("2026-05-09").ok()), now());
        summary.add(&record(|content| content.passed = Some(true)), now());
        assert_eq!(summary.by_status, [(Status::NotStarted, 1), (Status::Passed, 1)].into());
        assert_eq!(summary.overdue, 1);
    }

    #[test]
    fn as_many_activities_are_named_as_the_limit_says() {
        let mut summary = Summary::default();
        for n in 0..=MAX_SUMMARY_ACTIVITIES {
            let activity = ActivityId::parse(format!("a{n:03}")).expect("valid");
            for _ in 0..=usize::from(n == 7) {
                summary.add(&record(|content| content.activity_id = Some(activity.clone())), now());
            }
            let (named, others) = summary.top_activities();
            assert_eq!(
                (named.len(), others),
                ((n + 1).min(MAX_SUMMARY_ACTIVITIES), u64::from(n == MAX_SUMMARY_ACTIVITIES))
            );
        }
        assert_eq!(summary.top_activities().0[0].0.as_str(), "a007", "the most records come first");
    }
}
