//! Packed data that is slow to unpack and unpacks to little: blocks of deflate (RFC 1951), each with its own codes.

use super::{Kind, fill};
use crate::support::{
    random::Random,
    writer::{Writer, stream},
};

pub(super) const KINDS: [Kind; 4] = [
    ("empty blocks with fixed codes", fixed_blocks),
    ("empty blocks with codes of their own", dynamic_blocks),
    ("empty blocks that are not packed", stored_blocks),
    ("short blocks with fixed codes", short_blocks),
];

fn fixed_blocks(writer: &mut Writer, random: &mut Random, room: usize) {
    // Type 1, and the end of the block.
    blocks(writer, random, room, &[(2, 3), (0, 7)]);
}

fn dynamic_blocks(writer: &mut Writer, random: &mut Random, room: usize) {
    let mut block = vec![(4, 3), (0, 5), (0, 5), (14, 4)];
    // Lengths of the codes of lengths: 1 for 18 (many zeros), the third, and 1 for 1, the last of eighteen.
    block.extend((0..18).map(|i| (u32::from(matches!(i, 2 | 17)), 3)));
    // 138 and 118 zeros, the end of the block with one bit, one distance with one bit; then the end of the block.
    block.extend([(1, 1), (127, 7), (1, 1), (107, 7), (0, 1), (0, 1), (0, 1)]);
    blocks(writer, random, room, &block);
}

fn stored_blocks(writer: &mut Writer, random: &mut Random, room: usize) {
    blocks(writer, random, room, &[(0, 8), (0, 16), (0xFFFF, 16)]);
}

fn short_blocks(writer: &mut Writer, random: &mut Random, room: usize) {
    // Type 1, a zero, that again three times, and the end of the block.
    blocks(writer, random, room, &[(2, 3), (0b0000_1100, 8), (64, 7), (0, 5), (0, 7)]);
}

/// Adds object streams or cross-reference streams of such blocks. A block is fields, each a number and its length in
/// bits.
fn blocks(writer: &mut Writer, random: &mut Random, room: usize, block: &[(u32, u32)]) {
    let in_object_streams = random.below(2) == 0;
    let size = room / random.between(1, 4);
    let bits: u32 = block.iter().map(|(_, count)| count).sum();
    let count = size.saturating_sub(400) * 8 / usize::try_from(bits).expect("few");
    let mut data = Bits { bytes: vec![0x78, 0x01], pending: 0, count: 0 };
    for _ in 0..count {
        block.iter().for_each(|(bits, count)| data.push(*bits, *count));
    }
    data.push(3, 3);
    data.push(0, 14);
    data.bytes.extend([0, 0, 0, 1]);
    fill(writer, room, |writer, _| {
        if in_object_streams {
            writer.object(9, stream("/Type/ObjStm/N 0/First 0/Filter/FlateDecode", &data.bytes));
        } else {
            writer.cross_reference_stream("/W[1 0 0]/Index[0 0]/Filter/FlateDecode", &data.bytes);
        }
    });
}

/// Bits, the first one lowest.
struct Bits {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl Bits {
    fn push(&mut self, bits: u32, count: u32) {
        self.pending |= u64::from(bits) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(u8::try_from(self.pending & 0xFF).expect("a byte"));
            self.pending >>= 8;
            self.count -= 8;
        }
    }
}
