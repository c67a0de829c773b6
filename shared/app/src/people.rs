//! The directory's people: made, read, found, changed, deleted.

use crate::App;
use futures_util::future::try_join;
use rol_domain::{
    Cx, Error, FieldErrors, GroupId, Kind, Person, Result,
    limits::WRITE_RETRIES,
    person::{PersonContent, PersonPatch, fold_case},
    text::{PersonId, SearchText},
};
use rol_store::{FindBy, PeopleWriteOutcome, PersonWrite};

/// A wish for a page of people.
#[derive(Debug, Clone)]
pub struct PeopleQuery {
    /// Only those whose name, from one of its words on, or address starts so.
    pub search: Option<SearchText>,
    /// How many at most.
    pub limit: u32,
    /// Where an earlier page ended.
    pub cursor: Option<String>,
}

/// People, and where to go on.
#[derive(Debug, Default)]
pub struct PeopleList {
    /// The people.
    pub people: Vec<Person>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
}

impl App {
    /// Adds a person under the id given, or under a new one. One call.
    ///
    /// # Errors
    /// [`Error::Invalid`], also for a group that does not exist; `Denied` for a role above the caller's; `Conflict`
    /// where the person exists.
    pub async fn create_person(&self, cx: &Cx, id: Option<PersonId>, content: PersonContent) -> Result<Person> {
        let id = match id {
            Some(id) => id,
            None => self.mint_person_id(cx.now)?,
        };
        let person = Person::create(id, content, cx)?;
        let writes = [PersonWrite { old: None, new: Some(person.clone()) }];
        for _ in 0..=WRITE_RETRIES {
            match self.store().for_tenant(&cx.tenant).write_people(&writes, cx).await? {
                PeopleWriteOutcome::Done => return Ok(person),
                PeopleWriteOutcome::NoGroup(groups) => return Err(no_group(&groups)),
                PeopleWriteOutcome::Stale => {
                    return Err(Error::Conflict(format!("a person with the id {} exists", person.id)));
                }
                PeopleWriteOutcome::Contended => {}
            }
        }
        Err(contended())
    }

