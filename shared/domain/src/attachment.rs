//! Evidence attached to a record: PDF files, and the way of each from being declared to being served.
//!
//! A file is `pending` until its upload was checked; then it is `ready` and served, or `rejected` and gone. What is not
//! `ready` has no content for anybody.

mod filename;
mod hash;
mod reason;

pub use filename::{Filename, InvalidFilename};
pub use hash::{ContentHash, InvalidHash};
pub use reason::Reason;

use crate::{
    attribute::{Attribute, Generation},
    caller::Cx,
    error::{Error, FieldErrors, Result},
    id::{AttachmentId, RecordId, TenantId},
    limits::{MAX_FILE_BYTES, MAX_FILES_AT_ONCE, MAX_REQUEST_FILE_BYTES, PENDING_LIFETIME_S, REJECTED_LIFETIME_S},
    record::Record,
    stamp::Stamp,
    text::{AppId, AttributeKey, PersonId},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// A file of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// Whose data it is.
    pub tenant_id: TenantId,
    /// Of which record.
    pub record_id: RecordId,
    /// Whose learning the record is.
    pub person_id: PersonId,
    /// The application whose record it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<AppId>,
    /// What it is called.
    pub filename: Filename,
    /// How large it is, in bytes.
    pub size: u64,
    /// The hash of its content: as declared, and once it is `ready` as found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<ContentHash>,
    /// The file attribute whose value it becomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute_key: Option<AttributeKey>,
    /// The generation that this attribute was at when the file was declared: it is for no other one with that key.
    #[serde(default, skip_serializing_if = "Generation::is_empty")]
    pub attribute_generation: Generation,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
    /// Who wrote it.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "reason", rename_all = "snake_case")]
pub enum State {
    /// Declared; its content has not come or is being checked.
    Pending,
    /// Checked and served.
    Ready,
    /// Refused, and why.
    Rejected(Rejection),
    /// Deleted by somebody.
    Deleted,
}

/// The states that are served, by their names: a deleted file is not found.
#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for State {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let rejected = Self::Rejected(Rejection::Upload(Mismatch::WrongSize));
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .enum_values(Some([Self::Pending, Self::Ready, rejected].map(Self::name)))
            .description(Some("Where a file stands: not uploaded or not checked yet, served, or refused."))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for State {
    fn name() -> std::borrow::Cow<'static, str> {
        "AttachmentState".into()
    }
}

impl State {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Rejected(_) => "rejected",
            Self::Deleted => "deleted",
        }
    }
}

/// Why a file was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Rejection {
    /// It is not what was declared, or harmful.
    Upload(Mismatch),
    /// It is no PDF, or one that does more than show pages.
    Content(Reason),
}

/// How an upload is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Mismatch {
    /// It has another size.
    #[error("expected as many bytes as were declared, found another number")]
    WrongSize,
    /// It has another type.
    #[error("expected the content-type application/pdf, found another one")]
    WrongType,
    /// It has another hash.
    #[error("expected content with the SHA-256 that was declared, found other content")]
    WrongContent,
    /// The malware scan found something.
    #[error("expected nothing harmful, found malware")]
    Malware,
    /// The malware scan could not look inside.
    #[error("expected a file that can be scanned for malware, found one that cannot")]
    NotScannable,
}

impl Rejection {
    /// Its code, as it is stored and shown.
    pub fn code(self) -> &'static str {
        match self {
            Self::Content(reason) => reason.code(),
            Self::Upload(Mismatch::WrongSize) => "wrong_size",
            Self::Upload(Mismatch::WrongType) => "wrong_type",
            Self::Upload(Mismatch::WrongContent) => "wrong_content",
            Self::Upload(Mismatch::Malware) => "malware",
            Self::Upload(Mismatch::NotScannable) => "not_scannable",
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content(reason) => reason.fmt(f),
            Self::Upload(mismatch) => mismatch.fmt(f),
        }
    }
}

