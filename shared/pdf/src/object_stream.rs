//! Object streams: streams that hold objects (ISO 32000-2, 7.5.7).

use crate::{
    Refusal,
    budget::Budget,
    lexer::Lexer,
    objects::{offset, place},
    stream::Stream,
    value::{Dict, Value},
};

/// Where an object is in the unpacked data.
struct Entry {
    number: u32,
    start: u32,
    end: u32,
}

/// Reads the objects of an object stream: calls `add` with the index, number and value of each.
///
/// # Errors
/// [`Refusal::Malformed`] where the objects are not in order, not inside the stream, or not well-formed; those of
/// `add`.
pub(crate) fn read(
    stream: &Stream<'_>,
    budget: &Budget,
    mut add: impl FnMut(u32, u32, &Value<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let dict = stream.read_dict(budget)?;
    let data = stream.unpack(&dict, budget)?;
    for (index, entry) in (0..).zip(read_entries(&dict, &data, budget)?) {
        let mut lexer = Lexer::new(data.get(..place(entry.end)).unwrap_or_default(), place(entry.start), budget);
        let value = Value::read(&mut lexer)?;
        lexer.skip()?;
        if !lexer.rest().is_empty() {
            return Err(Refusal::Malformed);
        }
        add(index, entry.number, &value)?;
    }
    Ok(())
}

/// Reads the header of the unpacked data, which says where each object begins.
fn read_entries(dict: &Dict<'_>, data: &[u8], budget: &Budget) -> Result<Vec<Entry>, Refusal> {
    let count: usize = dict.natural(b"N")?.ok_or(Refusal::Malformed)?;
    let first: usize = dict.natural(b"First")?.ok_or(Refusal::Malformed)?;
    if count > budget.objects.remaining() {
        return Err(Refusal::TooComplex);
    }
    let mut header = Lexer::new(data.get(..first).ok_or(Refusal::Malformed)?, 0, budget);
    let mut entries: Vec<Entry> = Vec::new();
    for _ in 0..count {
        let (number, start): (u32, usize) = (header.read_natural()?, header.read_natural()?);
        let start = start.checked_add(first).filter(|start| *start <= data.len()).ok_or(Refusal::Malformed)?;
        let (start, end) = (offset(start)?, offset(data.len())?);
        if let Some(previous) = entries.last_mut() {
            // "The offsets shall be in increasing order": else many objects could share the same bytes.
            if start <= previous.start {
                return Err(Refusal::Malformed);
            }
            previous.end = start;
        }
        entries.push(Entry { number, start, end });
    }
    Ok(entries)
}
