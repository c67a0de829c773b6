//! Cross-reference streams (ISO 32000-2, 7.5.8).

use super::{Entry, Section, Target, Trailer};
use crate::{Refusal, budget::Budget, stream::Stream, value::Value};

/// The most bytes of a field.
const MAX_WIDTH: usize = 8;

/// Reads the section in a cross-reference stream: entries of three fields, each as many bytes wide as `/W` says.
pub(super) fn read(stream: &Stream<'_>, budget: &Budget) -> Result<Section, Refusal> {
    let dict = stream.read_dict(budget)?;
    let trailer = Trailer::of(&dict)?;
    let data = stream.unpack(&dict, budget)?;
    let widths = naturals(dict.get(b"W")?)?.ok_or(Refusal::Malformed)?;
    let widths = <[usize; 3]>::try_from(widths).map_err(|_| Refusal::Malformed)?;
    if widths.iter().any(|width| *width > MAX_WIDTH) {
        return Err(Refusal::Malformed);
    }
    let width: usize = widths.iter().sum();
    if width == 0 {
        return Err(Refusal::Malformed);
    }
    let size = usize::try_from(trailer.size).map_err(|_| Refusal::TooComplex)?;
    let ranges = naturals(dict.get(b"Index")?)?.unwrap_or_else(|| vec![0, size]);
    let mut rows = data.chunks_exact(width);
    let mut entries = Vec::new();
    for range in ranges.chunks(2) {
        let [first, count] = *range else { return Err(Refusal::Malformed) };
        for number in first..first.saturating_add(count) {
            budget.entries.take(1)?;
            let row = rows.next().ok_or(Refusal::Malformed)?;
            if let Some(target) = read_target(row, widths)? {
                let number = u32::try_from(number).map_err(|_| Refusal::TooComplex)?;
                entries.push(Entry { number, target });
            }
        }
    }
    Ok(Section { entries, trailer })
}

/// Reads an entry: `None` where its object is free, left out, or of a type to come, which is as if it were `null`.
fn read_target(row: &[u8], [type_width, second_width, _]: [usize; 3]) -> Result<Option<Target>, Refusal> {
    let (kind, rest) = row.split_at_checked(type_width).ok_or(Refusal::Malformed)?;
    let (second, third) = rest.split_at_checked(second_width).ok_or(Refusal::Malformed)?;
    let number = |field: &[u8]| field.iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    let small = |field: &[u8]| u32::try_from(number(field)).map_err(|_| Refusal::BrokenReferences);
    // A field without a width has a default: an object in the file, index 0.
    match if kind.is_empty() { 1 } else { number(kind) } {
        1 if number(second) > 0 => Ok(Some(Target::InFile(small(second)?))),
        2 => Ok(Some(Target::InStream { stream: small(second)?, index: small(third)? })),
        _ => Ok(None),
    }
}

fn naturals(value: Option<&Value<'_>>) -> Result<Option<Vec<usize>>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    let Value::Array(values) = value else { return Err(Refusal::Malformed) };
    let number = |value: &Value<'_>| if let Value::Int(number) = value { usize::try_from(*number).ok() } else { None };
    values.iter().map(number).collect::<Option<_>>().map(Some).ok_or(Refusal::Malformed)
}
