//! JSON as strictly as it is meant: no duplicate names (RFC 8259 §4 leaves their meaning open), at most 128 levels.

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Reads a JSON text.
///
/// # Errors
/// Where it is none, nests deeper than 128 levels, or names a member of an object twice.
pub fn strict(text: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice::<Strict>(text).map(|strict| strict.0)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = seq.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let Strict(value) = map.next_value()?;
            if members.contains_key(&name) {
                return Err(de::Error::custom(format_args!("expected distinct names, found {name:?} twice")));
            }
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::duplicate_name(r#"{"a": 1, "a": 2}"#)]
    #[case::duplicate_name_spelt_otherwise(r#"{"a": 1, "\u0061": 2}"#)]
    #[case::nested_duplicate(r#"{"a": [{"b": 1, "b": 1}]}"#)]
    #[case::huge_number("1e999")]
    #[case::lone_surrogate(r#""\ud800""#)]
    #[case::trailing("{} {}")]
    #[case::nan("NaN")]
    #[case::empty("")]
    fn other_texts_are_refused(#[case] text: &str) {
        assert!(strict(text.as_bytes()).is_err());
    }

    #[test]
    fn depth_is_bounded() {
        assert!(strict("[".repeat(100_000).as_bytes()).is_err());
        assert!(strict(r#"{"a":"#.repeat(100_000).as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn it_reads_what_the_ordinary_reader_reads(text in r#"[\[\]{}:,"a0-9e.\\ntrufals-]{0,40}"#) {
            if let Ok(value) = strict(text.as_bytes()) {
                prop_assert_eq!(serde_json::from_str::<Value>(&text).expect("also valid"), value);
            }
        }
    }
}
