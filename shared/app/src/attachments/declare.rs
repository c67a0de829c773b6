//! Declaring files, which makes the requests that upload them.

use super::contended;
use crate::{App, records};
use chrono::{DateTime, Utc};
use futures_util::future::{try_join_all, try_join3};
use rol_domain::{
    Attachment, AttachmentId, Cx, Error, FieldErrors, Permission, RecordId, Result,
    attachment::{NewFile, check_together},
    attribute::{AttributeSet, AttributeType},
    limits::{MAX_ATTACHMENTS, UPLOAD_LIFETIME_S, WRITE_RETRIES},
};
use rol_store::{CommitOutcome, SignedRequest};

/// A file that may be uploaded now.
#[derive(Debug)]
pub struct DeclaredFiles {
    /// The file.
    pub attachment: Attachment,
    /// The request that uploads it, for 15 minutes.
    pub upload: SignedRequest,
}

impl App {
    /// Adds files to a record, each of which waits for its upload. Three calls, one more for an educator and where a
    /// file attribute is named; signing takes none.
    ///
    /// # Errors
    /// [`Error::Invalid`], `TooLarge`, `NotFound`, `Denied`, or `Conflict` where the record would have too many.
    pub async fn declare_attachments(&self, cx: &Cx, id: RecordId, files: Vec<NewFile>) -> Result<Vec<DeclaredFiles>> {
        let declared = self.declare(cx, id, files).await?;
        let signed = declared.into_iter().map(|attachment| async move {
            let upload = self.objects().sign_upload(&attachment, cx.now, UPLOAD_LIFETIME_S).await?;
            Ok::<_, Error>(DeclaredFiles { attachment, upload })
        });
        try_join_all(signed).await
    }

    pub(super) async fn declare(&self, cx: &Cx, id: RecordId, files: Vec<NewFile>) -> Result<Vec<Attachment>> {
        check_together(&files)?;
        let store = self.store().for_tenant(&cx.tenant);
        let reads =
            try_join3(self.partition_access(cx, id.person_key()), store.record(id), store.attachments(id, cx.now));
        let (partition_access, record, mut there) = reads.await?;
        let record = records::live(record)?;
        partition_access.check(cx, Permission::Edit, &record)?;
        let attributes = self.check_attributes(cx, &files).await?;
        let generation = |file: &NewFile| {
            let attribute = file.attribute_key.as_ref().and_then(|key| attributes.get(key));
            attribute.map(|attribute| attribute.generation.clone()).unwrap_or_default()
        };
        for _ in 0..=WRITE_RETRIES {
            let count = there.attachments.len();
            if count + files.len() > MAX_ATTACHMENTS {
                return Err(Error::Conflict(format!(
                    "a record has at most {MAX_ATTACHMENTS} files, and this one has {count}, those that wait or were \
                     rejected among them: delete some"
                )));
            }
            let ids = self.mint_attachment_ids(cx.now);
            let declare =
                |(id, file): (_, &NewFile)| Attachment::declare(id, &record, file.clone(), generation(file), cx);
            let new: Vec<Attachment> = ids.zip(&files).map(declare).collect();
            match store.declare_attachments(&new, there.declarations).await? {
                CommitOutcome::Done => return Ok(new),
                CommitOutcome::Refused(_) | CommitOutcome::Contended => there = store.attachments(id, cx.now).await?,
            }
        }
        Err(contended())
    }

    /// The attributes, where a file names one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for each file whose attribute is none of files.
    async fn check_attributes(&self, cx: &Cx, files: &[NewFile]) -> Result<AttributeSet> {
        if files.iter().all(|file| file.attribute_key.is_none()) {
            return Ok(AttributeSet::default());
        }
        let attributes = self.store().for_tenant(&cx.tenant).attributes().await?;
        let mut errors = FieldErrors::default();
        for (i, file) in files.iter().enumerate() {
            let Some(key) = &file.attribute_key else { continue };
            let pointer = format!("/files/{i}/attribute_key");
            match attributes.get(key).map(|attribute| attribute.content.kind) {
                Some(AttributeType::File) => {}
                Some(other) => {
                    errors.body(pointer, format_args!("expected an attribute of the type file, found {other}"))
                }
                None => errors.body(pointer, "unknown attribute"),
            }
        }
        errors.or(attributes)
    }

    /// Ids in order, so that files are listed as they were declared.
    fn mint_attachment_ids(&self, now: DateTime<Utc>) -> impl Iterator<Item = AttachmentId> {
        let first = u128::from(AttachmentId::random(now, self.random()).ulid());
        (0u128..).map(move |n| AttachmentId::from_ulid(first.wrapping_add(n).into()))
    }
}
