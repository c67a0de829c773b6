//! Who is calling, with which rights: the context that every use case takes first.

use crate::{
    id::{GroupId, KeyId, TenantId},
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
    /// For whom, with that person's rights only, where it is somebody else (`Subject-User`).
    pub subject: Option<PersonId>,
    /// The application whose records the caller is confined to.
    pub app_id: Option<AppId>,
    /// In which role, the subject's where there is one.
    pub role: Role,
    /// With which scopes, where an application acts; nobody else has any.
    pub scopes: Option<BTreeSet<Scope>>,
    /// The groups of the person who acts, or of the subject.
    pub groups: BTreeSet<GroupId>,
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

impl Role {
    /// Who stands above whom. An application writes the directory for people up to educators.
    pub fn rank(self) -> u8 {
        match self {
            Self::Admin => 4,
            Self::Manager => 3,
            Self::Educator | Self::Application => 2,
            Self::Student => 1,
        }
    }

    /// The one of two roles that stands below the other.
    pub fn lower(self, other: Self) -> Self {
        if self.rank() <= other.rank() { self } else { other }
    }

    /// The one of two roles that stands above the other.
    pub fn higher(self, other: Self) -> Self {
        if self.rank() >= other.rank() { self } else { other }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Educator => "educator",
            Self::Student => "student",
            Self::Application => "application",
        })
    }
}

/// What an application is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Scope {
    /// Read records and attributes.
    #[serde(rename = "records:read")]
    RecordsRead,
    /// Create, change, delete and restore records; read attributes.
    #[serde(rename = "records:write")]
    RecordsWrite,
    /// Read people and groups.
    #[serde(rename = "directory:read")]
    DirectoryRead,
    /// Create, change and delete people and groups.
    #[serde(rename = "directory:write")]
    DirectoryWrite,
    /// Create, change and delete activities.
    #[serde(rename = "activities:write")]
    ActivitiesWrite,
}

/// What a route needs in general; which records it then reaches is decided per record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Right {
    /// To be known.
    Known,
    /// To read records.
    RecordsRead,
    /// To create, change, delete and restore records.
    RecordsWrite,
    /// To read custom attributes.
    AttributesRead,
    /// To create, change and delete custom attributes.
    AttributesManage,
    /// To read activities.
    ActivitiesRead,
    /// To create, change and delete activities.
    ActivitiesWrite,
    /// To read people and groups.
    DirectoryRead,
    /// To create, change and delete people, groups and their members.
    DirectoryWrite,
    /// To read who is a member of a group.
    MembersRead,
    /// To give groups rights over others.
    GrantsManage,
    /// To read settings.
    SettingsRead,
    /// To change settings.
    SettingsManage,
    /// To read the audit trail.
    AuditRead,
    /// To make and revoke API keys.
    KeysManage,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Known,
        Self::RecordsRead,
        Self::RecordsWrite,
        Self::AttributesRead,
        Self::AttributesManage,
        Self::ActivitiesRead,
        Self::ActivitiesWrite,
        Self::DirectoryRead,
        Self::DirectoryWrite,
        Self::MembersRead,
        Self::GrantsManage,
        Self::SettingsRead,
        Self::SettingsManage,
        Self::AuditRead,
        Self::KeysManage,
    ];

    /// Whether a role has it at all.
    fn is_of(self, role: Role) -> bool {
        match self {
            Self::Known | Self::RecordsRead | Self::AttributesRead | Self::ActivitiesRead => true,
            Self::RecordsWrite => role != Role::Student,
            Self::DirectoryRead | Self::DirectoryWrite | Self::ActivitiesWrite => {
                matches!(role, Role::Admin | Role::Manager | Role::Application)
            }
            Self::MembersRead => role != Role::Student,
            Self::GrantsManage | Self::SettingsRead => matches!(role, Role::Admin | Role::Manager),
            Self::AttributesManage | Self::SettingsManage | Self::AuditRead | Self::KeysManage => role == Role::Admin,
        }
    }

    /// The scopes any of which an application needs for it; none suffices where the list is empty.
    fn scopes(self) -> &'static [Scope] {
        match self {
            Self::RecordsRead => &[Scope::RecordsRead],
            Self::RecordsWrite => &[Scope::RecordsWrite],
            Self::AttributesRead => &[Scope::RecordsRead, Scope::RecordsWrite],
            Self::ActivitiesRead => &[Scope::RecordsRead, Scope::RecordsWrite, Scope::ActivitiesWrite],
            Self::ActivitiesWrite => &[Scope::ActivitiesWrite],
            Self::DirectoryRead | Self::MembersRead => &[Scope::DirectoryRead],
            Self::DirectoryWrite => &[Scope::DirectoryWrite],
            Self::Known
            | Self::AttributesManage
            | Self::GrantsManage
            | Self::SettingsRead
            | Self::SettingsManage
            | Self::AuditRead
            | Self::KeysManage => &[],
        }
    }

    /// Whether it reaches beyond the records of one application.
    fn is_tenant_wide(self) -> bool {
        matches!(
            self,
            Self::AttributesManage | Self::GrantsManage | Self::SettingsManage | Self::AuditRead | Self::KeysManage
        )
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known => "be known",
            Self::RecordsRead => "read records",
            Self::RecordsWrite => "write records",
            Self::AttributesRead => "read attributes",
            Self::AttributesManage => "manage attributes",
            Self::ActivitiesRead => "read activities",
            Self::ActivitiesWrite => "write activities",
            Self::DirectoryRead => "read people and groups",
            Self::DirectoryWrite => "write people and groups",
            Self::MembersRead => "read members of groups",
            Self::GrantsManage => "manage grants",
            Self::SettingsRead => "read settings",
            Self::SettingsManage => "change settings",
            Self::AuditRead => "read action logs",
            Self::KeysManage => "manage API keys",
        })
    }
}

