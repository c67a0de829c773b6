//! Who is in a group.

use super::not_found;
use crate::App;
use rol_domain::{
    Cx, Error, FieldErrors, GroupId, Permission, Person, Result, Role,
    limits::{MAX_MEMBERS_AT_ONCE, WRITE_RETRIES},
    text::PersonId,
};
use rol_store::{PeopleWriteOutcome, PersonWrite};
use std::collections::{BTreeMap, BTreeSet};

/// People, by id, and where to go on.
#[derive(Debug, Default)]
pub struct MemberList {
    /// Their entries.
    pub people: Vec<Person>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
}

/// Who comes and who goes: together 1 to 100.
#[derive(Debug, Clone, Default)]
pub struct MemberChange {
    /// Who becomes a member, in the order of the request.
    pub add: Vec<PersonId>,
    /// Who is one no longer.
    pub remove: Vec<PersonId>,
}

/// How many entries are written in one transaction: two items each, and one for the group.
const AT_ONCE: usize = 49;

impl App {
    /// A page of the direct members of a group, by id. Two calls for admins, managers and applications, and one to
    /// know that the group exists; for an educator groups and grants may be cached.
    ///
    /// # Errors
    /// [`Error::NotFound`], also where an educator may not view the group's records; `Invalid` for a cursor of
    /// another list.
    pub async fn members(&self, cx: &Cx, group: GroupId, limit: u32, cursor: Option<&str>) -> Result<MemberList> {
        let store = self.store().for_tenant(&cx.tenant);
        if cx.role == Role::Educator {
            let policy = self.cached_policy(cx).await?;
            if !policy.verbs(&cx.groups, &[group].into()).contains(&Permission::View) {
                return Err(not_found());
            }
        } else {
            self.check_group(cx, group).await?;
        }
        let bound = format!("members of {group}");
        let after = cursor.map(|cursor| self.open_cursor(cx, &bound, cursor)).transpose()?;
        let after = after.and_then(|id| PersonId::parse(id).ok());
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let page = store.members(group, after.as_ref(), limit).await?;
        let next = page.items.last().filter(|_| page.more).map(PersonId::as_str);
        let next_cursor = next.map(|next| self.seal_cursor(cx, &bound, next)).transpose()?;
        let people = store.people_by_ids(&page.items.into_iter().collect()).await?;
        Ok(MemberList { people: people.into_values().collect(), next_cursor })
    }

    /// # Errors
    /// [`Error::NotFound`] where there is no such group.
    async fn check_group(&self, cx: &Cx, group: GroupId) -> Result<()> {
        if self.store().for_tenant(&cx.tenant).has_group(group).await? { Ok(()) } else { Err(not_found()) }
    }

    /// Adds and removes members; who is one already, or none, stays so. How many came and went. Two calls for each
    /// 49 who do, and one to know that the group exists.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] with everybody who is not in the directory or in too many groups, and
    /// then nothing was done; `Denied` for those above the caller; `Conflict` where every retry lost: what was done
    /// until then stays, and the same request goes on.
    pub async fn change_members(&self, cx: &Cx, group: GroupId, change: &MemberChange) -> Result<(usize, usize)> {
        check_count(change)?;
        let store = self.store().for_tenant(&cx.tenant);
        self.check_group(cx, group).await?;
        let wanted: BTreeSet<PersonId> = change.add.iter().chain(&change.remove).cloned().collect();
        let (mut came, mut went) = (0, 0);
        let mut lost = 0;
        loop {
            let people = store.people_by_ids(&wanted).await?;
            let writes = writes(cx, group, change, &people)?;
            let mut stale = false;
            for some in writes.chunks(AT_ONCE) {
                match store.write_people(some, cx).await? {
                    PeopleWriteOutcome::Done => {
                        let joined = some.iter().filter(|write| is_in(write.new.as_ref(), group)).count();
                        came += joined;
                        went += some.len() - joined;
                    }
                    PeopleWriteOutcome::NoGroup(_) => return Err(not_found()),
                    PeopleWriteOutcome::Stale | PeopleWriteOutcome::Contended => stale = true,
                }
            }
            if !stale {
                return Ok((came, went));
            }
            lost += 1;
            if lost > WRITE_RETRIES {
                return Err(crate::people::contended());
            }
        }
    }
}

fn check_count(change: &MemberChange) -> Result<()> {
    let mut errors = FieldErrors::default();
    let count = change.add.len() + change.remove.len();
    if !(1..=MAX_MEMBERS_AT_ONCE).contains(&count) {
        errors.body("", format_args!("expected 1 to {MAX_MEMBERS_AT_ONCE} people in add and remove, found {count}"));
    }
    let mut seen = BTreeSet::new();
    for (list, name) in [(&change.add, "add"), (&change.remove, "remove")] {
        for (i, person) in list.iter().enumerate() {
            if !seen.insert(person) {
                errors.body(format!("/{name}/{i}"), format_args!("expected each person once, found {person} again"));
            }
        }
    }
    errors.or(())
}

fn is_in(person: Option<&Person>, group: GroupId) -> bool {
    person.is_some_and(|person| person.content.group_ids.contains(&group))
}

/// The entries that change.
fn writes(
    cx: &Cx,
    group: GroupId,
    change: &MemberChange,
    people: &BTreeMap<PersonId, Person>,
) -> Result<Vec<PersonWrite>> {
    let mut errors = FieldErrors::default();
    let mut writes = Vec::new();
    for (list, name, joins) in [(&change.add, "add", true), (&change.remove, "remove", false)] {
        for (i, id) in list.iter().enumerate() {
            let Some(person) = people.get(id) else {
                errors.body(format!("/{name}/{i}"), format_args!("expected a person of the directory, found {id}"));
                continue;
            };
            match person.with_group(group, joins, cx) {
                Ok(Some(next)) => writes.push(PersonWrite { old: Some(person.clone()), new: Some(next) }),
                Ok(None) => {}
                Err(Error::Invalid(_)) => {
                    let limit = rol_domain::limits::MAX_PERSON_GROUPS;
                    errors.body(format!("/{name}/{i}"), format_args!("expected at most {limit} groups of {id}"));
                }
                Err(other) => return Err(other),
            }
        }
    }
    errors.or(writes)
}
