//! The body of create, replace and change: the same fields, each of them in three states.

use rol_app::PersonSelector;
use rol_domain::{
    DateOrInstant, Error, FieldErrors, Record, Result,
    activity::Open,
    number::{Count, Percent},
    person::PersonRef,
    read_only::ReadOnlyFields,
    record::{Content, ContentPatch, NewRecord, RecordPatch, SourceType, Status},
    text::{
        ActivityId, AssessmentId, CertificationRef, CohortId, CourseId, CourseItemId, EnrollmentId, ExternalId,
        PersonId, Provider, Source, Title,
    },
};
use rol_http::{Field, Fields, body};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        AllOfBuilder, ObjectBuilder, Ref, RefOr,
        schema::{Schema, Type},
    },
};

body! {
    /// What a client may say of a record. Fields that only the server sets may be sent back unchanged; they are
    /// ignored.
    pub(crate) struct RecordBody {
        /// Whose learning it is: set on create, never changed.
        #[schema(value_type = Option<String>, max_length = 128, examples("ada@example.com"))]
        person_id: PersonId,
        /// The same person, as the directory knows them: exactly one of `email` and `external_id`, in place of
        /// `person_id`.
        #[schema(value_type = Option<PersonRef>)]
        person: PersonRef,
        /// A provenance tag, `edm` by default: set on create only.
        #[schema(value_type = Option<String>, max_length = 64)]
        source: Source,
        /// From where it is written, `api` by default: set on create only.
        #[schema(value_type = Option<SourceType>)]
        source_type: SourceType,
        /// Values of the tenant's custom attributes, by their keys; a change names only what changes.
        #[schema(value_type = Option<Object>, examples(json!({"grade": "B", "valid-until": "2029-05-20"})))]
        attributes: Map<String, Value>,
    }
    changes ContentPatch {
        /// The client's own id, unique in the tenant: 1–128 visible ASCII characters.
        #[schema(value_type = Option<String>, max_length = 128, examples("hr-4711"))]
        external_id: ExternalId,
        /// The name of what was learnt: 1–500 characters on one line.
        #[schema(value_type = Option<String>, max_length = 500, examples("AWS Certified Developer – Associate"))]
        title: Title,
        /// Who provided the learning.
        #[schema(value_type = Option<String>, max_length = 200, examples("AWS"))]
        provider: Provider,
        /// The activity that was done: one of ours (`atv_…`, which has to exist) or another system's. One of ours gives
        /// the record its title, and what the client leaves open of course, passing score, due date and expiry.
        #[schema(value_type = Option<String>, max_length = 128)]
        activity_id: ActivityId,
        /// The course that it belongs to.
        #[schema(value_type = Option<String>, max_length = 128)]
        course_id: CourseId,
        /// Its place in that course.
        #[schema(value_type = Option<String>, max_length = 128)]
        course_item_id: CourseItemId,
        /// The enrolment under which it was done.
        #[schema(value_type = Option<String>, max_length = 128)]
        enrollment_id: EnrollmentId,
        /// Where the learning stands. Derived where it is never set.
        #[schema(value_type = Option<Status>)]
        status: Status,
        /// When it was assigned: a date or an RFC 3339 instant, as all six.
        #[schema(value_type = Option<String>, examples("2026-05-01"))]
        assigned_at: DateOrInstant,
        /// When the person began.
        #[schema(value_type = Option<String>, examples("2026-05-04"))]
        started_at: DateOrInstant,
        /// By when it is to be done; overdue from the next day (UTC).
        #[schema(value_type = Option<String>, examples("2026-06-30"))]
        due_at: DateOrInstant,
        /// When it was done; not before `started_at`.
        #[schema(value_type = Option<String>, examples("2026-05-20T14:30:00Z"))]
        completed_at: DateOrInstant,
        /// When the certificate lapses; expired from the next day (UTC).
        #[schema(value_type = Option<String>, examples("2029-05-20"))]
        expires_at: DateOrInstant,
        /// When access to the activity closes.
        #[schema(value_type = Option<String>)]
        access_expires_at: DateOrInstant,
        /// The score in per cent: 0–100 with at most 4 decimals.
        #[schema(value_type = Option<f64>, minimum = 0, maximum = 100, examples(87.5))]
        score: Percent,
        /// The score needed to pass, in per cent.
        #[schema(value_type = Option<f64>, minimum = 0, maximum = 100)]
        passing_score: Percent,
        /// Whether it was passed.
        #[schema(value_type = Option<bool>)]
        passed: bool,
        /// How much of it is done, in per cent.
        #[schema(value_type = Option<f64>, minimum = 0, maximum = 100)]
        progress: Percent,
        /// The time spent, in seconds.
        #[schema(value_type = Option<u64>)]
        time_spent_seconds: Count,
        /// How often it was opened.
        #[schema(value_type = Option<u64>)]
        views_count: Count,
        /// An external credential's URL, badge id or reference number.
        #[schema(value_type = Option<String>, max_length = 2048)]
        certification_ref: CertificationRef,
        /// The training cohort with which it was done.
        #[schema(value_type = Option<String>, max_length = 128)]
        linked_cohort_id: CohortId,
        /// The formal assessment that made it.
        #[schema(value_type = Option<String>, max_length = 128)]
        linked_assessment_id: AssessmentId,
        /// Whether the person may see the record (default true).
        #[schema(value_type = Option<bool>)]
        visible_to_student: bool,
    }
}

