//! Logging: one JSON object a line, at the level that `LOG_LEVEL` names (`info` where it names none).

use tracing_subscriber::EnvFilter;

/// Starts logging to standard output, which Lambda keeps.
pub(crate) fn start() {
    let filter = EnvFilter::builder().with_env_var("LOG_LEVEL").with_default_directive(tracing::Level::INFO.into());
    // A second call, as in a test, keeps the first subscriber.
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_env_filter(filter.from_env_lossy())
        .try_init();
}
