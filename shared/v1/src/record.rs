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

/// A record of learning.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LearningRecord)]
pub struct RecordView {
    /// The record's id: `lrn_` and a ULID. Its UUID spelling is accepted back.
    #[schema(value_type = String, examples("lrn_01ARZ3NDEKTSV4RRFFQ69G5FAV"))]
    id: RecordId,
    /// Whose data it is.
    #[schema(value_type = String)]
    tenant_id: TenantId,
    /// The application that made it, if one did.
    #[schema(value_type = Option<String>)]
    app_id: Option<AppId>,
    /// Whose learning it is.
    #[schema(value_type = String)]
    person_id: PersonId,
    /// The client's own id, unique in the tenant: 1–128 visible ASCII characters.
    #[schema(value_type = Option<String>)]
    external_id: Option<ExternalId>,
    /// The name of what was learnt: 1–500 characters on one line.
    #[schema(value_type = String)]
    title: Title,
    /// Who provided the learning.
    #[schema(value_type = Option<String>)]
    provider: Option<Provider>,
    /// The activity that was done.
    #[schema(value_type = Option<String>)]
    activity_id: Option<ActivityId>,
    /// The course that it belongs to.
    #[schema(value_type = Option<String>)]
    course_id: Option<CourseId>,
    /// Its place in that course.
    #[schema(value_type = Option<String>)]
    course_item_id: Option<CourseItemId>,
    /// The title of the activity, where it is one of ours; a new one follows in a while.
    #[schema(value_type = Option<String>)]
    activity_title: Option<Title>,
    /// The enrolment under which it was done.
    #[schema(value_type = Option<String>)]
    enrollment_id: Option<EnrollmentId>,
    /// Where the learning stands. Derived where it is never set.
    status: Status,
    /// When it was assigned: a date or an RFC 3339 instant, as all six.
    #[schema(value_type = Option<String>)]
    assigned_at: Option<DateOrInstant>,
    /// When the person began.
    #[schema(value_type = Option<String>)]
    started_at: Option<DateOrInstant>,
    /// By when it is to be done; overdue from the next day (UTC).
    #[schema(value_type = Option<String>)]
    due_at: Option<DateOrInstant>,
    /// When it was done; not before `started_at`.
    #[schema(value_type = Option<String>)]
    completed_at: Option<DateOrInstant>,
    /// When the certificate lapses; expired from the next day (UTC).
    #[schema(value_type = Option<String>)]
    expires_at: Option<DateOrInstant>,
    /// When access to the activity closes.
    #[schema(value_type = Option<String>)]
    access_expires_at: Option<DateOrInstant>,
    /// The score in per cent: 0–100 with at most 4 decimals.
    #[schema(value_type = Option<f64>)]
    score: Option<Percent>,
    /// The score needed to pass, in per cent.
    #[schema(value_type = Option<f64>)]
    passing_score: Option<Percent>,
    /// Whether it was passed.
    passed: Option<bool>,
    /// How much of it is done, in per cent.
    #[schema(value_type = Option<f64>)]
    progress: Option<Percent>,
    /// The time spent, in seconds.
    #[schema(value_type = Option<u64>)]
    time_spent_seconds: Option<Count>,
    /// How often it was opened.
    #[schema(value_type = Option<u64>)]
    views_count: Option<Count>,
    /// An external credential's URL, badge id or reference number.
    #[schema(value_type = Option<String>)]
    certification_ref: Option<CertificationRef>,
    /// The training cohort with which it was done.
    #[schema(value_type = Option<String>)]
    linked_cohort_id: Option<CohortId>,
    /// The formal assessment that made it.
    #[schema(value_type = Option<String>)]
    linked_assessment_id: Option<AssessmentId>,
    /// Whether the person may see the record.
    visible_to_student: bool,
    /// Custom attributes, by their keys.
    #[schema(value_type = Object)]
    attributes: Attributes,
    /// How many files it has that are `ready`; it changes without a new version.
    attachments_count: u32,
    /// Its files, where they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<Vec<AttachmentView>>,
    /// Whether it is due and not done.
    is_overdue: bool,
    /// Whether its certificate has lapsed.
    is_expired: bool,
    /// A provenance tag.
    #[schema(value_type = String)]
    source: Source,
    /// From where it was written first.
    source_type: SourceType,
    /// The version of the shape in which it is kept.
    schema_version: u32,
    /// How often it was written; also its `ETag`.
    version: u64,
    /// When it was made.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    /// Who made it.
    created_by: String,
    /// When it was last written.
    #[serde(with = "fixed_width")]
    #[schema(value_type = String, format = DateTime)]
    updated_at: DateTime<Utc>,
    /// Who wrote it last.
    updated_by: String,
    /// Whether it is deleted.
    is_deleted: bool,
    /// When it was deleted.
    #[serde(with = "fixed_width::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    deleted_at: Option<DateTime<Utc>>,
    /// Who deleted it.
    deleted_by: Option<String>,
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

/// The names of a record's fields.
const RECORD_FIELDS: [&str; 44] = [
    "id",
    "tenant_id",
    "app_id",
    "person_id",
    "external_id",
    "title",
    "provider",
    "activity_id",
    "course_id",
    "course_item_id",
    "activity_title",
    "enrollment_id",
    "status",
    "assigned_at",
    "started_at",
    "due_at",
    "completed_at",
    "expires_at",
    "access_expires_at",
    "score",
    "passing_score",
    "passed",
    "progress",
    "time_spent_seconds",
    "views_count",
    "certification_ref",
    "linked_cohort_id",
    "linked_assessment_id",
    "visible_to_student",
    "attributes",
    "attachments_count",
    "is_overdue",
    "is_expired",
    "source",
    "source_type",
    "schema_version",
    "version",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "is_deleted",
    "deleted_at",
    "deleted_by",
];

impl RecordView {
    /// The record as it stands at `now`.
    pub fn of(record: Record, now: DateTime<Utc>) -> Self {
        let (is_overdue, is_expired) = (record.content.is_overdue(now), record.content.is_expired(now));
        let status = record.content.status(now);
        let content = record.content;
        Self {
            id: record.id,
            tenant_id: record.tenant,
            app_id: record.app_id,
            person_id: record.person_id,
            external_id: content.external_id,
            title: content.title,
            provider: content.provider,
            activity_id: content.activity_id,
            course_id: content.course_id,
            course_item_id: content.course_item_id,
            enrollment_id: content.enrollment_id,
            status,
            assigned_at: content.assigned_at,
            started_at: content.started_at,
            due_at: content.due_at,
            completed_at: content.completed_at,
            expires_at: content.expires_at,
            access_expires_at: content.access_expires_at,
            score: content.score,
            passing_score: content.passing_score,
            passed: content.passed,
            progress: content.progress,
            time_spent_seconds: content.time_spent_seconds,
            views_count: content.views_count,
            certification_ref: content.certification_ref,
            linked_cohort_id: content.linked_cohort_id,
            linked_assessment_id: content.linked_assessment_id,
            visible_to_student: content.visible_to_student,
            activity_title: content.activity_title,
            attributes: content.attributes,
            attachments_count: record.attachments_count,
            attachments: None,
            is_overdue,
            is_expired,
            source: record.source,
            source_type: record.source_type,
            schema_version: SCHEMA_VERSION,
            version: record.stamp.version,
            created_at: record.stamp.created_at,
            created_by: record.stamp.created_by,
            updated_at: record.stamp.updated_at,
            updated_by: record.stamp.updated_by,
            is_deleted: record.deleted.is_some(),
            deleted_at: record.deleted.as_ref().map(|deletion| deletion.at),
            deleted_by: record.deleted.map(|deletion| deletion.by),
        }
    }

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
        let known = RECORD_FIELDS.into_iter().find(|field| *field == name);
        known.ok_or_else(|| format!("expected fields of a record, found {name:?}"))
    }

    /// The same, with its version as `ETag`.
    pub fn etagged(record: Record, now: DateTime<Utc>) -> Etagged<Self> {
        Etagged { version: record.stamp.version, body: Self::of(record, now) }
    }
}
