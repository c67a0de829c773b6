//! The table. `ok`: it is done. `none`: an empty list. A number: refused so. `-`: the route names nothing that could be
//! another's.

use super::world::Outcome;

/// What is expected on one route: a line for each principal, a word for each target.
pub(crate) struct Row {
    /// The operation's id.
    pub(crate) operation: &'static str,
    table: &'static str,
}

impl Row {
    /// The outcomes, by principal and target.
    pub(crate) fn expected(&self) -> Vec<Vec<Outcome>> {
        let lines = self.table.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(|line| line.split_whitespace().skip(1).map(Outcome::parse).collect()).collect()
    }
}

const fn row(operation: &'static str, table: &'static str) -> Row {
    Row { operation, table }
}

//                own   same-group other-group other-tenant
const VIEW: &str = "
    admin         ok    ok    ok    404
    manager       ok    ok    ok    404
    granted       404   ok    404   404
    educator      404   404   404   404
    student       ok    404   404   404
    application   ok    404   404   404
    nobody        401   401   401   401";

const LIST: &str = "
    admin         ok    ok    ok    none
    manager       ok    ok    ok    none
    granted       none  ok    none  none
    educator      none  none  none  none
    student       ok    none  none  none
    application   ok    none  none  none
    nobody        401   401   401   401";

/// Editing and deleting what may be seen.
const CHANGE: &str = "
    admin         ok    ok    ok    404
    manager       ok    ok    ok    404
    granted       404   ok    404   404
    educator      404   404   404   404
    student       403   403   403   403
    application   ok    404   404   404
    nobody        401   401   401   401";

/// Adding to a person.
const CREATE: &str = "
    admin         ok    ok    ok    -
    manager       ok    ok    ok    -
    granted       403   ok    403   -
    educator      403   403   403   -
    student       403   403   403   -
    application   ok    ok    ok    -
    nobody        401   401   401   -";

/// Many at once: what becomes of each is in its result.
const BATCH: &str = "
    admin         ok    -     -     -
    manager       ok    -     -     -
    granted       ok    -     -     -
    educator      ok    -     -     -
    student       403   -     -     -
    application   ok    -     -     -
    nobody        401   -     -     -";

const ANYBODY: &str = "
    admin         ok    -     -     -
    manager       ok    -     -     -
    granted       ok    -     -     -
    educator      ok    -     -     -
    student       ok    -     -     -
    application   ok    -     -     -
    nobody        401   -     -     -";

/// Asking for news, where there is none.
const ASK: &str = "
    admin         none  -     -     -
    manager       none  -     -     -
    granted       none  -     -     -
    educator      none  -     -     -
    student       none  -     -     -
    application   none  -     -     -
    nobody        401   -     -     -";

/// Reading one thing that everybody may read.
const READ: &str = "
    admin         ok    -     -     404
    manager       ok    -     -     404
    granted       ok    -     -     404
    educator      ok    -     -     404
    student       ok    -     -     404
    application   ok    -     -     404
    nobody        401   -     -     401";

const ADMIN: &str = "
    admin         ok    -     -     -
    manager       403   -     -     -
    granted       403   -     -     -
    educator      403   -     -     -
    student       403   -     -     -
    application   403   -     -     -
    nobody        401   -     -     -";

const ADMIN_ONE: &str = "
    admin         ok    -     -     404
    manager       403   -     -     403
    granted       403   -     -     403
    educator      403   -     -     403
    student       403   -     -     403
    application   403   -     -     403
    nobody        401   -     -     401";

const STAFF: &str = "
    admin         ok    -     -     -
    manager       ok    -     -     -
    granted       403   -     -     -
    educator      403   -     -     -
    student       403   -     -     -
    application   403   -     -     -
    nobody        401   -     -     -";

const STAFF_ONE: &str = "
    admin         ok    ok    ok    404
    manager       ok    ok    ok    404
    granted       403   403   403   403
    educator      403   403   403   403
    student       403   403   403   403
    application   403   403   403   403
    nobody        401   401   401   401";

/// People and groups, for applications with the scope too.
const DIRECTORY: &str = "
    admin         ok    -     -     -
    manager       ok    -     -     -
    granted       403   -     -     -
    educator      403   -     -     -
    student       403   -     -     -
    application   ok    -     -     -
    nobody        401   -     -     -";

const DIRECTORY_ONE: &str = "
    admin         ok    ok    ok    404
    manager       ok    ok    ok    404
    granted       403   403   403   403
    educator      403   403   403   403
    student       403   403   403   403
    application   ok    ok    ok    404
    nobody        401   401   401   401";

const MEMBERS: &str = "
    admin         ok    ok    ok    404
    manager       ok    ok    ok    404
    granted       404   ok    404   404
    educator      404   404   404   404
    student       403   403   403   403
    application   ok    ok    ok    404
    nobody        401   401   401   401";

pub(crate) const ROWS: &[Row] = &[
    row("records.get", VIEW),
    row("records.permissions", VIEW),
    row("records.history", VIEW),
    row("records.version", VIEW),
    row("records.list", LIST),
    row("records.summary", LIST),
    row("records.create", CREATE),
    row("records.batch", BATCH),
    row("records.put", CREATE),
    row("records.patch", CHANGE),
    row("records.delete", CHANGE),
    row("records.restore", CHANGE),
    row("attachments.declare", CHANGE),
    row("attachments.list", VIEW),
    row("attachments.get", VIEW),
    row("attachments.content", VIEW),
    row("attachments.delete", CHANGE),
    row("attributes.create", ADMIN),
    row("attributes.list", ANYBODY),
    row("attributes.get", READ),
    row("attributes.patch", ADMIN_ONE),
    row("attributes.delete", ADMIN_ONE),
    row("activities.create", DIRECTORY),
    row("activities.list", ANYBODY),
    row("activities.get", READ),
    row("activities.patch", DIRECTORY_ONE),
    row("activities.delete", DIRECTORY_ONE),
    row("people.create", DIRECTORY),
    row("people.list", DIRECTORY),
    row("people.get", DIRECTORY_ONE),
    row("people.patch", DIRECTORY_ONE),
    row("people.delete", DIRECTORY_ONE),
    row("groups.create", DIRECTORY),
    row("groups.list", DIRECTORY),
    row("groups.get", DIRECTORY_ONE),
    row("groups.patch", DIRECTORY_ONE),
    row("groups.delete", DIRECTORY_ONE),
    row("groups.members", MEMBERS),
    row("groups.change-members", DIRECTORY_ONE),
    row("groups.put-grant", STAFF_ONE),
    row("groups.get-grant", STAFF_ONE),
    row("groups.delete-grant", STAFF_ONE),
    row("settings.get", STAFF),
    row("settings.patch", ADMIN),
    row("events.list", ASK),
    row("audit.list", ADMIN),
    row("audit.get", ADMIN),
    row("audit.verify", ADMIN),
    row("api-keys.create", ADMIN),
    row("api-keys.list", ADMIN),
    row("api-keys.patch", ADMIN_ONE),
    row("api-keys.delete", ADMIN_ONE),
    row("meta.me", ANYBODY),
];
