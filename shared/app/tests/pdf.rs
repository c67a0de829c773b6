//! The check of PDFs over the corpus in `tests/corpus/pdf`: files of real producers, and files that are bad in one way.

mod corpus;

use corpus::{File, bad, classic, object_stream, ordinary};
use rol_app::pdf::check;
use rol_domain::{attachment::Reason, limits::*};
use rstest::rstest;
use std::collections::BTreeMap;

/// How many mutants of the corpus are checked.
const MUTANTS: usize = 5_000;

fn print_counts(files: &[File]) {
    let mut counts = BTreeMap::<_, (usize, usize)>::new();
    for file in files {
        let (count, bytes) = counts.entry(&file.folder).or_default();
        (*count, *bytes) = (*count + 1, *bytes + file.bytes.len());
    }
    for (folder, (count, bytes)) in counts {
        println!("{folder:20} {count:4} files {bytes:8} bytes");
    }
}

/// How many pages another reader, which repairs nothing, finds.
fn pages_elsewhere(bytes: &[u8]) -> Result<usize, lopdf::Error> {
    let options = lopdf::LoadOptions { strict: true, ..lopdf::LoadOptions::default() };
    lopdf::Document::load_mem_with_options(bytes, options).map(|file| file.get_pages().len())
}

#[test]
fn ordinary_files_are_accepted() {
    let files = ordinary();
    print_counts(&files);
    let refused: Vec<_> =
        files.iter().filter_map(|file| check(&file.bytes).err().map(|reason| (&file.name, reason.code()))).collect();
    assert!(files.len() >= 40);
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn bad_files_are_refused_with_their_reason() {
    let files = bad();
    print_counts(&files);
    let wrong: Vec<_> = files
        .iter()
        .map(|file| (&file.name, &file.folder, check(&file.bytes).map_or_else(|reason| reason.code(), |()| "accepted")))
        .filter(|(_, expected, found)| expected.as_str() != *found)
        .collect();
    assert!(files.len() >= 60);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_reason_has_a_bad_file() {
    let files = bad();
    for reason in Reason::ALL {
        assert!(files.iter().any(|file| file.folder == reason.code()), "{reason:?}");
    }
}

#[test]
fn what_is_accepted_opens_elsewhere() {
    for file in ordinary() {
        let pages = pages_elsewhere(&file.bytes);
        assert!(matches!(pages, Ok(1..)), "{}: {pages:?}", file.name);
    }
}

/// Numbers that are the same on every run (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).expect("below a usize")
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        const WORDS: [&[u8]; 16] = [
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
        ];
        let at = self.below(bytes.len() + 1);
        let end = (at + self.below(64)).min(bytes.len());
        match self.below(6) {
            0 if at < bytes.len() => bytes[at] = self.below(256) as u8,
            1 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            2 => drop(bytes.drain(at..end)),
            3 => bytes.truncate(at),
            4 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
            _ => drop(bytes.splice(at..at, WORDS[self.below(WORDS.len())].iter().copied())),
        }
    }
}

#[test]
fn mutants_never_panic_and_what_is_accepted_opens_elsewhere() {
    let files: Vec<_> = ordinary().into_iter().chain(bad()).filter(|file| file.bytes.len() < 20_000).collect();
    let mut chance = Chance(0x5EED7);
    let mut accepted = 0;
    for i in 0..MUTANTS {
        let file = &files[i % files.len()];
        let mut bytes = file.bytes.clone();
        for _ in 0..=chance.below(3) {
            chance.mutate(&mut bytes);
        }
        if check(&bytes).is_ok() {
            accepted += 1;
            let pages = pages_elsewhere(&bytes);
            assert!(matches!(pages, Ok(1..)), "mutant {i} of {}: {pages:?}", file.name);
        }
    }
    println!("{accepted} of {MUTANTS} mutants are accepted");
}

/// An object stream, not packed, of exactly so many bytes: one number, and whitespace.
fn object_stream_of(bytes: usize) -> Vec<u8> {
    object_stream(&[(9, "0".to_owned() + &" ".repeat(bytes - "9 0 0".len()))])
}

#[rstest]
#[case::at_the_limit(MAX_PDF_STREAM_BYTES, Ok(()))]
#[case::one_past_it(MAX_PDF_STREAM_BYTES + 1, Err(Reason::TooComplex))]
fn a_stream_unpacks_to_so_much(#[case] bytes: usize, #[case] expected: Result<(), Reason>) {
    assert_eq!(check(&classic(&[(5, object_stream_of(bytes))])), expected);
}

#[rstest]
#[case::at_the_limit(0, Ok(()))]
#[case::past_it(1, Err(Reason::TooComplex))]
fn all_streams_unpack_to_so_much(#[case] more: u32, #[case] expected: Result<(), Reason>) {
    let count = u32::try_from(MAX_PDF_UNPACKED_BYTES / MAX_PDF_STREAM_BYTES).expect("few");
    let mut streams: Vec<_> = (0..count).map(|i| (10 + i, object_stream_of(MAX_PDF_STREAM_BYTES))).collect();
    streams.extend((0..more).map(|i| (50 + i, object_stream_of("9 0 0".len()))));
    assert_eq!(check(&classic(&streams)), expected);
}

#[rstest]
#[case::at_the_limit(MAX_PDF_OBJECTS, Ok(()))]
#[case::one_past_it(MAX_PDF_OBJECTS + 1, Err(Reason::TooComplex))]
fn a_file_has_so_many_objects(#[case] count: usize, #[case] expected: Result<(), Reason>) {
    // The four of the file itself and the object stream.
    let packed: Vec<_> = (0..count - 5).map(|_| (9, "0".to_owned())).collect();
    assert_eq!(check(&classic(&[(5, object_stream(&packed))])), expected);
}

#[rstest]
#[case::at_the_limit(MAX_PDF_OBJECT_NUMBER, Ok(()))]
#[case::one_past_it(MAX_PDF_OBJECT_NUMBER + 1, Err(Reason::TooComplex))]
fn objects_and_size_go_so_far(#[case] number: u32, #[case] expected: Result<(), Reason>) {
    assert_eq!(check(&classic(&[(5, object_stream(&[(number, "0".to_owned())]))])), expected);
    let size = format!("/Size {}", number + 1);
    let file = String::from_utf8(classic(&[])).expect("text").replace("/Size 5", &size);
    assert_eq!(check(file.as_bytes()), expected);
}

#[rstest]
#[case::at_the_limit(MAX_PDF_TRAILING, Ok(()))]
#[case::one_past_it(MAX_PDF_TRAILING + 1, Err(Reason::ForeignContent))]
fn so_much_whitespace_may_follow(#[case] count: usize, #[case] expected: Result<(), Reason>) {
    let mut file = classic(&[]);
    file.extend(" ".repeat(count).bytes());
    assert_eq!(check(&file), expected);
}

#[test]
fn an_entry_may_lead_to_the_line_end_before_its_object() {
    let file = String::from_utf8(classic(&[])).expect("text");
    let at = file.find("3 0 obj").expect("there");
    let file = file.replace(&format!("{at:010}"), &format!("{:010}", at - 1));
    assert_eq!(check(file.as_bytes()), Ok(()));
    assert!(matches!(pages_elsewhere(file.as_bytes()), Ok(1)));
}
