//! What was changed: told once from the table's stream, and read as history, feed and audit trail.

mod audit;
mod feed;
mod history;
mod note;
mod publish;
mod verify;

pub use audit::{AuditFilter, AuditList};
pub use feed::{Feed, FeedItem, Subject};
pub use history::HistoryList;
pub use note::Noting;
pub use verify::{Verification, Verified};
