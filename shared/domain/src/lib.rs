//! What things are and which changes to them are legal.
//!
//! Pure: no clock, no randomness, no AWS, no HTTP. Time and random bytes come in as arguments. What the service
//! *does* with these types is in `rol-app`; how they are stored is in `rol-store`.

#![warn(missing_docs)]

pub mod access;
pub mod activity;
pub mod api_key;
pub mod attachment;
pub mod attribute;
pub mod audit;
pub mod caller;
pub mod change;
pub mod denial;
pub mod error;
pub mod group;
pub mod id;
pub mod json;
pub mod limits;
pub mod number;
pub mod past;
pub mod patch;
pub mod period;
pub mod person;
pub mod query;
pub mod read_only;
pub mod record;
pub mod settings;
pub mod stamp;
pub mod tenant;
pub mod text;
pub mod time;

pub use access::{Permission, Permissions};
pub use activity::Activity;
pub use attachment::Attachment;
pub use caller::{Actor, Cx, Right, Role, Scope};
pub use error::{Error, FieldErrors, Kind, Result};
pub use id::{AttachmentId, GroupId, Id, KeyId, MintedActivityId, PersonKey, RecordId, TenantId};
pub use patch::Patch;
pub use period::Period;
pub use person::Person;
pub use query::RecordQuery;
pub use record::Record;
pub use stamp::Stamp;
pub use time::DateOrInstant;
