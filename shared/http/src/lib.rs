//! The HTTP edge: what every route's handler is made of, whatever the dialect. The views of `/v1` are in `rol-v1`.
//!
//! A handler reads `right (in the signature) → parse → one use case → answer`. The right is [`Caller`], parsing is
//! [`Body`], [`Query`], [`PathId`], [`IfMatch`]; the answer is a view or a [`Problem`]. [`Lambda`] is what an area
//! lists in its registry. No rule of the domain lives here.

mod body;
mod caller;
mod conditional;
mod edge;
mod lambda;
mod operation;
mod page;
mod path;
mod problem;
mod query;
mod response;

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
pub use problem::{PartDenied, Problem, ProblemBody};
pub use query::{Parameters, Query, QueryReader};
pub use response::{Created, CreatedOrReplaced, Etagged, path_segment};
#[doc(hidden)]
pub use utoipa_axum::paste;
