//! What a tenant decides for all of its people.

use crate::{
    caller::Cx,
    error::{FieldErrors, Result},
    limits::{MAX_AUDIT_RETENTION_DAYS, MAX_EXPIRING_DAYS, MAX_EXPIRING_STEPS, MIN_AUDIT_RETENTION_DAYS},
    patch::Patch,
    stamp::Stamp,
    time,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How many custom attributes a tenant may have: 50 (`pro`), 100 (`business`) or 250 (`enterprise`).
// These are Synap's plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Plan {
    /// 50 attributes.
    Pro,
    /// 100 attributes.
    Business,
    /// 250 attributes.
    #[default]
    Enterprise,
}

impl Plan {
    /// The most custom attributes.
    pub fn max_attributes(self) -> usize {
        match self {
            Self::Pro => 50,
            Self::Business => 100,
            Self::Enterprise => 250,
        }
    }
}

/// The settings of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether students see their own records.
    pub student_records_enabled: bool,
    /// Since when they have seen them without a break: see [`StampedSettings::students_see_since`].
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::fixed_width::option")]
    pub students_see_since: Option<DateTime<Utc>>,
    /// How many custom attributes there may be.
    pub plan: Plan,
    /// How many days before its expiry a record is announced as expiring, most first.
    pub expiring_days: Vec<u32>,
    /// How long the audit trail is kept, in days.
    pub audit_retention_days: u32,
}

impl Default for Settings {
    /// The settings of a tenant that never changed them.
    fn default() -> Self {
        Self {
            student_records_enabled: false,
            students_see_since: None,
            plan: Plan::default(),
            expiring_days: vec![90, 60, 30, 7],
            audit_retention_days: 365,
        }
    }
}

/// Settings that were changed at least once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampedSettings {
    /// The settings.
    pub settings: Settings,
    /// Who wrote them; nobody did where they are the default.
    pub stamp: Option<Stamp>,
}

/// A change of settings; a removed one is its default again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsPatch {
    /// Whether students see their own records.
    pub student_records_enabled: Patch<bool>,
    /// How many custom attributes there may be.
    pub plan: Patch<Plan>,
    /// How many days before its expiry a record is announced as expiring.
    pub expiring_days: Patch<BTreeSet<u32>>,
    /// How long the audit trail is kept, in days.
    pub audit_retention_days: Patch<u32>,
}

impl StampedSettings {
    /// The version: 0 for the default.
    pub fn version(&self) -> u64 {
        self.stamp.as_ref().map_or(0, |stamp| stamp.version)
    }

    /// Since when students have seen their records without a break; nothing where they do not see them. Settings that
    /// were written before this was kept say at least since when nothing else changed.
    pub fn students_see_since(&self) -> Option<DateTime<Utc>> {
        let written_at = self.stamp.as_ref().map(|stamp| stamp.updated_at);
        self.settings.students_see_since.or(written_at).filter(|_| self.settings.student_records_enabled)
    }

    /// The settings after a change, or `None` where the change changes nothing.
    ///
    /// # Errors
    /// Every rule that the outcome would break.
    pub fn patched(&self, patch: SettingsPatch, cx: &Cx) -> Result<Option<Self>> {
        let (old, default) = (self.settings.clone(), Settings::default());
        let days = patch.expiring_days.apply(Some(old.expiring_days.iter().copied().collect()));
        let student_records_enabled = patch
            .student_records_enabled
            .apply(Some(old.student_records_enabled))
            .unwrap_or(default.student_records_enabled);
        let settings = Settings {
            student_records_enabled,
            students_see_since: student_records_enabled.then(|| self.students_see_since().unwrap_or(cx.now)),
            plan: patch.plan.apply(Some(old.plan)).unwrap_or_default(),
            expiring_days: days.map_or(default.expiring_days, |days| days.into_iter().rev().collect()),
            audit_retention_days: patch
                .audit_retention_days
                .apply(Some(old.audit_retention_days))
                .unwrap_or(default.audit_retention_days),
        };
        settings.check().or(())?;
        let stamp = || self.stamp.as_ref().map_or_else(|| Stamp::first(cx), |stamp| stamp.next(cx));
        let was = Settings { students_see_since: self.students_see_since(), ..self.settings.clone() };
        Ok((settings != was).then(|| Self { settings, stamp: Some(stamp()) }))
    }
}

