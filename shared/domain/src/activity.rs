//! Activities: the courses, modules, packages and certifications that records point to.
//!
//! What a record takes from its activity is in [`defaults`].

pub mod defaults;

pub use defaults::Open;

use crate::{
    caller::Cx,
    error::{FieldErrors, Result},
    id::MintedActivityId,
    number::Percent,
    patch::Patch,
    period::Period,
    read_only::ReadOnlyFields,
    stamp::Stamp,
    text::{CourseId, CourseItemId, Description, ExternalId, Provider, Title},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What kind of thing an activity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ActivityKind {
    /// A course.
    Course,
    /// A part of a course.
    Module,
    /// A training package.
    Package,
    /// A certification.
    Certification,
}

macro_rules! activity {
    ($($(#[$doc:meta])+ $name:ident: $type:ty,)+) => {
        /// What is said of an activity.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub struct ActivityContent {
            /// What people call it.
            pub title: Title,
            $($(#[$doc])+ #[serde(default, skip_serializing_if = "Option::is_none")] pub $name: Option<$type>,)+
        }

        /// A change of [`ActivityContent`], field by field.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct ActivityPatch {
            /// Another title; it cannot be removed.
            pub title: Patch<Title>,
            $($(#[$doc])+ pub $name: Patch<$type>,)+
            /// Read-only fields, as the client sent them back.
            pub read_only: ReadOnlyFields,
        }

        impl ActivityContent {
            /// What is said where only the title is.
            pub fn titled(title: Title) -> Self {
                Self { title, $($name: None,)+ }
            }

            /// What is said after a change; a removed title stays.
            pub fn merge(self, patch: ActivityPatch) -> Self {
                Self {
                    title: patch.title.apply(Some(self.title.clone())).unwrap_or(self.title),
                    $($name: patch.$name.apply(self.$name),)+
                }
            }
        }
    };
}

activity! {
    /// What it is about.
    description: Description,
    /// Who provides it.
    provider: Provider,
    /// The course that a module is part of: an activity's id, or another system's.
    course_id: CourseId,
    /// A module's place in its course.
    course_item_id: CourseItemId,
    /// The score needed to pass, in per cent.
    passing_score: Percent,
    /// The client's own id, unique among the tenant's activities.
    external_id: ExternalId,
    /// How long what was completed is valid.
    validity: Period,
    /// How long there is to do it.
    due_period: Period,
}

/// An activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// Its id.
    pub id: MintedActivityId,
    /// What kind of thing it is; it never changes.
    pub kind: ActivityKind,
    /// What is said of it.
    #[serde(flatten)]
    pub content: ActivityContent,
    /// Who wrote it.
    #[serde(flatten)]
    pub stamp: Stamp,
}

impl Activity {
    /// The fields that no change sets, besides those of the stamp.
    pub const READ_ONLY: [&str; 2] = ["id", "kind"];

    /// What the activity shows of a read-only field.
    fn read_only_field(&self, name: &str) -> Value {
        match name {
            "id" => json!(self.id),
            "kind" => json!(self.kind),
            other => self.stamp.shown(other).unwrap_or_default(),
        }
    }

    /// A new activity under `id`.
    ///
    /// # Errors
    /// Every rule between its fields that it would break.
    pub fn create(id: MintedActivityId, kind: ActivityKind, content: ActivityContent, cx: &Cx) -> Result<Self> {
        Self { id, kind, content, stamp: Stamp::first(cx) }.checked(FieldErrors::default())
    }

    /// The activity after a change, or `None` where the change changes nothing.
    ///
    /// # Errors
    /// Every rule that the outcome would break.
    pub fn patched(&self, patch: ActivityPatch, cx: &Cx) -> Result<Option<Self>> {
        let mut errors = patch.read_only.check(|name| self.read_only_field(name));
        if patch.title == Patch::Null {
            errors.body("/title", "expected a text, found null: an activity keeps its title");
        }
        let content = self.content.clone().merge(patch);
        let changed = content != self.content;
        let next = Self { content, stamp: self.stamp.next(cx), ..self.clone() }.checked(errors)?;
        Ok(changed.then_some(next))
    }

    fn checked(self, mut errors: FieldErrors) -> Result<Self> {
        if self.kind != ActivityKind::Module {
            for (name, given) in [
                ("/course_id", self.content.course_id.is_some()),
                ("/course_item_id", self.content.course_item_id.is_some()),
            ] {
                if given {
                    errors.body(name, "expected nothing: only a module is part of a course");
                }
            }
        }
        errors.or(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::{Role, tests::cx_of};
    use rstest::rstest;

    pub(super) const ID: &str = "atv_00000000000000000000000001";

    pub(super) fn cx() -> Cx {
        cx_of(Role::Admin)
    }

    fn titled(title: &str) -> ActivityContent {
        ActivityContent::titled(Title::parse(title).expect("valid"))
    }

    /// A module that is valid for two years and due after two weeks.
    pub(super) fn module() -> Activity {
        let content = ActivityContent {
            course_id: CourseId::parse("c-1").ok(),
            course_item_id: CourseItemId::parse("i-1").ok(),
            passing_score: Percent::parse(80.0).ok(),
            validity: Period::parse("P24M").ok(),
            due_period: Period::parse("P2W").ok(),
            ..titled("Fire safety")
        };
        Activity::create(MintedActivityId::from_ulid(1u128.into()), ActivityKind::Module, content, &cx())
            .expect("legal")
    }

    #[rstest]
    #[case::module(ActivityKind::Module, true)]
    #[case::course(ActivityKind::Course, false)]
    #[case::package(ActivityKind::Package, false)]
    #[case::certification(ActivityKind::Certification, false)]
    fn only_a_module_is_part_of_a_course(#[case] kind: ActivityKind, #[case] legal: bool) {
        let made = Activity::create(module().id, kind, module().content, &cx());
        assert_eq!(made.is_ok(), legal);
        if let Err(error) = made {
            assert!(error.to_string().contains("/course_id") && error.to_string().contains("/course_item_id"));
        }
    }

    #[test]
    fn a_record_of_a_course_belongs_to_it() {
        let course = Activity::create(module().id, ActivityKind::Course, titled("A"), &cx()).expect("legal");
        assert_eq!(course.course().as_ref().map(CourseId::as_str), Some(ID));
    }

    #[test]
    fn a_change_counts_the_version_up_and_an_empty_one_does_not() {
        let same = ActivityPatch { title: Patch::Value(module().content.title), ..Default::default() };
        assert_eq!(module().patched(same, &cx()).expect("legal"), None);
        let none = ActivityPatch { title: Patch::Null, ..Default::default() };
        assert!(module().patched(none, &cx()).is_err());
        let later = ActivityPatch { validity: Patch::Null, ..Default::default() };
        let changed = module().patched(later, &cx()).expect("legal").expect("changed");
        assert_eq!((changed.stamp.version, changed.content.validity), (2, None));
    }
}
