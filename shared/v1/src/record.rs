//! A record of learning.

use crate::AttachmentView;
use chrono::{DateTime, Utc};
use rol_domain::{
    Attachment, DateOrInstant, Record, RecordId, TenantId,
    attribute::Attributes,
    number::{Count, Percent},
    record::{SCHEMA_VERSION, SourceType, Status},
    text::{
        ActivityId, AppId, AssessmentId, CertificationRef, CohortId, CourseId, CourseItemId, EnrollmentId, ExternalId,
        PersonId, Provider, Source, Title,
    },
    time::fixed_width,
};
use rol_http::Etagged;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Declares the view with its fields, each once: its schema, its name, its type, and its value of a record at `now`.
macro_rules! record_view {
    (
        ($record:ident, $now:ident) $(let $derived:pat = $derivation:expr;)*
        $(#[$meta:meta])*
        pub struct RecordView { $($(#[$attribute:meta])* $field:ident: $type:ty = $value:expr,)* }
    ) => {
        #[derive(Debug, Serialize, ToSchema)]
        $(#[$meta])*
        pub struct RecordView {
            $($(#[$attribute])* $field: $type,)*
            /// Its files, where they are asked for.
            #[serde(skip_serializing_if = "Option::is_none")]
            attachments: Option<Vec<AttachmentView>>,
        }

        /// The names that `fields` may have.
        const RECORD_FIELDS: &[&str] = &[$(stringify!($field)),*];

        impl RecordView {
            /// The record as it stands at `now`.
            pub fn of($record: Record, $now: DateTime<Utc>) -> Self {
                $(let $derived = $derivation;)*
                Self { $($field: $value,)* attachments: None }
            }
        }
    };
}

record_view! {
    (record, now)
    let (is_overdue, is_expired) = (record.content.is_overdue(now), record.content.is_expired(now));
    let status = record.content.status(now);

    /// A record of learning.
    #[schema(as = LearningRecord)]
    pub struct RecordView {
        /// The record's id: `lrn_` and a ULID. Its UUID spelling is accepted back.
        #[schema(value_type = String, examples("lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV"))]
        id: RecordId = record.id,
        /// Whose data it is.
        #[schema(value_type = String)]
        tenant_id: TenantId = record.tenant,
        /// The application that made it, if one did.
        #[schema(value_type = Option<String>)]
        app_id: Option<AppId> = record.app_id,
        /// Whose learning it is.
        #[schema(value_type = String)]
        person_id: PersonId = record.person_id,
        /// The client's own id, unique in the tenant: 1–128 visible ASCII characters.
        #[schema(value_type = Option<String>)]
        external_id: Option<ExternalId> = record.content.external_id,
        /// The name of what was learnt: 1–500 characters on one line.
        #[schema(value_type = String)]
        title: Title = record.content.title,
        /// Who provided the learning.
        #[schema(value_type = Option<String>)]
        provider: Option<Provider> = record.content.provider,
        /// The activity that was done.
        #[schema(value_type = Option<String>)]
        activity_id: Option<ActivityId> = record.content.activity_id,
        /// The course that it belongs to.
        #[schema(value_type = Option<String>)]
        course_id: Option<CourseId> = record.content.course_id,
        /// Its place in that course.
        #[schema(value_type = Option<String>)]
        course_item_id: Option<CourseItemId> = record.content.course_item_id,
        /// The title of the activity, where it is one of ours; a new one follows in a while.
        #[schema(value_type = Option<String>)]
        activity_title: Option<Title> = record.content.activity_title,
        /// The enrolment under which it was done.
        #[schema(value_type = Option<String>)]
        enrollment_id: Option<EnrollmentId> = record.content.enrollment_id,
        /// Where the learning stands. Derived where it is never set.
        status: Status = status,
        /// When it was assigned: a date or an RFC 3339 instant, as all six.
        #[schema(value_type = Option<String>)]
        assigned_at: Option<DateOrInstant> = record.content.assigned_at,
        /// When the person began.
        #[schema(value_type = Option<String>)]
        started_at: Option<DateOrInstant> = record.content.started_at,
        /// By when it is to be done; overdue from the next day (UTC).
        #[schema(value_type = Option<String>)]
        due_at: Option<DateOrInstant> = record.content.due_at,
        /// When it was done; not before `started_at`.
        #[schema(value_type = Option<String>)]
        completed_at: Option<DateOrInstant> = record.content.completed_at,
        /// When the certificate lapses; expired from the next day (UTC).
        #[schema(value_type = Option<String>)]
        expires_at: Option<DateOrInstant> = record.content.expires_at,
        /// When access to the activity closes.
        #[schema(value_type = Option<String>)]
        access_expires_at: Option<DateOrInstant> = record.content.access_expires_at,
        /// The score in per cent: 0–100 with at most 4 decimals.
        #[schema(value_type = Option<f64>)]
        score: Option<Percent> = record.content.score,
        /// The score needed to pass, in per cent.
        #[schema(value_type = Option<f64>)]
        passing_score: Option<Percent> = record.content.passing_score,
        /// Whether it was passed.
        passed: Option<bool> = record.content.passed,
        /// How much of it is done, in per cent.
        #[schema(value_type = Option<f64>)]
        progress: Option<Percent> = record.content.progress,
        /// The time spent, in seconds.
        #[schema(value_type = Option<u64>)]
        time_spent_seconds: Option<Count> = record.content.time_spent_seconds,
        /// How often it was opened.
        #[schema(value_type = Option<u64>)]
        views_count: Option<Count> = record.content.views_count,
        /// An external credential's URL, badge id or reference number.
        #[schema(value_type = Option<String>)]
        certification_ref: Option<CertificationRef> = record.content.certification_ref,
        /// The training cohort with which it was done.
        #[schema(value_type = Option<String>)]
        linked_cohort_id: Option<CohortId> = record.content.linked_cohort_id,
        /// The formal assessment that made it.
        #[schema(value_type = Option<String>)]
        linked_assessment_id: Option<AssessmentId> = record.content.linked_assessment_id,
        /// Whether the person may see the record.
        visible_to_student: bool = record.content.visible_to_student,
        /// Custom attributes, by their keys.
        #[schema(value_type = Object)]
        attributes: Attributes = record.content.attributes,
        /// How many files it has that are `ready`; it changes without a new version.
        attachments_count: u32 = record.attachments_count,
        /// Whether it is due and not done.
        is_overdue: bool = is_overdue,
        /// Whether its certificate has lapsed.
        is_expired: bool = is_expired,
        /// A provenance tag.
        #[schema(value_type = String)]
        source: Source = record.source,
        /// From where it was written first.
        source_type: SourceType = record.source_type,
        /// The version of the shape in which it is kept.
        schema_version: u32 = SCHEMA_VERSION,
        /// How often it was written; also its `ETag`.
        version: u64 = record.stamp.version,
        /// When it was made.
        #[serde(with = "fixed_width")]
        #[schema(value_type = String, format = DateTime)]
        created_at: DateTime<Utc> = record.stamp.created_at,
        /// Who made it.
        created_by: String = record.stamp.created_by,
        /// When it was last written.
        #[serde(with = "fixed_width")]
        #[schema(value_type = String, format = DateTime)]
        updated_at: DateTime<Utc> = record.stamp.updated_at,
        /// Who wrote it last.
        updated_by: String = record.stamp.updated_by,
        /// Whether it is deleted.
        is_deleted: bool = record.deleted.is_some(),
        /// When it was deleted.
        #[serde(with = "fixed_width::option")]
        #[schema(value_type = Option<String>, format = DateTime)]
        deleted_at: Option<DateTime<Utc>> = record.deleted.as_ref().map(|deletion| deletion.at),
        /// Who deleted it.
        deleted_by: Option<String> = record.deleted.map(|deletion| deletion.by),
    }
}

/// A record, or what was asked for of it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum SelectedRecord {
    /// Every field.
    Whole(Box<RecordView>),
    /// Some of the fields.
    Part(Map<String, Value>),
}

impl RecordView {
    /// The record with its files, as it stands at `now`.
    pub fn with_attachments(record: Record, attachments: Vec<Attachment>, now: DateTime<Utc>) -> Self {
        let attachments = attachments.into_iter().map(AttachmentView::from).collect();
        Self { attachments: Some(attachments), ..Self::of(record, now) }
    }

    /// Only these of its fields, and its files where it has them with it; all of its fields where none is named.
    pub fn only(self, fields: &BTreeSet<&'static str>) -> SelectedRecord {
        if fields.is_empty() {
            return SelectedRecord::Whole(Box::new(self));
        }
        let fields_of = |value| match value {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        let mut members = fields_of(serde_json::to_value(self));
        members.retain(|name, _| fields.contains(name.as_str()) || name == "attachments");
        SelectedRecord::Part(members)
    }

    /// A field's name, as `fields` may have it.
    ///
    /// # Errors
    /// Where there is no such field.
    pub fn field(name: &str) -> Result<&'static str, String> {
        let known = RECORD_FIELDS.iter().copied().find(|field| *field == name);
        known.ok_or_else(|| format!("expected fields of a record, found {name:?}"))
    }

    /// The same, with its version as `ETag`.
    pub fn etagged(record: Record, now: DateTime<Utc>) -> Etagged<Self> {
        Etagged { version: record.stamp.version, body: Self::of(record, now) }
    }
}
