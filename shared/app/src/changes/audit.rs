//! The audit trail: found.

use crate::App;
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use rol_domain::{
    Cx, Error, Kind, Result,
    audit::{AuditEntry, AuditEntryId, CHAINS},
    change::Actions,
    limits::MAX_AUDIT_STEPS,
    text::PersonId,
};
use std::collections::VecDeque;

/// Which entries are wanted: those that everything named applies to.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Who did it.
    pub actor: Option<String>,
    /// For whom it was done.
    pub subject: Option<PersonId>,
    /// Whose record or entry it was done to.
    pub person: Option<PersonId>,
    /// To what: the id of a record, a group, a key, …
    pub entity_id: Option<String>,
    /// What was done.
    pub action: Option<Actions>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Not after.
    pub to: Option<DateTime<Utc>>,
}

impl AuditFilter {
    fn takes(&self, entry: &AuditEntry) -> bool {
        let facts = &entry.facts;
        self.actor.as_ref().is_none_or(|actor| facts.trace.actor == *actor)
            && self.subject.as_ref().is_none_or(|subject| facts.trace.subject.as_ref() == Some(subject))
            && self.person.as_ref().is_none_or(|person| facts.person_id.as_ref() == Some(person))
            && self.entity_id.as_ref().is_none_or(|id| facts.entity_id == *id)
            && self.action.is_none_or(|actions| actions.take(facts.action))
            && self.from.is_none_or(|from| facts.trace.at >= from)
            && self.to.is_none_or(|to| facts.trace.at <= to)
    }
}

/// Entries, newest first, and where to go on.
#[derive(Debug, Default)]
pub struct AuditList {
    /// The entries with their ids.
    pub entries: Vec<(AuditEntryId, AuditEntry)>,
    /// Entries that were met and cannot be read: somebody must have changed them.
    pub unreadable: Vec<AuditEntryId>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
    /// Whether the page ended before it was full, because much was filtered out.
    pub partial: bool,
}

/// How many entries of a chain are read at once.
const STEP: usize = 100;

impl App {
    /// A page of the audit trail, newest first. Four calls, one a chain, and more where much is filtered out.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor of another list.
    pub async fn audit(&self, cx: &Cx, filter: &AuditFilter, limit: u32, cursor: Option<&str>) -> Result<AuditList> {
        let bound = format!("audit {filter:?}");
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let chains = usize::from(CHAINS);
        let mut before: Vec<Option<u64>> = match cursor {
            Some(cursor) => serde_json::from_str(&self.open_cursor(cx, &bound, cursor)?)
                .map_err(|error| Error::internal("reading a cursor", error))?,
            None => vec![None; chains],
        };
        let store = self.store().for_tenant(&cx.tenant);
        let mut read: Vec<VecDeque<AuditEntry>> = vec![VecDeque::new(); chains];
        let mut left: Vec<bool> = before.iter().map(|before| *before != Some(1)).collect();
        let (mut entries, mut unreadable) = (Vec::new(), Vec::new());
        let mut steps = 0;
        while entries.len() < limit {
            let empty: Vec<usize> = (0..chains).filter(|chain| left[*chain] && read[*chain].is_empty()).collect();
            if !empty.is_empty() {
                if steps == MAX_AUDIT_STEPS {
                    break;
                }
                steps += 1;
                let pages = empty.iter().map(|chain| {
                    store.audit_entries_before(u8::try_from(*chain).unwrap_or_default(), before[*chain], STEP)
                });
                for (chain, page) in empty.iter().zip(try_join_all(pages).await?) {
                    left[*chain] = page.more;
                    read[*chain] = page.items.into();
                }
            }
            // When one happened that cannot be read is not known: it comes when its chain does.
            let newest = (0..chains).filter_map(|chain| {
                let entry = read[chain].front()?;
                Some((entry.is_unreadable(), entry.facts.trace.at, chain))
            });
            let newest = newest.max().map(|(_, _, chain)| chain);
            let Some(chain) = newest else { break };
            let Some(entry) = read[chain].pop_front() else { break };
            before[chain] = Some(entry.place);
            let id = AuditEntryId { chain: u8::try_from(chain).unwrap_or_default(), place: entry.place };
            if entry.is_unreadable() {
                unreadable.push(id);
            } else if filter.takes(&entry) {
                entries.push((id, entry));
            }
        }
        let more = (0..chains).any(|chain| left[chain] || !read[chain].is_empty());
        let partial = more && entries.len() < limit;
        let next = || serde_json::to_string(&before).map_err(|error| Error::internal("writing a cursor", error));
        let next_cursor = if more { Some(self.seal_cursor(cx, &bound, &next()?)?) } else { None };
        Ok(AuditList { entries, unreadable, next_cursor, partial })
    }

    /// One entry. One call.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn audit_entry(&self, cx: &Cx, id: AuditEntryId) -> Result<AuditEntry> {
        let entry = self.store().for_tenant(&cx.tenant).audit_entry(id.chain, id.place).await?;
        entry.ok_or(Error::NotFound(Kind::AuditEntry))
    }
}
