//! The settings of a tenant, read and changed.

use crate::App;
use rol_domain::{
    Cx, Error, Result,
    limits::WRITE_RETRIES,
    settings::{SettingsPatch, StampedSettings},
};

impl App {
    /// The settings; the default where they were never changed. One call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn settings(&self, cx: &Cx) -> Result<StampedSettings> {
        self.store().for_tenant(&cx.tenant).settings().await
    }

    /// Changes settings. Two calls; three where the plan changes, one where nothing does.
    ///
    /// # Errors
    /// [`Error::Invalid`], `Stale`, or `Conflict` where the plan allows fewer attributes than there are.
    pub async fn patch_settings(
        &self,
        cx: &Cx,
        if_match: Option<u64>,
        patch: &SettingsPatch,
    ) -> Result<StampedSettings> {
        let store = self.store().for_tenant(&cx.tenant);
        for _ in 0..=WRITE_RETRIES {
            let current = store.settings().await?;
            if if_match.is_some_and(|version| version != current.version()) {
                return Err(stale());
            }
            let Some(next) = current.patched(patch.clone(), cx)? else { return Ok(current) };
            if next.settings.plan != current.settings.plan {
                let (allowed, found) = (next.settings.plan.max_attributes(), store.attributes().await?.len());
                if found > allowed {
                    return Err(Error::Conflict(format!("this plan allows {allowed} attributes, there are {found}")));
                }
            }
            let Some(stamp) = &next.stamp else { return Ok(next) };
            if store.put_settings(&next.settings, stamp, current.version()).await? {
                return Ok(next);
            }
            if if_match.is_some() {
                return Err(stale());
            }
        }
        Err(Error::Conflict("the settings are being changed by many requests: try again".into()))
    }
}

fn stale() -> Error {
    Error::Stale("the settings are not at the version that If-Match names")
}
