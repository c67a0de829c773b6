//! The settings of a tenant.

use crate::{
    TenantStore,
    condition::WriteCondition,
    entity::{self, Stored},
    keys::Key,
};
use rol_domain::{
    Result, Stamp,
    settings::{Settings, StampedSettings},
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct SettingsItem {
    #[serde(flatten)]
    pub(crate) settings: Settings,
    #[serde(flatten)]
    pub(crate) stamp: Stamp,
}

impl TenantStore<'_> {
    /// The settings, the default ones if they were never changed. One call, strongly consistent.
    pub async fn settings(&self) -> Result<StampedSettings> {
        let item = self.item(Key::settings(self.tenant)).await?;
        let item = item.map(|item| entity::read::<SettingsItem>("reading settings", item)).transpose()?;
        Ok(item.map_or_else(
            || StampedSettings { settings: Settings::default(), stamp: None },
            |SettingsItem { settings, stamp }| StampedSettings { settings, stamp: Some(stamp) },
        ))
    }

    /// Puts settings in place of version `replaces`, 0 for the default ones; whether they were at it. One call.
    pub async fn put_settings(&self, settings: &Settings, stamp: &Stamp, replaces: u64) -> Result<bool> {
        let item = SettingsItem { settings: settings.clone(), stamp: stamp.clone() };
        let item = Stored::new("Settings", Key::settings(self.tenant), item).into_item()?;
        self.put_entity(item, WriteCondition::VersionOrNone(replaces)).await
    }
}
