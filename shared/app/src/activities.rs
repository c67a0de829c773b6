//! Activities: made, found, changed, deleted; what records take from them, and how a new title reaches these.

mod defaults;
mod retitle;

use crate::App;
use rol_domain::{
    Activity, Cx, Error, FieldErrors, Id, Kind, MintedActivityId, Result,
    activity::{ActivityContent, ActivityKind, ActivityPatch},
    limits::{ACTIVITIES_AT_ONCE, MAX_ACTIVITY_STEPS, WRITE_RETRIES},
    person::fold_case,
    text::{ActivityId, CourseId, ExternalId, SearchText},
};
use rol_store::ActivityWriteOutcome;

/// A wish for a page of activities.
#[derive(Debug, Clone)]
pub struct ActivityQuery {
    /// Only those with this in their title, in letters of either case.
    pub search: Option<SearchText>,
    /// Only those of this kind.
    pub kind: Option<ActivityKind>,
    /// Only the one with this id of the client's own.
    pub external_id: Option<ExternalId>,
    /// How many at most.
    pub limit: u32,
    /// Where an earlier page ended.
    pub cursor: Option<String>,
}

/// Activities in the order in which they were made, and where to go on.
#[derive(Debug, Default)]
pub struct ActivityList {
    /// The activities.
    pub activities: Vec<Activity>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
    /// Whether the page ended before it was full, because much was filtered out.
    pub partial: bool,
}

impl App {
    /// Adds an activity. One call, one more where its course is one of ours.
    ///
    /// # Errors
    /// [`Error::Invalid`], or `Conflict` where the external id belongs to another activity.
    pub async fn create_activity(&self, cx: &Cx, kind: ActivityKind, content: ActivityContent) -> Result<Activity> {
        let wrong = self.check_course(cx, content.course_id.as_ref()).await?;
        let activity = wrong.with(Activity::create(Id::random(cx.now, self.random()), kind, content, cx))?;
        for _ in 0..=WRITE_RETRIES {
            match self.store().for_tenant(&cx.tenant).write_activity(None, &activity, cx).await? {
                ActivityWriteOutcome::Done => return Ok(activity),
                ActivityWriteOutcome::NameTaken => return Err(in_use(&activity)),
                ActivityWriteOutcome::Stale => {
                    return Err(Error::internal("minting an id", "it met an existing activity"));
                }
                ActivityWriteOutcome::Contended => {}
            }
        }
        Err(contended())
    }

