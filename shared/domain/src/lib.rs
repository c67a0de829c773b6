//! What things are and which changes to them are legal.
//!
//! Pure: no clock, no randomness, no AWS, no HTTP. Time and random bytes come in as arguments. What the service
//! *does* with these types is in `rol-app`; how they are stored is in `rol-store`.

pub mod api_key;
pub mod caller;
pub mod error;
pub mod id;
pub mod json;
pub mod limits;
pub mod number;
pub mod patch;
pub mod record;
pub mod tenant;
pub mod text;
pub mod when;

pub use caller::{Actor, Cx, Right, Role, Scope};
pub use error::{Error, FieldErrors, Kind, Result};
pub use id::{Id, KeyId, PersonKey, RecordId, TenantId};
pub use patch::Patch;
pub use record::Record;
pub use when::When;
