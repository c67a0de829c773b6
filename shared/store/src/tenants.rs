//! Tenants and issuers.

use crate::{
    Store,
    call::{self, s},
    condition::WriteCondition,
    entity::{self, Stored},
    keys::{self, BY_TENANT, Key, PK, TENANT_SHARD},
    transaction::{CommitOutcome, Transaction},
};
use rol_domain::{
    Error, Result,
    api_key::{ApiKey, KeyHash},
    tenant::{Issuer, Tenant},
};

impl Store {
    /// Creates a tenant with its first key and its issuers in one transaction: half a tenant could neither be used nor
    /// created again. One call.
    ///
    /// # Errors
    /// [`Error::Conflict`] if the tenant, the key or an issuer exists.
    pub async fn create_tenant(&self, tenant: &Tenant, key: &ApiKey, hash: KeyHash, issuers: &[Issuer]) -> Result<()> {
        let shard = keys::tenants_shard(keys::shard_of(tenant.id));
        let mut items = vec![
            Stored::new("Tenant", Key::tenant(tenant.id), tenant.clone()).in_shard(shard).into_item()?,
            crate::api_keys::key_item(key, hash)?,
        ];
        for issuer in issuers {
            items.push(issuer_item(issuer)?);
        }
        let mut transaction = Transaction::new(self.for_tenant(&tenant.id));
        for item in items {
            transaction.put(item, Some(WriteCondition::New))?;
        }
        match transaction.commit().await? {
            CommitOutcome::Done => Ok(()),
            CommitOutcome::Refused(_) | CommitOutcome::Contended => {
                Err(Error::Conflict("the tenant, its key or one of its issuers exists already".into()))
            }
        }
    }

    /// Puts an issuer, in place of the tenant's issuer with the same issuer and audience if there is one. One call.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it belongs to another tenant.
    pub async fn put_issuer(&self, issuer: &Issuer) -> Result<()> {
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(issuer_item(issuer)?))
            .condition_expression("attribute_not_exists(#pk) OR #tenant = :tenant")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#tenant", "tenant")
            .expression_attribute_values(":tenant", s(issuer.tenant));
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Err(Error::Conflict("the issuer belongs to another tenant".into()))
            }
            Err(error) => Err(call::decode(error)),
        }
    }

    /// The issuer with these two claims. One call, strongly consistent.
    pub async fn issuer(&self, issuer: &str, audience: &str) -> Result<Option<Issuer>> {
        let key = Key::issuer(issuer, audience).into_item();
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let item = call.send().await.map_err(call::decode)?.item;
        item.map(|item| entity::read("reading an issuer", item)).transpose()
    }

    /// All tenants, for scheduled work and the local stack, eventually consistent. One call for each shard and MB.
    pub async fn tenants(&self) -> Result<Vec<Tenant>> {
        let mut tenants = Vec::new();
        for shard in 0..keys::SHARDS {
            let mut pages = self
                .client
                .query()
                .table_name(&self.table)
                .index_name(BY_TENANT)
                .key_condition_expression("#shard = :shard")
                .expression_attribute_names("#shard", TENANT_SHARD)
                .expression_attribute_values(":shard", s(keys::tenants_shard(shard)))
                .into_paginator()
                .items()
                .send();
            while let Some(item) = pages.next().await {
                let item = item.map_err(call::decode)?;
                tenants.push(entity::read("reading a tenant", item)?);
            }
        }
        Ok(tenants)
    }
}

fn issuer_item(issuer: &Issuer) -> Result<call::Item> {
    Stored::new("Issuer", Key::issuer(&issuer.issuer, &issuer.audience), issuer.clone()).into_item()
}
