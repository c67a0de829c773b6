//! `POST /v1/api-keys` – make a key. Its text is in this answer and nowhere else.

use crate::view::ApiKeyView;
use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use rol_app::{App, NewApiKey};
use rol_domain::{
    DateOrInstant, Error, Result, Role, Scope,
    text::{AppId, Label},
};
use rol_http::{Body, Caller, Created, Field, Fields, KeysManage, Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewApiKeyBody {
    /// What its holder calls it: 1–100 characters on one line.
    #[serde(default)]
    #[schema(value_type = String, required = true, max_length = 100, examples("LMS integration"))]
    label: Field<Label>,
    /// In which role it acts: `admin`, `manager` or `application` (default).
    #[serde(default)]
    #[schema(value_type = Option<Role>)]
    role: Field<Role>,
    /// With which scopes; an application needs at least one, nobody else has any.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Scope>>)]
    scopes: Field<BTreeSet<Scope>>,
    /// The application that it is confined to; an application needs one, nobody else has one.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 128, examples("lms"))]
    app_id: Field<AppId>,
    /// When it ends by itself: an RFC 3339 instant.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Field<DateOrInstant>,
    #[serde(flatten)]
    #[schema(ignore)]
    rest: Map<String, Value>,
}

/// A key that was made, with its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreatedApiKey)]
pub(crate) struct CreatedKeyView {
    /// The key itself: shown this once.
    #[schema(examples("rol_01ARZ3NDEKTSV4RRFFQ69G5FAV_…"))]
    key: String,
    #[serde(flatten)]
    known: ApiKeyView,
}

/// Make an API key
///
/// The key itself is in this answer and nowhere else: only its hash is kept.
#[utoipa::path(
    post,
    path = "/v1/api-keys",
    operation_id = "api-keys.create",
    tag = "API keys",
    request_body(
        content = NewApiKeyBody,
        example = json!({
            "label": "LMS integration", "role": "application", "app_id": "lms",
            "scopes": ["records:read", "records:write"]
        }),
    ),
    responses((status = 201, body = CreatedKeyView, description = "The key, shown once")),
)]
pub(crate) async fn create(
    caller: Caller<KeysManage>,
    State(app): State<App>,
    Body { value, .. }: Body<NewApiKeyBody>,
) -> Result<Created<Json<CreatedKeyView>>, Problem> {
    let (key, text) = app.create_api_key(&caller.cx, value.parse()?).await?;
    let location = format!("/v1/api-keys/{}", key.id);
    let entity = Json(CreatedKeyView { key: text.expose().to_owned(), known: key.into() });
    Ok(Created { location, replayed: false, entity })
}

impl NewApiKeyBody {
    fn parse(self) -> Result<NewApiKey> {
        let mut fields = Fields::default();
        let label = fields.required("label", self.label);
        let role = fields.optional("role", self.role).unwrap_or(Role::Application);
        let scopes = fields.optional("scopes", self.scopes).unwrap_or_default();
        let app_id = fields.optional("app_id", self.app_id);
        let expires_at: Option<DateTime<Utc>> = match fields.optional("expires_at", self.expires_at) {
            Some(DateOrInstant::Instant(end)) => Some(end),
            Some(DateOrInstant::Date(date)) => {
                fields.refuse("expires_at", format_args!("expected an instant, found the date {date}"))
            }
            None => None,
        };
        fields.unknown(&self.rest);
        let errors = fields.into_errors();
        match label {
            Some(label) => errors.or(NewApiKey { label, role, scopes, app_id, expires_at }),
            None => Err(Error::Invalid(errors)),
        }
    }
}
