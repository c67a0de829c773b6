//! Evidence attached to a record.

pub mod pdf;
