//! Which records are wanted: the filters, and the one definition of what they mean.
//!
//! How they are found is in `rol-store`: whatever way it takes, it gives what [`RecordQuery::matches`] and
//! [`Visibility::admits`] say.

pub mod span;
pub mod summary;
pub mod visibility;

pub use span::{Moment, Span};
pub use summary::Summary;
pub use visibility::Visibility;

use crate::{
    attribute::{AttributeSet, AttributeValue, Generation, KeptValue},
    caller::{Cx, Role},
    error::{Error, FieldErrors, Result},
    id::GroupId,
    person::{PersonStatus, fold_case},
    record::{Record, Status},
    text::{
        ActivityId, AppId, AttributeKey, CourseId, CourseItemId, EnrollmentId, ExternalId, PersonId, Provider,
        SearchText, Title,
    },
};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Filters over records. They all have to hold; of several values of one filter, any.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordQuery {
    /// Whose records.
    pub people: BTreeSet<PersonId>,
    /// Of members of these groups and of the groups inside them.
    pub groups: BTreeSet<GroupId>,
    /// Of people with these statuses.
    pub person_statuses: BTreeSet<PersonStatus>,
    /// Of these activities.
    pub activities: BTreeSet<ActivityId>,
    /// Of these courses.
    pub courses: BTreeSet<CourseId>,
    /// Of these places in courses.
    pub course_items: BTreeSet<CourseItemId>,
    /// Of these enrolments.
    pub enrollments: BTreeSet<EnrollmentId>,
    /// With these statuses, set or derived.
    pub statuses: BTreeSet<Status>,
    /// By this provider.
    pub provider: Option<Provider>,
    /// With this external id.
    pub external_id: Option<ExternalId>,
    /// Passed, or not passed.
    pub passed: Option<bool>,
    /// Overdue, or not.
    pub is_overdue: Option<bool>,
    /// Expired, or not.
    pub is_expired: Option<bool>,
    /// With moments within these ranges.
    pub spans: BTreeMap<Moment, Span>,
    /// With these values of custom attributes: see [`RecordQuery::with_values`].
    pub attributes: BTreeMap<AttributeKey, WantedValue>,
    /// With this text in title, provider or activity, in any case of letters.
    pub text: Option<SearchText>,
    /// In which order; records without that moment are not in the list.
    pub sort: Option<Sort>,
    /// Deleted ones too.
    pub include_deleted: bool,
    /// Only those of this application: a bound of the caller's.
    pub app: Option<AppId>,
    /// Only those that their person may see: a bound of the caller's.
    pub only_visible: bool,
}

/// A value of a custom attribute that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedValue {
    /// The generation that the attribute is at: a value of another is not its own.
    pub generation: Generation,
    /// The value, or one of several options, as text.
    pub text: String,
}

/// By which moment a list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortBy {
    /// When the record was made: the order of ids.
    Created,
    /// When it was done.
    Completed,
    /// When the certificate lapses.
    Expires,
}

/// An order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// The last first.
    pub descending: bool,
}

impl Sort {
    /// `created`, `completed` or `expires`, with a minus for the last first.
    ///
    /// # Errors
    /// What was expected and what was found.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let by = match name {
            "created" => SortBy::Created,
            "completed" => SortBy::Completed,
            "expires" => SortBy::Expires,
            _ => return Err(format!("expected created, completed or expires, with - for descending, found {text:?}")),
        };
        Ok(Self { by, descending })
    }

    /// The moment of a record by which it has its place.
    pub fn moment(self) -> Moment {
        match self.by {
            SortBy::Created => Moment::Created,
            SortBy::Completed => Moment::Completed,
            SortBy::Expires => Moment::Expires,
        }
    }
}

impl RecordQuery {
    /// # Errors
    /// Where a deleted record is asked for in an order that it has no place in.
    pub fn check(self) -> Result<Self> {
        match self.sort {
            Some(sort) if self.include_deleted && sort.by != SortBy::Created => Err(Error::bad_parameter(
                "sort",
                "expected created beside include_deleted: deleted records have no other place",
            )),
            _ => Ok(self),
        }
    }

