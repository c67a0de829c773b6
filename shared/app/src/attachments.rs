//! Evidence of records: files are declared, uploaded straight to the bucket, checked, and served once they were found
//! right. One file for each step.

mod declare;
mod delete;
mod inline;
mod pdf;
mod read;
mod sweep;
mod verify;

pub use declare::DeclaredFiles;
pub use inline::InlineFile;
pub use sweep::SweepReport;
pub use verify::{Scan, Upload};

use rol_domain::{Error, Kind};

/// What a missing, a deleted and a hidden file have in common.
fn not_found() -> Error {
    Error::NotFound(Kind::Attachment)
}

/// What is left after every retry lost its race.
fn contended() -> Error {
    Error::Conflict("files of this record are being changed by many requests: try again".into())
}
