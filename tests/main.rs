//! The service, black box: through the template's routes and API Gateway's events, against the embedded engines.

mod api;
mod matrix;
mod reliability;
mod support;
mod template;