/// A file that a client wishes to attach.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFile {
    /// What it is called.
    pub filename: Filename,
    /// How large it is, in bytes.
    pub size: u64,
    /// The hash of its content, where the client knows it.
    pub sha256: Option<ContentHash>,
    /// The file attribute whose value it is to become.
    pub attribute_key: Option<AttributeKey>,
}

/// Checks the files of one request together.
///
/// # Errors
/// [`Error::Invalid`] for how many there are and for attributes named twice; [`Error::TooLarge`] with the name of the
/// first file that is too large, or too large together with those before it.
pub fn check_together(files: &[NewFile]) -> Result<()> {
    let mut errors = FieldErrors::default();
    if !(1..=MAX_FILES_AT_ONCE).contains(&files.len()) {
        errors.body("/files", format_args!("expected 1 to {MAX_FILES_AT_ONCE} files, found {}", files.len()));
    }
    let mut seen = BTreeSet::new();
    for (i, file) in files.iter().enumerate() {
        if file.size == 0 {
            errors.body(format!("/files/{i}/size"), "expected at least 1 byte, found 0");
        }
        if let Some(key) = &file.attribute_key
            && !seen.insert(key)
        {
            errors.body(
                format!("/files/{i}/attribute_key"),
                format_args!("expected each attribute once, found {key} twice"),
            );
        }
    }
    errors.or(())?;
    let too_large = |what: String, limit: u64, found: u64| {
        let bytes = |number| usize::try_from(number).unwrap_or(usize::MAX);
        Err(Error::TooLarge { what: what.into(), limit: bytes(limit), found: bytes(found) })
    };
    let mut sum: u64 = 0;
    for file in files {
        let name: String = file.filename.as_str().chars().take(80).collect();
        if file.size > MAX_FILE_BYTES {
            return too_large(format!("a file, such as {name:?},"), MAX_FILE_BYTES, file.size);
        }
        sum += file.size;
        if sum > MAX_REQUEST_FILE_BYTES {
            return too_large(format!("what one request attaches, here up to {name:?},"), MAX_REQUEST_FILE_BYTES, sum);
        }
    }
    Ok(())
}

impl Attachment {
    /// A file that was declared for a record, and for its attribute at this generation, where it names one.
    pub fn declare(
        id: AttachmentId,
        record: &Record,
        file: NewFile,
        attribute_generation: Generation,
        cx: &Cx,
    ) -> Self {
        let NewFile { filename, size, sha256, attribute_key } = file;
        Self {
            id,
            tenant_id: record.tenant,
            record_id: record.id,
            person_id: record.person_id.clone(),
            app_id: record.app_id.clone(),
            filename,
            size,
            sha256,
            attribute_key,
            attribute_generation,
            state: State::Pending,
            stamp: Stamp::first(cx),
        }
    }

    /// Whether it was declared for this attribute, and as long as that had this type.
    pub fn is_for(&self, attribute: &Attribute) -> bool {
        self.attribute_key.as_ref() == Some(&attribute.key) && self.attribute_generation == attribute.generation
    }

    /// When it ends by itself: an upload that never came, a refusal, what was deleted. What is `ready` stays.
    pub fn ends_at(&self) -> Option<DateTime<Utc>> {
        match self.state {
            State::Pending => Some(self.stamp.created_at + TimeDelta::seconds(PENDING_LIFETIME_S)),
            State::Rejected(_) => Some(self.stamp.updated_at + TimeDelta::seconds(REJECTED_LIFETIME_S)),
            State::Deleted => Some(self.stamp.updated_at),
            State::Ready => None,
        }
    }

