//! What was changed: told once from the table's stream, and read as history, feed and audit trail.

mod audit;
mod feed;
mod history;
mod publish;

pub use audit::{AuditFilter, AuditList, Verified};
pub use feed::{Feed, FeedItem, Subject};
pub use history::HistoryList;