impl Settings {
    fn check(&self) -> FieldErrors {
        let mut errors = FieldErrors::default();
        if self.expiring_days.len() > MAX_EXPIRING_STEPS {
            let found = self.expiring_days.len();
            errors.body("/expiring_days", format_args!("expected at most {MAX_EXPIRING_STEPS} numbers, found {found}"));
        }
        if let Some(found) = self.expiring_days.iter().find(|days| !(1..=MAX_EXPIRING_DAYS).contains(*days)) {
            errors.body("/expiring_days", format_args!("expected 1 to {MAX_EXPIRING_DAYS} days, found {found}"));
        }
        let range = MIN_AUDIT_RETENTION_DAYS..=MAX_AUDIT_RETENTION_DAYS;
        if !range.contains(&self.audit_retention_days) {
            errors.body(
                "/audit_retention_days",
                format_args!(
                    "expected {MIN_AUDIT_RETENTION_DAYS} to {MAX_AUDIT_RETENTION_DAYS}, found {}",
                    self.audit_retention_days
                ),
            );
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Role, caller::tests::cx_of};
    use rstest::rstest;

    fn default() -> StampedSettings {
        StampedSettings { settings: Settings::default(), stamp: None }
    }

    fn days(days: impl IntoIterator<Item = u32>) -> SettingsPatch {
        SettingsPatch { expiring_days: Patch::Value(days.into_iter().collect()), ..SettingsPatch::default() }
    }

    fn retention(days: u32) -> SettingsPatch {
        SettingsPatch { audit_retention_days: Patch::Value(days), ..SettingsPatch::default() }
    }

    #[rstest]
    #[case::no_days(days([]), true)]
    #[case::most_days(days(1..=10), true)]
    #[case::too_many_days(days(1..=11), false)]
    #[case::day_zero(days([0]), false)]
    #[case::furthest_day(days([MAX_EXPIRING_DAYS]), true)]
    #[case::too_far(days([MAX_EXPIRING_DAYS + 1]), false)]
    #[case::shortest_retention(retention(MIN_AUDIT_RETENTION_DAYS), true)]
    #[case::too_short(retention(MIN_AUDIT_RETENTION_DAYS - 1), false)]
    #[case::longest_retention(retention(MAX_AUDIT_RETENTION_DAYS), true)]
    #[case::too_long(retention(MAX_AUDIT_RETENTION_DAYS + 1), false)]
    fn settings_have_limits(#[case] patch: SettingsPatch, #[case] legal: bool) {
        assert_eq!(default().patched(patch, &cx_of(Role::Admin)).is_ok(), legal);
    }

    #[test]
    fn the_first_change_is_version_1_and_the_next_2() {
        let first = default().patched(days([7, 90]), &cx_of(Role::Admin)).expect("legal").expect("changed");
        assert_eq!((first.version(), first.settings.expiring_days.as_slice()), (1, &[90, 7][..]));
        let next = first.patched(retention(30), &cx_of(Role::Admin)).expect("legal").expect("changed");
        assert_eq!(next.version(), 2);
        assert_eq!(next.patched(retention(30), &cx_of(Role::Admin)).expect("legal"), None);
    }

    #[test]
    fn a_removed_setting_is_its_default_again() {
        let first = default().patched(days([7]), &cx_of(Role::Admin)).expect("legal").expect("changed");
        let patch = SettingsPatch { expiring_days: Patch::Null, ..SettingsPatch::default() };
        let back = first.patched(patch, &cx_of(Role::Admin)).expect("legal").expect("changed");
        assert_eq!(back.settings, Settings::default());
    }

    #[test]
    fn students_see_since_the_setting_was_last_turned_on() {
        let at = |second: i64| Cx { now: DateTime::from_timestamp(second, 0).expect("in range"), ..cx_of(Role::Admin) };
        let turn = |settings: &StampedSettings, on: bool, second| {
            let patch = SettingsPatch { student_records_enabled: Patch::Value(on), ..SettingsPatch::default() };
            settings.patched(patch, &at(second)).expect("legal").expect("changed")
        };
        let since = |settings: &StampedSettings| settings.students_see_since().map(|at| at.timestamp());
        assert_eq!(since(&default()), None);
        let on = turn(&default(), true, 1);
        let kept_longer = on.patched(retention(30), &at(2)).expect("legal").expect("changed");
        assert_eq!((since(&on), since(&kept_longer)), (Some(1), Some(1)));
        let off = turn(&kept_longer, false, 3);
        assert_eq!((since(&off), since(&turn(&off, true, 4))), (None, Some(4)));
        let mut older = kept_longer;
        older.settings.students_see_since = None;
        assert_eq!(since(&older), Some(2), "kept before it was known");
        let same = SettingsPatch { student_records_enabled: Patch::Value(true), ..SettingsPatch::default() };
        assert_eq!(older.patched(same, &at(5)).expect("legal"), None);
    }

    #[test]
    fn plans_allow_so_many_attributes() {
        assert_eq!([Plan::Pro, Plan::Business, Plan::Enterprise].map(Plan::max_attributes), [50, 100, 250]);
    }
}
