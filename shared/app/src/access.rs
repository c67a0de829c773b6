//! Which records a caller reaches: the one place where a request's permission is looked up.

use crate::App;
use chrono::{DateTime, Utc};
use rol_domain::{
    Cx, Error, Permission, Person, PersonKey, Record, Result, Role,
    access::{Access, Policy},
    person::{PersonRef, fold_case},
    text::PersonId,
};
use rol_store::FindBy;
use std::{collections::BTreeSet, sync::Arc};

/// What a caller reaches in the partition of one person (in which, once in a million, another person is too).
pub(crate) enum PartitionAccess {
    /// Everything: of an admin, a manager, an application.
    All,
    /// What is their own: of a student.
    Own {
        /// Since when students have seen their records.
        since: DateTime<Utc>,
    },
    /// What is granted over groups of those people: of an educator.
    Granted {
        /// The grants.
        policy: Arc<Policy>,
        /// Those people of the partition whom the directory knows.
        people: Vec<Person>,
    },
}

impl PartitionAccess {
    /// What the caller may do with the records of this person.
    pub(crate) fn access(&self, cx: &Cx, person: &PersonId) -> Access {
        match self {
            Self::All => Access::full(cx),
            Self::Own { since } => Access::own(cx, person, *since),
            Self::Granted { policy, people } => {
                let groups = people.iter().find(|entry| entry.id == *person).map(|entry| &entry.content.group_ids);
                Access::granted(cx, policy, groups.unwrap_or(&BTreeSet::new()))
            }
        }
    }

    /// # Errors
    /// [`Error::NotFound`] where the record may not be known about; [`Error::Denied`] where it may, but the verb not.
    pub(crate) fn check(&self, cx: &Cx, verb: Permission, record: &Record) -> Result<()> {
        self.access(cx, &record.person_id).check(cx, verb, record)
    }

    /// The people whose records the caller may see and do this with; `None` where that is everybody.
    pub(crate) fn people_with(&self, cx: &Cx, verb: Permission) -> Option<Vec<PersonId>> {
        let may = |person: &PersonId| {
            let verbs = self.access(cx, person).verbs;
            verbs.contains(&Permission::View) && verbs.contains(&verb)
        };
        match self {
            Self::All => None,
            Self::Own { .. } => Some(cx.person().filter(|person| may(person)).cloned().into_iter().collect()),
            Self::Granted { people, .. } => {
                Some(people.iter().map(|entry| &entry.id).filter(|person| may(person)).cloned().collect())
            }
        }
    }
}

/// Whose record it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonSelector {
    /// Of the person with this id, whether the directory knows them or not.
    Id(PersonId),
    /// Of the person whom the directory knows so.
    Ref(PersonRef),
}

/// Where a reference to a person stood, for the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReferenceLocation {
    Body,
    Query,
}

impl App {
    /// What the caller reaches in a partition. No call for admins, managers and applications; one for an educator;
    /// beyond that what is read at most every 10 seconds: settings for a student, groups and grants for an educator.
    ///
    /// # Errors
    /// [`Error::Denied`] for a student of a tenant that shows students nothing.
    pub(crate) async fn partition_access(&self, cx: &Cx, key: PersonKey) -> Result<PartitionAccess> {
        match cx.role {
            Role::Admin | Role::Manager | Role::Application => Ok(PartitionAccess::All),
            Role::Student => Ok(PartitionAccess::Own { since: self.students_see_since(cx).await? }),
            Role::Educator => {
                let policy = self.cached_policy(cx).await?;
                let people = if policy.grants_of(&cx.groups).next().is_none() {
                    Vec::new()
                } else {
                    self.store().for_tenant(&cx.tenant).people_in_partition(key).await?
                };
                Ok(PartitionAccess::Granted { policy, people })
            }
        }
    }

    /// Since when the tenant's students have seen their records without a break.
    ///
    /// # Errors
    /// [`Error::Denied`] where the tenant shows students nothing.
    pub(crate) async fn students_see_since(&self, cx: &Cx) -> Result<DateTime<Utc>> {
        let settings = self.cached_settings(cx.tenant, cx.now).await?;
        let denied = || Error::Denied("this tenant does not show students their records".into());
        settings.students_see_since().ok_or_else(denied)
    }

    /// The person who is meant. No call for an id; one for a reference, and one more for each candidate of an
    /// educator. The caller learns of nobody whom it does not reach.
    ///
    /// # Errors
    /// [`Error::Invalid`] where nobody is found; [`Error::Conflict`] with the candidates where several are.
    pub(crate) async fn resolve(
        &self,
        cx: &Cx,
        selector: &PersonSelector,
        location: ReferenceLocation,
    ) -> Result<PersonId> {
        let (by, value, name, shown) = match selector {
            PersonSelector::Id(person) => return Ok(person.clone()),
            PersonSelector::Ref(PersonRef::Email(email)) => {
                (FindBy::Email, fold_case(email.as_str()), "email", email.as_str())
            }
            PersonSelector::Ref(PersonRef::ExternalId(id)) => {
                (FindBy::ExternalId, id.as_str().to_owned(), "external_id", id.as_str())
            }
        };
        if cx.role == Role::Student {
            // Whether anybody is found is not for those who are shown nothing.
            self.students_see_since(cx).await?;
        }
        let limit = rol_domain::limits::MAX_CANDIDATES;
        let mut candidates = Vec::new();
        for person in self.store().for_tenant(&cx.tenant).find(by, &value, limit + 1).await? {
            let partition_access = self.partition_access(cx, PersonKey::of(cx.tenant, &person)).await?;
            if !partition_access.access(cx, &person).verbs.is_empty() {
                candidates.push(person);
            }
        }
        match candidates.as_slice() {
            [person] => Ok(person.clone()),
            [] => {
                let why = format!("expected a person of the directory, found none with the {name} {shown:?}");
                Err(match location {
                    ReferenceLocation::Body => Error::invalid(format!("/person/{name}"), why),
                    ReferenceLocation::Query => Error::bad_parameter(format!("person[{name}]"), why),
                })
            }
            several => {
                let ids: Vec<&str> = several.iter().take(limit).map(PersonId::as_str).collect();
                let more = if several.len() > limit { " and more" } else { "" };
                Err(Error::Conflict(format!(
                    "several people have the {name} {shown:?}: name one by person_id: {}{more}",
                    ids.join(", ")
                )))
            }
        }
    }
}