/// A whole record, to be created or replaced: `title` is required, and `person_id` or `person`.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct NewRecordBody(RecordBody);

impl PartialSchema for NewRecordBody {
    fn schema() -> RefOr<Schema> {
        let required = ObjectBuilder::new().schema_type(Type::Object).required("title");
        AllOfBuilder::new()
            .item(Ref::from_schema_name("RecordBody"))
            .item(required)
            .description(Some("A whole record, to be created or replaced: title is required, and person_id or person."))
            .into()
    }
}

impl ToSchema for NewRecordBody {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push(("RecordBody".into(), RecordBody::schema()));
        RecordBody::schemas(schemas);
    }
}

impl NewRecordBody {
    /// The record that the body describes.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub(crate) fn parse(self) -> Result<(PersonSelector, NewRecord)> {
        let Self(mut body) = self;
        let mut fields = Fields::default();
        let read_only = ReadOnlyFields::take(&mut body.rest, &Record::READ_ONLY);
        let selector = selector(&mut fields, std::mem::take(&mut body.person_id), std::mem::take(&mut body.person));
        let attributes = fields.optional("attributes", std::mem::take(&mut body.attributes)).unwrap_or_default();
        let source = fields.optional("source", std::mem::take(&mut body.source));
        let source_type = fields.optional("source_type", std::mem::take(&mut body.source_type));
        let title = fields.required("title", std::mem::take(&mut body.title));
        fields.unknown(&body.rest);
        let patch = body.take_patch(&mut fields);
        let open = Open::of(&patch);
        let errors = fields.into_errors();
        // Rules between fields are checked even where the title is missing.
        let stand_in = || Title::parse("untitled").map_err(|error| Error::internal("naming a record", error));
        let blank = Content::titled(match title.clone() {
            Some(title) => title,
            None => stand_in()?,
        });
        let content = merged(blank, patch, errors)?;
        match selector {
            Some(selector) => Ok((selector, NewRecord { content, attributes, source, source_type, open, read_only })),
            None => Err(Error::internal("reading a record", "a missing person went unnoticed")),
        }
    }

    /// As [`Self::parse`], for the record of this external id.
    ///
    /// # Errors
    /// Also where the body names another.
    pub(crate) fn parse_named(mut self, external_id: &ExternalId) -> Result<(PersonSelector, NewRecord)> {
        self.0.external_id = match self.0.external_id {
            Field::Absent | Field::Null => Field::Value(external_id.clone()),
            Field::Value(other) if other != *external_id => {
                Field::Wrong(format!("expected the path's {external_id} or nothing, found {other}"))
            }
            other => other,
        };
        self.parse()
    }
}

