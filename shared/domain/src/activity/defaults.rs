//! What a record takes from the activity that it points to.
//!
//! The title is copied and kept in step. Course and passing score are copied once: what was asked of a person does not
//! change when the activity does later. `due_at` and `expires_at` are proposed. What a client says of any of them,
//! `null` included, wins.

use super::{Activity, ActivityKind};
use crate::{
    id::MintedActivityId,
    patch::Patch,
    record::{Content, ContentPatch, Record},
    stamp::Stamp,
    text::{ActivityId, CourseId, Title},
    time::DateOrInstant,
};
use chrono::{DateTime, Utc};

/// Those fields that a client left open, for the record's activity to fill. Nothing is open by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Open {
    course_id: bool,
    course_item_id: bool,
    passing_score: bool,
    due_at: bool,
    expires_at: bool,
}

impl Open {
    /// What a body does not name; `null` names it.
    pub fn of(body: &ContentPatch) -> Self {
        Self {
            course_id: body.course_id == Patch::Absent,
            course_item_id: body.course_item_id == Patch::Absent,
            passing_score: body.passing_score == Patch::Absent,
            due_at: body.due_at == Patch::Absent,
            expires_at: body.expires_at == Patch::Absent,
        }
    }
}

impl ActivityId {
    /// Whether it is of the form of our activities' ids, whose prefix no other system's id in a record may have.
    pub fn is_ours(&self) -> bool {
        self.as_str().starts_with("atv_")
    }

    /// The activity of ours that it names, in the one spelling that counts.
    pub fn minted(&self) -> Option<MintedActivityId> {
        MintedActivityId::parse(self.as_str()).ok().filter(|id| id.to_string() == self.as_str())
    }
}

impl Activity {
    /// The course that records of it belong to: a module's course, a course itself.
    pub fn course(&self) -> Option<CourseId> {
        match self.kind {
            ActivityKind::Course => CourseId::parse(self.id.to_string()).ok(),
            _ => self.content.course_id.clone(),
        }
    }

    /// When what was completed then lapses.
    fn expiry(&self, completed_at: Option<DateOrInstant>) -> Option<DateOrInstant> {
        completed_at.zip(self.content.validity).and_then(|(at, validity)| validity.after(at))
    }

    /// By when what was assigned then is to be done.
    fn due(&self, from: DateOrInstant) -> Option<DateOrInstant> {
        self.content.due_period.and_then(|period| period.after(from))
    }

    /// Completes a record that is made, or put in the place of `before`, with what its client left open. What is
    /// completed gets no due date any longer.
    pub fn fill(&self, content: &mut Content, open: Open, before: Option<&Record>, now: DateTime<Utc>) {
        content.activity_title = Some(self.content.title.clone());
        if open.course_id {
            content.course_id = self.course();
        }
        if open.course_item_id {
            content.course_item_id.clone_from(&self.content.course_item_id);
        }
        if open.passing_score {
            content.passing_score = self.content.passing_score;
        }
        if open.expires_at {
            content.expires_at = self.expiry(content.completed_at);
        }
        if open.due_at {
            let made = before.map_or(now, |record| record.stamp.created_at);
            content.due_at = match content.completed_at {
                None => self.due(assigned(content.assigned_at, made)),
                Some(_) => before.and_then(|record| record.content.due_at),
            };
        }
    }

    /// Completes the change of a record that points here, or will. The copies come with a record that begins to point
    /// here; the dates come where there are none, and follow what they are counted from while they are what this
    /// activity proposed.
    pub fn complete(&self, patch: &mut ContentPatch, record: &Record) {
        let before = &record.content;
        let points = points_elsewhere(patch, before);
        if points {
            patch.activity_title = Patch::Value(self.content.title.clone());
            or_set(&mut patch.course_id, self.course());
            or_set(&mut patch.course_item_id, self.content.course_item_id.clone());
            or_set(&mut patch.passing_score, self.content.passing_score);
        }
        let completed_at = patch.completed_at.clone().apply(before.completed_at);
        if patch.expires_at == Patch::Absent {
            let (was, is) = (self.expiry(before.completed_at), self.expiry(completed_at));
            patch.expires_at = follow(points, before.expires_at, was, is);
        }
        if patch.due_at == Patch::Absent && completed_at.is_none() {
            let due = |at| self.due(assigned(at, record.stamp.created_at));
            let is = due(patch.assigned_at.clone().apply(before.assigned_at));
            patch.due_at = follow(points, before.due_at, due(before.assigned_at), is);
        }
    }
}

