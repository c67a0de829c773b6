//! What a caller may see of the past of a record: the one rule, for history, `as_of` and the feed.
//!
//! Whoever may see a record now sees of its earlier versions what was visible to them then and is not hidden from them
//! now. Of each way of hiding:
//!
//! | hidden | from | now | at the version |
//! |---|---|---|---|
//! | `visible_to_student: false` | its student | nothing of the past | not this version |
//! | an attribute, by `hidden_from_students` or deleted | students | its values and that they changed | the same |
//! | everything, by the setting `student_records_enabled` | students | nothing at all | not this version |
//! | the person, in no group that was granted | educators | nothing of the past | – |
//! | the record, by its application | other applications | nothing of the past | – |
//! | the record, deleted | all but admins | nothing of the past | not as of then |
//!
//! A version in which nothing changed that the caller may see is left out. What was visible at a version is decided by
//! the moment at which it was written, for `as_of` by the moment that is asked for; the version that a record is at now
//! shows what the record shows. A value whose attribute is gone is still seen by others than students, unless its key
//! is another attribute's by now, or has another type: nobody sees a value under a rule that it was not written by. A
//! grant has no moment: who may see the records of a person sees their past. Nor has a deletion that was undone: it is
//! a part of the history. And the feed goes on about deleted records for everybody who looks after records, that is all
//! but students: they have to learn of the deletion.

use crate::{
    access::Access,
    attribute::AttributeSet,
    caller::{Cx, Role},
    record::Record,
    text::AttributeKey,
};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// The past of a record, for a caller who may know of it.
#[derive(Debug)]
pub struct Past<'a> {
    cx: &'a Cx,
    access: &'a Access,
    /// The version that the record is at now, where that is known.
    current: Option<u64>,
}

impl<'a> Past<'a> {
    /// The past of the record that is `now` so; `None` where the caller may not know of it.
    pub fn of(cx: &'a Cx, access: &'a Access, now: &Record) -> Option<Self> {
        let is_known = access.sees(cx, now) && (now.deleted.is_none() || cx.sees_deleted());
        is_known.then_some(Self { cx, access, current: Some(now.stamp.version) })
    }

    /// The same in the feed, which shows its changes to whoever looks after records, whatever became of the record.
    /// `now` is needed only where [`Self::depends_on_now`] says so.
    pub fn in_feed(cx: &'a Cx, access: &'a Access, now: Option<&Record>) -> Option<Self> {
        if Self::depends_on_now(cx) {
            return Self::of(cx, access, now?);
        }
        Some(Self { cx, access, current: None })
    }

    /// Whether it depends on the record as it is now what of it the caller sees in the feed.
    pub fn depends_on_now(cx: &Cx) -> bool {
        cx.role == Role::Student
    }

    /// A version with the names of what changed, as the caller may see it; `None` where it does not exist for them.
    pub fn version(
        &self,
        version: Record,
        mut changed: BTreeSet<String>,
        attributes: &AttributeSet,
    ) -> Option<(Record, BTreeSet<String>)> {
        let at = if self.current == Some(version.stamp.version) { self.cx.now } else { version.stamp.updated_at };
        let shown = self.seen_at(version, at, attributes)?;
        if self.cx.role == Role::Student {
            changed.retain(|name| is_shown(name, attributes, at));
            if changed.is_empty() {
                return None;
            }
        }
        Some((shown, changed))
    }

    /// The record as it was at a moment, which is this version, as the caller may see it; `None` where it was not there
    /// for them.
    pub fn as_of(&self, at: DateTime<Utc>, version: Record, attributes: &AttributeSet) -> Option<Record> {
        if version.deleted.is_some() {
            return None;
        }
        self.seen_at(version, at, attributes)
    }

    fn seen_at(&self, version: Record, at: DateTime<Utc>, attributes: &AttributeSet) -> Option<Record> {
        let is_seen = self.access.sees(self.cx, &version) && self.access.since.is_none_or(|since| since <= at);
        let is_current = self.current == Some(version.stamp.version);
        is_seen.then(|| match self.cx.role {
            Role::Student => version.for_students_at(attributes, at),
            _ if is_current => version.shown(attributes),
            _ => version.shown_in_past(attributes),
        })
    }
}

/// Whether a student may know that what has this name changed at that moment.
fn is_shown(name: &str, attributes: &AttributeSet, at: DateTime<Utc>) -> bool {
    let Some(key) = name.strip_prefix("attributes.") else { return true };
    AttributeKey::parse(key).is_ok_and(|key| attributes.showed_to_students(&key, at))
}

#[cfg(test)]
mod tests;
