//! Reading one record.

use super::not_found;
use crate::App;
use futures_util::future::{try_join, try_join3};
use rol_domain::{Attachment, Cx, Error, Permission, Record, RecordId, Result};

impl App {
    /// The record with this id; a deleted one only for an admin who asks for it. One call, two for an educator.
    ///
    /// # Errors
    /// [`Error::NotFound`], also where the caller may not know of it; [`Error::Denied`] for deleted ones.
    pub async fn record(&self, cx: &Cx, id: RecordId, include_deleted: bool) -> Result<Record> {
        check_deleted(cx, include_deleted)?;
        let store = self.store().for_tenant(&cx.tenant);
        let (partition_access, record) = try_join(self.partition_access(cx, id.person_key()), store.record(id)).await?;
        let record = record.filter(|record| include_deleted || record.deleted.is_none()).ok_or_else(not_found)?;
        partition_access.check(cx, Permission::View, &record)?;
        self.shown_one(cx, record).await
    }

    /// The record with the files that the caller may know of. As [`Self::record`], and one call more.
    ///
    /// # Errors
    /// Those of [`Self::record`].
    pub async fn record_with_attachments(
        &self,
        cx: &Cx,
        id: RecordId,
        include_deleted: bool,
    ) -> Result<(Record, Vec<Attachment>)> {
        check_deleted(cx, include_deleted)?;
        let store = self.store().for_tenant(&cx.tenant);
        let reads =
            try_join3(self.partition_access(cx, id.person_key()), store.record(id), store.attachments(id, cx.now));
        let (partition_access, record, found) = reads.await?;
        let record = record.filter(|record| include_deleted || record.deleted.is_none()).ok_or_else(not_found)?;
        partition_access.check(cx, Permission::View, &record)?;
        let files = self.shown_files(cx, &record, found.attachments).await?;
        Ok((self.shown_one(cx, record).await?, files))
    }

    /// For each verb whether the caller may do it with a record, and why. Calls as to read the record.
    ///
    /// # Errors
    /// [`Error::NotFound`], also where the caller may not know of it.
    pub async fn record_permissions(&self, cx: &Cx, id: RecordId) -> Result<Vec<(Permission, bool, String)>> {
        let store = self.store().for_tenant(&cx.tenant);
        let (partition_access, record) = try_join(self.partition_access(cx, id.person_key()), store.record(id)).await?;
        let record = record.filter(|record| record.deleted.is_none()).ok_or_else(not_found)?;
        let access = partition_access.access(cx, &record.person_id);
        access.check(cx, Permission::View, &record)?;
        Ok(access.explained(cx))
    }
}

/// # Errors
/// [`Error::Denied`] where deleted records are asked for by another than an admin.
pub(super) fn check_deleted(cx: &Cx, include_deleted: bool) -> Result<()> {
    if include_deleted && !cx.sees_deleted() {
        return Err(Error::Denied("only an admin sees deleted records".into()));
    }
    Ok(())
}
