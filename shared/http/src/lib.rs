//! The HTTP edge: what every route's handler is made of.
//!
//! A handler reads `right (in the signature) → parse → one use case → answer`. The right is [`Caller`], parsing is
//! [`Body`], [`Query`], [`PathId`], [`IfMatch`]; the answer is a view or a [`Problem`]. [`Lambda`] is what an area
//! lists in its registry. No rule of the domain lives here.

mod attachment;
mod body;
mod caller;
mod conditional;
mod edge;
mod lambda;
mod operation;
mod page;
mod path;
mod person;
mod problem;
mod query;
mod record;
mod response;
mod sent_back;
mod stamp;

pub use attachment::{AttachmentStateName, AttachmentView};
pub use body::{Body, Field, Fields};
pub use caller::{
    ActivitiesRead, ActivitiesWrite, AttributesManage, AttributesRead, AuditRead, Caller, DirectoryRead,
    DirectoryWrite, GrantsManage, KeysManage, Known, MembersRead, Needs, RecordsRead, RecordsWrite, SettingsManage,
    SettingsRead,
};
pub use conditional::{IdempotencyHeader, IfMatch, IfNoneMatch};
pub use edge::Edge;
pub use lambda::{Event, Handler, Lambda, Route, Work};
pub use operation::{Describe, Description, DocumentedRoute, OperationOf, Signature, shared_components};
pub use page::{Page, PageQuery};
pub use path::{Found, PathAttachment, PathExternalId, PathGrant, PathId, PathKey, PathPerson, PathText, PathVersion};
pub use person::{BoundSetterName, PersonRoleName, PersonStatusName, PersonView};
pub use problem::{PartDenied, Problem, ProblemBody};
pub use query::{Parameters, Query, QueryReader};
pub use record::{RecordView, SelectedRecord, SourceTypeName, StatusName};
pub use response::{Created, CreatedOrReplaced, Etagged, path_segment};
pub use sent_back::SentBack;
pub use stamp::{STAMP_FIELDS, StampView};
#[doc(hidden)]
pub use utoipa_axum::paste;