    /// One person. One call.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn person(&self, cx: &Cx, id: &PersonId) -> Result<Person> {
        self.store().for_tenant(&cx.tenant).person(id).await?.ok_or(Error::NotFound(Kind::Person))
    }

    /// A page of people: by id, in four calls, or in the order of what they are found by, in nine.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor of another list.
    pub async fn people(&self, cx: &Cx, query: &PeopleQuery) -> Result<PeopleList> {
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let search = query.search.as_ref().map(SearchText::as_str);
        let bound = format!("people {}", search.unwrap_or_default());
        let after = query.cursor.as_ref().map(|cursor| self.open_cursor(cx, &bound, cursor)).transpose()?;
        let (people, next) = match search.map(searchable) {
            None => {
                let page = self.store().for_tenant(&cx.tenant).people(after.as_deref(), limit).await?;
                let next = page.items.last().filter(|_| page.more).map(|person| person.id.to_string());
                (page.items, next)
            }
            Some(start) => self.found(cx, &start, after, limit).await?,
        };
        let next_cursor = next.map(|next| self.seal_cursor(cx, &bound, &next)).transpose()?;
        Ok(PeopleList { people, next_cursor })
    }

    /// A page of those who are found so, each once: by the first of their finders that matches.
    async fn found(
        &self,
        cx: &Cx,
        start: &str,
        mut after: Option<String>,
        limit: usize,
    ) -> Result<(Vec<Person>, Option<String>)> {
        let store = self.store().for_tenant(&cx.tenant);
        let mut found: Vec<Person> = Vec::new();
        loop {
            let wanted = limit + 1 - found.len();
            let (emails, names) = try_join(
                store.search(FindBy::Email, start, after.as_deref(), wanted),
                store.search(FindBy::Name, start, after.as_deref(), wanted),
            )
            .await?;
            let more = emails.more || names.more || emails.items.len() + names.items.len() > wanted;
            // Every finder by address sorts before every one by name.
            let hits: Vec<(String, PersonId)> = emails.items.into_iter().chain(names.items).take(wanted).collect();
            let mut entries = store.people_by_ids(&hits.iter().map(|(_, id)| id.clone()).collect()).await?;
            for (key, id) in hits {
                if let Some(person) = entries.remove(&id)
                    && is_first(&store, &person, start, &key)
                {
                    if found.len() == limit {
                        // There is one more than the page holds: it starts the next.
                        return Ok((found, after));
                    }
                    found.push(person);
                }
                after = Some(key);
            }
            if !more {
                return Ok((found, None));
            }
        }
    }

    /// Changes a person. Two calls; one where nothing changes. Without `if_match` a lost race is tried again.
    ///
    /// # Errors
    /// [`Error::NotFound`], `Invalid`, `Denied`, `Stale`, or `Conflict` where every retry lost.
    pub async fn patch_person(
        &self,
        cx: &Cx,
        id: &PersonId,
        if_match: Option<u64>,
        patch: &PersonPatch,
    ) -> Result<Person> {
        let store = self.store().for_tenant(&cx.tenant);
        for _ in 0..=WRITE_RETRIES {
            let current = self.person(cx, id).await?;
            check_version(&current, if_match)?;
            let next = current.patched(patch.clone(), cx)?;
            let Some(next) = next else { return Ok(current) };
            let write = PersonWrite { old: Some(current), new: Some(next.clone()) };
            match store.write_people(&[write], cx).await? {
                PeopleWriteOutcome::Done => return Ok(next),
                PeopleWriteOutcome::NoGroup(groups) => return Err(no_group(&groups)),
                PeopleWriteOutcome::Stale | PeopleWriteOutcome::Contended => {}
            }
        }
        Err(contended())
    }

    /// Deletes a person's entry, and with it their memberships; records stay. Two calls.
    ///
    /// # Errors
    /// [`Error::NotFound`], `Denied`, `Stale`, or `Conflict` where every retry lost.
    pub async fn delete_person(&self, cx: &Cx, id: &PersonId, if_match: Option<u64>) -> Result<()> {
        let store = self.store().for_tenant(&cx.tenant);
        for _ in 0..=WRITE_RETRIES {
            let current = self.person(cx, id).await?;
            check_version(&current, if_match)?;
            current.check_delete(cx)?;
            let write = PersonWrite { old: Some(current), new: None };
            if store.write_people(&[write], cx).await? == PeopleWriteOutcome::Done {
                return Ok(());
            }
        }
        Err(contended())
    }
}

/// Letters in lower case and single spaces, as finders have them.
fn searchable(text: &str) -> String {
    let mut start = fold_case(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if text.ends_with(char::is_whitespace) && !start.is_empty() {
        // "ada " is looked for as it stands: no "adam".
        start.push(' ');
    }
    start
}

/// Whether `key` is the first of a person's finders that match.
fn is_first(store: &rol_store::TenantStore<'_>, person: &Person, start: &str, key: &str) -> bool {
    store.finders_of(person, start).first().is_some_and(|first| first == key)
}

/// A body's set of groups has no order: its pointer is the whole field's, once for each group that does not exist.
fn no_group(groups: &[GroupId]) -> Error {
    let mut errors = FieldErrors::default();
    for group in groups {
        errors.body("/group_ids", format_args!("expected groups, found none with the id {group}"));
    }
    Error::Invalid(errors)
}

/// # Errors
/// [`Error::Stale`] where `If-Match` names another version.
fn check_version(person: &Person, if_match: Option<u64>) -> Result<()> {
    if if_match.is_some_and(|version| version != person.stamp.version) { Err(stale()) } else { Ok(()) }
}

fn stale() -> Error {
    Error::Stale("the person is not at the version that If-Match names")
}

pub(crate) fn contended() -> Error {
    Error::Conflict("the person is being changed by many requests: try again".into())
}