    /// The same, with these values of custom attributes.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every attribute that does not exist, or not for students, where one asks; the two are
    /// not told apart.
    pub fn with_values(
        self,
        wanted: &BTreeMap<AttributeKey, String>,
        attributes: &AttributeSet,
        cx: &Cx,
    ) -> Result<Self> {
        let mut errors = FieldErrors::default();
        let mut values = BTreeMap::new();
        for (key, text) in wanted {
            let hidden = cx.role == Role::Student && !attributes.shows_to_students(key);
            match attributes.get(key) {
                Some(attribute) if !hidden => {
                    let generation = attribute.generation.clone();
                    values.insert(key.clone(), WantedValue { generation, text: text.clone() });
                }
                _ => errors.parameter(format!("attributes[{key}]"), "unknown attribute"),
            }
        }
        errors.or(Self { attributes: values, ..self })
    }

    /// The query restricted to what the caller may see of anybody's records: an application to its own, a student to
    /// their own that are not hidden. `None` where that leaves nothing.
    pub fn restrict_to(self, cx: &Cx) -> Option<Self> {
        let query = Self { app: cx.app_id.clone(), only_visible: cx.role == Role::Student, ..self };
        if cx.role != Role::Student {
            return Some(query);
        }
        let own = cx.person()?;
        let is_own = query.people.is_empty() || query.people.contains(own);
        is_own.then(|| Self { people: [own.clone()].into(), ..query })
    }

    /// The range in which a moment has to lie, also where another filter implies it.
    pub fn span(&self, moment: Moment, now: DateTime<Utc>) -> Option<Span> {
        let span = self.spans.get(&moment).copied();
        let implied = match moment {
            Moment::Expires => self.is_expired == Some(true),
            Moment::Due => self.is_overdue == Some(true),
            _ => false,
        };
        if implied { Some(span.unwrap_or_default().until(now)) } else { span }
    }

    /// Whether a record is wanted at `now`, whoever its person is to the directory.
    pub fn matches(&self, record: &Record, now: DateTime<Utc>) -> bool {
        let content = &record.content;
        any(&self.people, Some(&record.person_id))
            && any(&self.activities, content.activity_id.as_ref())
            && any(&self.courses, content.course_id.as_ref())
            && any(&self.course_items, content.course_item_id.as_ref())
            && any(&self.enrollments, content.enrollment_id.as_ref())
            && any(&self.statuses, Some(&content.status(now)))
            && equal(&self.provider, content.provider.as_ref())
            && equal(&self.external_id, content.external_id.as_ref())
            && equal(&self.passed, content.passed.as_ref())
            && self.is_overdue.is_none_or(|wanted| wanted == content.is_overdue(now))
            && self.is_expired.is_none_or(|wanted| wanted == content.is_expired(now))
            && self.spans.iter().all(|(moment, span)| moment.of(record).is_some_and(|at| span.contains(at)))
            && self
                .attributes
                .iter()
                .all(|(key, wanted)| content.attributes.get(key).is_some_and(|kept| is(kept, wanted)))
            && self.text.as_ref().is_none_or(|text| contains(record, text))
            && self.sort.is_none_or(|sort| sort.moment().of(record).is_some())
            && (self.include_deleted || record.deleted.is_none())
            && equal(&self.app, record.app_id.as_ref())
            && (!self.only_visible || content.visible_to_student)
    }
}

fn any<T: Ord>(wanted: &BTreeSet<T>, value: Option<&T>) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.contains(value))
}

fn equal<T: PartialEq>(wanted: &Option<T>, value: Option<&T>) -> bool {
    wanted.is_none() || wanted.as_ref() == value
}

/// Whether a value of an attribute is what a filter says: a number by its size, one of several options.
fn is(kept: &KeptValue, WantedValue { generation, text }: &WantedValue) -> bool {
    if kept.generation != *generation {
        return false;
    }
    match &kept.value {
        AttributeValue::Flag(flag) => text.eq_ignore_ascii_case(if *flag { "true" } else { "false" }),
        AttributeValue::Number(number) => text.parse::<f64>().is_ok_and(|wanted| number.as_f64() == Some(wanted)),
        AttributeValue::Text(value) => value == text,
        AttributeValue::Texts(values) => values.iter().any(|value| value == text),
    }
}

fn contains(record: &Record, text: &SearchText) -> bool {
    let text = fold_case(text.as_str());
    let content = &record.content;
    let fields = [
        Some(content.title.as_str()),
        content.provider.as_ref().map(Provider::as_str),
        content.activity_id.as_ref().map(ActivityId::as_str),
        content.activity_title.as_ref().map(Title::as_str),
    ];
    fields.into_iter().flatten().any(|field| fold_case(field).contains(&text))
}

#[cfg(test)]
pub(crate) mod tests;
