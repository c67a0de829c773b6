//! A date, or an instant: what a client gave stays what it is, and no time zone ever shifts a date.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A calendar date without a zone, or an instant in UTC to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrInstant {
    /// `2026-05-01`.
    Date(NaiveDate),
    /// `2026-05-01T09:30:00.000Z`; finer digits are cut off.
    Instant(DateTime<Utc>),
}

/// Why a text is neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a date (2026-05-01) or an RFC 3339 instant (2026-05-01T09:30:00Z) of the years 0001 to 9999, found {0:?}"
)]
pub struct InvalidDateOrInstant(String);

impl DateOrInstant {
    /// A date (`YYYY-MM-DD`) or an RFC 3339 instant, of the years 0001 to 9999 in UTC.
    ///
    /// # Errors
    /// What was expected and what was found.
    pub fn parse(text: &str) -> Result<Self, InvalidDateOrInstant> {
        let parsed = if text.len() == 10 {
            let shape =
                text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
            shape.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten().map(Self::Date)
        } else {
            DateTime::parse_from_rfc3339(text).ok().map(|instant| Self::Instant(millis(instant.to_utc())))
        };
        parsed
            .filter(|when| (1..=9999).contains(&when.utc_date().year()))
            .ok_or_else(|| InvalidDateOrInstant(text.chars().take(40).collect()))
    }

    /// The date itself, or the instant's date in UTC.
    pub fn utc_date(self) -> NaiveDate {
        match self {
            Self::Date(date) => date,
            Self::Instant(instant) => instant.date_naive(),
        }
    }

    /// Whether it lies behind `now`: an instant when it has come, a date from the next day on (UTC).
    pub fn is_past(self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Date(date) => date < now.date_naive(),
            Self::Instant(instant) => instant <= now,
        }
    }

    /// Whether it lies before `other` wherever on earth its dates were meant: a date spans every zone from UTC+14
    /// to UTC−12, so a date and an instant conflict only where they do in all of them.
    pub fn is_before(self, other: Self) -> bool {
        match (self, other) {
            (Self::Date(a), Self::Date(b)) => a < b,
            (Self::Instant(a), Self::Instant(b)) => a < b,
            (Self::Date(a), Self::Instant(b)) => midnight(a) + TimeDelta::hours(24 + 12) <= b,
            (Self::Instant(a), Self::Date(b)) => a < midnight(b) - TimeDelta::hours(14),
        }
    }

    /// The key under which it sorts among others: its last moment at fixed width with milliseconds.
    pub fn sort_key(self) -> String {
        fixed(self.last_moment())
    }

    /// The instant, or the first millisecond of the day (UTC).
    pub fn first_moment(self) -> DateTime<Utc> {
        match self {
            Self::Date(date) => midnight(date),
            Self::Instant(instant) => instant,
        }
    }

    /// The instant, or the last millisecond of the day (UTC), because a date is past only from the next day on.
    pub fn last_moment(self) -> DateTime<Utc> {
        match self {
            Self::Date(date) => {
                let next = date.checked_add_days(Days::new(1)).map(midnight);
                next.map_or(midnight(date), |next| next - TimeDelta::milliseconds(1))
            }
            Self::Instant(instant) => instant,
        }
    }
}

fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

/// Cut to the millisecond, towards the past.
pub fn millis(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant - TimeDelta::nanoseconds(i64::from(instant.timestamp_subsec_nanos() % 1_000_000))
}

/// An instant at fixed width, in UTC with milliseconds: `2026-05-01T09:30:00.000Z`.
pub fn fixed(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl fmt::Display for DateOrInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{}", date.format("%Y-%m-%d")),
            Self::Instant(instant) => f.write_str(&fixed(*instant)),
        }
    }
}

impl Serialize for DateOrInstant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DateOrInstant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// Serialises an instant at fixed width; for `#[serde(with)]`.
pub mod fixed_width {
    use super::{DateTime, Deserialize, Deserializer, Serializer, Utc, de};

