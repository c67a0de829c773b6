//! Arrays, dictionaries, strings and comments that are deep, long, or many.

use super::{Kind, fill};
use crate::support::{
    random::Random,
    writer::{Writer, object_stream},
};

pub(super) const KINDS: [Kind; 11] = [
    ("deep arrays", deep_arrays),
    ("deep dictionaries", deep_dictionaries),
    ("arrays of numbers", numbers),
    ("arrays of references", references),
    ("arrays of arrays", arrays),
    ("arrays of strings", strings),
    ("dictionaries of many keys", keys),
    ("dictionaries in dictionaries", dictionaries),
    ("strings of parentheses", parentheses),
    ("comments", comments),
    ("whitespace between numbers", whitespace),
];

/// The most values of an object, as many as fit into arrays here.
const VALUES: usize = 500_000;

/// Adds a value as it is, or in object streams that are as many as fit.
fn add(writer: &mut Writer, random: &mut Random, room: usize, value: impl Fn(usize) -> String) {
    if random.below(2) == 0 {
        let value = value(room.min(7_000_000) - 400);
        fill(writer, room, |writer, i| {
            writer.object(10 + i, &value);
        });
        return;
    }
    let size = random.pick(&[100_000, 1_000_000, 7_900_000]);
    let stream = object_stream(&[&value(size - 100)]);
    fill(writer, room, |writer, i| {
        writer.object(10 + i, &stream);
    });
}

/// An array of as many items as fit into so many bytes, up to a number of them.
fn array(item: &str, size: usize, count: usize) -> String {
    format!("[{}]", item.repeat(count.min(size / item.len())))
}

fn deep_arrays(writer: &mut Writer, random: &mut Random, room: usize) {
    let depth = random.pick(&[98, 99, 101, 1_000_000]);
    add(writer, random, room, |size| {
        let depth = depth.min(size / 3);
        let item = "[".repeat(depth) + &"]".repeat(depth);
        array(&item, size, VALUES / depth - 1)
    });
}

fn deep_dictionaries(writer: &mut Writer, random: &mut Random, room: usize) {
    let depth = random.pick(&[98, 99, 101, 1_000_000]);
    add(writer, random, room, |size| {
        let depth = depth.min(size / 7);
        let item = "<</A".repeat(depth) + "/A" + &">>".repeat(depth);
        array(&item, size, VALUES / depth - 1)
    });
}

fn numbers(writer: &mut Writer, random: &mut Random, room: usize) {
    let item = random.pick(&["0 ", "-9223372036854775808 ", "1e-7 ", ".5 ", "99999999999999999999 "]);
    add(writer, random, room, |size| array(item, size, VALUES - 1));
}

fn references(writer: &mut Writer, random: &mut Random, room: usize) {
    let item = random.pick(&["1 0 R ", "4294967295 65535 R "]);
    add(writer, random, room, |size| array(item, size, VALUES - 1));
}

fn arrays(writer: &mut Writer, random: &mut Random, room: usize) {
    let item = random.pick(&["[]", "[0]", "[0 0 0 0 0]", "[/A]", "[[]]"]);
    let values = 1 + item.bytes().filter(|byte| b"0/[".contains(byte)).count();
    add(writer, random, room, |size| array(item, size, VALUES / values));
}

fn strings(writer: &mut Writer, random: &mut Random, room: usize) {
    let item = random.pick(&["()", "(()())", "<>", "<00>", "(\\))"]);
    add(writer, random, room, |size| array(item, size, VALUES - 1));
}

fn keys(writer: &mut Writer, random: &mut Random, room: usize) {
    let entry = random.pick(&["/#41/#41", "//", "/A 0", "/Type/Page", "/S/GoTo", "/Kids[3 0 R]", "/OpenAction 3 0 R"]);
    add(writer, random, room, |size| format!("<<{}>>", entry.repeat((size / entry.len()).min(VALUES / 3))));
}

fn dictionaries(writer: &mut Writer, random: &mut Random, room: usize) {
    let item = random.pick(&["<<>>", "<</A 0>>", "<</S<<>>/Type[]>>"]);
    add(writer, random, room, |size| array(item, size, VALUES / 4));
}

fn parentheses(writer: &mut Writer, random: &mut Random, room: usize) {
    let (open, close) = random.pick(&[("(", ")"), ("()", ""), ("\\(", ""), ("(", "")]);
    add(writer, random, room, |size| {
        let count = size / (open.len() + close.len());
        format!("({}{})", open.repeat(count), close.repeat(count))
    });
}

fn comments(writer: &mut Writer, random: &mut Random, room: usize) {
    let comment = random.pick(&["%\n", "%<htm", "%<<<<<<<<\n", "%%EOF\n", "1 %\n0 %\n"]);
    add(writer, random, room, |size| format!("[{}\n]", comment.repeat((size / comment.len()).min(VALUES / 2))));
}

fn whitespace(writer: &mut Writer, random: &mut Random, room: usize) {
    let space = " ".repeat(random.pick(&[10, 1_000, 100_000]));
    let open = random.pick(&["[0 ", "<</A 0 ", "0 "]);
    add(writer, random, room, |size| {
        let item = format!("{open}{space}");
        item.repeat(size / item.len())
    });
}
