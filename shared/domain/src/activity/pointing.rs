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
    when::When,
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
    fn expiry(&self, completed_at: Option<When>) -> Option<When> {
        completed_at.zip(self.content.validity).and_then(|(at, validity)| validity.after(at))
    }

    /// By when what was assigned then is to be done.
    fn due(&self, from: When) -> Option<When> {
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
fn assigned(assigned_at: Option<When>, made: DateTime<Utc>) -> When {
    assigned_at.unwrap_or(When::Date(made.date_naive()))
}

fn or_set<T>(field: &mut Patch<T>, value: Option<T>) {
    if let (Patch::Absent, Some(value)) = (&*field, value) {
        *field = Patch::Value(value);
    }
}

/// What becomes of a date that was proposed as `was` and is proposed as `is` now.
fn follow(points: bool, current: Option<When>, was: Option<When>, is: Option<When>) -> Patch<When> {
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
        let moves = |patch: &Patch<When>, before| patch.clone().apply(before) != before;
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
mod tests {
    use super::*;
    use crate::{
        activity::tests::{ID, cx, module},
        attribute::AttributeSet,
        id::RecordId,
        number::Percent,
        record::{Echo, NewRecord, RecordPatch},
        text::{CourseItemId, PersonId},
    };
    use rstest::rstest;

    fn when(text: &str) -> When {
        When::parse(text).expect("valid")
    }

    fn content(change: fn(&mut ContentPatch)) -> (Content, Open) {
        let mut patch =
            ContentPatch { activity_id: Patch::Value(ActivityId::parse(ID).expect("valid")), ..Default::default() };
        change(&mut patch);
        let blank = Content::titled(Title::parse("x").expect("valid"));
        (blank.merge(patch.clone()).expect("legal"), Open::of(&patch))
    }

    fn record_of(content: Content) -> Record {
        let new = NewRecord {
            content,
            attributes: Default::default(),
            source: None,
            source_type: None,
            open: Open::default(),
            echo: Echo::default(),
        };
        let person = PersonId::parse("p").expect("valid");
        Record::create(RecordId::from_ulid(7u128.into()), person, new, &AttributeSet::default(), &cx()).expect("legal")
    }

    /// Copied course, item and passing score; then due and expiry.
    type Filled = (Option<String>, Option<String>, Option<f64>, Option<String>, Option<String>);

    fn filled(content: &Content) -> Filled {
        let text = |when: Option<When>| when.map(|when| when.to_string());
        (
            content.course_id.as_ref().map(ToString::to_string),
            content.course_item_id.as_ref().map(ToString::to_string),
            content.passing_score.map(Percent::as_f64),
            text(content.due_at),
            text(content.expires_at),
        )
    }

    fn expected(course: &str, item: &str, score: f64, due: &str, expires: &str) -> Filled {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        (some(course), some(item), (score > 0.0).then_some(score), some(due), some(expires))
    }

    // Today is 2026-05-10.
    #[rstest]
    #[case::nothing_given(|_: &mut ContentPatch| (), expected("c-1", "i-1", 80.0, "2026-05-24", ""))]
    #[case::assigned(|c: &mut ContentPatch| c.assigned_at = Patch::Value(when("2026-01-01")), expected("c-1", "i-1", 80.0, "2026-01-15", ""))]
    #[case::assigned_at_an_instant(|c: &mut ContentPatch| c.assigned_at = Patch::Value(when("2026-01-01T08:00:00Z")), expected("c-1", "i-1", 80.0, "2026-01-15T08:00:00.000Z", ""))]
    #[case::completed(|c: &mut ContentPatch| c.completed_at = Patch::Value(when("2026-05-01")), expected("c-1", "i-1", 80.0, "", "2028-05-01"))]
    #[case::given(|c: &mut ContentPatch| {
        c.completed_at = Patch::Value(when("2026-05-01"));
        c.course_id = Patch::Value(CourseId::parse("mine").expect("valid"));
        c.course_item_id = Patch::Value(CourseItemId::parse("own").expect("valid"));
        c.passing_score = Patch::Value(Percent::parse(50.0).expect("valid"));
        c.due_at = Patch::Value(when("2026-07-01"));
        c.expires_at = Patch::Value(when("2027-01-01"));
    }, expected("mine", "own", 50.0, "2026-07-01", "2027-01-01"))]
    #[case::given_as_nothing(|c: &mut ContentPatch| {
        c.completed_at = Patch::Value(when("2026-05-01"));
        c.course_id = Patch::Null;
        c.course_item_id = Patch::Null;
        c.passing_score = Patch::Null;
        c.due_at = Patch::Null;
        c.expires_at = Patch::Null;
    }, expected("", "", 0.0, "", ""))]
    fn a_new_record_takes_what_its_client_left_open(#[case] change: fn(&mut ContentPatch), #[case] outcome: Filled) {
        let (mut content, open) = content(change);
        module().fill(&mut content, open, None, cx().now);
        assert_eq!(filled(&content), outcome);
        assert_eq!(content.activity_title, Some(module().content.title));
    }

    #[test]
    fn a_replaced_record_counts_from_when_it_was_made_and_keeps_its_due_date_when_done() {
        let (mut first, open) = content(|_| ());
        module().fill(&mut first, open, None, cx().now);
        let record = record_of(first);
        let later = cx().now + chrono::TimeDelta::days(30);
        let (mut again, open) = content(|_| ());
        module().fill(&mut again, open, Some(&record), later);
        assert_eq!(again, record.content, "the same body is the same record");
        let (mut done, open) = content(|c| c.completed_at = Patch::Value(when("2026-05-20")));
        module().fill(&mut done, open, Some(&record), later);
        assert_eq!(filled(&done), expected("c-1", "i-1", 80.0, "2026-05-24", "2028-05-20"));
        let (mut kept, open) = content(|c| c.passing_score = Patch::Null);
        kept.keep(open, &record.content);
        assert_eq!(filled(&kept), expected("c-1", "i-1", 0.0, "2026-05-24", ""));
        assert_eq!(kept.activity_title, record.content.activity_title);
    }

    /// A record that was completed, due and expiring as the module proposes.
    fn pointing() -> Record {
        let (mut content, open) = content(|c| c.assigned_at = Patch::Value(when("2026-05-01")));
        module().fill(&mut content, open, None, cx().now);
        content.completed_at = Some(when("2026-05-02"));
        content.expires_at = Some(when("2028-05-02"));
        record_of(content)
    }

    #[rstest]
    #[case::another_field(|c: &mut ContentPatch| c.passed = Patch::Value(true), false, "2026-05-15", "2028-05-02")]
    #[case::completed_on_another_day(|c: &mut ContentPatch| c.completed_at = Patch::Value(when("2026-05-03")), true, "2026-05-15", "2028-05-03")]
    #[case::completed_on_the_same_day(|c: &mut ContentPatch| c.completed_at = Patch::Value(when("2026-05-02")), false, "2026-05-15", "2028-05-02")]
    #[case::not_completed_after_all(|c: &mut ContentPatch| c.completed_at = Patch::Null, true, "2026-05-15", "")]
    #[case::assigned_on_another_day(|c: &mut ContentPatch| { c.completed_at = Patch::Null; c.assigned_at = Patch::Value(when("2026-05-03")) }, true, "2026-05-17", "")]
    #[case::dates_given(|c: &mut ContentPatch| { c.completed_at = Patch::Value(when("2026-05-03")); c.expires_at = Patch::Null }, false, "2026-05-15", "")]
    fn dates_follow_while_they_are_the_proposed_ones(
        #[case] change: fn(&mut ContentPatch),
        #[case] asked: bool,
        #[case] due: &str,
        #[case] expires: &str,
    ) {
        let record = pointing();
        let mut patch = ContentPatch::default();
        change(&mut patch);
        assert_eq!(patch.asks(&record.content).is_some(), asked);
        if asked {
            module().complete(&mut patch, &record);
        }
        let content = record.content.merge(patch).expect("legal");
        assert_eq!(filled(&content), expected("c-1", "i-1", 80.0, due, expires));
    }

    #[test]
    fn dates_that_a_client_gave_stay() {
        let mut record = pointing();
        record.content.expires_at = Some(when("2030-01-01"));
        record.content.due_at = None;
        let mut patch = ContentPatch { completed_at: Patch::Value(when("2026-06-01")), ..Default::default() };
        module().complete(&mut patch, &record);
        assert_eq!((patch.expires_at, patch.due_at), (Patch::Absent, Patch::Absent));
    }

    #[test]
    fn a_record_that_begins_to_point_here_takes_the_copies_and_the_dates_that_it_lacks() {
        let mut blank = Content::titled(Title::parse("x").expect("valid"));
        blank.course_id = CourseId::parse("old").ok();
        blank.completed_at = Some(when("2026-05-02"));
        let record = record_of(blank);
        let id = ActivityId::parse(ID).expect("valid");
        let mut patch = ContentPatch { activity_id: Patch::Value(id.clone()), ..Default::default() };
        assert_eq!(patch.asks(&record.content), Some(id));
        module().complete(&mut patch, &record);
        let content = record.content.merge(patch).expect("legal");
        assert_eq!(filled(&content), expected("c-1", "i-1", 80.0, "", "2028-05-02"));
        assert_eq!(content.activity_title, Some(module().content.title));
    }

    #[rstest]
    #[case::nothing_said(Patch::Absent, true)]
    #[case::nothing_pointed_to(Patch::Null, false)]
    #[case::another_systems(Patch::Value("m-1"), false)]
    #[case::another_of_ours(Patch::Value("atv_00000000000000000000000002"), true)]
    fn a_title_stays_with_an_activity_of_ours(#[case] to: Patch<&str>, #[case] stays: bool) {
        let to = match to {
            Patch::Value(id) => Patch::Value(ActivityId::parse(id).expect("valid")),
            Patch::Null => Patch::Null,
            Patch::Absent => Patch::Absent,
        };
        let mut patch = ContentPatch { activity_id: to, ..Default::default() };
        patch.forget_title();
        let record = pointing();
        let change = RecordPatch { content: patch, ..Default::default() };
        let after = record.patched(change, &AttributeSet::default(), &cx()).expect("legal").unwrap_or(record);
        assert_eq!(after.content.activity_title.is_some(), stays);
    }

    #[rstest]
    #[case::ours(ID, true, true)]
    #[case::in_lower_case("atv_0000000000000000000000000a", true, false)]
    #[case::of_no_ulid("atv_1", true, false)]
    #[case::a_uuid("0163f9d1-b4cd-cf24-a4c3-df31b9b8b5db", false, false)]
    #[case::another_systems("m-1", false, false)]
    fn only_ids_of_our_form_are_ours(#[case] text: &str, #[case] ours: bool, #[case] minted: bool) {
        let id = ActivityId::parse(text).expect("valid");
        assert_eq!((id.is_ours(), id.minted().is_some()), (ours, minted));
    }

    #[test]
    fn a_retitled_record_says_who_gave_the_title() {
        let record = pointing();
        let (title, given) = (Title::parse("New").expect("valid"), Stamp::by("max", cx().now, "r9"));
        let later = cx().now + chrono::TimeDelta::hours(1);
        let next = record.retitled(module().id, &title, &given, later).expect("changed");
        assert_eq!(next.content.activity_title, Some(title.clone()));
        let Stamp { version, created_by, updated_by, updated_at, request_id, .. } = &next.stamp;
        assert_eq!((*version, created_by.as_str(), updated_by.as_str(), request_id.as_str()), (2, "ada", "max", "r9"));
        assert_eq!(*updated_at, later);
        assert_eq!(next.retitled(module().id, &title, &given, later), None, "it has that title");
        let other = MintedActivityId::from_ulid(2u128.into());
        assert_eq!(record.retitled(other, &title, &given, later), None, "it points elsewhere");
    }
}