    /// Writes `2026-05-01T09:30:00.000Z`.
    ///
    /// # Errors
    /// Those of the serialiser.
    pub fn serialize<S: Serializer>(instant: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::fixed(*instant))
    }

    /// Reads any RFC 3339 instant.
    ///
    /// # Errors
    /// Where the text is none.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
        let text = String::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text).map(|instant| instant.to_utc()).map_err(de::Error::custom)
    }

    /// The same for an instant that may be missing.
    pub mod option {
        use super::{DateTime, Deserialize, Deserializer, Serializer, Utc};

        #[derive(Deserialize)]
        struct Fixed(#[serde(with = "super")] DateTime<Utc>);

        /// Writes the instant, or `null`.
        ///
        /// # Errors
        /// Those of the serialiser.
        pub fn serialize<S: Serializer>(instant: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
            match instant {
                Some(instant) => super::serialize(instant, serializer),
                None => serializer.serialize_none(),
            }
        }

        /// Reads an instant, or `null`.
        ///
        /// # Errors
        /// Where the text is no RFC 3339 instant.
        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
            Ok(Option::<Fixed>::deserialize(deserializer)?.map(|fixed| fixed.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn when(text: &str) -> DateOrInstant {
        DateOrInstant::parse(text).expect("valid")
    }

    fn instant(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("valid").to_utc()
    }

    #[rstest]
    #[case::date("2026-05-01", "2026-05-01")]
    #[case::leap_day("2028-02-29", "2028-02-29")]
    #[case::first_year("0001-01-01", "0001-01-01")]
    #[case::last_year("9999-12-31", "9999-12-31")]
    #[case::utc("2026-05-01T09:30:00Z", "2026-05-01T09:30:00.000Z")]
    #[case::offset("2026-05-01T00:30:00+02:00", "2026-04-30T22:30:00.000Z")]
    #[case::finer_digits("2026-05-01T09:30:00.123999Z", "2026-05-01T09:30:00.123Z")]
    fn what_was_given_comes_back(#[case] text: &str, #[case] printed: &str) {
        assert_eq!(when(text).to_string(), printed);
    }

    #[rstest]
    #[case::empty("")]
    #[case::day_first("01/05/2026")]
    #[case::no_such_day("2026-02-29")]
    #[case::short("2026-5-1")]
    #[case::signed("+026-05-01")]
    #[case::no_zone("2026-05-01T09:30:00")]
    #[case::year_zero("0000-01-01")]
    #[case::past_the_last_year("9999-12-31T23:59:59-01:00")]
    #[case::before_the_first_year("0001-01-01T00:00:00+01:00")]
    #[case::epoch("1767225600")]
    fn other_texts_are_refused(#[case] text: &str) {
        assert!(DateOrInstant::parse(text).is_err());
    }

    #[rstest]
    #[case::the_day_itself("2026-05-01", "2026-05-01T23:59:59Z", false)]
    #[case::the_next_day("2026-05-01", "2026-05-02T00:00:00Z", true)]
    #[case::just_before("2026-05-01T12:00:00Z", "2026-05-01T11:59:59Z", false)]
    #[case::at_the_instant("2026-05-01T12:00:00Z", "2026-05-01T12:00:00Z", true)]
    fn a_date_is_past_from_the_next_day_on(#[case] text: &str, #[case] now: &str, #[case] past: bool) {
        assert_eq!(when(text).is_past(instant(now)), past);
    }

    #[rstest]
    #[case::dates("2026-05-01", "2026-05-02", true)]
    #[case::same_date("2026-05-01", "2026-05-01", false)]
    #[case::instants("2026-05-01T09:00:00Z", "2026-05-01T09:00:00.001Z", true)]
    #[case::same_evening_in_new_york("2026-05-01", "2026-05-02T03:30:00Z", false)]
    #[case::last_zone_still_has_the_date("2026-05-01", "2026-05-02T11:59:59Z", false)]
    #[case::date_over_everywhere("2026-05-01", "2026-05-02T12:00:00Z", true)]
    #[case::already_that_date_in_kiribati("2026-04-30T10:00:00Z", "2026-05-01", false)]
    #[case::that_date_nowhere_yet("2026-04-30T09:59:59Z", "2026-05-01", true)]
    fn a_date_and_an_instant_conflict_only_where_they_do_in_every_zone(
        #[case] a: &str,
        #[case] b: &str,
        #[case] before: bool,
    ) {
        assert_eq!(when(a).is_before(when(b)), before);
    }

    #[test]
    fn a_date_sorts_at_the_end_of_its_day() {
        assert_eq!(when("2026-05-01").sort_key(), "2026-05-01T23:59:59.999Z");
        assert_eq!(when("9999-12-31").sort_key(), "9999-12-31T23:59:59.999Z");
    }

    proptest! {
        #[test]
        fn every_instant_reads_back(seconds in -62_135_596_800i64..253_402_300_800, ms in 0u32..1000) {
            let instant = DateTime::from_timestamp(seconds, ms * 1_000_000).expect("in range");
            let when = DateOrInstant::Instant(instant);
            prop_assert_eq!(DateOrInstant::parse(&when.to_string()).expect("valid"), when);
        }

        #[test]
        fn sort_keys_order_as_instants_do(a in -62_135_596_800i64..253_402_300_800, b in -62_135_596_800i64..253_402_300_800) {
            let at = |s| DateOrInstant::Instant(DateTime::from_timestamp(s, 0).expect("in range"));
            prop_assert_eq!(at(a).sort_key().cmp(&at(b).sort_key()), a.cmp(&b));
        }
    }
}
