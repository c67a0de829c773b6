//! What a record takes from the activity that it points to, on its way into the table.

use crate::App;
use rol_domain::{
    Activity, Cx, FieldErrors, Record, Result,
    limits::DIRECTORY_CACHE_S,
    record::{NewRecord, RecordPatch},
    text::ActivityId,
};
use std::sync::Arc;

impl App {
    /// A record to be made, or put in the place of `before`, with what its client left to its activity, and what is
    /// wrong with that. One call where it names an activity of ours, at most every 10 seconds for each.
    pub(crate) async fn with_activity_defaults(
        &self,
        cx: &Cx,
        mut new: NewRecord,
        before: Option<&Record>,
    ) -> Result<(NewRecord, FieldErrors)> {
        let mut wrong = FieldErrors::default();
        let Some(id) = new.content.activity_id.clone().filter(ActivityId::is_ours) else { return Ok((new, wrong)) };
        match (self.cached_activity(cx, &id).await?, before) {
            (Some(activity), _) => activity.fill(&mut new.content, new.open, before, cx.now),
            // It was deleted since the record began to point to it.
            (None, Some(before)) if before.content.activity_id.as_ref() == Some(&id) => {
                new.content.keep(new.open, &before.content);
            }
            (None, _) => unknown(&mut wrong, &id),
        }
        Ok((new, wrong))
    }

    /// The change of a record with what its client left to its activity, and what is wrong with that. One call where
    /// the record begins to point to an activity of ours, or a date moves from which another is counted; at most every
    /// 10 seconds for each activity.
    pub(crate) async fn with_patched_defaults(
        &self,
        cx: &Cx,
        mut patch: RecordPatch,
        record: &Record,
    ) -> Result<(RecordPatch, FieldErrors)> {
        let mut wrong = FieldErrors::default();
        patch.content.forget_title();
        if let Some(id) = patch.content.asks(&record.content) {
            match self.cached_activity(cx, &id).await? {
                Some(activity) => activity.complete(&mut patch.content, record),
                None if record.content.activity_id.as_ref() == Some(&id) => {}
                None => unknown(&mut wrong, &id),
            }
        }
        Ok((patch, wrong))
    }

    /// The title that a record's activity has now: a deleted record's did not follow.
    pub(crate) async fn with_current_title(&self, cx: &Cx, mut record: Record) -> Result<Record> {
        if let Some(id) = record.content.activity_id.clone().filter(ActivityId::is_ours)
            && let Some(activity) = self.cached_activity(cx, &id).await?
        {
            record.content.activity_title = Some(activity.content.title.clone());
        }
        Ok(record)
    }

    /// An activity of ours. That there is none is not remembered: one is of use as soon as it was made.
    async fn cached_activity(&self, cx: &Cx, id: &ActivityId) -> Result<Option<Arc<Activity>>> {
        let Some(id) = id.minted() else { return Ok(None) };
        let cache = &self.0.cached.activities;
        if let Some((_, activity)) = cache.get(&(cx.tenant, id), cx.now, DIRECTORY_CACHE_S) {
            return Ok(Some(activity));
        }
        let activity = self.store().for_tenant(&cx.tenant).activity(id).await?.map(Arc::new);
        if let Some(activity) = &activity {
            cache.put((cx.tenant, id), cx.now, activity.clone());
        }
        Ok(activity)
    }
}

fn unknown(wrong: &mut FieldErrors, id: &ActivityId) {
    wrong.body("/activity_id", format_args!("expected an activity, found none with the id {id}"));
}