impl Cx {
    /// Whether the caller has a right in general.
    pub fn may(&self, right: Right) -> bool {
        if right == Right::Known {
            return true;
        }
        let scoped = self.scopes.as_ref().is_none_or(|held| right.scopes().iter().any(|scope| held.contains(scope)));
        // A caller confined to an application could otherwise free itself of that bound.
        let confined = self.app_id.is_some() && right.is_tenant_wide();
        right.is_of(self.role) && scoped && !confined
    }

    /// The person whose rights count: the subject, or who acts if that is a person.
    pub fn person(&self) -> Option<&PersonId> {
        match (&self.subject, &self.actor) {
            (Some(subject), _) => Some(subject),
            (None, Actor::Subject(_)) if self.role == Role::Application => None,
            (None, Actor::Subject(person)) => Some(person),
            (None, Actor::Key(_)) => None,
        }
    }

    /// The role with whose authority the caller writes the directory: an application's stays an application's, also
    /// where it acts for an admin.
    pub fn authority(&self) -> Role {
        if self.scopes.is_some() { self.role.lower(Role::Application) } else { self.role }
    }

    /// Whether the caller may see deleted records.
    pub fn sees_deleted(&self) -> bool {
        self.role == Role::Admin
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use rstest::rstest;

    /// A caller `ada` in this role.
    pub(crate) fn cx_of(role: Role) -> Cx {
        Cx {
            tenant: TenantId::from_ulid(1u128.into()),
            actor: Actor::Subject(PersonId::parse("ada").expect("valid")),
            subject: None,
            app_id: None,
            role,
            scopes: (role == Role::Application).then(BTreeSet::new),
            groups: BTreeSet::new(),
            request_id: "r1".into(),
            now: DateTime::parse_from_rfc3339("2026-05-10T12:00:00Z").expect("valid").to_utc(),
        }
    }

    fn application(scopes: &[Scope]) -> Cx {
        Cx {
            app_id: Some(AppId::parse("a").expect("valid")),
            scopes: Some(scopes.iter().copied().collect()),
            ..cx_of(Role::Application)
        }
    }

    fn of_app(role: Role) -> Cx {
        Cx { app_id: Some(AppId::parse("a").expect("valid")), ..cx_of(role) }
    }

    use Right::{
        ActivitiesRead, ActivitiesWrite, AttributesRead, DirectoryRead, DirectoryWrite, GrantsManage, Known,
        MembersRead, RecordsRead, RecordsWrite, SettingsRead,
    };

    #[rstest]
    #[case::admin(cx_of(Role::Admin), &Right::ALL)]
    #[case::admin_of_an_app(of_app(Role::Admin), &[Known, RecordsRead, RecordsWrite, AttributesRead, ActivitiesRead, ActivitiesWrite, DirectoryRead, DirectoryWrite, MembersRead, SettingsRead])]
    #[case::manager(cx_of(Role::Manager), &[Known, RecordsRead, RecordsWrite, AttributesRead, ActivitiesRead, ActivitiesWrite, DirectoryRead, DirectoryWrite, MembersRead, GrantsManage, SettingsRead])]
    #[case::educator(cx_of(Role::Educator), &[Known, RecordsRead, RecordsWrite, AttributesRead, ActivitiesRead, MembersRead])]
    #[case::student(cx_of(Role::Student), &[Known, RecordsRead, AttributesRead, ActivitiesRead])]
    #[case::application(application(&[]), &[Known])]
    #[case::reader(application(&[Scope::RecordsRead]), &[Known, RecordsRead, AttributesRead, ActivitiesRead])]
    #[case::writer(application(&[Scope::RecordsWrite]), &[Known, RecordsWrite, AttributesRead, ActivitiesRead])]
    #[case::directory_reader(application(&[Scope::DirectoryRead]), &[Known, DirectoryRead, MembersRead])]
    #[case::directory_writer(application(&[Scope::DirectoryWrite]), &[Known, DirectoryWrite])]
    #[case::activities_writer(application(&[Scope::ActivitiesWrite]), &[Known, ActivitiesRead, ActivitiesWrite])]
    #[case::a_reader_for_an_admin(Cx { role: Role::Admin, ..application(&[Scope::RecordsRead]) }, &[Known, RecordsRead, AttributesRead, ActivitiesRead])]
    #[case::a_writer_for_a_student(Cx { role: Role::Student, ..application(&[Scope::RecordsWrite]) }, &[Known, AttributesRead, ActivitiesRead])]
    fn rights_follow_from_role_scopes_and_app(#[case] cx: Cx, #[case] rights: &[Right]) {
        let has: Vec<Right> = Right::ALL.into_iter().filter(|right| cx.may(*right)).collect();
        assert_eq!(has, rights);
    }

    #[test]
    fn the_person_is_the_subject_or_who_acts() {
        let person = |text| PersonId::parse(text).expect("valid");
        assert_eq!(cx_of(Role::Student).person(), Some(&person("ada")));
        assert_eq!(application(&[]).person(), None);
        let acting = Cx { subject: Some(person("bob")), role: Role::Student, ..application(&[]) };
        assert_eq!(acting.person(), Some(&person("bob")));
        let key = Cx { actor: Actor::Key(KeyId::from_ulid(1u128.into())), ..cx_of(Role::Manager) };
        assert_eq!(key.person(), None);
    }
}
