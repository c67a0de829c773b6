//! Undoes the predictors of PNG (ISO 32000-2, 7.4.4.4; PNG, 9.2): each row says by its first byte how it was predicted.

use crate::{Refusal, limits::MAX_STREAM_BYTES, value::Dict};

/// Undoes the predictor that the parameters of a filter name, in place.
///
/// # Errors
/// [`Refusal::Malformed`] where the parameters or a row name an unknown predictor, or rows have no width.
pub(crate) fn undo(bytes: &mut Vec<u8>, parameters: &Dict<'_>) -> Result<(), Refusal> {
    let number = |key: &[u8], default: usize| parameters.natural(key).map(|number| number.unwrap_or(default));
    match number(b"Predictor", 1)? {
        1 => return Ok(()),
        10..=15 => {}
        _ => return Err(Refusal::Malformed),
    }
    let (columns, colors, bits) = (number(b"Columns", 1)?, number(b"Colors", 1)?, number(b"BitsPerComponent", 8)?);
    let pixel_bits = colors.checked_mul(bits).ok_or(Refusal::Malformed)?;
    let width = columns.checked_mul(pixel_bits).ok_or(Refusal::Malformed)?.div_ceil(8);
    let pixel = pixel_bits.div_ceil(8);
    if width == 0 || width > MAX_STREAM_BYTES {
        return Err(Refusal::Malformed);
    }
    let mut end = 0;
    for start in (0..bytes.len()).step_by(width + 1) {
        let length = width.min(bytes.len() - start - 1);
        let kind = bytes.get(start).copied().unwrap_or(0);
        // The row moves to the end of those before it, which are shorter by a byte each.
        bytes.copy_within(start + 1..start + 1 + length, end);
        let (above, row) = bytes.split_at_mut(end);
        let above = above.get(end.saturating_sub(width)..).unwrap_or_default();
        undo_row(kind, above, row.get_mut(..length).unwrap_or_default(), pixel)?;
        end += length;
    }
    bytes.truncate(end);
    Ok(())
}

/// Undoes the predictor of one row by the row above it, which is empty for the first.
fn undo_row(kind: u8, above: &[u8], row: &mut [u8], pixel: usize) -> Result<(), Refusal> {
    if kind > 4 {
        return Err(Refusal::Malformed);
    }
    for i in 0..row.len() {
        let before = i.checked_sub(pixel);
        let byte_of = |row: &[u8], i: Option<usize>| i.and_then(|i| row.get(i)).copied().unwrap_or(0);
        let (left, up) = (byte_of(row, before), byte_of(above, Some(i)));
        let predicted = match kind {
            0 => return Ok(()),
            1 => left,
            2 => up,
            3 => u8::midpoint(left, up),
            _ => paeth(left, up, byte_of(above, before)),
        };
        if let Some(byte) = row.get_mut(i) {
            *byte = byte.wrapping_add(predicted);
        }
    }
    Ok(())
}

fn paeth(left: u8, up: u8, up_left: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(up_left);
    let distance = |byte: u8| (estimate - i16::from(byte)).abs();
    // The first of equals: left, up, up left.
    [up, up_left].into_iter().fold(left, |best, byte| if distance(byte) < distance(best) { byte } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{budget::Budget, lexer::Lexer, value::Value};
    use rstest::rstest;

    #[rstest]
    #[case::none(0, [10, 20, 30, 40])]
    #[case::left(1, [10, 20, 40, 60])]
    #[case::up(2, [11, 22, 33, 44])]
    #[case::average(3, [10, 21, 36, 52])]
    #[case::paeth(4, [11, 22, 41, 62])]
    fn a_row_is_predicted_by_the_one_above(#[case] kind: u8, #[case] expected: [u8; 4]) {
        let mut row = [10, 20, 30, 40];
        assert_eq!(undo_row(kind, &[1, 2, 3, 4], &mut row, 2), Ok(()));
        assert_eq!(row, expected);
    }

    #[test]
    fn rows_move_together() {
        let parameters = b"<</Predictor 15/Columns 3>>";
        let budget = Budget::default();
        let Ok(Value::Dict(parameters)) = Value::read(&mut Lexer::new(parameters, 0, &budget)) else {
            panic!("a dictionary")
        };
        // The last row is cut.
        let mut bytes = vec![0, 1, 2, 3, 2, 1, 1, 1, 1, 5, 5];
        assert_eq!(undo(&mut bytes, &parameters), Ok(()));
        assert_eq!(bytes, [1, 2, 3, 2, 3, 4, 5, 10]);
        assert_eq!(undo(&mut vec![5, 1], &parameters), Err(Refusal::Malformed));
    }
}
