//! The corpus, and what makes other files: hostile ones and changed ones.
#![allow(dead_code, reason = "each of the binaries that share this uses a part of it")]

pub(crate) mod hostile;
pub(crate) mod mutation;
pub(crate) mod random;
pub(crate) mod writer;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A file of the corpus.
pub(crate) struct File {
    /// Its name, without `.pdf`.
    pub(crate) name: String,
    /// The producer of an ordinary file; the code of the refusal of a bad one.
    pub(crate) folder: String,
    /// Its content.
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
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(kind);
    let entries =
        |path: &Path| fs::read_dir(path).expect("the corpus is committed").map(|entry| entry.expect("readable").path());
    let mut paths: Vec<PathBuf> = entries(&corpus).flat_map(|folder| entries(&folder).collect::<Vec<_>>()).collect();
    paths.sort();
    let name = |path: &Path| path.file_stem().expect("a file").to_string_lossy().into_owned();
    let file = |path: &PathBuf| File {
        name: name(path),
        folder: name(path.parent().expect("a folder")),
        bytes: fs::read(path).expect("readable"),
    };
    paths.iter().map(file).collect()
}

/// How many pages another reader, which repairs nothing, finds.
pub(crate) fn count_pages(bytes: &[u8]) -> Result<usize, lopdf::Error> {
    let options = lopdf::LoadOptions { strict: true, ..lopdf::LoadOptions::default() };
    lopdf::Document::load_mem_with_options(bytes, options).map(|file| file.get_pages().len())
}
