//! The bucket: files on their way in, and those that are served. One client, built when a function first needs it,
//! because most never do.
//!
//! Uploads land under `incoming/` and nothing there is served; what was found right is copied to `files/`, and nothing
//! else writes there. When an upload was dealt with, an empty object takes its place: it keeps the upload's URL from
//! being used again, and tells the sweep where something may be left to tidy.

use crate::call;
use aws_sdk_s3::{
    Client,
    operation::{copy_object::CopyObjectError, get_object::GetObjectError},
    presigning::PresigningConfig,
    primitives::ByteStream,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rol_domain::{Attachment, AttachmentId, Error, RecordId, Result, TenantId, attachment::PDF};
use std::sync::{Arc, OnceLock};

/// What the keys of uploads start with.
const INCOMING: &str = "incoming/";
/// What the keys of served files start with.
const FILES: &str = "files/";
/// How many keys are listed at once.
const LISTED: i32 = 1_000;

/// A bucket, behind its client.
#[derive(Clone)]
pub struct Bucket {
    connect: Arc<dyn Fn() -> Client + Send + Sync>,
    client: Arc<OnceLock<Client>>,
    pub(crate) bucket: String,
}

/// Where a file is in the bucket. Nothing of it comes from a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilePlace {
    /// Whose data it is.
    pub tenant: TenantId,
    /// Of which record.
    pub record: RecordId,
    /// Which file.
    pub attachment: AttachmentId,
}

impl From<&Attachment> for FilePlace {
    fn from(attachment: &Attachment) -> Self {
        Self { tenant: attachment.tenant_id, record: attachment.record_id, attachment: attachment.id }
    }
}

impl FilePlace {
    /// Reads the key of an upload; `None` where it is none.
    pub fn of_upload(key: &str) -> Option<Self> {
        let mut parts = key.strip_prefix(INCOMING)?.split('/');
        let place = Self {
            tenant: TenantId::parse(parts.next()?).ok()?,
            record: RecordId::parse(parts.next()?).ok()?,
            attachment: AttachmentId::parse(parts.next()?).ok()?,
        };
        // One spelling only: what is written back is what was read.
        (place.key_of_upload() == key).then_some(place)
    }

    /// The key of its upload.
    pub fn key_of_upload(&self) -> String {
        format!("{INCOMING}{}/{}/{}", self.tenant, self.record, self.attachment)
    }

    fn served(&self) -> String {
        format!("{FILES}{}/{}/{}", self.tenant, self.record, self.attachment)
    }
}

/// A request that somebody else makes: a URL and the headers that have to come with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRequest {
    /// Where.
    pub url: String,
    /// With which headers; how long the body is every client says by itself.
    pub headers: Vec<(String, String)>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// What was uploaded.
#[derive(Debug)]
pub struct Uploaded {
    /// Its `ETag`.
    pub etag: String,
    /// Its real size, in bytes.
    pub size: u64,
    /// The type with which it was uploaded.
    pub content_type: Option<String>,
    /// Its content; nothing where it is larger than was asked for.
    pub content: Vec<u8>,
}

/// Things under `incoming/`, and where to go on.
#[derive(Debug, Default)]
pub struct UploadPage {
    /// Where, and when they were last written.
    pub uploads: Vec<(FilePlace, DateTime<Utc>)>,
    /// What the next page is asked for with.
    pub next: Option<String>,
}

impl Bucket {
    /// The bucket of this name, with what builds its client when it is first needed.
    pub fn new(bucket: impl Into<String>, connect: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { connect: Arc::new(connect), client: Arc::default(), bucket: bucket.into() }
    }

    pub(crate) fn client(&self) -> &Client {
        self.client.get_or_init(|| (self.connect)())
    }

    /// The request that uploads a file: S3 refuses any other size and type, any other content where its hash is known,
    /// and a second upload. No call.
    ///
    /// # Errors
    /// [`Error::Internal`] where it cannot be signed.
    pub async fn sign_upload(&self, file: &Attachment, now: DateTime<Utc>, seconds: i64) -> Result<SignedRequest> {
        let size = i64::try_from(file.size).map_err(|error| Error::internal("signing an upload", error))?;
        let put = self
            .client()
            .put_object()
            .bucket(&self.bucket)
            .key(FilePlace::from(file).key_of_upload())
            .content_length(size)
            .content_type(PDF)
            .if_none_match("*")
            .set_checksum_sha256(file.sha256.map(|hash| STANDARD.encode(hash.bytes())));
        let signed = put.presigned(lifetime(now, seconds)?).await.map_err(call::decode)?;
        let headers = signed.headers().filter(|(name, _)| *name != "content-length");
        Ok(SignedRequest {
            url: signed.uri().to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            expires_at: now + TimeDelta::seconds(seconds),
        })
    }

