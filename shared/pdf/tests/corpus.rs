//! The corpus: files of real producers are accepted, and files that are wrong in one way are refused for that.

mod support;

use rol_pdf::{Refusal, check};
use std::collections::BTreeMap;
use support::{File, bad, ordinary};

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

#[test]
fn ordinary_files_are_accepted() {
    let files = ordinary();
    print_counts(&files);
    let refused: Vec<_> =
        files.iter().filter_map(|file| check(&file.bytes).err().map(|refusal| (&file.name, refusal))).collect();
    assert!(files.len() >= 40);
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn bad_files_are_refused_with_their_code() {
    let files = bad();
    print_counts(&files);
    let wrong: Vec<_> = files
        .iter()
        .map(|file| (&file.name, &file.folder, check(&file.bytes).map_or_else(Refusal::code, |()| "accepted")))
        .filter(|(_, expected, found)| expected.as_str() != *found)
        .collect();
    assert!(files.len() >= 60);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_refusal_has_a_bad_file() {
    let files = bad();
    for refusal in Refusal::ALL {
        assert!(files.iter().any(|file| file.folder == refusal.code()), "{refusal}");
    }
}

#[test]
fn another_reader_opens_what_is_accepted() {
    for file in ordinary() {
        let pages = support::count_pages(&file.bytes);
        assert!(matches!(pages, Ok(1..)), "{}: {pages:?}", file.name);
    }
}

#[test]
fn an_entry_may_lead_to_the_line_end_before_its_object() {
    let plain = ordinary().into_iter().find(|file| file.name == "plain").expect("there");
    let text = String::from_utf8(plain.bytes).expect("text");
    let at = text.find("3 0 obj").expect("there");
    let text = text.replace(&format!("{at:010}"), &format!("{:010}", at - 1));
    assert_eq!(check(text.as_bytes()), Ok(()));
    assert!(matches!(support::count_pages(text.as_bytes()), Ok(1)));
}