/// When a record was assigned: as it says, or on the day (UTC) on which it was made.
fn assigned(assigned_at: Option<DateOrInstant>, made: DateTime<Utc>) -> DateOrInstant {
    assigned_at.unwrap_or(DateOrInstant::Date(made.date_naive()))
}

fn or_set<T>(field: &mut Patch<T>, value: Option<T>) {
    if let (Patch::Absent, Some(value)) = (&*field, value) {
        *field = Patch::Value(value);
    }
}

/// What becomes of a date that was proposed as `was` and is proposed as `is` now.
fn follow(
    points: bool,
    current: Option<DateOrInstant>,
    was: Option<DateOrInstant>,
    is: Option<DateOrInstant>,
) -> Patch<DateOrInstant> {
    let is_ours = current.is_none() || current == was;
    if !is_ours || is == current || !points && is == was {
        return Patch::Absent;
    }
    is.map_or(Patch::Null, Patch::Value)
}

/// Whether a change makes a record point to another activity than before.
fn points_elsewhere(patch: &ContentPatch, before: &Content) -> bool {
    patch.activity_id.value().is_some_and(|id| before.activity_id.as_ref() != Some(id))
}

impl ContentPatch {
    /// The activity of ours that has a say in this change, if one does.
    pub fn asks(&self, before: &Content) -> Option<ActivityId> {
        let after = self.activity_id.clone().apply(before.activity_id.clone()).filter(ActivityId::is_ours)?;
        let moves = |patch: &Patch<DateOrInstant>, before| patch.clone().apply(before) != before;
        let asks = points_elsewhere(self, before)
            || self.expires_at == Patch::Absent && moves(&self.completed_at, before.completed_at)
            || self.due_at == Patch::Absent && moves(&self.assigned_at, before.assigned_at);
        asks.then_some(after)
    }

    /// Forgets the title of an activity that the record no longer points to.
    pub fn forget_title(&mut self) {
        if self.activity_id != Patch::Absent && !self.activity_id.value().is_some_and(ActivityId::is_ours) {
            self.activity_title = Patch::Null;
        }
    }
}

impl Content {
    /// Keeps what a client left open as it was: of a record whose activity is gone.
    pub fn keep(&mut self, open: Open, before: &Self) {
        self.activity_title.clone_from(&before.activity_title);
        if open.course_id {
            self.course_id.clone_from(&before.course_id);
        }
        if open.course_item_id {
            self.course_item_id.clone_from(&before.course_item_id);
        }
        if open.passing_score {
            self.passing_score = before.passing_score;
        }
        if open.due_at {
            self.due_at = before.due_at;
        }
        if open.expires_at {
            self.expires_at = before.expires_at;
        }
    }
}

impl Record {
    /// The record with the title that its activity was given, as written by who gave it; `None` where it does not point
    /// there any longer, has that title already, or is deleted.
    pub fn retitled(
        &self,
        activity: MintedActivityId,
        title: &Title,
        given: &Stamp,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let points = self.content.activity_id.as_ref().and_then(ActivityId::minted) == Some(activity);
        if !points || self.content.activity_title.as_ref() == Some(title) || self.deleted.is_some() {
            return None;
        }
        let content = Content { activity_title: Some(title.clone()), ..self.content.clone() };
        let Stamp { version, created_at, created_by, .. } = self.stamp.clone();
        let stamp = Stamp { version: version + 1, created_at, created_by, updated_at: now, ..given.clone() };
        Some(Self { content, stamp, ..self.clone() })
    }
}

#[cfg(test)]
mod tests;
