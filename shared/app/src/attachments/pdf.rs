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
//! - no archive or image that is read from wherever it is (ZIP, RAR, 7z, tar, ISO 9660, DICOM), nothing outside objects,
//!   and no markup of the web in comments, or in streams where a browser would look for it.
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
/// What is wrong with it, one thing: that it does not begin as a PDF; that it is a file of another kind too; then its
/// form; then that it is encrypted; then its object streams; then what it does by itself or carries along; and at last
/// its cross-reference and pages.
pub fn check(bytes: &[u8]) -> Result<(), Reason> {
    let [b'%', b'P', b'D', b'F', b'-', b'1' | b'2', b'.', b'0'..=b'9', rest @ ..] = bytes else {
        return Err(Reason::NotAPdf);
    };
    let mut line = rest.iter().take_while(|byte| !matches!(byte, b'\r' | b'\n'));
    if !line.all(|byte| lexer::is_space(*byte)) || foreign::is_polyglot(bytes) {
        return Err(Reason::ForeignContent);
    }
    let scan = Scan::read(bytes)?;
    xref::count_pages(scan, bytes).map(|_| ())
}