    /// The URL of a served file's content, to be saved under its name. No call.
    ///
    /// # Errors
    /// [`Error::Internal`] where it cannot be signed.
    pub async fn sign_download(&self, file: &Attachment, now: DateTime<Utc>, seconds: i64) -> Result<SignedRequest> {
        let get = self
            .client()
            .get_object()
            .bucket(&self.bucket)
            .key(FilePlace::from(file).served())
            .response_content_type(PDF)
            .response_content_disposition(disposition(&file.filename.to_save()))
            .response_cache_control("private, no-store");
        let signed = get.presigned(lifetime(now, seconds)?).await.map_err(call::decode)?;
        let expires_at = now + TimeDelta::seconds(seconds);
        Ok(SignedRequest { url: signed.uri().to_owned(), headers: Vec::new(), expires_at })
    }

    /// What was uploaded there, if anything was; its content only where it has at most `limit` bytes. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn upload(&self, place: &FilePlace, limit: u64) -> Result<Option<Uploaded>> {
        let found = match self.client().get_object().bucket(&self.bucket).key(place.key_of_upload()).send().await {
            Ok(found) => found,
            Err(error) if matches!(error.as_service_error(), Some(GetObjectError::NoSuchKey(_))) => return Ok(None),
            Err(error) => return Err(call::decode(error)),
        };
        let cut_off = || Error::Unavailable { what: "the store", source: "an answer broke off".into() };
        let size = found.content_length.and_then(|size| u64::try_from(size).ok()).ok_or_else(cut_off)?;
        let (etag, content_type) = (found.e_tag.unwrap_or_default(), found.content_type);
        let mut content = Vec::new();
        let mut body = found.body;
        while size <= limit
            && let Some(chunk) = body.next().await
        {
            let lost = |error| Error::Unavailable { what: "the store", source: Box::new(error) };
            content.extend_from_slice(&chunk.map_err(lost)?);
        }
        // A file is never judged by a part of it.
        if size <= limit && u64::try_from(content.len()) != Ok(size) {
            return Err(cut_off());
        }
        Ok(Some(Uploaded { etag, size, content_type, content }))
    }

    /// Puts a file where uploads land, as its client would. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn put_upload(&self, place: &FilePlace, content: Vec<u8>) -> Result<()> {
        let put = self.client().put_object().bucket(&self.bucket).key(place.key_of_upload());
        put.content_type(PDF).body(ByteStream::from(content)).send().await.map_err(call::decode)?;
        Ok(())
    }

    /// Copies an upload to where files are served, if it still is what had this `ETag`; whether it was. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn accept(&self, place: &FilePlace, etag: &str) -> Result<bool> {
        let copy = self
            .client()
            .copy_object()
            .copy_source(format!("{}/{}", self.bucket, place.key_of_upload()))
            .copy_source_if_match(etag)
            .bucket(&self.bucket)
            .key(place.served());
        match copy.send().await {
            Ok(_) => Ok(true),
            Err(error) if is_another(&error) => Ok(false),
            Err(error) => Err(call::decode(error)),
        }
    }

    /// Empties an upload that was dealt with. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn empty(&self, place: &FilePlace) -> Result<()> {
        let put = self.client().put_object().bucket(&self.bucket).key(place.key_of_upload());
        put.content_type(PDF).body(ByteStream::from_static(b"")).send().await.map_err(call::decode)?;
        Ok(())
    }

    /// Deletes a served file, if it is there. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn delete_served(&self, place: &FilePlace) -> Result<()> {
        self.delete(place.served()).await
    }

    /// Deletes what lies where a file was uploaded, if anything does. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn delete_upload(&self, place: &FilePlace) -> Result<()> {
        self.delete(place.key_of_upload()).await
    }

    async fn delete(&self, key: String) -> Result<()> {
        match self.client().delete_object().bucket(&self.bucket).key(key).send().await {
            Ok(_) => Ok(()),
            // S3 does not mind; a stand-in may.
            Err(error) if code_of(&error) == Some("NoSuchKey") => Ok(()),
            Err(error) => Err(call::decode(error)),
        }
    }

    /// A page of what lies under `incoming/`. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn uploads(&self, after: Option<String>) -> Result<UploadPage> {
        let list = self.client().list_objects_v2().bucket(&self.bucket).prefix(INCOMING).max_keys(LISTED);
        let page = list.set_continuation_token(after).send().await.map_err(call::decode)?;
        let found = page.contents.unwrap_or_default().into_iter().filter_map(|object| {
            let place = FilePlace::of_upload(object.key.as_deref()?)?;
            let written = object.last_modified?;
            Some((place, DateTime::from_timestamp(written.secs(), written.subsec_nanos())?))
        });
        Ok(UploadPage { uploads: found.collect(), next: page.next_continuation_token })
    }
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Objects").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

