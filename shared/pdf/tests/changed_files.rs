//! Files of the corpus that were changed at random. `examples/fuzz.rs` goes on where this ends.

mod support;

use rol_pdf::check;
use support::{bad, count_pages, mutation::mutate, ordinary, random::Random};

/// How many files are checked.
const COUNT: usize = 5_000;

#[test]
fn no_changed_file_panics_and_another_reader_opens_what_is_accepted() {
    let files: Vec<_> = ordinary().into_iter().chain(bad()).filter(|file| file.bytes.len() < 20_000).collect();
    let mut random = Random::new(0x5EED7);
    let mut accepted = 0;
    for i in 0..COUNT {
        let file = &files[i % files.len()];
        let mut bytes = file.bytes.clone();
        mutate(&mut bytes, &mut random);
        if check(&bytes).is_ok() {
            accepted += 1;
            let pages = count_pages(&bytes);
            assert!(matches!(pages, Ok(1..)), "change {i} of {}: {pages:?}", file.name);
        }
    }
    println!("{accepted} of {COUNT} changed files are accepted");
}
