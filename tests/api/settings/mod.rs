//! What a tenant decides for all of its people.

mod get;
mod patch;

use crate::support::{Caller, Tenant};
use rol_domain::Role;
use serde_json::{Value, json};

const PATH: &str = "/v1/settings";

/// The settings of a tenant that never changed them.
fn default() -> Value {
    json!({
        "student_records_enabled": false, "plan": "enterprise", "expiring_days": [90, 60, 30, 7],
        "audit_retention_days": 365,
    })
}

/// Everybody whom the tenant knows, by name: who reads settings, and who changes them.
fn callers<'a>(tenant: &Tenant<'a>) -> Vec<(&'static str, Caller<'a>, bool, bool)> {
    let app = |scope| tenant.caller("client", Role::Application, Some("lms"), scope);
    vec![
        ("admin", tenant.admin(), true, true),
        ("admin key", tenant.key_holder(), true, true),
        ("admin of an app", tenant.caller("ann", Role::Admin, Some("lms"), None), true, false),
        ("manager", tenant.manager(), true, false),
        ("educator", tenant.caller("eve", Role::Educator, None, None), false, false),
        ("student", tenant.caller("sam", Role::Student, None, None), false, false),
        ("reader", app(Some("records:read")), false, false),
        ("writer", app(Some("records:write")), false, false),
        ("directory reader", app(Some("directory:read")), false, false),
        ("directory writer", app(Some("directory:write")), false, false),
        ("application without scopes", app(None), false, false),
    ]
}
