//! What was changed: told once from the table's stream, and read as history, feed and audit trail.

mod audit;
mod checkpoint;
mod feed;
mod history;
mod publish;
mod verify;

pub use audit::{AuditFilter, AuditList};
pub use checkpoint::CheckpointRun;
pub use feed::{Feed, FeedItem, Subject};
pub use history::HistoryList;
pub use verify::{Verification, VerifiedChain};
