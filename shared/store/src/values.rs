//! Values of custom attributes as they are kept: a map in which each key bears the generation that its value was
//! written under, `grade#7K3M9Q2X`, so that a filter finds values of that generation alone. A key without one is of
//! what was kept before there were generations.

use rol_domain::{
    attribute::{AttributeValue, Attributes, Generation, KeptValue},
    text::AttributeKey,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::collections::BTreeMap;

/// The attribute of an item that holds them.
pub(crate) const ATTRIBUTES: &str = "attributes";
/// What stands between a key and a generation; no key contains it.
const SEPARATOR: char = '#';

/// Where the value of an attribute of this generation is in the map.
pub(crate) fn place(key: &AttributeKey, generation: &Generation) -> String {
    if generation.is_empty() { key.to_string() } else { format!("{key}{SEPARATOR}{generation}") }
}

fn parse(place: &str) -> Result<(AttributeKey, Generation), String> {
    let (key, generation) = place.split_once(SEPARATOR).unwrap_or((place, ""));
    let key = AttributeKey::parse(key).map_err(|error| error.to_string())?;
    Ok((key, Generation::parse(generation).map_err(|error| error.to_string())?))
}

/// Values, to be written.
#[derive(Serialize)]
pub(crate) struct Values<'a>(#[serde(serialize_with = "serialize")] pub(crate) &'a Attributes);

pub(crate) fn serialize<S: Serializer>(values: &Attributes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().map(|(key, kept)| (place(key, &kept.generation), &kept.value)))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Attributes, D::Error> {
    let kept = BTreeMap::<String, AttributeValue>::deserialize(deserializer)?;
    let read = |(place, value): (String, AttributeValue)| {
        let (key, generation) = parse(&place).map_err(de::Error::custom)?;
        Ok((key, KeptValue { generation, value }))
    };
    kept.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_place_names_one_key_and_generation(key in "[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", bits in proptest::option::of(any::<[u8; 5]>())) {
            let key = AttributeKey::parse(key).expect("valid");
            let generation = bits.map(Generation::random).unwrap_or_default();
            prop_assert_eq!(parse(&place(&key, &generation)), Ok((key, generation)));
        }
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for place in ["", "A", "a#b", "a##00000000", "#00000000"] {
            assert!(parse(place).is_err(), "{place}");
        }
    }
}
