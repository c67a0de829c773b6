//! The settings as the API gives them.

use rol_domain::settings::{Plan, StampedSettings};
use rol_http::Etagged;
use serde::Serialize;
use utoipa::ToSchema;

/// The settings of a tenant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Settings)]
pub(crate) struct SettingsView {
    /// Whether students see their own records.
    student_records_enabled: bool,
    /// How many custom attributes there may be.
    plan: Plan,
    /// How many days before its expiry a record is announced as expiring, most first.
    #[schema(examples(json!([90, 60, 30, 7])))]
    expiring_days: Vec<u32>,
    /// How long the audit trail is kept, in days.
    #[schema(examples(365))]
    audit_retention_days: u32,
}

impl SettingsView {
    /// The settings, with their version as `ETag`: 0 where they were never changed.
    pub(crate) fn etagged(stamped: StampedSettings) -> Etagged<Self> {
        let (version, settings) = (stamped.version(), stamped.settings);
        let body = Self {
            student_records_enabled: settings.student_records_enabled,
            plan: settings.plan,
            expiring_days: settings.expiring_days,
            audit_retention_days: settings.audit_retention_days,
        };
        Etagged { version, body }
    }
}
