//! A bucket: one client, built when a function first needs it, because most never do.

use aws_sdk_s3::Client;
use std::sync::{Arc, OnceLock};

/// A bucket, behind its client.
#[derive(Clone)]
pub struct Objects {
    connect: Arc<dyn Fn() -> Client + Send + Sync>,
    client: Arc<OnceLock<Client>>,
    pub(crate) bucket: String,
}

impl Objects {
    /// The bucket of this name, with what builds its client when it is first needed.
    pub fn new(bucket: impl Into<String>, connect: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { connect: Arc::new(connect), client: Arc::default(), bucket: bucket.into() }
    }

    pub(crate) fn client(&self) -> &Client {
        self.client.get_or_init(|| (self.connect)())
    }
}

impl std::fmt::Debug for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Objects").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}
