//! Every limit that only a whole file can reach, at the limit and past it. The others are tested beside their code.

mod support;

use rol_pdf::{Refusal, check, limits::*};
use rstest::rstest;
use support::writer::{Writer, object_stream, pack, row, stream};

type Outcome = Result<(), Refusal>;

/// A file with another object.
fn file_with(content: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.object(9, content);
    writer.finish()
}

/// An object stream, not packed, of one object: 0.
fn object_stream_of(number: u32, bytes: usize) -> Vec<u8> {
    let header = format!("{number} 0 ");
    let content = format!("{header}0");
    let data = content.clone() + &" ".repeat(bytes - content.len());
    stream(&format!("/Type/ObjStm/N 1/First {}", header.len()), data.as_bytes())
}

#[rstest]
#[case::at_the_limit(MAX_FILE_BYTES, Ok(()))]
#[case::one_past_it(MAX_FILE_BYTES + 1, Err(Refusal::TooComplex))]
fn a_file_is_so_large(#[case] size: usize, #[case] expected: Outcome) {
    let frame = file_with(&stream("", &[b'x'; 1_000_000])).len() - 1_000_000;
    let file = file_with(&stream("", &vec![b'x'; size - frame]));
    assert_eq!((file.len(), check(&file)), (size, expected));
}

#[rstest]
#[case::at_the_limit(MAX_STREAM_BYTES, Ok(()))]
#[case::one_past_it(MAX_STREAM_BYTES + 1, Err(Refusal::TooComplex))]
fn a_stream_unpacks_to_so_much(#[case] size: usize, #[case] expected: Outcome) {
    let mut data = b"9 0 0".to_vec();
    data.resize(size, b' ');
    let stream = stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &pack(&data));
    assert_eq!(check(&file_with(&stream)), expected);
}

#[rstest]
#[case::at_the_limit(false, Ok(()))]
#[case::past_it(true, Err(Refusal::TooComplex))]
fn all_streams_unpack_to_so_much(#[case] has_another: bool, #[case] expected: Outcome) {
    let mut data = b"9 0 0".to_vec();
    data.resize(MAX_STREAM_BYTES, b' ');
    let stream = stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &pack(&data));
    let mut writer = Writer::new();
    for _ in 0..MAX_UNPACKED_BYTES / MAX_STREAM_BYTES {
        writer.object(9, &stream);
    }
    if has_another {
        writer.object(9, object_stream_of(9, 5));
    }
    assert_eq!(check(&writer.finish()), expected);
}

#[rstest]
#[case::at_the_limit(MAX_OBJECTS, Ok(()))]
#[case::one_past_it(MAX_OBJECTS + 1, Err(Refusal::TooComplex))]
fn a_file_has_so_many_objects(#[case] count: usize, #[case] expected: Outcome) {
    // The four of the page and the object stream.
    assert_eq!(check(&file_with(&object_stream(&vec!["0"; count - 5]))), expected);
}

#[rstest]
#[case::at_the_limit(MAX_OBJECT_NUMBER, Ok(()))]
#[case::one_past_it(MAX_OBJECT_NUMBER + 1, Err(Refusal::TooComplex))]
fn numbers_and_size_go_so_far(#[case] number: u32, #[case] expected: Outcome) {
    assert_eq!(check(&file_with(&object_stream_of(number, 20))), expected);
    let file = String::from_utf8(Writer::new().finish()).expect("text");
    let size = format!("/Size {}", MAX_OBJECT_NUMBER + 1);
    assert!(file.contains(&size));
    assert_eq!(check(file.replace(&size, &format!("/Size {}", number + 1)).as_bytes()), expected);
}

#[rstest]
#[case::at_the_limit(MAX_SECTIONS, Ok(()))]
#[case::one_past_it(MAX_SECTIONS + 1, Err(Refusal::TooComplex))]
fn a_file_has_so_many_cross_reference_sections(#[case] count: usize, #[case] expected: Outcome) {
    let mut writer = Writer::new();
    // The first one and the last one.
    for i in 0..count - 2 {
        match i % 2 {
            0 => _ = writer.table("", ""),
            _ => writer.cross_reference_stream("/W[1 1 0]/Index[0 0]", b""),
        }
    }
    assert_eq!(check(&writer.finish()), expected);
}

#[rstest]
#[case::at_the_limit(MAX_ENTRIES, Ok(()))]
#[case::one_past_it(MAX_ENTRIES + 1, Err(Refusal::TooComplex))]
fn all_cross_reference_sections_have_so_many_entries(#[case] count: usize, #[case] expected: Outcome) {
    let mut writer = Writer::new();
    // The four of the page.
    let (first, second) = (count / 2 - 4, count - count / 2);
    for count in [first, second] {
        let entries = format!("/W[1 0 0]/Index[5 {count}]/Filter/FlateDecode");
        writer.cross_reference_stream(&entries, &pack(&vec![0; count]));
    }
    assert_eq!(check(&writer.finish()), expected);
}

#[rstest]
#[case::at_the_limit(MAX_TRAILING_SPACE, Ok(()))]
#[case::one_past_it(MAX_TRAILING_SPACE + 1, Err(Refusal::ForeignContent))]
fn so_much_whitespace_may_follow(#[case] count: usize, #[case] expected: Outcome) {
    let mut file = Writer::new().finish();
    assert_eq!(file.pop(), Some(b'\n'));
    file.resize(file.len() + count, b' ');
    assert_eq!(check(&file), expected);
}

#[rstest]
#[case::at_the_limit(4, Ok(()))]
#[case::one_past_it(5, Err(Refusal::BrokenReferences))]
fn so_much_whitespace_may_stand_before_an_object(#[case] count: usize, #[case] expected: Outcome) {
    let mut writer = Writer::new();
    let at = writer.len();
    writer.raw(" ".repeat(count));
    writer.object(9, "0");
    writer.table(&row(9, at), "");
    assert_eq!(check(&writer.finish()), expected);
}
