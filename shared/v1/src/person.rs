//! A person of the directory: in the area `people`, and as a member in `groups`.

use crate::StampView;
use rol_domain::{
    GroupId, Person, Role,
    person::PersonStatus,
    text::{Email, PersonExternalId, PersonId, PersonName},
};
use rol_http::Etagged;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A person of the directory.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Person)]
pub struct PersonView {
    /// Their id: the `sub` of their tokens and the `person_id` of their records.
    #[schema(value_type = String, examples("ada@example.com"))]
    id: PersonId,
    /// What they are called.
    #[schema(value_type = Option<String>, examples("Ada Lovelace"))]
    name: Option<PersonName>,
    /// Where they get mail; two people may share it.
    #[schema(value_type = Option<String>, examples("ada@example.com"))]
    email: Option<Email>,
    /// Whether they may use the service.
    status: PersonStatus,
    /// The most that they may be, whatever their token says, never `application`; nothing where the token decides.
    role: Option<Role>,
    /// The role of who set `role` (`admin`, `manager` or `application`): it binds tokens up to that role, and only that
    /// role or one above changes it.
    role_set_by: Option<Role>,
    /// The role of who set a `status` other than `active`: it refuses tokens up to that role, and only that role or one
    /// above changes it.
    status_set_by: Option<Role>,
    /// The groups that they are a direct member of, by id.
    #[schema(value_type = Vec<String>)]
    group_ids: BTreeSet<GroupId>,
    /// What other systems call them; two people may share one.
    #[schema(value_type = Vec<String>)]
    external_ids: BTreeSet<PersonExternalId>,
    #[serde(flatten)]
    stamp: StampView,
}

impl From<Person> for PersonView {
    fn from(Person { id, content, set_by, stamp }: Person) -> Self {
        Self {
            id,
            name: content.name,
            email: content.email,
            status: content.status,
            role: content.role,
            role_set_by: set_by.role,
            status_set_by: set_by.status,
            group_ids: content.group_ids,
            external_ids: content.external_ids,
            stamp: stamp.into(),
        }
    }
}

impl PersonView {
    /// The same, with the person's version as `ETag`.
    pub fn etagged(person: Person) -> Etagged<Self> {
        Etagged { version: person.stamp.version, body: person.into() }
    }
}
