//! A person as the API gives them: in the area `people`, and as a member in `groups`.

use crate::{Etagged, StampView};
use rol_domain::{
    GroupId, Person, Role,
    person::PersonStatus,
    text::{Email, PersonExternalId, PersonId, PersonName},
};
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
    #[schema(value_type = PersonStatusName)]
    status: PersonStatus,
    /// The most that they may be, whatever their token says; nothing where the token decides.
    #[schema(value_type = Option<PersonRoleName>)]
    role: Option<Role>,
    /// The role of who set `role`: it binds tokens up to that role, and only that role or one above changes it.
    #[schema(value_type = Option<BoundSetterName>)]
    role_set_by: Option<Role>,
    /// The role of who set a `status` other than `active`: it refuses tokens up to that role, and only that role or one
    /// above changes it.
    #[schema(value_type = Option<BoundSetterName>)]
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

/// Whether a person may use the service.
#[derive(ToSchema)]
#[schema(as = PersonStatus, rename_all = "snake_case")]
pub enum PersonStatusName {
    /// They may.
    Active,
    /// Not for now.
    Blocked,
    /// They left.
    Terminated,
}

/// The roles that a person can have.
#[derive(ToSchema)]
#[schema(as = PersonRole, rename_all = "snake_case")]
pub enum PersonRoleName {
    /// Everything.
    Admin,
    /// All records of the tenant.
    Manager,
    /// Records of the groups granted to theirs.
    Educator,
    /// Their own records, read-only.
    Student,
}

/// The roles that write the directory.
#[derive(ToSchema)]
#[schema(as = BoundSetter, rename_all = "snake_case")]
pub enum BoundSetterName {
    /// Binds every token.
    Admin,
    /// Binds the tokens of managers, educators and students.
    Manager,
    /// Binds the tokens of educators and students.
    Application,
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