impl RecordBody {
    /// The change that the body describes.
    ///
    /// # Errors
    /// Every field that is none of its type.
    pub(crate) fn parse_patch(mut self) -> Result<RecordPatch> {
        let mut fields = Fields::default();
        // What is set on create only may be sent back too.
        fields.read_only("person_id", std::mem::take(&mut self.person_id), &mut self.rest);
        fields.read_only("source", std::mem::take(&mut self.source), &mut self.rest);
        fields.read_only("source_type", std::mem::take(&mut self.source_type), &mut self.rest);
        let read_only = [&Record::READ_ONLY[..], &Record::CREATE_ONLY].concat();
        let read_only = ReadOnlyFields::take(&mut self.rest, &read_only);
        if std::mem::take(&mut self.person) != Field::Absent {
            fields.refuse::<()>("person", "expected nothing: a record stays with its person");
        }
        let attributes = fields.patch("attributes", std::mem::take(&mut self.attributes));
        fields.unknown(&self.rest);
        let content = self.take_patch(&mut fields);
        fields.into_errors().or(RecordPatch { content, attributes, read_only })
    }
}

/// Whose record it is: one of the two ways to say so.
fn selector(fields: &mut Fields, id: Field<PersonId>, reference: Field<PersonRef>) -> Option<PersonSelector> {
    match (id, reference) {
        (id, Field::Absent | Field::Null) => fields.required("person_id", id).map(PersonSelector::Id),
        (Field::Absent | Field::Null, reference) => match reference {
            Field::Value(reference) => Some(PersonSelector::Ref(reference)),
            _ => fields.refuse("person", "expected exactly one of email and external_id, as a text"),
        },
        _ => fields.refuse("person", "expected person_id or person, found both"),
    }
}

fn merged(blank: Content, patch: ContentPatch, mut errors: FieldErrors) -> Result<Content> {
    match blank.merge(patch) {
        Ok(content) => errors.or(content),
        Err(more) => {
            errors.append(more);
            Err(Error::Invalid(errors))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rol_domain::Patch;
    use serde_json::json;

    fn errors(body: Value) -> Vec<String> {
        let body: NewRecordBody = serde_json::from_value(body).expect("fields never fail");
        let text = body.parse().expect_err("invalid").to_string();
        text.trim_start_matches("the request is invalid: ").split("; ").map(str::to_owned).collect()
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let found = errors(json!({
            "title": 5, "score": 101, "passed": "yes", "due_at": "01/05/2026", "colour": "red", "a/b": 1,
            "started_at": "2026-05-02", "completed_at": "2026-05-01", "status": "done",
        }));
        let pointers: Vec<&str> = found.iter().filter_map(|error| error.split(": ").next()).collect();
        let expected =
            ["/person_id", "/title", "/a~1b", "/colour", "/status", "/due_at", "/score", "/passed", "/completed_at"];
        for pointer in expected {
            assert!(pointers.contains(&pointer), "{pointer} in {found:?}");
        }
        assert_eq!(pointers.len(), expected.len(), "{found:?}");
    }

    #[test]
    fn absent_and_null_and_a_value_are_three_changes() {
        let body: RecordBody =
            serde_json::from_value(json!({"provider": null, "score": 50})).expect("fields never fail");
        let patch = body.parse_patch().expect("valid").content;
        assert_eq!(patch.provider, Patch::Null);
        assert_eq!(patch.passed, Patch::Absent);
        assert!(matches!(patch.score, Patch::Value(_)));
    }

    #[test]
    fn a_replacement_takes_the_paths_external_id() {
        let path = ExternalId::parse("hr-1").expect("valid");
        let body = |value| serde_json::from_value::<NewRecordBody>(value).expect("fields never fail");
        let named = body(json!({"person_id": "p", "title": "t"})).parse_named(&path).expect("valid");
        assert_eq!(named.1.content.external_id, Some(path.clone()));
        assert!(body(json!({"person_id": "p", "title": "t", "external_id": "hr-2"})).parse_named(&path).is_err());
    }
}
