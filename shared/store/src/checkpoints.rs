//! Checkpoints of a tenant's audit trail, kept outside of the table in objects that are written once.
//!
//! | object | key |
//! |---|---|
//! | the checkpoints of a month up to a day | `checkpoints/<tenant>/<day>.json` |
//!
//! Each object repeats the month's earlier checkpoints, so that only the last object of a month has to be read.

use crate::{Bucket, call};
use aws_sdk_s3::{error::SdkError, primitives::ByteStream};
use chrono::NaiveDate;
use rol_domain::{Error, Result, TenantId, audit::Checkpoint};

/// The checkpoints of one tenant.
#[derive(Debug, Clone)]
pub struct CheckpointStore<'a> {
    objects: &'a Bucket,
    prefix: String,
}

impl Bucket {
    pub fn checkpoints_of(&self, tenant: &TenantId) -> CheckpointStore<'_> {
        CheckpointStore { objects: self, prefix: format!("checkpoints/{tenant}/") }
    }
}

impl CheckpointStore<'_> {
    fn key(&self, day: NaiveDate) -> String {
        format!("{}{day}.json", self.prefix)
    }

    /// The days since `from` that have a checkpoint, in order. One call for each thousand.
    pub async fn days(&self, from: NaiveDate) -> Result<Vec<NaiveDate>> {
        let (mut days, mut next) = (Vec::new(), None);
        loop {
            let list = self.objects.client().list_objects_v2().bucket(&self.objects.bucket).prefix(&self.prefix);
            // The key of the day itself is longer, so it sorts behind this one.
            let list = list.start_after(format!("{}{from}", self.prefix)).set_continuation_token(next);
            let page = list.send().await.map_err(call::decode)?;
            let names = page.contents().iter().filter_map(|object| object.key()?.strip_prefix(&self.prefix));
            days.extend(names.filter_map(|name| name.strip_suffix(".json")?.parse::<NaiveDate>().ok()));
            next = page.next_continuation_token;
            if next.is_none() {
                return Ok(days);
            }
        }
    }

    /// The checkpoints of a month up to `day`, which has to have one. One call.
    pub async fn read(&self, day: NaiveDate) -> Result<Vec<Checkpoint>> {
        let get = self.objects.client().get_object().bucket(&self.objects.bucket).key(self.key(day));
        let object = get.send().await.map_err(call::decode)?;
        let unavailable = |error| Error::Unavailable { what: "the store", source: Box::new(error) };
        let body = object.body.collect().await.map_err(unavailable)?.into_bytes();
        serde_json::from_slice(&body).map_err(|error| Error::internal("reading the checkpoints of a month", error))
    }

    /// Writes the checkpoints of a month up to `day`, unless the day has an object; whether it was written. One call.
    pub async fn write(&self, day: NaiveDate, checkpoints: &[Checkpoint]) -> Result<bool> {
        let body = serde_json::to_vec(checkpoints)
            .map_err(|error| Error::internal("writing the checkpoints of a month", error))?;
        let put = self.objects.client().put_object().bucket(&self.objects.bucket).key(self.key(day));
        let put = put.content_type("application/json").body(ByteStream::from(body)).if_none_match("*");
        match put.send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(refused)) if refused.raw().status().as_u16() == 412 => Ok(false),
            Err(error) => Err(call::decode(error)),
        }
    }
}
