//! What is told from the table's stream.

mod events;
mod history;
mod past;
