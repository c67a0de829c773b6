//! An activity as the API gives it: every field, `null` where it has no value.

use rol_domain::{
    Activity, MintedActivityId, Period,
    activity::ActivityKind,
    number::Percent,
    text::{CourseId, CourseItemId, Description, ExternalId, Provider, Title},
};
use rol_http::Etagged;
use rol_v1::StampView;
use serde::Serialize;
use utoipa::ToSchema;

/// A course, a module, a package or a certification that records point to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Activity)]
pub(crate) struct ActivityView {
    /// Its id, which records name as their `activity_id`.
    #[schema(value_type = String, examples("atv_01ARZ3NDEKTSV4RRFFQ69G5FAV"))]
    id: MintedActivityId,
    /// What kind of thing it is.
    kind: ActivityKind,
    /// What people call it.
    #[schema(value_type = String, examples("Fire safety"))]
    title: Title,
    /// What it is about.
    #[schema(value_type = Option<String>)]
    description: Option<Description>,
    /// Who provides it.
    #[schema(value_type = Option<String>)]
    provider: Option<Provider>,
    /// The course that a module is part of.
    #[schema(value_type = Option<String>)]
    course_id: Option<CourseId>,
    /// A module's place in its course.
    #[schema(value_type = Option<String>)]
    course_item_id: Option<CourseItemId>,
    /// The score needed to pass, in per cent.
    #[schema(value_type = Option<f64>)]
    passing_score: Option<Percent>,
    /// The client's own id, unique among the tenant's activities.
    #[schema(value_type = Option<String>)]
    external_id: Option<ExternalId>,
    /// How long what was completed is valid: `P24M` is 24 months.
    #[schema(value_type = Option<String>, examples("P24M"))]
    validity: Option<Period>,
    /// How long there is to do it: `P14D` is 14 days.
    #[schema(value_type = Option<String>, examples("P14D"))]
    due_period: Option<Period>,
    #[serde(flatten)]
    stamp: StampView,
}

impl From<Activity> for ActivityView {
    fn from(Activity { id, kind, content, stamp }: Activity) -> Self {
        Self {
            id,
            kind,
            title: content.title,
            description: content.description,
            provider: content.provider,
            course_id: content.course_id,
            course_item_id: content.course_item_id,
            passing_score: content.passing_score,
            external_id: content.external_id,
            validity: content.validity,
            due_period: content.due_period,
            stamp: stamp.into(),
        }
    }
}

impl ActivityView {
    /// The activity, with its version as `ETag`.
    pub(crate) fn etagged(activity: Activity) -> Etagged<Self> {
        Etagged { version: activity.stamp.version, body: activity.into() }
    }
}
