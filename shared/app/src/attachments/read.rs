//! Reading files: what is known of them, and where their content is.

use super::not_found;
use crate::{App, records};
use futures_util::future::try_join3;
use rol_domain::{
    Attachment, AttachmentId, Cx, Error, Permission, Record, RecordId, Result, Role, attachment::State,
    limits::DOWNLOAD_LIFETIME_S,
};
use rol_store::SignedRequest;

impl App {
    /// The files of a record that the caller may know of, oldest first. Two calls, three for an educator.
    ///
    /// # Errors
    /// [`Error::NotFound`], also where the caller may not know of the record.
    pub async fn attachments(&self, cx: &Cx, id: RecordId) -> Result<Vec<Attachment>> {
        let store = self.store().for_tenant(&cx.tenant);
        let reads =
            try_join3(self.partition_access(cx, id.person_key()), store.record(id), store.attachments(id, cx.now));
        let (partition_access, record, found) = reads.await?;
        let record = records::live(record)?;
        partition_access.check(cx, Permission::View, &record)?;
        self.shown_files(cx, &record, found.attachments).await
    }

    /// One file of a record. Two calls, three for an educator.
    ///
    /// # Errors
    /// [`Error::NotFound`], also where the caller may not know of the record or the file.
    pub async fn attachment(&self, cx: &Cx, record: RecordId, id: AttachmentId) -> Result<Attachment> {
        let store = self.store().for_tenant(&cx.tenant);
        let reads = try_join3(
            self.partition_access(cx, record.person_key()),
            store.record(record),
            store.attachment(record, id, cx.now),
        );
        let (partition_access, record, found) = reads.await?;
        let record = records::live(record)?;
        partition_access.check(cx, Permission::View, &record)?;
        let found = found.ok_or_else(not_found)?;
        self.shown_files(cx, &record, vec![found]).await?.pop().ok_or_else(not_found)
    }

    /// Where a file's content can be had for an hour; that it was asked for is in the audit trail. As
    /// [`Self::attachment`], and one call more.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] where it is not `ready`.
    pub async fn attachment_content(&self, cx: &Cx, record: RecordId, id: AttachmentId) -> Result<SignedRequest> {
        let found = self.attachment(cx, record, id).await?;
        match found.state {
            State::Ready => {}
            State::Rejected(why) => return Err(Error::Conflict(format!("the file was rejected: {why}"))),
            State::Pending | State::Deleted => {
                return Err(Error::Conflict("the file is pending: it was not uploaded or not checked yet".into()));
            }
        }
        self.store().for_tenant(&cx.tenant).record_download(&found, cx).await?;
        self.objects().sign_download(&found, cx.now, DOWNLOAD_LIFETIME_S).await
    }

    /// Those of a record's files that the caller may know of: for a student not those of hidden attributes, neither of
    /// the one that was named when the file was declared, nor of one whose value it is.
    pub(crate) async fn shown_files(
        &self,
        cx: &Cx,
        record: &Record,
        files: Vec<Attachment>,
    ) -> Result<Vec<Attachment>> {
        if cx.role != Role::Student || files.is_empty() {
            return Ok(files);
        }
        let values = &record.content.attributes;
        let (attributes, _) = self.attributes_of(cx, [values]).await?;
        let hidden = attributes.hidden_files(values, |key, kept| attributes.shows_generation(key, &kept.generation));
        let declared_for = |file: &Attachment| {
            let key = file.attribute_key.as_ref();
            key.is_none_or(|key| attributes.shows_generation(key, &file.attribute_generation))
        };
        Ok(files.into_iter().filter(|file| !hidden.contains(&file.id) && declared_for(file)).collect())
    }
}
