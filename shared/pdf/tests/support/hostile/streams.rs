//! Object streams that are many, nested, large, or packed more than once.

use super::{Kind, fill};
use crate::support::{
    random::Random,
    writer::{Writer, object_stream, pack, packed_stream, stream},
};

pub(super) const KINDS: [Kind; 9] = [
    ("many small object streams", small),
    ("object streams of tiny objects", tiny_objects),
    ("object streams of whitespace", whitespace),
    ("object streams within object streams", nested),
    ("object streams that extend each other", extended),
    ("object streams with a predictor", predicted),
    ("object streams of a long header", long_headers),
    ("filters within filters", filters),
    ("many filters", many_filters),
];

const MIB: usize = 1_048_576;

fn small(writer: &mut Writer, random: &mut Random, room: usize) {
    let stream = object_stream(&vec!["0"; random.below(4)]);
    fill(writer, room, |writer, i| {
        writer.object(10 + i, &stream);
    });
}

fn tiny_objects(writer: &mut Writer, random: &mut Random, room: usize) {
    let value = random.pick(&["0", "[]", "[1 0 R]", "<<>>", "/A"]);
    let stream = object_stream(&vec![value; random.pick(&[1_000, 100_000, 400_000])]);
    fill(writer, room, |writer, i| {
        writer.object(10 + i, &stream);
    });
}

fn whitespace(writer: &mut Writer, random: &mut Random, room: usize) {
    let size = random.pick(&[MIB, 8 * MIB - 10, 8 * MIB, 9 * MIB, 100 * MIB]);
    let space = random.pick(b" \0\n");
    let mut data = b"9 0 0".to_vec();
    data.resize(size, space);
    let stream = packed_stream("/Type/ObjStm/N 1/First 4", &data);
    fill(writer, room, |writer, i| {
        writer.object(10 + i, &stream);
    });
}

fn nested(writer: &mut Writer, random: &mut Random, room: usize) {
    let mut inner = b"0".to_vec();
    for _ in 0..random.between(1, 200) {
        let data = [b"9 0 ", inner.as_slice()].concat();
        inner = stream("/Type/ObjStm/N 1/First 4", &data);
    }
    fill(writer, room, |writer, i| {
        writer.object(10 + i, &inner);
    });
}

fn extended(writer: &mut Writer, _: &mut Random, room: usize) {
    fill(writer, room, |writer, i| {
        writer.object(10 + i, stream(&format!("/Type/ObjStm/N 0/First 0/Extends {} 0 R", 11 + i), b""));
    });
}

fn predicted(writer: &mut Writer, random: &mut Random, room: usize) {
    let columns = random.pick(&[1, 5, 1_000, MIB]);
    let colors = random.pick(&[1, 4, 255]);
    let rows = 7 * MIB / (columns * colors + 1);
    let mut row = vec![u8::try_from(random.below(5)).expect("small")];
    row.resize(1 + columns * colors, 0);
    let parameters = format!("/DecodeParms<</Predictor 12/Columns {columns}/Colors {colors}>>");
    let stream = packed_stream(&format!("/Type/ObjStm/N 0/First 0{parameters}"), &row.repeat(rows));
    fill(writer, room, |writer, i| {
        writer.object(10 + i, &stream);
    });
}

fn long_headers(writer: &mut Writer, random: &mut Random, room: usize) {
    let count = random.pick(&[1_000, 100_000, 400_000]);
    let header: String = (0..count).map(|i| format!("9 {i} ")).collect();
    let data = header.clone() + &"0".repeat(count);
    let stream = packed_stream(&format!("/Type/ObjStm/N {count}/First {}", header.len()), data.as_bytes());
    fill(writer, room, |writer, i| {
        writer.object(10 + i, &stream);
    });
}

fn filters(writer: &mut Writer, random: &mut Random, room: usize) {
    let depth = random.between(2, 6);
    let mut data = vec![b' '; random.pick(&[MIB, 64 * MIB])];
    for _ in 0..depth {
        data = pack(&data);
    }
    let entries = format!("/Type/ObjStm/N 0/First 0/Filter[{}]", "/FlateDecode".repeat(depth));
    let stream = stream(&entries, &data);
    fill(writer, room, |writer, i| {
        writer.object(10 + i, &stream);
    });
}

fn many_filters(writer: &mut Writer, random: &mut Random, room: usize) {
    let filter = random.pick(&["/FlateDecode", "[/FlateDecode]", "/Fl", "null ", "<<>>"]);
    let key = random.pick(&["Filter", "DecodeParms"]);
    let count = (room.min(400_000) / filter.len()).saturating_sub(50);
    let stream = stream(&format!("/Type/ObjStm/N 0/First 0/{key}[{}]", filter.repeat(count)), b"");
    fill(writer, room, |writer, i| {
        writer.object(10 + i, &stream);
    });
}
