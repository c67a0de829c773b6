//! Periods of the calendar: how long something is valid, how long there is to do it.

use crate::{limits::MAX_PERIOD_YEARS, time::DateOrInstant};
use chrono::{Datelike, Days, Months};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A number of days, weeks, months or years, as ISO 8601 writes it with one unit: `P24M`, `P14D`. At most 100 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    count: u32,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Days,
    Weeks,
    Months,
    Years,
}

/// Why a text is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected P, a whole number and one of D, W, M, Y (P24M: 24 months), of at most {MAX_PERIOD_YEARS} years, found {0:?}"
)]
pub struct InvalidPeriod(String);

impl Unit {
    const ALL: [Self; 4] = [Self::Days, Self::Weeks, Self::Months, Self::Years];

    fn letter(self) -> char {
        match self {
            Self::Days => 'D',
            Self::Weeks => 'W',
            Self::Months => 'M',
            Self::Years => 'Y',
        }
    }

    /// How many of them a year counts here.
    fn per_year(self) -> u32 {
        match self {
            Self::Days => 365,
            Self::Weeks => 52,
            Self::Months => 12,
            Self::Years => 1,
        }
    }
}

impl Period {
    /// `P`, a whole number from 1, and one of `D`, `W`, `M`, `Y` (ISO 8601-1 §5.5.2, with one unit).
    ///
    /// # Errors
    /// What was expected and what was found.
    pub fn parse(text: &str) -> Result<Self, InvalidPeriod> {
        let read = || {
            let rest = text.strip_prefix('P')?;
            let unit = Unit::ALL.into_iter().find(|unit| rest.ends_with(unit.letter()))?;
            let digits = &rest[..rest.len() - 1];
            let count: u32 = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()?;
            (1..=MAX_PERIOD_YEARS * unit.per_year()).contains(&count).then_some(Self { count, unit })
        };
        read().ok_or_else(|| InvalidPeriod(text.chars().take(40).collect()))
    }

    /// The same day or moment that much later, in UTC: a date stays a date, an instant keeps its time of day. Where the
    /// month has no such day it is its last one. `None` past the year 9999.
    pub fn after(self, start: DateOrInstant) -> Option<DateOrInstant> {
        let Self { count, unit } = self;
        let end = match start {
            DateOrInstant::Date(date) => DateOrInstant::Date(match unit {
                Unit::Days => date.checked_add_days(Days::new(count.into())),
                Unit::Weeks => date.checked_add_days(Days::new(u64::from(count) * 7)),
                Unit::Months => date.checked_add_months(Months::new(count)),
                Unit::Years => date.checked_add_months(Months::new(count * 12)),
            }?),
            DateOrInstant::Instant(instant) => DateOrInstant::Instant(match unit {
                Unit::Days => instant.checked_add_days(Days::new(count.into())),
                Unit::Weeks => instant.checked_add_days(Days::new(u64::from(count) * 7)),
                Unit::Months => instant.checked_add_months(Months::new(count)),
                Unit::Years => instant.checked_add_months(Months::new(count * 12)),
            }?),
        };
        (end.utc_date().year() <= 9999).then_some(end)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P{}{}", self.count, self.unit.letter())
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::a_date_stays_a_date("2026-05-20", "P24M", Some("2028-05-20"))]
    #[case::an_instant_keeps_its_time("2026-05-20T23:30:00.250Z", "P24M", Some("2028-05-20T23:30:00.250Z"))]
    #[case::end_of_a_longer_month("2026-01-31", "P1M", Some("2026-02-28"))]
    #[case::end_of_a_longer_month_in_a_leap_year("2024-01-31", "P1M", Some("2024-02-29"))]
    #[case::end_of_a_shorter_month("2026-02-28", "P1M", Some("2026-03-28"))]
    #[case::instant_at_the_end_of_a_month("2026-08-31T12:00:00Z", "P18M", Some("2028-02-29T12:00:00.000Z"))]
    #[case::leap_day("2024-02-29", "P1Y", Some("2025-02-28"))]
    #[case::leap_day_to_leap_day("2024-02-29", "P4Y", Some("2028-02-29"))]
    #[case::days_over_a_leap_day("2024-02-28", "P2D", Some("2024-03-01"))]
    #[case::weeks("2026-12-24", "P2W", Some("2027-01-07"))]
    #[case::past_the_last_year("9999-06-01", "P1Y", None)]
    #[case::to_the_last_day("9999-12-30", "P1D", Some("9999-12-31"))]
    #[case::instant_past_the_last_year("9999-12-31T23:00:00Z", "P1D", None)]
    fn a_period_goes_by_the_calendar(#[case] start: &str, #[case] period: &str, #[case] end: Option<&str>) {
        let period = Period::parse(period).expect("valid");
        let found = period.after(DateOrInstant::parse(start).expect("valid")).map(|end| end.to_string());
        assert_eq!(found.as_deref(), end);
    }

    #[rstest]
    #[case::days(365)]
    #[case::weeks(52)]
    #[case::months(12)]
    #[case::years(1)]
    fn a_period_is_as_long_as_its_limit_and_no_longer(#[case] per_year: u32) {
        let letter = Unit::ALL.into_iter().find(|unit| unit.per_year() == per_year).expect("a unit").letter();
        let most = per_year * MAX_PERIOD_YEARS;
        let text = format!("P{most}{letter}");
        assert_eq!(Period::parse(&text).expect("valid").to_string(), text);
        assert!(Period::parse(&format!("P{}{letter}", most + 1)).is_err());
    }

    #[rstest]
    #[case::empty("")]
    #[case::nothing_of_anything("P")]
    #[case::no_number("PM")]
    #[case::none("P0M")]
    #[case::no_unit("P24")]
    #[case::two_units("P1Y6M")]
    #[case::hours("PT24H")]
    #[case::signed("P+1M")]
    #[case::negative("P-1M")]
    #[case::a_fraction("P1.5M")]
    #[case::lower_case("p24m")]
    #[case::another_digit("P٣M")]
    #[case::too_many_digits("P99999999999D")]
    #[case::words("24 months")]
    fn other_texts_are_refused(#[case] text: &str) {
        assert!(Period::parse(text).is_err());
    }
}
