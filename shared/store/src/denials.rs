//! Denials: items that the table's stream turns into audit entries, and that expire.

use crate::{TenantStore, call, condition::WriteCondition, entity::Stored, keys::Key};
use aws_sdk_dynamodb::config::{Config, retry::RetryConfig, timeout::TimeoutConfig};
use rol_domain::{
    Cx, Result,
    change::{Entity, Trace},
    denial::Denial,
    limits::{DENIAL_INTERVAL_S, DENIAL_LIFETIME_S, DENIAL_TIMEOUT_MS},
    text::AppId,
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, time::Duration};

#[derive(Serialize, Deserialize)]
pub(crate) struct DenialItem {
    pub(crate) entity: Entity,
    pub(crate) target: String,
    pub(crate) operation: String,
    pub(crate) reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) app_id: Option<AppId>,
    #[serde(flatten)]
    pub(crate) trace: Trace,
    ttl: i64,
}

impl TenantStore<'_> {
    /// Records a denial, unless one of the same actor and operation was recorded in the same minute; whether it was
    /// recorded. One call, 1 write unit either way. It is not retried and times out soon, because the caller is
    /// waiting.
    ///
    /// It is an `UpdateItem` because every function's policy allows that, for a key's `last_used_at`.
    pub async fn record_denial(&self, denial: &Denial, cx: &Cx) -> Result<bool> {
        let interval = cx.now.timestamp() / DENIAL_INTERVAL_S;
        let key = Key::denied(self.tenant, &cx.actor.to_string(), &denial.operation, interval);
        let Denial { entity, target, operation, reason } = denial.clone();
        let ttl = cx.now.timestamp() + DENIAL_LIFETIME_S;
        let item = DenialItem { entity, target, operation, reason, app_id: cx.app_id.clone(), trace: cx.into(), ttl };
        let mut item = Stored::new("Denied", key.clone(), item).into_item()?;
        let key = key.into_item();
        item.retain(|name, _| !key.contains_key(name));
        let (mut sets, mut names, mut values) = (Vec::new(), WriteCondition::New.names(), HashMap::new());
        for (i, (name, value)) in item.into_iter().enumerate() {
            sets.push(format!("#a{i} = :a{i}"));
            names.insert(format!("#a{i}"), name);
            values.insert(format!(":a{i}"), value);
        }
        let timeout = TimeoutConfig::builder().operation_timeout(Duration::from_millis(DENIAL_TIMEOUT_MS)).build();
        let call = self
            .store
            .client
            .update_item()
            .table_name(&self.store.table)
            .set_key(Some(key))
            .update_expression(format!("SET {}", sets.join(", ")))
            .condition_expression(WriteCondition::New.expression())
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .customize()
            .config_override(Config::builder().timeout_config(timeout).retry_config(RetryConfig::disabled()));
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Ok(false)
            }
            Err(error) => Err(call::decode(error)),
        }
    }
}
