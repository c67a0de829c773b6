//! Files of another kind that a PDF may be at the same time (polyglots).

use memchr::memmem;

/// Formats that are recognized at a fixed place, where a PDF may have a comment or a string.
const AT: [(usize, &[u8]); 3] = [(128, b"DICM"), (257, b"ustar"), (32_769, b"CD001")];

/// Archives that their readers look for from the start of a file on: RAR and 7z.
const ANYWHERE: [&[u8]; 2] = [b"Rar!\x1A\x07", b"7z\xBC\xAF\x27\x1C"];

/// ZIP (and so JAR, DOCX, APK, …) is read from its end: a record of 22 bytes and a comment of at most 65,535.
const ZIP_END: usize = 22 + 65_535;

/// What begins a page or a script of the web, in lower case.
const MARKUP: [&[u8]; 10] =
    [b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<iframe", b"<img", b"<embed", b"<?php"];

/// Whether the file is also one of those, wherever in it.
pub(super) fn is_polyglot(bytes: &[u8]) -> bool {
    AT.iter().any(|(at, magic)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
        || ANYWHERE.iter().any(|magic| memmem::find(bytes, magic).is_some())
        || is_zip(bytes)
}

/// Both the end of a central directory and an entry of one: four bytes alone turn up in compressed data by chance.
fn is_zip(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(ZIP_END)..).unwrap_or_default();
    memmem::find(tail, b"PK\x05\x06").is_some() && memmem::find(bytes, b"PK\x01\x02").is_some()
}

/// Whether a text holds a tag that a browser or an interpreter would begin at.
pub(super) fn is_markup(text: &[u8]) -> bool {
    memchr::memchr_iter(b'<', text)
        .filter_map(|at| text.get(at..))
        .any(|rest| MARKUP.iter().any(|tag| rest.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))))
}
