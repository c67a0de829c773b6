//! Which of the attributes that a key has had, and with which type, a value belongs to.

use crate::limits::MAX_GENERATION;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

/// The generation of an attribute's values: minted when the attribute is made and when its type changes, so that no
/// value is ever read by a rule that it was not written by. 8 characters of Crockford's base 32 (40 random bits); empty
/// for attributes and values that were kept before there were generations, which belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Generation(String);

/// Not a generation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a generation of at most {MAX_GENERATION} digits and capital letters, found {0:?}")]
pub struct InvalidGeneration(String);

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Generation {
    /// A new generation.
    pub fn random(random: [u8; 5]) -> Self {
        let bits = random.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        let digit = |place: u32| char::from(DIGITS[usize::try_from(bits >> (5 * place) & 31).unwrap_or_default()]);
        Self((0..8).rev().map(digit).collect())
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(text: &str) -> Result<Self, InvalidGeneration> {
        let is_one = text.len() <= MAX_GENERATION && text.bytes().all(|byte| DIGITS.contains(&byte));
        if is_one { Ok(Self(text.to_owned())) } else { Err(InvalidGeneration(text.chars().take(80).collect())) }
    }

    /// As it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the one of what was kept before there were generations.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Generation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_generation_has_eight_characters() {
        assert_eq!(Generation::random([0; 5]).as_str(), "00000000");
        assert_eq!(Generation::random([0xFF; 5]).as_str(), "ZZZZZZZZ");
        assert_eq!(Generation::random([0, 0, 0, 0, 33]).as_str(), "00000011");
    }

    proptest! {
        #[test]
        fn distinct_bits_are_distinct_generations(a: [u8; 5], b: [u8; 5]) {
            let (first, second) = (Generation::random(a), Generation::random(b));
            prop_assert_eq!(first == second, a == b);
            prop_assert_eq!(Generation::parse(first.as_str()), Ok(first));
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        assert!(Generation::parse("").is_ok_and(|generation| generation.is_empty()));
        for text in ["0000000!", "abcdefgh", "a#b", "0000 000"] {
            assert!(Generation::parse(text).is_err(), "{text}");
        }
        assert!(Generation::parse(&"0".repeat(MAX_GENERATION)).is_ok());
        assert!(Generation::parse(&"0".repeat(MAX_GENERATION + 1)).is_err());
    }
}
