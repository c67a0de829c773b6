//! The table: keys, items, queries. The only crate that names an attribute or a key.
//!
//! Everything of a tenant is reached through [`Store::for_tenant`]. [`Store`] itself has tenants, and what is looked up
//! before the tenant is known: API keys by hash, and issuers. What the service does with the items is in `rol-app`;
//! what they mean is in `rol-domain`.
//!
//! Every function that calls DynamoDB or S3 fails with `Error::Throttled`, `Error::Unavailable` or `Error::Internal`;
//! its documentation names only further errors.

mod activities;
mod api_keys;
mod attachments;
mod attributes;
mod batch_ledger;
mod call;
mod changes;
mod checkpoints;
mod condition;
mod denials;
mod entity;
mod filter;
mod groups;
mod keys;
mod list;
mod merge;
mod objects;
mod people;
pub mod plan;
mod range;
mod records;
mod search;
mod seed;
mod settings;
mod stream;
mod tenants;
mod transaction;
mod unique_keys;
mod values;

pub use activities::{ActivityWriteOutcome, Retitling};
pub use api_keys::KeyPage;
pub use attachments::{AttachmentsOf, RecordChange};
pub use attributes::Values;
pub use batch_ledger::{BatchLedger, LedgerEntry};
pub use changes::{FEED_SHARDS, FeedEvent, HistoryEntry};
pub use checkpoints::CheckpointStore;
pub use groups::VersionedPolicy;
pub use keys::FindBy;
pub use list::Slice;
pub use merge::ReadCost;
pub use objects::{Bucket, FilePlace, SignedRequest, UploadPage, Uploaded};
pub use people::{PeopleWriteOutcome, PersonWrite};
pub use records::WriteOutcome;
pub use search::{OutdatedPosition, Position, RecordSink, Search, SearchEnd};
pub use stream::StreamRecord;
pub use transaction::CommitOutcome;
pub use unique_keys::{HeldReservation, NewReservation, Reservation, UniqueKey};

use aws_sdk_dynamodb::Client;
use rol_domain::TenantId;

/// The table, with the client that reaches it.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
}

impl Store {
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// The tenant's part of the table. There is no other way to a tenant's key.
    pub fn for_tenant(&self, tenant: &TenantId) -> TenantStore<'_> {
        TenantStore { store: self, tenant: *tenant }
    }

    /// Opens the connection to DynamoDB before the first request needs it, by reading a key that does not exist.
    pub async fn prime(&self) -> rol_domain::Result<()> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(keys::Key::prime().into_item()));
        call.send().await.map_err(call::decode)?;
        Ok(())
    }
}

/// One tenant's part of the table.
#[derive(Debug, Clone, Copy)]
pub struct TenantStore<'a> {
    store: &'a Store,
    tenant: TenantId,
}
