//! Keys of a record's attachments, in the partition of its person.

use super::{Key, escape, person_partition};
use rol_domain::{AttachmentId, RecordId, TenantId};

/// What the sort keys of attachments start with.
pub(crate) const ATTACHMENT_PREFIX: &str = "ATT#";
/// What the sort keys of downloads start with.
pub(crate) const DOWNLOAD_PREFIX: &str = "GOT#";

impl Key {
    pub(crate) fn attachment(tenant: TenantId, record: RecordId, attachment: AttachmentId) -> Self {
        let partition = person_partition(tenant, record.person_key());
        Self::new(partition, format!("{}#{}", attachments_prefix(record), attachment.ulid()))
    }

    /// How often files were declared for a record: whoever declares some counts it up.
    pub(crate) fn declarations(tenant: TenantId, record: RecordId) -> Self {
        Self::new(person_partition(tenant, record.person_key()), attachments_prefix(record))
    }

    /// That a file's content was given to a request.
    pub(crate) fn download(tenant: TenantId, record: RecordId, attachment: AttachmentId, request: &str) -> Self {
        let partition = person_partition(tenant, record.person_key());
        Self::new(partition, format!("{DOWNLOAD_PREFIX}{}#{}", attachment.ulid(), escape(request)))
    }
}

/// What the sort keys of a record's attachments start with.
pub(crate) fn attachments_prefix(record: RecordId) -> String {
    format!("{ATTACHMENT_PREFIX}{}", record.ulid())
}
