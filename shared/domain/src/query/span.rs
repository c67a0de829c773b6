//! From when to when: one of a record's moments, and a range of time for it.

use crate::{record::Record, time::DateOrInstant};
use chrono::{DateTime, Utc};

/// A moment in the life of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// When it was assigned.
    Assigned,
    /// When the person began.
    Started,
    /// By when it is to be done.
    Due,
    /// When it was done.
    Completed,
    /// When the certificate lapses.
    Expires,
    /// When the record was made.
    Created,
    /// When the record was last written.
    Updated,
}

impl Moment {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Assigned, Self::Started, Self::Due, Self::Completed, Self::Expires, Self::Created, Self::Updated];

    /// What a filter calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Started => "started",
            Self::Due => "due",
            Self::Completed => "completed",
            Self::Expires => "expires",
            Self::Created => "created",
            Self::Updated => "updated",
        }
    }

    /// When that was, or will be, for a record; a date counts as the last millisecond of its day (UTC).
    pub fn of(self, record: &Record) -> Option<DateTime<Utc>> {
        let content = &record.content;
        let when = match self {
            Self::Assigned => content.assigned_at,
            Self::Started => content.started_at,
            Self::Due => content.due_at,
            Self::Completed => content.completed_at,
            Self::Expires => content.expires_at,
            Self::Created => Some(DateOrInstant::Instant(record.stamp.created_at)),
            Self::Updated => Some(DateOrInstant::Instant(record.stamp.updated_at)),
        };
        when.map(DateOrInstant::last_moment)
    }
}

/// A range of time: both ends belong to it, and one of them may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Not after.
    pub to: Option<DateTime<Utc>>,
}

/// Why two moments are no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected no earlier than {from}, found {to}")]
pub struct InvalidSpan {
    from: DateOrInstant,
    to: DateOrInstant,
}

impl Span {
    /// From `from`, a date from its first millisecond on, to `to`, a date up to its last (UTC).
    ///
    /// # Errors
    /// Where it would end before it starts.
    pub fn parse(from: Option<DateOrInstant>, to: Option<DateOrInstant>) -> Result<Self, InvalidSpan> {
        let span = Self { from: from.map(DateOrInstant::first_moment), to: to.map(DateOrInstant::last_moment) };
        match (from, to) {
            (Some(from), Some(to)) if span.from > span.to => Err(InvalidSpan { from, to }),
            _ => Ok(span),
        }
    }

    /// Up to a moment, and no further than it went before.
    pub fn until(self, end: DateTime<Utc>) -> Self {
        Self { to: Some(self.to.map_or(end, |to| to.min(end))), ..self }
    }

    /// Whether a moment belongs to it.
    pub fn contains(self, moment: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= moment) && self.to.is_none_or(|to| moment <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn when(text: &str) -> Option<DateOrInstant> {
        (!text.is_empty()).then(|| DateOrInstant::parse(text).expect("valid"))
    }

    #[rstest]
    #[case::a_date_covers_its_day("2026-05-01", "2026-05-01", "2026-05-01T00:00:00Z", true)]
    #[case::to_its_end("2026-05-01", "2026-05-01", "2026-05-01T23:59:59.999Z", true)]
    #[case::and_no_more("2026-05-01", "2026-05-01", "2026-05-02T00:00:00Z", false)]
    #[case::instants_are_inclusive("2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z", true)]
    #[case::before("2026-05-01T10:00:00Z", "", "2026-05-01T09:59:59.999Z", false)]
    #[case::open_end("2026-05-01T10:00:00Z", "", "2030-05-01", true)]
    #[case::open_start("", "2026-05-01", "1999-05-01", true)]
    #[case::a_date_within_dates("2026-05-01", "2026-05-02", "2026-05-02", true)]
    #[case::a_date_counts_as_its_end("", "2026-05-01T10:00:00Z", "2026-05-01", false)]
    fn a_span_has_both_ends(#[case] from: &str, #[case] to: &str, #[case] moment: &str, #[case] inside: bool) {
        let span = Span::parse(when(from), when(to)).expect("a span");
        assert_eq!(span.contains(when(moment).expect("a moment").last_moment()), inside);
    }

    #[rstest]
    #[case::dates("2026-05-02", "2026-05-01", false)]
    #[case::the_same_date("2026-05-01", "2026-05-01", true)]
    #[case::an_instant_within_the_date("2026-05-01T10:00:00Z", "2026-05-01", true)]
    #[case::instants("2026-05-01T10:00:00Z", "2026-05-01T09:59:59Z", false)]
    #[case::one_side("2026-05-02", "", true)]
    fn a_span_does_not_end_before_it_starts(#[case] from: &str, #[case] to: &str, #[case] legal: bool) {
        assert_eq!(Span::parse(when(from), when(to)).is_ok(), legal);
    }

    #[test]
    fn a_span_is_cut_off_and_never_prolonged() {
        let (early, late) = ("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z");
        let end = |text| when(text).map(DateOrInstant::last_moment);
        let span = Span::parse(None, when(early)).expect("a span");
        assert_eq!(span.until(end(late).expect("a moment")).to, end(early));
        assert_eq!(Span::default().until(end(late).expect("a moment")).to, end(late));
    }
}
