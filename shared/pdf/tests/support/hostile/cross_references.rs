//! Cross-references that are many, long, wide, or lead to each other.

use super::{Kind, fill};
use crate::support::{
    random::Random,
    writer::{Writer, pack, row},
};

pub(super) const KINDS: [Kind; 15] = [
    ("tables one after the other", tables),
    ("tables of many rows", long_tables),
    ("tables of empty sections", empty_sections),
    ("tables that no other one leads to", unreachable_tables),
    ("tables with a hybrid stream each", hybrids),
    ("cross-reference streams one after the other", streams),
    ("cross-reference streams of objects at a byte", objects_at_a_byte),
    ("cross-reference streams of packed objects", packed_objects),
    ("cross-reference streams of free objects", free_objects),
    ("cross-reference streams of unknown types", unknown_types),
    ("cross-reference streams with a predictor", predicted),
    ("cross-reference streams of many ranges", ranges),
    ("cross-reference streams of many widths", widths),
    ("cross-reference streams of wide fields", wide_fields),
    ("tables that lead to the newest one", loops),
];

/// Where object 1 begins.
const FIRST: u8 = 9;

fn tables(writer: &mut Writer, random: &mut Random, room: usize) {
    let rows = random.below(9);
    fill(writer, room, |writer, i| {
        writer.table(&row(10 + i, FIRST.into()).repeat(rows), "");
    });
}

fn long_tables(writer: &mut Writer, random: &mut Random, room: usize) {
    let count = (room / random.between(1, 6)).saturating_sub(200) / 20;
    let kind = random.pick(&["0000000009 00000 n \n", "0000000000 65535 f \n"]);
    fill(writer, room, |writer, i| {
        let first = i * u32::try_from(count).expect("few");
        writer.table(&format!("{first} {count}\n{}", kind.repeat(count)), "");
    });
}

fn empty_sections(writer: &mut Writer, random: &mut Random, room: usize) {
    let count = (room / random.between(1, 6)).saturating_sub(200) / 4;
    fill(writer, room, |writer, _| {
        writer.table(&"0 0\n".repeat(count), "");
    });
}

fn unreachable_tables(writer: &mut Writer, _: &mut Random, room: usize) {
    fill(writer, room, |writer, _| writer.raw("xref\n0 1\n0000000000 65535 f \ntrailer<</Size 1>>\n"));
}

fn hybrids(writer: &mut Writer, random: &mut Random, room: usize) {
    let count = random.pick(&[1, 100, 10_000, 100_000]);
    let data = pack(&vec![2; count]);
    fill(writer, room, |writer, i| {
        let entries = of_rows(i, count, "1 0 0");
        let at = writer.unused_cross_reference_stream(&entries, &data);
        writer.table("", &format!("/XRefStm {at}"));
    });
}

/// The entries of a packed cross-reference stream: so many objects that none before it had, and fields so wide.
fn of_rows(i: u32, count: usize, widths: &str) -> String {
    let first = (u64::from(i) * count as u64) % 4_000_000_000;
    format!("/W[{widths}]/Index[{first} {count}]/Filter/FlateDecode")
}

fn chain(writer: &mut Writer, random: &mut Random, room: usize, row: &[u8], widths: &str) {
    let count = random.pick(&[1, 200, 50_000, 499_999, 900_000]);
    let data = pack(&row.repeat(count));
    fill(writer, room, |writer, i| writer.cross_reference_stream(&of_rows(i, count, widths), &data));
}

fn streams(writer: &mut Writer, random: &mut Random, room: usize) {
    let count = random.between(0, 4);
    fill(writer, room, |writer, i| {
        let entries = format!("/W[1 1 0]/Index[{} {count}]", 10 + i);
        writer.cross_reference_stream(&entries, &[1, FIRST].repeat(count));
    });
}

fn objects_at_a_byte(writer: &mut Writer, random: &mut Random, room: usize) {
    chain(writer, random, room, &[FIRST], "0 1 0");
}

fn packed_objects(writer: &mut Writer, random: &mut Random, room: usize) {
    chain(writer, random, room, &[2], "1 0 0");
}

fn free_objects(writer: &mut Writer, random: &mut Random, room: usize) {
    chain(writer, random, room, &[0], "1 0 0");
}

fn unknown_types(writer: &mut Writer, random: &mut Random, room: usize) {
    chain(writer, random, room, &[200, 255, 255], "1 2 0");
}

fn predicted(writer: &mut Writer, random: &mut Random, room: usize) {
    let columns = random.pick(&[1, 3, 7, 1_000, 70_000]);
    let count = random.pick(&[1, 1_000, 800_000]) / columns + 1;
    let mut line = vec![u8::try_from(random.below(5)).expect("small")];
    line.resize(1 + columns, 0);
    let data = pack(&line.repeat(count));
    fill(writer, room, |writer, i| {
        let entries = of_rows(i, count * columns, "1 0 0");
        let parameters = format!("/DecodeParms<</Predictor 15/Columns {columns}>>");
        writer.cross_reference_stream(&(entries + &parameters), &data);
    });
}

fn ranges(writer: &mut Writer, random: &mut Random, room: usize) {
    let range = random.pick(&["0 0 ", "1 0 ", "8388607 1 ", "7 99999999999 "]);
    let count = (room / random.between(1, 20)).saturating_sub(300) / range.len();
    let data = pack(&vec![0; count]);
    let entries = format!("/W[1 0 0]/Filter/FlateDecode/Index[{}]", range.repeat(count.min(240_000)));
    fill(writer, room - 2_000, |writer, _| writer.cross_reference_stream(&entries, &data));
}

fn widths(writer: &mut Writer, random: &mut Random, room: usize) {
    let count = ((room / random.between(1, 20)).saturating_sub(300) / 2).min(240_000);
    let data = pack(&vec![1; 1_000]);
    let entries = format!("/W[1 0 0{}]/Filter/FlateDecode/Index[0 1000]", " 0".repeat(count));
    fill(writer, room - 2_000, |writer, _| writer.cross_reference_stream(&entries, &data));
}

fn wide_fields(writer: &mut Writer, random: &mut Random, room: usize) {
    let mut row = [0; 24];
    row[7] = u8::try_from(random.below(3)).expect("small");
    row[15] = FIRST;
    chain(writer, random, room, &row, "8 8 8");
}

/// The oldest one leads to the newest one, but for the last of the file.
fn loops(writer: &mut Writer, _: &mut Random, room: usize) {
    let newest = writer.len() + room;
    writer.table("", &format!("/Prev {newest}"));
    fill(writer, room - 600, |writer, _| {
        writer.table("", "");
    });
    writer.raw(" ".repeat(newest.saturating_sub(writer.len())));
    writer.table("", "");
}
