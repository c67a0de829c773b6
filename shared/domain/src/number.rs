//! Numbers with a rule: percentages and counts.

use crate::limits::MAX_COUNT;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// Parts of a percentage: it is kept exact, as ten-thousandths of a per cent.
const PARTS: u32 = 10_000;
/// The decimals of a percentage.
const DECIMALS: usize = 4;

/// A number from 0 to 100 inclusive with at most 4 decimals, kept exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u32);

/// Why a number was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InvalidNumber {
    /// Not from 0 to 100.
    #[error("expected a number from 0 to 100, found {0}")]
    Range(f64),
    /// More than 4 decimals.
    #[error("expected at most {DECIMALS} decimals, found {0}")]
    Decimals(f64),
    /// Past the largest count.
    #[error("expected a whole number from 0 to {MAX_COUNT}, found {0}")]
    Count(u64),
}

impl Percent {
    /// Checks range and decimals. The decimals are those of the shortest text that reads back as the same number.
    ///
    /// # Errors
    /// What was expected and what was found.
    pub fn parse(number: f64) -> Result<Self, InvalidNumber> {
        if !(0.0..=100.0).contains(&number) {
            return Err(InvalidNumber::Range(number));
        }
        // Adding zero turns -0.0 into 0.0.
        let text = (number + 0.0).to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        if fraction.len() > DECIMALS {
            return Err(InvalidNumber::Decimals(number));
        }
        let digits = format!("{whole}{fraction:0<DECIMALS$}");
        digits.parse().map(Self).map_err(|_| InvalidNumber::Decimals(number))
    }

    /// The nearest binary number, which prints as the exact decimal.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / f64::from(PARTS)
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(PARTS) {
            serializer.serialize_u32(self.0 / PARTS)
        } else {
            serializer.serialize_f64(self.as_f64())
        }
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(f64::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A whole number from 0 to 9,007,199,254,740,991.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Count(u64);

impl Count {
    /// Checks the range.
    ///
    /// # Errors
    /// What was expected and what was found.
    pub fn parse(number: u64) -> Result<Self, InvalidNumber> {
        if number <= MAX_COUNT { Ok(Self(number)) } else { Err(InvalidNumber::Count(number)) }
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(u64::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("0", "0")]
    #[case("-0.0", "0")]
    #[case("100", "100")]
    #[case("100.0", "100")]
    #[case("1e2", "100")]
    #[case("87.5", "87.5")]
    #[case("0.0001", "0.0001")]
    #[case("99.9999", "99.9999")]
    #[case("9.09", "9.09")]
    fn a_percentage_is_kept_exact(#[case] text: &str, #[case] printed: &str) {
        let percent: Percent = serde_json::from_str(text).expect("valid");
        assert_eq!(serde_json::to_string(&percent).expect("serialisable"), printed);
    }

    #[rstest]
    #[case("100.0001")]
    #[case("-0.0001")]
    #[case("101")]
    #[case("0.00001")]
    #[case("0.30000000000000004")]
    #[case("1e-7")]
    #[case("1e999")]
    #[case("\"87\"")]
    #[case("true")]
    fn another_number_is_no_percentage(#[case] text: &str) {
        assert!(serde_json::from_str::<Percent>(text).is_err());
    }

    #[rstest]
    #[case("9007199254740991", true)]
    #[case("9007199254740992", false)]
    #[case("0", true)]
    #[case("-1", false)]
    #[case("1.5", false)]
    fn a_count_ends_where_json_readers_lose_digits(#[case] text: &str, #[case] accepted: bool) {
        assert_eq!(serde_json::from_str::<Count>(text).is_ok(), accepted);
    }

    proptest! {
        #[test]
        fn every_percentage_reads_back(parts in 0u32..=1_000_000) {
            let percent = Percent(parts);
            let text = serde_json::to_string(&percent).expect("serialisable");
            prop_assert_eq!(serde_json::from_str::<Percent>(&text).expect("valid"), percent);
        }
    }
}