    /// Whether it is there for anybody. What was deleted is not, also for a clock that is behind the one of who deleted
    /// it, or for a request that began before.
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.state != State::Deleted && self.ends_at().is_none_or(|end| end > now)
    }

    /// The file after its content was found right; `None` where it is not waiting for that.
    pub fn accepted(&self, content: ContentHash, stamp: Stamp) -> Option<Self> {
        (self.state == State::Pending).then(|| Self {
            state: State::Ready,
            sha256: Some(content),
            stamp,
            ..self.clone()
        })
    }

    /// The file after its content was refused; `None` where it is not waiting for a verdict.
    pub fn rejected(&self, why: Rejection, stamp: Stamp) -> Option<Self> {
        (self.state == State::Pending).then(|| Self { state: State::Rejected(why), stamp, ..self.clone() })
    }

    /// The file after somebody deleted it.
    pub fn deleted(&self, cx: &Cx) -> Self {
        Self { state: State::Deleted, stamp: self.stamp.next(cx), ..self.clone() }
    }
}

/// Whether a file's real size, type and content are what was declared.
///
/// # Errors
/// How they are not.
pub fn check_upload(
    declared: &Attachment,
    size: u64,
    content_type: Option<&str>,
    hash: impl FnOnce() -> ContentHash,
) -> Result<ContentHash, Mismatch> {
    if size != declared.size {
        return Err(Mismatch::WrongSize);
    }
    if content_type != Some(PDF) {
        return Err(Mismatch::WrongType);
    }
    let found = hash();
    if declared.sha256.is_some_and(|expected| expected != found) {
        return Err(Mismatch::WrongContent);
    }
    Ok(found)
}

