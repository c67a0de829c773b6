//! Version, times and authors of an entity's writes.

use chrono::{DateTime, Utc};
use rol_domain::{Stamp, time::fixed_width};
use serde::Serialize;
use utoipa::ToSchema;

/// The marks of the first and the last write.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Stamp)]
pub struct StampView {
    /// How often it was written; also its `ETag`.
    version: u64,
    /// When it was made.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    /// Who made it.
    created_by: String,
    /// When it was last written.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    updated_at: DateTime<Utc>,
    /// Who wrote it last.
    updated_by: String,
}

impl From<Stamp> for StampView {
    fn from(stamp: Stamp) -> Self {
        Self {
            version: stamp.version,
            created_at: stamp.created_at,
            created_by: stamp.created_by,
            updated_at: stamp.updated_at,
            updated_by: stamp.updated_by,
        }
    }
}
