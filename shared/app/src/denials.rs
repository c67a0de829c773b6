//! Attempts that were refused are noted for the audit trail, each actor's at each operation once a minute.

use crate::{App, cache::Timed};
use rol_domain::{Cx, TenantId, denial::Denial, limits::DENIAL_INTERVAL_S};

/// Which minute an actor's attempts at an operation were last noted in, by tenant, actor and operation.
pub(crate) type RecentDenials = Timed<(TenantId, String, String), i64>;

impl App {
    /// Notes that the caller was refused. At most one call a minute for each actor and operation, also where it fails:
    /// a flood of refused requests is none of writes. It never fails; what could not be noted is logged.
    pub async fn record_denial(&self, cx: &Cx, denial: &Denial) {
        let noted = &self.0.denied;
        let key = (cx.tenant, cx.actor.to_string(), denial.operation.clone());
        let minute = cx.now.timestamp() / DENIAL_INTERVAL_S;
        if noted.get(&key, cx.now, DENIAL_INTERVAL_S).is_some_and(|(_, last)| last == minute) {
            return;
        }
        noted.put(key, cx.now, minute);
        if let Err(error) = self.store().for_tenant(&cx.tenant).record_denial(denial, cx).await {
            let (operation, request_id) = (&denial.operation, &cx.request_id);
            tracing::error!(request.id = request_id, error = error.chain(), "could not record a denied {operation}");
        }
    }
}
