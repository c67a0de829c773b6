//! Reads the corpus.

use std::{fs, path::Path};

/// A file of the corpus.
pub(crate) struct File {
    /// Its name, without `.pdf`.
    pub(crate) name: String,
    /// The producer of an ordinary file; the code of the reason why a bad one is refused.
    pub(crate) folder: String,
    /// What it holds.
    pub(crate) bytes: Vec<u8>,
}

/// The files that are accepted.
pub(crate) fn ordinary() -> Vec<File> {
    read("ordinary")
}

/// The files that are refused.
pub(crate) fn bad() -> Vec<File> {
    read("bad")
}

fn read(kind: &str) -> Vec<File> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus/pdf").join(kind);
    let entries =
        |path: &Path| fs::read_dir(path).expect("the corpus is committed").map(|entry| entry.expect("readable").path());
    let mut paths: Vec<_> = entries(&corpus).flat_map(|folder| entries(&folder).collect::<Vec<_>>()).collect();
    paths.sort();
    let name = |path: &Path| path.file_stem().expect("a file").to_string_lossy().into_owned();
    let file = |path: &std::path::PathBuf| File {
        name: name(path),
        folder: name(path.parent().expect("a folder")),
        bytes: fs::read(path).expect("readable"),
    };
    paths.iter().map(file).collect()
}
