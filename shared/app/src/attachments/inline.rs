//! Attaching files whose bytes are at hand, as small ones that come in a form.

use super::{Upload, pdf};
use crate::App;
use futures_util::future::try_join_all;
use rol_domain::{
    Attachment, Cx, FieldErrors, RecordId, Result,
    attachment::{ContentHash, Filename, NewFile, check_together},
    text::AttributeKey,
};
use rol_store::FilePlace;

/// A file with its content.
#[derive(Debug, Clone)]
pub struct InlineFile {
    /// What it is called.
    pub filename: Filename,
    /// What is in it.
    pub content: Vec<u8>,
    /// The file attribute whose value it is to become.
    pub attribute_key: Option<AttributeKey>,
}

impl App {
    /// Attaches files to a record: declared, uploaded and checked as every other, in one request. They come back as
    /// they are then: `ready`, or `pending` where they are scanned for malware first.
    ///
    /// # Errors
    /// Those of [`Self::declare_attachments`]; [`rol_domain::Error::Invalid`] at `/files/<n>` for what is no PDF,
    /// before any is attached.
    pub async fn attach_inline(&self, cx: &Cx, id: RecordId, files: Vec<InlineFile>) -> Result<Vec<Attachment>> {
        let new: Vec<NewFile> = files.iter().map(NewFile::from).collect();
        check_together(&new)?;
        let mut errors = FieldErrors::default();
        for (i, file) in files.iter().enumerate() {
            if let Err(why) = pdf::check(&file.content) {
                errors.body(format!("/files/{i}"), why);
            }
        }
        errors.or(())?;
        let declared = self.declare(cx, id, new).await?;
        let put = declared.iter().zip(files).map(|(attachment, file)| async move {
            let place = FilePlace::from(attachment);
            self.objects().put_upload(&place, file.content).await?;
            // The bucket's own event comes too, and finds the verdict given.
            let upload = Upload { key: place.key_of_upload(), scan: None, event_id: cx.request_id.clone() };
            self.verify_upload(&upload).await
        });
        try_join_all(put).await?;
        let there = self.store().for_tenant(&cx.tenant).attachments(id, cx.now).await?.attachments;
        let settled = declared
            .into_iter()
            .map(|declared| there.iter().find(|attachment| attachment.id == declared.id).cloned().unwrap_or(declared));
        Ok(settled.collect::<Vec<Attachment>>())
    }
}

impl From<&InlineFile> for NewFile {
    fn from(file: &InlineFile) -> Self {
        Self {
            filename: file.filename.clone(),
            size: u64::try_from(file.content.len()).unwrap_or(u64::MAX),
            sha256: Some(ContentHash::of(&file.content)),
            attribute_key: file.attribute_key.clone(),
        }
    }
}
