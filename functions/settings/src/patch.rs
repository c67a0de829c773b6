//! `PATCH /v1/settings` – change the tenant's settings.

use crate::view::SettingsView;
use axum::extract::State;
use rol_app::App;
use rol_domain::{
    Result,
    settings::{Plan, SettingsPatch},
};
use rol_http::{Body, Caller, Etagged, Fields, IfMatch, Problem, SettingsManage, body};
use std::collections::BTreeSet;

body! {
    /// A change of the settings; `null` is the default again.
    pub(crate) struct SettingsBody {}
    changes SettingsPatch {
        /// Whether students see their own records (default false).
        #[schema(value_type = Option<bool>)]
        student_records_enabled: bool,
        /// How many custom attributes there may be (default `enterprise`).
        #[schema(value_type = Option<Plan>)]
        plan: Plan,
        /// How many days before its expiry a record is announced as expiring: at most 10 numbers of 1–3,650 (default
        /// 90, 60, 30 and 7).
        #[schema(value_type = Option<Vec<u32>>, max_items = 10, examples(json!([90, 60, 30, 7])))]
        expiring_days: BTreeSet<u32>,
        /// How long the audit trail is kept, in days (default 365).
        #[schema(value_type = Option<u32>, minimum = 30, maximum = 3_650)]
        audit_retention_days: u32,
    }
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
    fn parse(mut self) -> Result<SettingsPatch> {
        let mut fields = Fields::default();
        let patch = self.take_patch(&mut fields);
        fields.unknown(&self.rest);
        fields.into_errors().or(patch)
    }
}
