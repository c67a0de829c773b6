//! The body of create and change: the same fields, each of them in three states.

use rol_domain::{
    Activity, Error, Period, Result,
    activity::{ActivityContent, ActivityKind, ActivityPatch},
    number::Percent,
    read_only::ReadOnlyFields,
    text::{CourseId, CourseItemId, Description, ExternalId, Provider, Title},
};
use rol_http::{Fields, body};

body! {
    /// What a client may say of an activity; a create needs `kind` and `title`. A change may send back unchanged what
    /// it cannot set; it is ignored.
    pub(crate) struct ActivityBody {
        /// What kind of thing it is: set on create, never changed.
        #[schema(value_type = Option<ActivityKind>)]
        kind: ActivityKind,
    }
    changes ActivityPatch {
        /// What people call it: 1–500 characters on one line.
        #[schema(value_type = Option<String>, max_length = 500, examples("Fire safety"))]
        title: Title,
        /// What it is about: 1–1,000 characters.
        #[schema(value_type = Option<String>, max_length = 1000)]
        description: Description,
        /// Who provides it.
        #[schema(value_type = Option<String>, max_length = 200)]
        provider: Provider,
        /// The course that a module is part of: an activity's id, or another system's.
        #[schema(value_type = Option<String>, max_length = 128)]
        course_id: CourseId,
        /// A module's place in its course.
        #[schema(value_type = Option<String>, max_length = 128)]
        course_item_id: CourseItemId,
        /// The score needed to pass, in per cent.
        #[schema(value_type = Option<f64>, minimum = 0, maximum = 100)]
        passing_score: Percent,
        /// The client's own id, unique among the tenant's activities.
        #[schema(value_type = Option<String>, max_length = 128, examples("hse-12"))]
        external_id: ExternalId,
        /// How long what was completed is valid: `P`, a number and `D`, `W`, `M` or `Y`, at most 100 years.
        #[schema(value_type = Option<String>, examples("P24M"))]
        validity: Period,
        /// How long there is to do it, from when it was assigned.
        #[schema(value_type = Option<String>, examples("P14D"))]
        due_period: Period,
    }
}

impl ActivityBody {
    /// The activity's kind, and what is said of it.
    ///
    /// # Errors
    /// Every field that is none of its type, or missing.
    pub(crate) fn parse(mut self) -> Result<(ActivityKind, ActivityContent)> {
        let mut fields = Fields::default();
        let kind = fields.required("kind", std::mem::take(&mut self.kind));
        let title = fields.required("title", std::mem::take(&mut self.title));
        let patch = self.take_patch(&mut fields);
        fields.unknown(&self.rest);
        let errors = fields.into_errors();
        let (Some(kind), Some(title)) = (kind, title) else { return Err(Error::Invalid(errors)) };
        errors.or((kind, ActivityContent::titled(title).merge(patch)))
    }

    /// The change that the body describes.
    ///
    /// # Errors
    /// Every field that is none of its type.
    pub(crate) fn parse_patch(mut self) -> Result<ActivityPatch> {
        let mut fields = Fields::default();
        fields.read_only("kind", std::mem::take(&mut self.kind), &mut self.rest);
        let read_only = ReadOnlyFields::take(&mut self.rest, &Activity::READ_ONLY);
        let patch = ActivityPatch { read_only, ..self.take_patch(&mut fields) };
        fields.unknown(&self.rest);
        fields.into_errors().or(patch)
    }
}