fn code_of<E: aws_sdk_s3::error::ProvideErrorMetadata, R>(error: &aws_sdk_s3::error::SdkError<E, R>) -> Option<&str> {
    error.as_service_error().and_then(aws_sdk_s3::error::ProvideErrorMetadata::code)
}

/// Whether a copy was refused because its source is something else now, or nothing.
fn is_another<R>(error: &aws_sdk_s3::error::SdkError<CopyObjectError, R>) -> bool {
    matches!(code_of(error), Some("PreconditionFailed" | "NoSuchKey"))
}

fn lifetime(now: DateTime<Utc>, seconds: i64) -> Result<PresigningConfig> {
    let seconds = u64::try_from(seconds).unwrap_or_default();
    let config = PresigningConfig::builder().start_time(now.into()).expires_in(std::time::Duration::from_secs(seconds));
    config.build().map_err(|error| Error::internal("signing a request", error))
}

/// What `filename*` takes as it is (RFC 8187 §3.2.1, attr-char).
const NOT_ATTR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// `Content-Disposition` that saves a file under this name, which has no quotes, backslashes and control characters
/// (RFC 6266 §4.3).
fn disposition(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, NOT_ATTR))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rol_domain::{Id, attachment::Filename};
    use rstest::rstest;

    #[rstest]
    #[case::plain("a b.pdf", "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf")]
    #[case::letters("Zoë.pdf", "attachment; filename=\"Zo_.pdf\"; filename*=UTF-8''Zo%C3%AB.pdf")]
    #[case::signs(
        "it's (1);x=2.pdf",
        "attachment; filename=\"it's (1);x=2.pdf\"; filename*=UTF-8''it%27s%20%281%29%3Bx%3D2.pdf"
    )]
    fn a_file_is_saved_under_its_name(#[case] name: &str, #[case] header: &str) {
        assert_eq!(disposition(name), header);
    }

    proptest! {
        #[test]
        fn a_name_never_leaves_its_quotes(stem in "\\PC{0,40}|[\"\\\\\r\n\0;=]{0,20}") {
            // As the table may have it from before names had one line.
            let name: Filename = serde_json::from_value((stem + ".pdf").into()).expect("a text");
            let header = disposition(&name.to_save());
            prop_assert!(header.bytes().all(|b| (b' '..=b'~').contains(&b)));
            prop_assert_eq!(header.matches('"').count(), 2);
            prop_assert!(!header.contains('\\'));
        }

        #[test]
        fn an_uploads_key_reads_back(tenant: u128, record: u128, attachment: u128) {
            let place = FilePlace {
                tenant: Id::from_ulid(tenant.into()),
                record: Id::from_ulid(record.into()),
                attachment: Id::from_ulid(attachment.into()),
            };
            prop_assert_eq!(FilePlace::of_upload(&place.key_of_upload()), Some(place));
            prop_assert_eq!(FilePlace::of_upload(&place.served()), None);
            prop_assert_eq!(FilePlace::of_upload(&place.key_of_upload().to_lowercase()), None);
            prop_assert_eq!(FilePlace::of_upload(&format!("{}/x", place.key_of_upload())), None);
        }
    }
}
