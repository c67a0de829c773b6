//! The check of PDFs over the corpus in `tests/corpus/pdf`: files of real producers, and files that are bad in one way.

mod corpus;

use corpus::{bad, ordinary};
use rol_app::pdf::check;

#[test]
fn ordinary_files_are_accepted() {
    let files = ordinary();
    let refused: Vec<_> =
        files.iter().filter_map(|file| check(&file.bytes).err().map(|reason| (&file.name, reason.code()))).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn bad_files_are_refused_with_their_reason() {
    let files = bad();
    let wrong: Vec<_> = files
        .iter()
        .map(|file| (&file.name, &file.folder, check(&file.bytes).map_or_else(|reason| reason.code(), |()| "accepted")))
        .filter(|(_, expected, found)| expected.as_str() != *found)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
