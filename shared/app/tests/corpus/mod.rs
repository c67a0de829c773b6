//! Reads the corpus, and makes what is too large for it.
#![allow(dead_code, reason = "each of the binaries that share this uses a part of it")]

pub(crate) mod worst;

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

/// A file of one empty page and more objects, with a cross-reference table.
pub(crate) fn classic(more: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let page: [&[u8]; 4] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
        b"<< /Length 0 >>\nstream\n\nendstream",
    ];
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = "xref\n0 1\n0000000000 65535 f \n".to_owned();
    let objects = (1..).zip(page).chain(more.iter().map(|(number, content)| (*number, content.as_slice())));
    for (number, content) in objects {
        table += &format!("{number} 1\n{:010} 00000 n \n", file.len());
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(content);
        file.extend_from_slice(b"\nendobj\n");
    }
    let size = 5.max(1 + more.iter().map(|(number, _)| *number).max().unwrap_or(0));
    let at = file.len();
    let end = format!("{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF");
    file.extend_from_slice(end.as_bytes());
    file
}

/// An object stream, not packed: its header and its objects, without anything between them.
pub(crate) fn object_stream(objects: &[(u32, String)]) -> Vec<u8> {
    let (mut header, mut content) = (String::new(), String::new());
    for (number, value) in objects {
        header += &format!("{number} {} ", content.len());
        content += value;
    }
    let (count, first, length) = (objects.len(), header.len(), header.len() + content.len());
    let dictionary = format!("<< /Type /ObjStm /N {count} /First {first} /Length {length} >>");
    format!("{dictionary}\nstream\n{header}{content}\nendstream").into_bytes()
}
