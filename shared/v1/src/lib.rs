//! The views of `/v1` that several areas share. A view that one area alone serves is in that area.
//!
//! A view has every field of its entity, `null` where there is no value.

mod attachment;
mod person;
mod record;
mod stamp;

pub use attachment::AttachmentView;
pub use person::PersonView;
pub use record::{RecordView, SelectedRecord};
pub use stamp::StampView;
