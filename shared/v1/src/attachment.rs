//! A file of a record.

use chrono::{DateTime, Utc};
use rol_domain::{
    Attachment, AttachmentId, RecordId,
    attachment::{ContentHash, Filename, State},
    text::AttributeKey,
    time::fixed_width,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A file of a record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attachment)]
pub struct AttachmentView {
    /// Its id: `att_` and a ULID. Its UUID spelling is accepted back.
    #[schema(value_type = String, examples("att_01ARZ3NDEKTSV4RRFFQ69G5FAV"))]
    id: AttachmentId,
    /// Of which record.
    #[schema(value_type = String)]
    record_id: RecordId,
    /// What it is called, as it was declared.
    #[schema(value_type = String, examples("certificate.pdf"))]
    filename: Filename,
    /// How large it is, in bytes.
    #[schema(examples(48_213))]
    size: u64,
    /// The SHA-256 of its content in hexadecimal: as declared, and once it is `ready` as found.
    #[schema(value_type = Option<String>)]
    sha256: Option<ContentHash>,
    /// The file attribute whose value it becomes when it is `ready`.
    #[schema(value_type = Option<String>)]
    attribute_key: Option<AttributeKey>,
    /// Where it stands.
    #[schema(value_type = State)]
    state: &'static str,
    /// Why it was rejected, as a code: `encrypted`, `javascript`, `wrong_size`, ….
    #[schema(examples("encrypted"))]
    reason: Option<&'static str>,
    /// Why it was rejected, in words.
    reason_detail: Option<String>,
    /// When it was declared.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    /// Who declared it.
    created_by: String,
    /// When it was last written.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    updated_at: DateTime<Utc>,
}

impl From<Attachment> for AttachmentView {
    fn from(attachment: Attachment) -> Self {
        let rejection = match attachment.state {
            State::Rejected(why) => Some(why),
            State::Pending | State::Ready | State::Deleted => None,
        };
        Self {
            id: attachment.id,
            record_id: attachment.record_id,
            filename: attachment.filename,
            size: attachment.size,
            sha256: attachment.sha256,
            attribute_key: attachment.attribute_key,
            state: attachment.state.name(),
            reason: rejection.map(rol_domain::attachment::Rejection::code),
            reason_detail: rejection.map(|why| why.to_string()),
            created_at: attachment.stamp.created_at,
            created_by: attachment.stamp.created_by,
            updated_at: attachment.stamp.updated_at,
        }
    }
}
