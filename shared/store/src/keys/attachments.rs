//! Keys of a record's attachments, in the partition of its person.

use super::{Key, escape, person_partition};
use rol_domain::{AttachmentId, RecordId, TenantId};

/// The prefix of attachments' sort keys.
pub(crate) const ATTACHMENT_PREFIX: &str = "ATT#";
/// The prefix of downloads' sort keys.
pub(crate) const DOWNLOAD_PREFIX: &str = "GOT#";

impl Key {
    pub(crate) fn attachment(tenant: TenantId, record: RecordId, attachment: AttachmentId) -> Self {
        let partition = person_partition(tenant, record.person_key());
        Self::new(partition, format!("{}#{}", attachments_prefix(record), attachment.ulid()))
    }

    /// The number of declarations of files for a record, incremented by each.
    pub(crate) fn declarations(tenant: TenantId, record: RecordId) -> Self {
        Self::new(person_partition(tenant, record.person_key()), attachments_prefix(record))
    }

    /// The download of a file by a request.
    pub(crate) fn download(tenant: TenantId, record: RecordId, attachment: AttachmentId, request: &str) -> Self {
        let partition = person_partition(tenant, record.person_key());
        Self::new(partition, format!("{DOWNLOAD_PREFIX}{}#{}", attachment.ulid(), escape(request)))
    }
}

/// The prefix of the sort keys of a record's attachments.
pub(crate) fn attachments_prefix(record: RecordId) -> String {
    format!("{ATTACHMENT_PREFIX}{}", record.ulid())
}
