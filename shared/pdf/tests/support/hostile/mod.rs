//! Files that are made to take as much memory and time as they can, none larger than a file may be.
//!
//! Each is made from its kind and a seed. What a kind adds to a file can follow what another one added.

mod cross_references;
mod deflate;
mod objects;
mod streams;
mod values;

use super::{random::Random, writer::Writer};
use rol_pdf::limits::MAX_FILE_BYTES;

/// What is left of the largest file for the page at its start and its end, in bytes.
const FRAME: usize = 4_000;

/// A small file, in bytes, which may unpack to much.
const SMALL: usize = 40_000;

/// How many files are made of each kind, so that there are more than 300.
pub(crate) const SEEDS: u64 = 7;

/// A kind of hostile file: its name, and how it adds at most so many bytes.
type Kind = (&'static str, fn(&mut Writer, &mut Random, usize));

/// Every kind.
pub(crate) fn kinds() -> Vec<Kind> {
    [single_kinds(), vec![("many kinds at once", mixed)]].concat()
}

fn single_kinds() -> Vec<Kind> {
    [
        cross_references::KINDS.as_slice(),
        deflate::KINDS.as_slice(),
        objects::KINDS.as_slice(),
        streams::KINDS.as_slice(),
        values::KINDS.as_slice(),
    ]
    .concat()
}

/// The file of a kind that a seed makes. That of seed 0 is as large as a file may be.
pub(crate) fn hostile(kind: Kind, seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let largest = MAX_FILE_BYTES - FRAME;
    let room = if seed == 0 { largest } else { random.pick(&[SMALL, 400_000, 2_000_000, largest]) };
    write(kind, random, room)
}

/// A small file of a kind that a seed makes.
pub(crate) fn small_hostile(kind: Kind, seed: u64) -> Vec<u8> {
    write(kind, Random::new(seed), SMALL)
}

fn write((name, add): Kind, mut random: Random, room: usize) -> Vec<u8> {
    let mut writer = Writer::new();
    add(&mut writer, &mut random, room);
    let file = writer.finish();
    assert!(file.len() <= MAX_FILE_BYTES, "{name}: {} bytes", file.len());
    file
}

fn mixed(writer: &mut Writer, random: &mut Random, room: usize) {
    let kinds = single_kinds();
    let count = random.between(2, 8);
    for _ in 0..count {
        random.pick(&kinds).1(writer, random, room / count);
    }
}

/// Adds items as long as the next one, as large as the last, fits into so many bytes.
fn fill(writer: &mut Writer, room: usize, mut add: impl FnMut(&mut Writer, u32)) {
    let end = writer.len() + room;
    for i in 0.. {
        let before = writer.len();
        add(writer, i);
        let size = writer.len() - before;
        if writer.len() + size + 64 > end {
            break;
        }
    }
}