/// The media type of PDFs (RFC 8118).
pub const PDF: &str = "application/pdf";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Role, attribute::AttributeSet, caller::tests::cx_of, record::NewRecord, text::Title};
    use rstest::rstest;
    use serde_json::json;

    fn file(name: &str, size: u64) -> NewFile {
        NewFile { filename: Filename::parse(name).expect("a name"), size, sha256: None, attribute_key: None }
    }

    fn attachment() -> Attachment {
        let cx = cx_of(Role::Admin);
        let new = NewRecord::of(crate::record::Content::titled(Title::parse("x").expect("valid")));
        let person = PersonId::parse("ada").expect("valid");
        let record = Record::create(RecordId::from_ulid(7u128.into()), person, new, &AttributeSet::default(), &cx);
        Attachment::declare(
            AttachmentId::from_ulid(9u128.into()),
            &record.expect("legal"),
            file("a.pdf", 5),
            Generation::default(),
            &cx,
        )
    }

    #[rstest]
    #[case::one_at_its_limit(&[MAX_FILE_BYTES], Ok(()))]
    #[case::one_past_it(&[1, MAX_FILE_BYTES + 1], Err("a file, such as \"1.pdf\", is at most 5242880 bytes, this is 5242881"))]
    #[case::together_at_the_limit(&[MAX_FILE_BYTES, MAX_FILE_BYTES], Ok(()))]
    #[case::together_past_it(&[MAX_FILE_BYTES, MAX_FILE_BYTES, 1], Err("what one request attaches, here up to \"2.pdf\", is at most 10485760 bytes, this is 10485761"))]
    #[case::as_many_as_may_be(&[1; MAX_FILES_AT_ONCE], Ok(()))]
    #[case::one_too_many(&[1; MAX_FILES_AT_ONCE + 1], Err("the request is invalid: /files: expected 1 to 10 files, found 11"))]
    #[case::none(&[], Err("the request is invalid: /files: expected 1 to 10 files, found 0"))]
    #[case::empty(&[1, 0], Err("the request is invalid: /files/1/size: expected at least 1 byte, found 0"))]
    #[case::huge(&[u64::MAX, u64::MAX], Err("a file, such as \"0.pdf\", is at most 5242880 bytes, this is 18446744073709551615"))]
    fn files_of_one_request_keep_their_limits(#[case] sizes: &[u64], #[case] outcome: Result<(), &str>) {
        let files: Vec<NewFile> = sizes.iter().enumerate().map(|(i, size)| file(&format!("{i}.pdf"), *size)).collect();
        assert_eq!(check_together(&files).map_err(|error| error.to_string()), outcome.map_err(str::to_owned));
    }

    #[test]
    fn an_attribute_has_one_file() {
        let key = AttributeKey::parse("certificate").ok();
        let files = ["a.pdf", "b.pdf"].map(|name| NewFile { attribute_key: key.clone(), ..file(name, 1) });
        let Err(Error::Invalid(errors)) = check_together(&files) else { panic!("illegal") };
        assert_eq!(errors.pointers(), ["/files/1/attribute_key"]);
    }

    #[test]
    fn a_verdict_is_final() {
        let pending = attachment();
        let stamp = pending.stamp.next(&cx_of(Role::Admin));
        let hash = ContentHash::of(b"x");
        let ready = pending.accepted(hash, stamp.clone()).expect("it was pending");
        assert_eq!((ready.state, ready.sha256, ready.stamp.version), (State::Ready, Some(hash), 2));
        let rejected = pending.rejected(Rejection::Content(Reason::Encrypted), stamp.clone()).expect("it was pending");
        for settled in [ready, rejected, pending.deleted(&cx_of(Role::Admin))] {
            assert_eq!(settled.accepted(hash, stamp.clone()), None, "{:?}", settled.state);
            assert_eq!(settled.rejected(Rejection::Upload(Mismatch::WrongSize), stamp.clone()), None);
        }
    }

    #[test]
    fn what_is_not_ready_ends() {
        let pending = attachment();
        let (now, stamp) = (pending.stamp.created_at, pending.stamp.clone());
        let after = |seconds| now + TimeDelta::seconds(seconds);
        assert!(pending.is_live(after(PENDING_LIFETIME_S - 1)) && !pending.is_live(after(PENDING_LIFETIME_S)));
        let rejected = pending.rejected(Rejection::Upload(Mismatch::Malware), stamp.clone()).expect("pending");
        assert!(rejected.is_live(after(REJECTED_LIFETIME_S - 1)) && !rejected.is_live(after(REJECTED_LIFETIME_S)));
        assert!(!pending.deleted(&cx_of(Role::Admin)).is_live(now - TimeDelta::hours(1)), "a clock that is behind");
        assert!(pending.accepted(ContentHash::of(b""), stamp).expect("pending").is_live(after(i64::from(u32::MAX))));
    }

    #[rstest]
    #[case::right(5, Some("application/pdf"), None, Ok(()))]
    #[case::with_its_hash(5, Some("application/pdf"), Some(b"right" as &[u8]), Ok(()))]
    #[case::shorter(4, Some("application/pdf"), None, Err(Mismatch::WrongSize))]
    #[case::other_type(5, Some("text/html"), None, Err(Mismatch::WrongType))]
    #[case::no_type(5, None, None, Err(Mismatch::WrongType))]
    #[case::other_content(5, Some("application/pdf"), Some(b"wrong" as &[u8]), Err(Mismatch::WrongContent))]
    fn an_upload_is_what_was_declared(
        #[case] size: u64,
        #[case] kind: Option<&str>,
        #[case] declared: Option<&[u8]>,
        #[case] outcome: Result<(), Mismatch>,
    ) {
        let declared = Attachment { sha256: declared.map(ContentHash::of), ..attachment() };
        assert_eq!(check_upload(&declared, size, kind, || ContentHash::of(b"right")).map(drop), outcome);
    }

    #[test]
    fn a_state_is_kept_with_its_reason() {
        let pending = attachment();
        for (state, kept) in [
            (State::Pending, json!(["pending", null])),
            (State::Rejected(Rejection::Content(Reason::JavaScript)), json!(["rejected", "javascript"])),
            (State::Rejected(Rejection::Upload(Mismatch::WrongType)), json!(["rejected", "wrong_type"])),
        ] {
            let attachment = Attachment { state, ..pending.clone() };
            let item = serde_json::to_value(&attachment).expect("serialisable");
            assert_eq!(json!([item["state"], item["reason"]]), kept);
            assert_eq!(serde_json::from_value::<Attachment>(item).expect("readable"), attachment);
        }
    }
}
