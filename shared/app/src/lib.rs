//! What the service does: one function for each use case, called by every API and by workers.
//!
//! It decides with `rol-domain` and keeps with `rol-store`. It never sees a request or a status code: those are
//! `rol-http`'s. Time, randomness and the outside world come in through [`Ports`].

mod access;
mod activities;
mod api_keys;
mod attachments;
mod attributes;
mod cache;
mod cached;
mod changes;
mod cursor;
mod denials;
mod groups;
mod identity;
mod me;
mod people;
mod records;
mod reservations;
mod settings;
mod tenants;

pub use access::PersonSelector;
pub use activities::{ActivityList, ActivityQuery};
pub use api_keys::{ApiKeyPatch, KeyList, NewApiKey};
pub use attachments::{DeclaredFiles, InlineFile, Scan, SweepReport, Upload};
pub use attributes::{AttributeOutcome, OnExisting};
pub use changes::{
    AuditFilter, AuditList, CheckpointRun, Feed, FeedItem, HistoryList, Subject, Verification, VerifiedChain,
};
pub use groups::{GrantPut, GroupDetail, GroupList, GroupQuery, MemberChange, MemberList, PutGrant};
pub use identity::{Credential, Identity};
pub use me::{Me, MyGrant};
pub use people::{PeopleList, PeopleQuery};
pub use records::{
    BatchOutcome, Create, Created, Explanation, Find, Operation, OperationOutcome, Put, RecordList, SummaryOutcome,
};
pub use reservations::Idempotency;
pub use rol_store::{HistoryEntry, SignedRequest, StreamRecord};
pub use tenants::{CreatedTenant, NewIssuer, NewTenant};

use chrono::{DateTime, Utc};
use rol_domain::{Error, Id, KeyId, PersonKey, RecordId, Result, attribute::Generation, text::PersonId};
use rol_store::{Bucket, Store};
use std::{future::Future, pin::Pin, sync::Arc};

/// A future that a port returns.
pub type PortFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What fills a buffer with random bytes.
pub type Entropy = dyn Fn(&mut [u8]) + Send + Sync;

/// What the service needs of the world.
#[derive(Clone)]
pub struct Ports {
    /// The table.
    pub store: Store,
    /// The bucket.
    pub objects: Bucket,
    /// The bucket of the audit trail's checkpoints, where they are.
    pub heads: Option<Bucket>,
    /// The time.
    pub clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// Fills a buffer with random bytes.
    pub entropy: Arc<Entropy>,
    /// Gets a key set by its URL.
    pub fetch: Arc<dyn Fn(String) -> PortFuture<Result<Vec<u8>>> + Send + Sync>,
    /// What cursors are sealed with. Only functions that page have it.
    pub cursor_key: Option<[u8; 32]>,
    /// Whether uploads are scanned for malware before they are looked at.
    pub scans_uploads: bool,
}

/// The service; cheap to clone. What it caches lives as long as its container.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    ports: Ports,
    identities: identity::Cache,
    cached: cached::Cache,
    denied: denials::RecentDenials,
}

impl App {
    /// The service over these ports.
    pub fn new(ports: Ports) -> Self {
        Self(Arc::new(Inner {
            ports,
            identities: identity::Cache::default(),
            cached: cached::Cache::default(),
            denied: denials::RecentDenials::default(),
        }))
    }

    /// The moment, to the millisecond.
    pub fn now(&self) -> DateTime<Utc> {
        rol_domain::time::millis((self.0.ports.clock)())
    }

    /// Opens the connection to the store before the first request needs it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn prime(&self) -> Result<()> {
        self.store().prime().await
    }

    fn store(&self) -> &Store {
        &self.0.ports.store
    }

    fn objects(&self) -> &Bucket {
        &self.0.ports.objects
    }

    fn scans_uploads(&self) -> bool {
        self.0.ports.scans_uploads
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0.ports.entropy)(&mut bytes);
        bytes
    }

    fn mint_person_id(&self, now: DateTime<Utc>) -> Result<PersonId> {
        let ulid = Id::<rol_domain::id::OfKey>::random(now, self.random()).ulid();
        PersonId::parse(format!("per_{ulid}")).map_err(|error| Error::internal("minting an id", error))
    }

    fn mint_record_id(&self, now: DateTime<Utc>, person: PersonKey) -> RecordId {
        RecordId::mint(now, person, self.random())
    }

    fn mint_generation(&self) -> Generation {
        Generation::random(self.random())
    }

    fn mint_key_id(&self, now: DateTime<Utc>) -> KeyId {
        KeyId::random(now, self.random())
    }
}
