//! `PATCH /v1/settings` – change the tenant's settings.

use crate::view::SettingsView;
use axum::extract::State;
use rol_app::App;
use rol_domain::{
    Result,
    settings::{Plan, SettingsPatch},
};
use rol_http::{Body, Caller, Etagged, Field, Fields, IfMatch, Problem, SettingsManage};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A change of the settings; `null` is the default again.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SettingsBody {
    /// Whether students see their own records (default false).
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    student_records_enabled: Field<bool>,
    /// How many custom attributes there may be (default `enterprise`).
    #[serde(default)]
    #[schema(value_type = Option<Plan>)]
    plan: Field<Plan>,
    /// How many days before its expiry a record is announced as expiring: at most 10 numbers of 1–3,650 (default 90,
    /// 60, 30 and 7).
    #[serde(default)]
    #[schema(value_type = Option<Vec<u32>>, max_items = 10, examples(json!([90, 60, 30, 7])))]
    expiring_days: Field<BTreeSet<u32>>,
    /// How long the audit trail is kept, in days (default 365).
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 30, maximum = 3_650)]
    audit_retention_days: Field<u32>,
    #[serde(flatten)]
    #[schema(ignore)]
    rest: Map<String, Value>,
}

/// Change the tenant's settings
///
/// A JSON Merge Patch (RFC 7396): what is absent stays, `null` is the default again. It takes hold within 10 seconds.
#[utoipa::path(
    patch,
    path = "/v1/settings",
    operation_id = "settings.patch",
    tag = "Settings",
    request_body(
        content((SettingsBody = "application/merge-patch+json"), (SettingsBody = "application/json")),
        example = json!({"student_records_enabled": true, "expiring_days": [90, 30]}),
    ),
    responses(
        (status = 200, body = SettingsView, description = "The settings as they are now"),
        (status = 409, description = "There are more attributes than the plan allows, or many write at once"),
    ),
)]
pub(crate) async fn patch(
    caller: Caller<SettingsManage>,
    State(app): State<App>,
    if_match: IfMatch,
    Body { value, .. }: Body<SettingsBody>,
) -> Result<Etagged<SettingsView>, Problem> {
    let settings = app.patch_settings(&caller.cx, if_match.version(), &value.parse()?).await?;
    Ok(SettingsView::etagged(settings))
}

impl SettingsBody {
    fn parse(self) -> Result<SettingsPatch> {
        let mut fields = Fields::default();
        let patch = SettingsPatch {
            student_records_enabled: fields.patch("student_records_enabled", self.student_records_enabled),
            plan: fields.patch("plan", self.plan),
            expiring_days: fields.patch("expiring_days", self.expiring_days),
            audit_retention_days: fields.patch("audit_retention_days", self.audit_retention_days),
        };
        fields.unknown(&self.rest);
        fields.into_errors().or(patch)
    }
}
