//! Content of another kind: files that are something else at the same time (polyglots), and markup of the web.

use crate::Refusal;
use memchr::memmem;

/// Formats that are recognized at a fixed place, where a PDF may have a comment or a string.
const SIGNATURES_AT: [(usize, &[u8]); 3] = [(128, b"DICM"), (257, b"ustar"), (32_769, b"CD001")];

/// Archives that their readers search for from the start of a file on: RAR and 7z.
const SIGNATURES_ANYWHERE: [&[u8]; 2] = [b"Rar!\x1A\x07", b"7z\xBC\xAF\x27\x1C"];

/// ZIP (and so JAR, DOCX, APK, …) is read from its end: a record of 22 bytes and a comment of at most 65,535.
const ZIP_END: usize = 22 + 65_535;

/// What begins a page or a script of the web, in lower case.
const MARKUP: [&[u8]; 10] =
    [b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<iframe", b"<img", b"<embed", b"<?php"];

/// Browsers search for markup in so many bytes from the start of a file (WHATWG, MIME Sniffing, "resource header").
const SNIFFED_BYTES: usize = 1_445;

/// Checks that a file is not of another kind at the same time.
pub(crate) fn check_other_kinds(file: &[u8]) -> Result<(), Refusal> {
    let has_signature =
        SIGNATURES_AT.iter().any(|(at, signature)| file.get(*at..).is_some_and(|rest| rest.starts_with(signature)))
            || SIGNATURES_ANYWHERE.iter().any(|signature| memmem::find(file, signature).is_some());
    if has_signature || is_zip(file) { Err(Refusal::ForeignContent) } else { Ok(()) }
}

/// Both the end of a central directory and an entry of one: four bytes alone occur in compressed data by chance.
fn is_zip(file: &[u8]) -> bool {
    let end = file.get(file.len().saturating_sub(ZIP_END)..).unwrap_or_default();
    memmem::find(end, b"PK\x05\x06").is_some() && memmem::find(file, b"PK\x01\x02").is_some()
}

/// Checks that a comment holds no tag at which a browser or an interpreter would begin.
pub(crate) fn check_comment(comment: &[u8]) -> Result<(), Refusal> {
    if has_markup(comment) { Err(Refusal::ForeignContent) } else { Ok(()) }
}

/// Checks that a stream that begins at a byte of the file holds no such tag where a browser searches for one.
pub(crate) fn check_stream(start: usize, data: &[u8]) -> Result<(), Refusal> {
    let sniffed = SNIFFED_BYTES.saturating_sub(start).min(data.len());
    if data.get(..sniffed).is_some_and(has_markup) { Err(Refusal::ForeignContent) } else { Ok(()) }
}

fn has_markup(text: &[u8]) -> bool {
    let begins_here =
        |rest: &[u8], tag: &[u8]| rest.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    memchr::memchr_iter(b'<', text)
        .filter_map(|at| text.get(at..))
        .any(|rest| MARKUP.iter().any(|tag| begins_here(rest, tag)))
}
