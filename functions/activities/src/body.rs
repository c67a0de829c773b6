//! The body of create and change: the same fields, each of them in three states.

use rol_domain::{
    Error, Patch, Period, Result,
    activity::{ActivityContent, ActivityKind, ActivityPatch},
    number::Percent,
    text::{CourseId, CourseItemId, Description, ExternalId, Provider, Title},
};
use rol_http::{Field, Fields, SentBack};
use rol_v1::STAMP_FIELDS;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What a client may say of an activity; a create needs `kind` and `title`. A change may send back unchanged what it
/// cannot set; it is ignored.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ActivityBody {
    /// What kind of thing it is: set on create, never changed.
    #[serde(default)]
    #[schema(value_type = Option<ActivityKind>)]
    kind: Field<ActivityKind>,
    /// What people call it: 1–500 characters on one line.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500, examples("Fire safety"))]
    title: Field<Title>,
    /// What it is about: 1–1,000 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    description: Field<Description>,
    /// Who provides it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    provider: Field<Provider>,
    /// The course that a module is part of: an activity's id, or another system's.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 128)]
    course_id: Field<CourseId>,
    /// A module's place in its course.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 128)]
    course_item_id: Field<CourseItemId>,
    /// The score needed to pass, in per cent.
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 100)]
    passing_score: Field<Percent>,
    /// The client's own id, unique among the tenant's activities.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 128, examples("hse-12"))]
    external_id: Field<ExternalId>,
    /// How long what was completed is valid: `P`, a number and `D`, `W`, `M` or `Y`, at most 100 years.
    #[serde(default)]
    #[schema(value_type = Option<String>, examples("P24M"))]
    validity: Field<Period>,
    /// How long there is to do it, from when it was assigned.
    #[serde(default)]
    #[schema(value_type = Option<String>, examples("P14D"))]
    due_period: Field<Period>,
    #[serde(flatten)]
    #[schema(ignore)]
    rest: Map<String, Value>,
}

impl ActivityBody {
    /// The activity's kind, and what is said of it.
    ///
    /// # Errors
    /// Every field that is none of its type, or missing.
    pub(crate) fn parse(self) -> Result<(ActivityKind, ActivityContent)> {
        let mut fields = Fields::default();
        let kind = fields.required("kind", self.kind);
        let title = fields.required("title", self.title);
        let description = fields.optional("description", self.description);
        let provider = fields.optional("provider", self.provider);
        let course_id = fields.optional("course_id", self.course_id);
        let course_item_id = fields.optional("course_item_id", self.course_item_id);
        let passing_score = fields.optional("passing_score", self.passing_score);
        let external_id = fields.optional("external_id", self.external_id);
        let validity = fields.optional("validity", self.validity);
        let due_period = fields.optional("due_period", self.due_period);
        fields.unknown(&self.rest);
        let errors = fields.into_errors();
        let (Some(kind), Some(title)) = (kind, title) else { return Err(Error::Invalid(errors)) };
        errors.or((
            kind,
            ActivityContent {
                title,
                description,
                provider,
                course_id,
                course_item_id,
                passing_score,
                external_id,
                validity,
                due_period,
            },
        ))
    }

    /// The change that the body describes, and what it sends back.
    ///
    /// # Errors
    /// Every field that is none of its type.
    pub(crate) fn parse_patch(mut self) -> Result<(ActivityPatch, SentBack)> {
        let mut fields = Fields::default();
        match fields.patch("kind", self.kind) {
            Patch::Absent => {}
            Patch::Null => drop(self.rest.insert("kind".into(), Value::Null)),
            Patch::Value(kind) => drop(self.rest.insert("kind".into(), serde_json::json!(kind))),
        }
        let sent_back = SentBack::take(&mut self.rest, STAMP_FIELDS.into_iter().chain(["id", "kind"]));
        let patch = ActivityPatch {
            title: fields.patch("title", self.title),
            description: fields.patch("description", self.description),
            provider: fields.patch("provider", self.provider),
            course_id: fields.patch("course_id", self.course_id),
            course_item_id: fields.patch("course_item_id", self.course_item_id),
            passing_score: fields.patch("passing_score", self.passing_score),
            external_id: fields.patch("external_id", self.external_id),
            validity: fields.patch("validity", self.validity),
            due_period: fields.patch("due_period", self.due_period),
        };
        fields.unknown(&self.rest);
        fields.into_errors().or((patch, sent_back))
    }
}
