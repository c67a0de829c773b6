//! Evidence attached to a record: PDF files.

mod reason;

pub use reason::Reason;
