//! Objects, lengths, revisions and pages that are many, or refer to each other.

use super::{Kind, fill};
use crate::support::{
    random::Random,
    writer::{Writer, object_stream, pack, row},
};

pub(super) const KINDS: [Kind; 12] = [
    ("many objects", many),
    ("many revisions of one object", revisions),
    ("streams whose lengths are other objects", lengths),
    ("streams whose length is one other object", one_length),
    ("many objects, then long arrays", objects_and_arrays),
    ("many objects and entries", objects_and_entries),
    ("streams without an end", open_streams),
    ("actions on opening", actions),
    ("a page that is listed many times", listed_often),
    ("pages one below the other", deep_pages),
    ("pages that other objects list", listed_elsewhere),
    ("pages below each other", loops),
];

fn many(writer: &mut Writer, random: &mut Random, room: usize) {
    let content = random.pick(&["0", "[1 0 R]", "<</Type/Page>>", "<</S/GoTo>>", "null"]);
    fill(writer, room, |writer, i| {
        writer.object(10 + i, content);
    });
}

fn revisions(writer: &mut Writer, random: &mut Random, room: usize) {
    let content = random.pick(&["0", "[1 0 R]", "<</OpenAction 9 0 R>>", "<</Length 9 0 R>>stream\n\nendstream"]);
    fill(writer, room, |writer, _| {
        writer.object(9, content);
    });
}

fn lengths(writer: &mut Writer, random: &mut Random, room: usize) {
    let length = random.below(2);
    fill(writer, room, |writer, i| {
        writer.object(10 + 2 * i, format!("<</Length {} 0 R>>stream\n\nendstream", 11 + 2 * i));
        writer.object(11 + 2 * i, length.to_string());
    });
}

fn one_length(writer: &mut Writer, random: &mut Random, room: usize) {
    let share = random.between(1, 9);
    fill(writer, room / 10 * share, |writer, i| {
        writer.object(9, i.to_string());
    });
    fill(writer, room / 10 * (10 - share), |writer, _| {
        writer.object(10, "<</Length 9 0 R>>stream\n\nendstream");
    });
}

fn objects_and_arrays(writer: &mut Writer, random: &mut Random, room: usize) {
    many(writer, random, room / 2);
    let array = format!("[{}]", "1 0 R ".repeat(random.between(100_000, 400_000)));
    let stream = object_stream(&vec![array.as_str(); random.between(1, 3)]);
    fill(writer, room / 2, |writer, _| {
        writer.object(9, &stream);
    });
}

fn objects_and_entries(writer: &mut Writer, random: &mut Random, room: usize) {
    let references = "1 0 R ".repeat(random.between(10_000, 300_000));
    let stream = object_stream(&[&format!("[{references}]")]);
    for _ in 0..random.between(1, 15) {
        writer.object(9, &stream);
    }
    many(writer, random, room / 2);
    let count = random.between(100_000, 990_000);
    let entries = format!("/W[1 0 0]/Index[10 {count}]/Filter/FlateDecode");
    writer.cross_reference_stream(&entries, &pack(&vec![2; count]));
}

fn open_streams(writer: &mut Writer, _: &mut Random, room: usize) {
    fill(writer, room, |writer, i| writer.raw(format!("{i} 0 obj<</Length 9 0 R>>stream\nendstrea endobj\n")));
}

fn actions(writer: &mut Writer, random: &mut Random, room: usize) {
    let step = random.below(2);
    fill(writer, room, |writer, i| {
        let number = 10 + i * u32::try_from(step).expect("small");
        writer.object(number, format!("<</S/GoTo/OpenAction {number} 0 R>>"));
    });
}

/// Another page tree.
fn tree(writer: &mut Writer, kids: &str) {
    let at = writer.object(2, format!("<</Type/Pages/Kids{kids}>>"));
    writer.table(&row(2, at), "");
}

fn listed_often(writer: &mut Writer, random: &mut Random, room: usize) {
    let count = room.saturating_sub(600) / 6;
    let (lists, each) = (1 + count / 400_000, random.pick(&[count, count / 2, 1_000]).min(400_000));
    let mut rows = String::new();
    let mut kids = String::new();
    for i in 0..u32::try_from(lists).expect("few") {
        let at = writer.object(10 + i, format!("<</Type/Pages/Kids[{}]>>", "3 0 R ".repeat(each.min(count / lists))));
        rows += &row(10 + i, at);
        kids += &format!("{} 0 R ", 10 + i);
    }
    writer.table(&rows, "");
    tree(writer, &format!("[{kids}]"));
}

/// Nodes of the page tree, as many as fit with their rows; each has the children that are made from its number.
fn nodes(writer: &mut Writer, room: usize, content: impl Fn(u32) -> String) {
    let mut rows = String::new();
    let size = content(1_000_000).len() + 60;
    for i in 0..u32::try_from(room.saturating_sub(600) / size).expect("few") {
        let number = 10 + i;
        let at = writer.object(number, content(number));
        rows += &row(number, at);
    }
    writer.table(&rows, "");
    tree(writer, "[10 0 R]");
}

fn deep_pages(writer: &mut Writer, _: &mut Random, room: usize) {
    nodes(writer, room, |number| format!("<</Type/Pages/Kids[3 0 R {} 0 R]>>", number + 1));
}

fn listed_elsewhere(writer: &mut Writer, _: &mut Random, room: usize) {
    nodes(writer, room, |number| match number % 2 {
        0 => format!("<</Type/Pages/Kids {} 0 R>>", number + 1),
        _ => format!("[3 0 R {} 0 R]", number + 1),
    });
}

fn loops(writer: &mut Writer, random: &mut Random, room: usize) {
    let back = u32::try_from(random.between(1, 1_000)).expect("few");
    nodes(writer, room, |number| {
        format!("<</Type/Pages/Kids[{} 0 R {} 0 R]>>", number + 1, number.saturating_sub(back))
    });
}
