//! Records: create, read, list, summarise, change, delete, restore. One file for each verb.

mod batch;
mod create;
mod delete;
mod get;
mod list;
mod page;
mod patch;
mod put;
mod restore;
mod summary;

pub use batch::{BatchOutcome, Operation, OperationOutcome};
pub use create::{Create, Created};
pub use list::{Explanation, Find, RecordList};
pub use put::Put;
pub use summary::SummaryOutcome;

use rol_domain::{Error, Kind, Record, Result};

/// What a deleted, an invisible and a missing record have in common.
pub(crate) fn not_found() -> Error {
    Error::NotFound(Kind::Record)
}

/// The record, if it is live.
pub(crate) fn live(record: Option<Record>) -> Result<Record> {
    record.filter(|record| record.deleted.is_none()).ok_or_else(not_found)
}

/// # Errors
/// [`Error::Stale`] where `If-Match` names another version.
fn check_version(record: &Record, if_match: Option<u64>) -> Result<()> {
    match if_match {
        Some(version) if version != record.stamp.version => Err(stale()),
        _ => Ok(()),
    }
}

fn stale() -> Error {
    Error::Stale("the record is not at the version that If-Match names")
}

/// What is left after every retry lost its race.
fn contended() -> Error {
    Error::Conflict("the record is being changed by many requests: try again".into())
}
