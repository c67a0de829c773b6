//! Files that make the check work hardest, none larger than an attachment may be. Together with the bombs of the corpus.

use super::classic;
use miniz_oxide::deflate::compress_to_vec_zlib;
use rol_domain::limits::{MAX_PDF_OBJECTS, MAX_PDF_STREAM_BYTES, MAX_PDF_UNPACKED_BYTES, MAX_PDF_VALUES};

/// The largest attachment, in bytes.
const FILE: usize = 5_242_880;

/// As many streams as may be unpacked.
pub(crate) const STREAMS: usize = MAX_PDF_UNPACKED_BYTES / MAX_PDF_STREAM_BYTES;

/// Files that take memory, by what is special about them. Those that are packed have so many streams where more of them take time,
/// but no memory.
pub(crate) fn worst(streams: usize) -> Vec<(&'static str, Vec<u8>)> {
    let nulls = |count| "0 ".repeat(count);
    let per_file = |content: &str| (FILE - 2_000) / (content.len() + 48);
    let many = |content: &str| {
        let count = u32::try_from(per_file(content)).expect("few");
        classic(&(5..5 + count).map(|number| (number, content.as_bytes().to_vec())).collect::<Vec<_>>())
    };
    let half = MAX_PDF_VALUES / 2;
    vec![
        ("many objects", many("0")),
        ("many arrays of one reference", many("[1 0 R]")),
        ("many streams of another's length", many("<</Length 9 0 R>>stream\n\nendstream")),
        ("an array of numbers", one(format!("[{}]", nulls(MAX_PDF_VALUES - 1)))),
        ("an array of references", one(format!("[{}]", "1 0 R ".repeat(MAX_PDF_VALUES - 1)))),
        ("a dictionary of escaped names", one(format!("<<{}>>", "/#41/#41".repeat(half - 1)))),
        ("packed arrays", packed(&format!("[{}]", nulls(MAX_PDF_VALUES - 1)), 8, streams)),
        ("packed arrays of references", packed(&format!("[{}]", "1 0 R ".repeat(MAX_PDF_VALUES / 3)), 8, streams)),
        ("packed dictionaries", packed(&format!("<<{}>>", "/#41/#41".repeat(half - 1)), 4, streams)),
        ("packed objects", packed("[1 0 R]", MAX_PDF_OBJECTS / STREAMS - 10, STREAMS)),
    ]
}

/// Files that take time, but no memory.
pub(crate) fn long() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a string", one(format!("({})", "()".repeat(FILE / 2 - 500)))),
        ("whitespace", one(" ".repeat(FILE - 1_000))),
        ("a comment of tags", one(format!("%{}\n0", "<htm".repeat(FILE / 4 - 500)))),
    ]
}

fn one(content: String) -> Vec<u8> {
    classic(&[(5, content.into_bytes())])
}

/// So many object streams, each with so many of these objects or as many as fit.
fn packed(object: &str, count: usize, streams: usize) -> Vec<u8> {
    let count = count.min(MAX_PDF_STREAM_BYTES / (object.len() + 12));
    let (mut header, content) = (String::new(), object.repeat(count));
    (0..count).for_each(|i| header += &format!("9 {} ", i * object.len()));
    let data = compress_to_vec_zlib((header.clone() + &content).as_bytes(), 1);
    let (first, length) = (header.len(), data.len());
    let dictionary = format!("<</Type/ObjStm/Filter/FlateDecode/N {count}/First {first}/Length {length}>>");
    let stream = [dictionary.as_bytes(), b"stream\n", &data, b"\nendstream"].concat();
    let streams = (10..).take(streams).map(|number| (number, stream.clone()));
    classic(&streams.collect::<Vec<_>>())
}