    /// One activity. One call.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn activity(&self, cx: &Cx, id: MintedActivityId) -> Result<Activity> {
        self.store().for_tenant(&cx.tenant).activity(id).await?.ok_or(Error::NotFound(Kind::Activity))
    }

    /// A page of activities. Four calls, one a shard; more where much is filtered out. Of an external id two calls; one
    /// where nothing has it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor of another list.
    pub async fn activities(&self, cx: &Cx, query: &ActivityQuery) -> Result<ActivityList> {
        let search = query.search.as_ref().map(|search| fold_case(search.as_str()));
        let bound = match &query.external_id {
            None => format!("activities {:?} {search:?}", query.kind),
            // It finds one at most, so that no page has a next one.
            Some(external_id) => format!("the activity {external_id}"),
        };
        let after = query.cursor.as_ref().map(|cursor| self.open_cursor(cx, &bound, cursor)).transpose()?;
        let mut after = after.and_then(|id| MintedActivityId::parse(&id).ok());
        let takes = |activity: &Activity| {
            query.kind.is_none_or(|kind| activity.kind == kind)
                && search.as_ref().is_none_or(|search| fold_case(activity.content.title.as_str()).contains(search))
        };
        if let Some(external_id) = &query.external_id {
            let named = self.store().for_tenant(&cx.tenant).activity_named(external_id).await?;
            return Ok(ActivityList {
                activities: named.into_iter().filter(takes).collect(),
                ..ActivityList::default()
            });
        }
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let at_once = if search.is_none() && query.kind.is_none() { limit } else { ACTIVITIES_AT_ONCE };
        let (mut activities, mut more) = (Vec::new(), true);
        for _ in 0..MAX_ACTIVITY_STEPS {
            let page = self.store().for_tenant(&cx.tenant).activities(after, at_once).await?;
            let mut read = page.items.into_iter();
            while activities.len() < limit
                && let Some(activity) = read.next()
            {
                after = Some(activity.id);
                activities.extend(Some(activity).filter(takes));
            }
            more = page.more || read.len() > 0;
            if activities.len() == limit || !more {
                break;
            }
        }
        let next = after.filter(|_| more).map(|id| self.seal_cursor(cx, &bound, &id.to_string())).transpose()?;
        let partial = more && activities.len() < limit;
        Ok(ActivityList { activities, next_cursor: next, partial })
    }

    /// Changes an activity; another title makes its way to the records. Two calls; one where nothing changes. Without
    /// `if_match` a lost race is tried again.
    ///
    /// # Errors
    /// [`Error::NotFound`], `Invalid`, `Stale`, or `Conflict` where the external id belongs to another activity or
    /// every retry lost.
    pub async fn patch_activity(
        &self,
        cx: &Cx,
        id: MintedActivityId,
        if_match: Option<u64>,
        patch: &ActivityPatch,
    ) -> Result<Activity> {
        let wrong = self.check_course(cx, patch.course_id.value()).await?;
        for _ in 0..=WRITE_RETRIES {
            let current = self.activity(cx, id).await?;
            check_version(&current, if_match)?;
            let next = wrong.clone().with(current.patched(patch.clone(), cx))?;
            let Some(next) = next else { return Ok(current) };
            match self.store().for_tenant(&cx.tenant).write_activity(Some(&current), &next, cx).await? {
                ActivityWriteOutcome::Done => return Ok(next),
                ActivityWriteOutcome::NameTaken => return Err(in_use(&next)),
                ActivityWriteOutcome::Stale | ActivityWriteOutcome::Contended => {}
            }
        }
        Err(if if_match.is_some() { stale() } else { contended() })
    }

    /// Deletes an activity; the records that point to it stay as they are. Two calls.
    ///
    /// # Errors
    /// [`Error::NotFound`], `Stale`, or `Conflict` where every retry lost.
    pub async fn delete_activity(&self, cx: &Cx, id: MintedActivityId, if_match: Option<u64>) -> Result<()> {
        for _ in 0..=WRITE_RETRIES {
            let current = self.activity(cx, id).await?;
            check_version(&current, if_match)?;
            if self.store().for_tenant(&cx.tenant).delete_activity(&current, cx).await? == ActivityWriteOutcome::Done {
                return Ok(());
            }
        }
        Err(if if_match.is_some() { stale() } else { contended() })
    }

    /// What is wrong with a module's course: one of ours has to be there, and be a course.
    async fn check_course(&self, cx: &Cx, course: Option<&CourseId>) -> Result<FieldErrors> {
        let mut wrong = FieldErrors::default();
        let ours = course.and_then(|course| ActivityId::parse(course.as_str()).ok()).filter(ActivityId::is_ours);
        if let Some(id) = ours {
            let found = match id.minted() {
                Some(id) => self.store().for_tenant(&cx.tenant).activity(id).await?,
                None => None,
            };
            if found.is_none_or(|activity| activity.kind != ActivityKind::Course) {
                wrong.body("/course_id", format_args!("expected a course, found none with the id {id}"));
            }
        }
        Ok(wrong)
    }
}

/// # Errors
/// [`Error::Stale`] where `If-Match` names another version.
fn check_version(activity: &Activity, if_match: Option<u64>) -> Result<()> {
    if if_match.is_some_and(|version| version != activity.stamp.version) { Err(stale()) } else { Ok(()) }
}

fn stale() -> Error {
    Error::Stale("the activity is not at the version that If-Match names")
}

fn contended() -> Error {
    Error::Conflict("the activity is being changed by many requests: try again".into())
}

fn in_use(activity: &Activity) -> Error {
    let name = activity.content.external_id.as_ref().map(ExternalId::as_str).unwrap_or_default();
    Error::Conflict(format!("the external id {name} belongs to another activity"))
}
