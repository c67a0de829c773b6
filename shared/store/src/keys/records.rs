//! Keys of records, of their names and of their history.

use super::{Key, WIDTH, escape};
use rol_domain::{
    PersonKey, RecordId, TenantId,
    text::{AppId, ExternalId, IdempotencyKey, PersonId},
};

/// What the sort keys of records start with.
pub(crate) const RECORD_PREFIX: &str = "REC#";

impl Key {
    pub(crate) fn record(tenant: TenantId, id: RecordId) -> Self {
        Self::new(person_partition(tenant, id.person_key()), format!("{RECORD_PREFIX}{}", id.ulid()))
    }

    pub(crate) fn external_id(tenant: TenantId, external_id: &ExternalId) -> Self {
        Self::new(format!("T#{tenant}#NAME#external_id#{}", escape(external_id)), "NAME")
    }

    /// An `Idempotency-Key` counts per actor, subject, application and route.
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

/// The partition of a person: records, and what belongs to them.
pub(crate) fn person_partition(tenant: TenantId, person: PersonKey) -> String {
    format!("T#{tenant}#P#{person}")
}

/// What the sort keys of a record's history start with.
pub(crate) fn history_prefix(record: RecordId) -> String {
    format!("HIS#{}#", record.ulid())
}
