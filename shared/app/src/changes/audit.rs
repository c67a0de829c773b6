//! The audit trail: found, and verified.

use crate::App;
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use rol_domain::{
    Cx, Error, Kind, Result,
    audit::{Break, CHAINS, Entry, EntryId, Head, Walk},
    change::Actions,
    limits::{MAX_AUDIT_STEPS, MAX_VERIFIED},
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
    fn takes(&self, entry: &Entry) -> bool {
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
    pub entries: Vec<(EntryId, Entry)>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
    /// Whether the page ended before it was full, because much was filtered out.
    pub partial: bool,
}

/// What came of verifying one chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Which chain.
    pub chain: u8,
    /// The first place that is still kept.
    pub from: u64,
    /// The last place that was verified.
    pub to: u64,
    /// Where the chain is broken, if it is.
    pub broken: Option<Break>,
    /// Whether the rest is left for another request.
    pub unfinished: bool,
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
        let mut read: Vec<VecDeque<Entry>> = vec![VecDeque::new(); chains];
        let mut left: Vec<bool> = before.iter().map(|before| *before != Some(1)).collect();
        let mut entries = Vec::new();
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
            let newest = (0..chains).filter_map(|chain| Some((read[chain].front()?.facts.trace.at, chain))).max();
            let Some((_, chain)) = newest else { break };
            let Some(entry) = read[chain].pop_front() else { break };
            before[chain] = Some(entry.place);
            if filter.takes(&entry) {
                let id = EntryId { chain: u8::try_from(chain).unwrap_or_default(), place: entry.place };
                entries.push((id, entry));
            }
        }
        let more = (0..chains).any(|chain| left[chain] || !read[chain].is_empty());
        let partial = more && entries.len() < limit;
        let next = || serde_json::to_string(&before).map_err(|error| Error::internal("writing a cursor", error));
        let next_cursor = if more { Some(self.seal_cursor(cx, &bound, &next()?)?) } else { None };
        Ok(AuditList { entries, next_cursor, partial })
    }

    /// One entry. One call.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn audit_entry(&self, cx: &Cx, id: EntryId) -> Result<Entry> {
        let entry = self.store().for_tenant(&cx.tenant).audit_entry(id.chain, id.place).await?;
        entry.ok_or(Error::NotFound(Kind::AuditEntry))
    }

    /// Walks the chains, and says where the first break of each is. Some calls for each MB of entries.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn verify_audit(&self, cx: &Cx) -> Result<Vec<Verified>> {
        try_join_all((0..CHAINS).map(|chain| self.verify_chain(cx, chain))).await
    }

    async fn verify_chain(&self, cx: &Cx, chain: u8) -> Result<Verified> {
        let store = self.store().for_tenant(&cx.tenant);
        // The head first: what is told while the chain is walked lies behind it.
        let noted = store.audit_head(chain).await?;
        let mut walk: Option<Walk> = None;
        let (mut from, mut count) = (0, 0);
        loop {
            let after = walk.as_ref().map_or(0, |walk| walk.head().place);
            let entries = store.audit_entries(chain, after, STEP * 10).await?;
            let Some(first) = entries.first() else { break };
            let walk = walk.get_or_insert_with(|| {
                from = first.place;
                // What came before was kept as long as the settings say.
                Walk::behind(Head { place: first.place - 1, hash: first.previous.clone() })
            });
            if let Err(broken) = walk.on(entries.iter().take_while(|entry| entry.place <= noted.place)) {
                let to = walk.head().place;
                return Ok(Verified { chain, from, to, broken: Some(broken), unfinished: false });
            }
            count += entries.len();
            if walk.head().place >= noted.place {
                break;
            }
            if count >= MAX_VERIFIED {
                return Ok(Verified { chain, from, to: walk.head().place, broken: None, unfinished: true });
            }
        }
        let walk = walk.unwrap_or_default();
        Ok(Verified { chain, from, to: walk.head().place, broken: walk.end(&noted).err(), unfinished: false })
    }
}
