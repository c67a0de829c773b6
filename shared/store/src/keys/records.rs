//! Keys of records, of their unique keys and of their history.

use super::{Key, WIDTH, escape};
use rol_domain::{
    PersonKey, RecordId, TenantId,
    text::{AppId, ExternalId, IdempotencyKey, PersonId},
};

/// The prefix of records' sort keys.
pub(crate) const RECORD_PREFIX: &str = "REC#";

impl Key {
    pub(crate) fn record(tenant: TenantId, id: RecordId) -> Self {
        Self::new(person_partition(tenant, id.person_key()), format!("{RECORD_PREFIX}{}", id.ulid()))
    }

    pub(crate) fn external_id(tenant: TenantId, external_id: &ExternalId) -> Self {
        Self::new(format!("T#{tenant}#NAME#external_id#{}", escape(external_id)), "NAME")
    }

    /// An `Idempotency-Key` is scoped by actor, subject, application and route.
    pub(crate) fn idempotency(
        tenant: TenantId,
        actor: &str,
        subject: Option<&PersonId>,
        app: Option<&AppId>,
        route: &str,
        key: &IdempotencyKey,
    ) -> Self {
        let scope = [
            escape(actor),
            subject.map(escape).unwrap_or_default(),
            app.map(escape).unwrap_or_default(),
            escape(route),
            escape(key),
        ];
        Self::new(format!("T#{tenant}#NAME#idempotency#{}", scope.join("#")), "NAME")
    }

    pub(crate) fn history(tenant: TenantId, record: RecordId, version: u64) -> Self {
        let partition = person_partition(tenant, record.person_key());
        Self::new(partition, format!("{}{version:0WIDTH$}", history_prefix(record)))
    }
}

/// The partition of a person's entry, of their records and of what belongs to these.
pub(crate) fn person_partition(tenant: TenantId, person: PersonKey) -> String {
    format!("T#{tenant}#P#{person}")
}

/// The prefix of the sort keys of a record's history.
pub(crate) fn history_prefix(record: RecordId) -> String {
    format!("HIS#{}#", record.ulid())
}
