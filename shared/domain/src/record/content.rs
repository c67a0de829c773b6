//! What a client says of a learning, and changes to it.

use crate::{
    attribute::Attributes,
    error::FieldErrors,
    number::{Count, Percent},
    patch::Patch,
    text::{
        ActivityId, AssessmentId, CertificationRef, CohortId, CourseId, CourseItemId, EnrollmentId, ExternalId,
        Provider, Title,
    },
    time::DateOrInstant,
};

use super::status::Status;
use serde::{Deserialize, Serialize};

macro_rules! content {
    ($($(#[$doc:meta])+ $name:ident: $type:ty,)+) => {
        /// The fields of a record that its clients set.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub struct Content {
            /// The name of what was learnt.
            pub title: Title,
            /// Whether the person may see the record (default true).
            pub visible_to_student: bool,
            /// The values of custom attributes, which are written as clients see them and kept in another way.
            #[serde(skip_deserializing, skip_serializing_if = "Attributes::is_empty")]
            pub attributes: Attributes,
            $(
                $(#[$doc])+
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $name: Option<$type>,
            )+
        }

        /// A change of [`Content`], field by field.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct ContentPatch {
            /// The name of what was learnt; it cannot be removed.
            pub title: Patch<Title>,
            /// Whether the person may see the record; removed, it is true again.
            pub visible_to_student: Patch<bool>,
            $($(#[$doc])+ pub $name: Patch<$type>,)+
        }

        impl Content {
            /// What is known where only the title is.
            pub fn titled(title: Title) -> Self {
                Self { title, visible_to_student: true, attributes: Attributes::new(), $($name: None,)+ }
            }

            /// The content after a change (RFC 7396); custom attributes stay as they are.
            ///
            /// # Errors
            /// Every rule between fields that the outcome would break.
            pub fn merge(self, patch: ContentPatch) -> Result<Self, FieldErrors> {
                let mut errors = FieldErrors::default();
                if patch.title == Patch::Null {
                    errors.body("/title", "expected a text, found null: a record keeps its title");
                }
                let merged = Self {
                    title: patch.title.apply(Some(self.title.clone())).unwrap_or(self.title),
                    visible_to_student: match patch.visible_to_student {
                        Patch::Absent => self.visible_to_student,
                        Patch::Null => true,
                        Patch::Value(visible) => visible,
                    },
                    attributes: self.attributes,
                    $($name: patch.$name.apply(self.$name),)+
                };
                merged.check(&mut errors);
                if errors.is_empty() { Ok(merged) } else { Err(errors) }
            }
        }
    };
}

content! {
    /// The client's own id, unique in the tenant.
    external_id: ExternalId,
    /// Who provided the learning.
    provider: Provider,
    /// The activity that was done.
    activity_id: ActivityId,
    /// The title of that activity, copied where it is one of ours.
    activity_title: Title,
    /// The course that it belongs to.
    course_id: CourseId,
    /// Its place in that course.
    course_item_id: CourseItemId,
    /// The enrolment under which it was done.
    enrollment_id: EnrollmentId,
    /// The status where a client set it; otherwise it is derived.
    status: Status,
    /// When it was assigned.
    assigned_at: DateOrInstant,
    /// When the person began.
    started_at: DateOrInstant,
    /// By when it is to be done.
    due_at: DateOrInstant,
    /// When it was done.
    completed_at: DateOrInstant,
    /// When the certificate lapses.
    expires_at: DateOrInstant,
    /// When access to the activity closes.
    access_expires_at: DateOrInstant,
    /// The score, in per cent.
    score: Percent,
    /// The score needed to pass, in per cent.
    passing_score: Percent,
    /// Whether it was passed.
    passed: bool,
    /// How much of it is done, in per cent.
    progress: Percent,
    /// The time spent, in seconds.
    time_spent_seconds: Count,
    /// How often it was opened.
    views_count: Count,
    /// An external credential's URL, badge id or reference number.
    certification_ref: CertificationRef,
    /// The training cohort with which it was done.
    linked_cohort_id: CohortId,
    /// The formal assessment that made it.
    linked_assessment_id: AssessmentId,
}

impl Content {
    fn check(&self, errors: &mut FieldErrors) {
        if let (Some(started), Some(completed)) = (self.started_at, self.completed_at)
            && completed.is_before(started)
        {
            errors.body(
                "/completed_at",
                format_args!("expected no earlier than started_at ({started}), found {completed}"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn content() -> Content {
        let mut content = Content::titled(Title::parse("First aid").expect("valid"));
        content.provider = Some(Provider::parse("Red Cross").expect("valid"));
        content.visible_to_student = false;
        content
    }

    #[test]
    fn an_empty_change_changes_nothing() {
        assert_eq!(content().merge(ContentPatch::default()), Ok(content()));
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        let kept = content().merge(ContentPatch::default()).expect("legal");
        assert_eq!(kept.provider, content().provider);
        let removed =
            content().merge(ContentPatch { provider: Patch::Null, ..ContentPatch::default() }).expect("legal");
        assert_eq!(removed.provider, None);
        let other = Provider::parse("St John").expect("valid");
        let set = content().merge(ContentPatch { provider: Patch::Value(other.clone()), ..ContentPatch::default() });
        assert_eq!(set.expect("legal").provider, Some(other));
    }

    #[test]
    fn a_removed_visibility_is_the_default_again() {
        let patch = ContentPatch { visible_to_student: Patch::Null, ..ContentPatch::default() };
        assert!(content().merge(patch).expect("legal").visible_to_student);
    }

    #[test]
    fn a_title_cannot_be_removed() {
        let patch = ContentPatch { title: Patch::Null, ..ContentPatch::default() };
        assert!(content().merge(patch).expect_err("illegal").to_string().starts_with("/title: "));
    }

    #[rstest]
    #[case::in_order("2026-05-01", "2026-05-02", true)]
    #[case::same_day("2026-05-01", "2026-05-01", true)]
    #[case::reversed("2026-05-02", "2026-05-01", false)]
    #[case::instants_reversed("2026-05-01T10:00:00Z", "2026-05-01T09:59:59Z", false)]
    fn nothing_is_completed_before_it_is_started(#[case] started: &str, #[case] completed: &str, #[case] legal: bool) {
        let patch = ContentPatch {
            started_at: Patch::Value(DateOrInstant::parse(started).expect("valid")),
            completed_at: Patch::Value(DateOrInstant::parse(completed).expect("valid")),
            ..ContentPatch::default()
        };
        assert_eq!(content().merge(patch).is_ok(), legal);
    }
}
