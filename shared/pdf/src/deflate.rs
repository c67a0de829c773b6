//! Unpacks data that was packed with `FlateDecode`: deflate in a zlib wrapper (RFC 1950 and 1951).

use crate::{Refusal, budget::Budget, limits::STEPS_PER_BLOCK};
use miniz_oxide::inflate::{
    TINFLStatus,
    core::{DecompressorOxide, decompress, inflate_flags::*},
};

const FLAGS: u32 =
    TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF | TINFL_FLAG_STOP_ON_BLOCK_BOUNDARY;

/// The bytes that packed data unpacks to, at most `limit`.
///
/// Each block of the data takes steps: a block may be shorter than two bytes and unpack to nothing, but the tables of
/// its codes are made anew.
///
/// # Errors
/// [`Refusal::TooComplex`] past the limit or the budget; [`Refusal::Malformed`] where the data cannot be unpacked.
pub(crate) fn unpack(packed: &[u8], limit: usize, budget: &Budget) -> Result<Vec<u8>, Refusal> {
    let mut unpacker = Box::<DecompressorOxide>::default();
    let mut bytes = vec![0; packed.len().saturating_mul(2).min(limit)];
    let (mut rest, mut length) = (packed, 0);
    budget.steps.take(STEPS_PER_BLOCK)?;
    loop {
        let (status, read, written) = decompress(&mut unpacker, rest, &mut bytes, length, FLAGS);
        rest = rest.get(read..).unwrap_or_default();
        length += written;
        match status {
            TINFLStatus::Done => {
                bytes.truncate(length);
                return Ok(bytes);
            }
            TINFLStatus::BlockBoundary => budget.steps.take(STEPS_PER_BLOCK)?,
            TINFLStatus::HasMoreOutput if bytes.len() < limit => {
                bytes.resize(bytes.len().saturating_mul(2).clamp(1, limit), 0);
            }
            TINFLStatus::HasMoreOutput => return Err(Refusal::TooComplex),
            _ => return Err(Refusal::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Allowance;
    use rstest::rstest;

    /// Blocks that are empty and not packed, in a zlib wrapper.
    fn empty_blocks(count: usize) -> Vec<u8> {
        let first = [0x00, 0x00, 0x00, 0xFF, 0xFF].repeat(count - 1);
        [b"\x78\x01".as_slice(), &first, b"\x01\x00\x00\xFF\xFF", b"\x00\x00\x00\x01"].concat()
    }

    #[rstest]
    #[case::at_the_limit(3, Ok(Vec::new()))]
    #[case::one_past_it(4, Err(Refusal::TooComplex))]
    fn each_block_takes_steps(#[case] count: usize, #[case] expected: Result<Vec<u8>, Refusal>) {
        let budget = Budget { steps: Allowance::new(3 * STEPS_PER_BLOCK), ..Budget::default() };
        assert_eq!(unpack(&empty_blocks(count), 100, &budget), expected);
    }

    #[rstest]
    #[case::at_the_limit(7, Ok(vec![b'a'; 7]))]
    #[case::one_past_it(6, Err(Refusal::TooComplex))]
    fn data_unpacks_to_so_much(#[case] limit: usize, #[case] expected: Result<Vec<u8>, Refusal>) {
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(&[b'a'; 7], 6);
        assert_eq!(unpack(&packed, limit, &Budget::default()), expected);
    }

    #[rstest]
    #[case::nothing(b"")]
    #[case::cut(b"\x78\x01\x00")]
    #[case::another_wrapper(b"\x1F\x8B\x08\x00")]
    fn what_is_not_packed_is_malformed(#[case] packed: &[u8]) {
        assert_eq!(unpack(packed, 100, &Budget::default()), Err(Refusal::Malformed));
    }
}
