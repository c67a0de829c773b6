//! Tenants and issuers.

use crate::{
    Store,
    call::{self, s},
    keys::{self, BY_TENANT, Key, PK, TENANT_SHARD},
};
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use rol_domain::{
    Error, Result,
    api_key::{ApiKey, KeyHash},
    tenant::{Issuer, Tenant},
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct TenantItem {
    pk: String,
    sk: String,
    #[serde(rename = "type")]
    kind: String,
    tenant_shard: String,
    schema_version: u32,
    #[serde(flatten)]
    tenant: Tenant,
}

#[derive(Serialize, Deserialize)]
struct IssuerItem {
    pk: String,
    sk: String,
    #[serde(rename = "type")]
    kind: String,
    schema_version: u32,
    #[serde(flatten)]
    issuer: Issuer,
}

impl Store {
    /// Makes a tenant with its first key and its issuers: all of it or nothing, in one transaction, because half a
    /// tenant could neither be used nor made again. One call.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the tenant, the key or an issuer exists.
    pub async fn create_tenant(&self, tenant: &Tenant, key: &ApiKey, hash: KeyHash, issuers: &[Issuer]) -> Result<()> {
        let place = Key::tenant(tenant.id);
        let mut items = vec![
            call::write(
                "writing a tenant",
                &TenantItem {
                    pk: place.pk,
                    sk: place.sk,
                    kind: "Tenant".into(),
                    tenant_shard: keys::tenants_shard(keys::shard_of(tenant.id)),
                    schema_version: 1,
                    tenant: tenant.clone(),
                },
            )?,
            crate::api_keys::key_item(key, hash)?,
        ];
        for issuer in issuers {
            items.push(issuer_item(issuer)?);
        }
        let puts = items.into_iter().map(|item| {
            let put = Put::builder()
                .table_name(&self.table)
                .set_item(Some(item))
                .condition_expression("attribute_not_exists(#pk)")
                .expression_attribute_names("#pk", PK)
                .build()
                .map_err(|error| Error::internal("building a transaction", error))?;
            Ok(TransactWriteItem::builder().put(put).build())
        });
        let puts = puts.collect::<Result<Vec<_>>>()?;
        match self.client.transact_write_items().set_transact_items(Some(puts)).send().await {
            Ok(_) => Ok(()),
            Err(error) => {
                let reasons = match error.as_service_error() {
                    Some(error) if error.is_transaction_canceled_exception() => true,
                    Some(_) | None => false,
                };
                if reasons {
                    Err(Error::Conflict("the tenant, its key or one of its issuers exists already".into()))
                } else {
                    Err(call::decode(error))
                }
            }
        }
    }

    /// Puts an issuer, in place of one with the same issuer and audience if it is the same tenant's. One call.
    ///
    /// # Errors
    /// [`Error::Conflict`] where another tenant has it.
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
                Err(Error::Conflict("the issuer speaks for another tenant".into()))
            }
            Err(error) => Err(call::decode(error)),
        }
    }

    /// The issuer of these two claims. One call, strongly consistent.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn issuer(&self, issuer: &str, audience: &str) -> Result<Option<Issuer>> {
        let key = Key::issuer(issuer, audience).into_item();
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let item = call.send().await.map_err(call::decode)?.item;
        Ok(item.map(|item| call::read::<IssuerItem>("reading an issuer", item)).transpose()?.map(|item| item.issuer))
    }

    /// All tenants, for scheduled work and the local stack; eventually consistent. One call a shard and page.
    ///
    /// # Errors
    /// Those of the store.
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
                tenants.push(call::read::<TenantItem>("reading a tenant", item)?.tenant);
            }
        }
        Ok(tenants)
    }
}

fn issuer_item(issuer: &Issuer) -> Result<call::Item> {
    let place = Key::issuer(&issuer.issuer, &issuer.audience);
    let item =
        IssuerItem { pk: place.pk, sk: place.sk, kind: "Issuer".into(), schema_version: 1, issuer: issuer.clone() };
    call::write("writing an issuer", &item)
}
