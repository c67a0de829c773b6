//! Reading one record.

use super::{live, not_found};
use crate::App;
use rol_domain::{Cx, Error, Record, RecordId, Result};

impl App {
    /// The record with this id; a deleted one only for an admin who asks for it. One call.
    ///
    /// # Errors
    /// [`Error::NotFound`], also where the caller may not know of it; [`Error::Denied`] for deleted ones.
    pub async fn record(&self, cx: &Cx, id: RecordId, include_deleted: bool) -> Result<Record> {
        check_deleted(cx, include_deleted)?;
        let record = self.store().for_tenant(&cx.tenant).record(id).await?;
        if include_deleted {
            return record.filter(|record| record.is_visible_to(cx)).ok_or_else(not_found);
        }
        live(record, cx)
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
