//! Moments of a record, and ranges of time.

use crate::{record::Record, time::DateOrInstant};
use chrono::{DateTime, Utc};

/// A moment in the life of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// When it was assigned.
    Assigned,
    /// When the person started.
    Started,
    /// When it is due.
    Due,
    /// When it was completed.
    Completed,
    /// When the certificate expires.
    Expires,
    /// When the record was created.
    Created,
    /// When the record was last written.
    Updated,
}

impl Moment {
    /// All moments.
    pub const ALL: [Self; 7] =
        [Self::Assigned, Self::Started, Self::Due, Self::Completed, Self::Expires, Self::Created, Self::Updated];

    /// The moment's name in filters.
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

    /// The moment of a record; a date counts as the last millisecond of its day (UTC).
    pub fn of(self, record: &Record) -> Option<DateTime<Utc>> {
        let content = &record.content;
        let moment = match self {
            Self::Assigned => content.assigned_at,
            Self::Started => content.started_at,
            Self::Due => content.due_at,
            Self::Completed => content.completed_at,
            Self::Expires => content.expires_at,
            Self::Created => Some(DateOrInstant::Instant(record.stamp.created_at)),
            Self::Updated => Some(DateOrInstant::Instant(record.stamp.updated_at)),
        };
        moment.map(DateOrInstant::last_moment)
    }
}

/// A range of time that includes its ends; either may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first moment of the range.
    pub from: Option<DateTime<Utc>>,
    /// The last moment of the range.
    pub to: Option<DateTime<Utc>>,
}

/// The error for a range that ends before it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected no earlier than {from}, found {to}")]
pub struct InvalidSpan {
    from: DateOrInstant,
    to: DateOrInstant,
}

impl Span {
    /// The range from `from` to `to`. A date as `from` is its first millisecond, as `to` its last one (UTC).
    ///
    /// # Errors
    /// [`InvalidSpan`] if it would end before it starts.
    pub fn parse(from: Option<DateOrInstant>, to: Option<DateOrInstant>) -> Result<Self, InvalidSpan> {
        let span = Self { from: from.map(DateOrInstant::first_moment), to: to.map(DateOrInstant::last_moment) };
        match (from, to) {
            (Some(from), Some(to)) if span.from > span.to => Err(InvalidSpan { from, to }),
            _ => Ok(span),
        }
    }

    /// The part of the range up to `end`.
    pub fn until(self, end: DateTime<Utc>) -> Self {
        Self { to: Some(self.to.map_or(end, |to| to.min(end))), ..self }
    }

    /// Whether a moment is in the range.
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
