//! Changes files a little, at random.

use super::random::Random;
use rol_pdf::limits::MAX_FILE_BYTES;

/// What is written into files.
const WORDS: [&[u8]; 20] = [
    b"<<",
    b">>",
    b"[",
    b"(",
    b" 0 R ",
    b"\nendobj\n",
    b"\nstream\n",
    b"endstream",
    b"/Length 99999999999 ",
    b"\nxref\n0 9\n",
    b"/Type /ObjStm ",
    b"/Prev 9 ",
    b"-1",
    b"%",
    b"\0",
    b"/Kids 3 0 R ",
    b"/Filter /FlateDecode ",
    b"/DecodeParms << /Predictor 12 /Columns 4 >> ",
    b"/Index [0 4294967295] ",
    b"startxref\n0\n%%EOF\n",
];

/// Changes a file in a few places.
pub(crate) fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..random.between(1, 3) {
        change(bytes, random);
    }
    bytes.truncate(MAX_FILE_BYTES);
}

fn change(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let longest = random.pick(&[8, 64, 4_096]);
    let end = (at + random.below(longest)).min(bytes.len());
    match random.below(8) {
        0 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).expect("a byte"),
        1 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        2 => drop(bytes.drain(at..end)),
        3 => bytes.truncate(at),
        4 => {
            let count = random.pick(&[1, 1, 2, 1_000]);
            let again = bytes[at..end].repeat(count.min(1 + MAX_FILE_BYTES / (end - at + 1)));
            drop(bytes.splice(at..at, again));
        }
        5 => change_number(bytes, at, random),
        _ => drop(bytes.splice(at..at, random.pick(&WORDS).iter().copied())),
    }
}

/// Changes the next number.
fn change_number(bytes: &mut Vec<u8>, at: usize, random: &mut Random) {
    let Some(start) = (at..bytes.len()).find(|i| bytes[*i].is_ascii_digit()) else { return };
    let end = (start..bytes.len()).find(|i| !bytes[*i].is_ascii_digit()).unwrap_or(bytes.len());
    let number: u64 = std::str::from_utf8(&bytes[start..end]).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let large = random.number() >> random.below(64);
    let number = random.pick(&[0, number.wrapping_add(1), number.wrapping_sub(1), number.wrapping_mul(2), large]);
    bytes.splice(start..end, number.to_string().bytes());
}
