//! The consumer of the table's stream, seen through the history.

mod history;
mod past;
