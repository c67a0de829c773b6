//! Who is calling, with which rights: the context that every use case takes first.

use crate::{
    id::{KeyId, TenantId},
    text::{AppId, PersonId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// The context of a request. The tenant comes from the caller's credentials alone, never from path, query or body.
#[derive(Debug, Clone)]
pub struct Cx {
    /// Whose data it is.
    pub tenant: TenantId,
    /// Who acts.
    pub actor: Actor,
    /// The application whose records the caller is confined to.
    pub app_id: Option<AppId>,
    /// In which role.
    pub role: Role,
    /// With which scopes; only an application has any.
    pub scopes: BTreeSet<Scope>,
    /// The request's id, stored with whatever it writes.
    pub request_id: String,
    /// The moment of the request, to the millisecond.
    pub now: DateTime<Utc>,
}

/// Who acts: a person, an application's client, or a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The `sub` of a token.
    Subject(PersonId),
    /// An API key.
    Key(KeyId),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject(person) => person.fmt(f),
            Self::Key(key) => key.fmt(f),
        }
    }
}

/// What a caller is in its tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Admin,
    /// All records of the tenant.
    Manager,
    /// Records of the groups granted to theirs.
    Educator,
    /// Their own records, read-only, where the tenant allows it.
    Student,
    /// A program, confined to its own records and to its scopes.
    Application,
}

/// What an application was allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    /// Read records.
    #[serde(rename = "records:read")]
    RecordsRead,
    /// Create, change, delete and restore records.
    #[serde(rename = "records:write")]
    RecordsWrite,
}

/// What a route needs in general; which records it then reaches is decided per record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To be known.
    Known,
    /// To read records.
    RecordsRead,
    /// To create, change, delete and restore records.
    RecordsWrite,
    /// To make and revoke API keys.
    KeysManage,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Known, Self::RecordsRead, Self::RecordsWrite, Self::KeysManage];
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known => "be known",
            Self::RecordsRead => "read records",
            Self::RecordsWrite => "write records",
            Self::KeysManage => "manage API keys",
        })
    }
}

impl Cx {
    /// Whether the caller has a right in general.
    pub fn may(&self, right: Right) -> bool {
        match (right, self.role) {
            (Right::Known, _) => true,
            (Right::RecordsRead | Right::RecordsWrite, Role::Admin | Role::Manager) => true,
            (Right::RecordsRead, Role::Application) => self.scopes.contains(&Scope::RecordsRead),
            (Right::RecordsWrite, Role::Application) => self.scopes.contains(&Scope::RecordsWrite),
            // A caller confined to an application could otherwise make itself a key without that bound.
            (Right::KeysManage, Role::Admin) => self.app_id.is_none(),
            (Right::RecordsRead | Right::RecordsWrite, Role::Educator | Role::Student) | (Right::KeysManage, _) => {
                false
            }
        }
    }

    /// Whether the caller may see deleted records.
    pub fn sees_deleted(&self) -> bool {
        self.role == Role::Admin
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn cx(role: Role, scopes: &[Scope], app: Option<&str>) -> Cx {
        Cx {
            tenant: TenantId::from_ulid(1u128.into()),
            actor: Actor::Subject(PersonId::parse("p").expect("valid")),
            app_id: app.map(|app| AppId::parse(app).expect("valid")),
            role,
            scopes: scopes.iter().copied().collect(),
            request_id: "r".into(),
            now: DateTime::UNIX_EPOCH,
        }
    }

    #[rstest]
    #[case::admin(cx(Role::Admin, &[], None), &Right::ALL)]
    #[case::admin_of_an_app(cx(Role::Admin, &[], Some("a")), &[Right::Known, Right::RecordsRead, Right::RecordsWrite])]
    #[case::manager(cx(Role::Manager, &[], None), &[Right::Known, Right::RecordsRead, Right::RecordsWrite])]
    #[case::educator(cx(Role::Educator, &[], None), &[Right::Known])]
    #[case::student(cx(Role::Student, &[], None), &[Right::Known])]
    #[case::scopes_count_for_applications_only(cx(Role::Student, &[Scope::RecordsRead], None), &[Right::Known])]
    #[case::application(cx(Role::Application, &[], Some("a")), &[Right::Known])]
    #[case::reader(cx(Role::Application, &[Scope::RecordsRead], Some("a")), &[Right::Known, Right::RecordsRead])]
    #[case::writer(cx(Role::Application, &[Scope::RecordsWrite], Some("a")), &[Right::Known, Right::RecordsWrite])]
    fn rights_follow_from_role_scopes_and_app(#[case] cx: Cx, #[case] rights: &[Right]) {
        let has: Vec<Right> = Right::ALL.into_iter().filter(|right| cx.may(*right)).collect();
        assert_eq!(has, rights);
    }
}
