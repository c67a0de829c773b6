//! Whether a file is an ordinary PDF: well-formed, without active content, and nothing else at the same time.
//!
//! The file is read from its first byte to its last, once, and each byte must belong to something: libraries read what
//! a cross-reference leads to and skip the rest, which is where things hide. So every object is looked at, also in
//! object streams, in earlier revisions, and where nothing refers to it; and each cross-reference must lead to objects
//! that were looked at, so that no viewer finds others. What a viewer would have to repair is refused.
//!
//! It cannot panic, and its memory and time are bounded by `rol_domain::limits` and the length of the file.
//!
//! It promises
//! - a header in the first byte, cross-reference, catalog, and at least one page: other readers open what it accepts;
//! - no scripts, no action on opening other than going to a page, no additional actions, nothing that launches
//!   programs, submits or imports forms, opens other files, embeds files, plays media, or is an XFA form;
//! - no encryption;
//! - no archive or disk image (ZIP, RAR, 7z, tar, ISO 9660, DICOM) inside, and no markup of the web in comments, in the
//!   first kilobyte of streams, or outside objects.
//!
//! It does not
//! - unpack pages, images and fonts: a viewer's own weakness in those, or a picture that unpacks to gigabytes, stays;
//! - judge links (`/URI`), which people follow or not, or what a document says;
//! - find a file of another kind inside a stream or string that no signature above tells, such as a shell script.

mod active;
mod document;
mod foreign;
mod lexer;
mod scan;
mod stream;
mod value;
mod xref;

use rol_domain::attachment::Reason;
use scan::Scan;

/// Checks that a file is an ordinary PDF.
///
/// # Errors
/// What is wrong with it: the first that is found, in the order of `Reason` but for content of another kind, which is
/// looked for before anything else is read.
pub fn check(bytes: &[u8]) -> Result<(), Reason> {
    if !matches!(bytes, [b'%', b'P', b'D', b'F', b'-', b'1' | b'2', b'.', b'0'..=b'9', ..]) {
        return Err(Reason::NotAPdf);
    }
    if foreign::is_polyglot(bytes) {
        return Err(Reason::ForeignContent);
    }
    let scan = Scan::read(bytes)?;
    xref::count_pages(scan, bytes).map(|_| ())
}
