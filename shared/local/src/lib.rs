//! The local stack: the deployed handlers over embedded engines. Not deployed itself.
//!
//! It reads `template.yaml`, makes the table from its definition, matches routes as the gateway does, turns each HTTP
//! request into the gateway's event, and runs the function that the template names, with that function's environment
//! and no right beyond its policy. The tests use the same pieces in process.

mod attach;
mod background;
pub mod cli;
mod connection;
mod console;
mod containers;
mod dead_letters;
mod demo;
mod engines;
mod gateway;
mod issuer;
mod mapping;
mod openapi;
mod policy;
mod s3;
mod schedule;
mod seed;
mod server;
mod state;
mod stream;
pub mod template;
mod uploads;

pub use containers::{Containers, Wrap};
pub use dead_letters::{RedriveReport, redrive};
pub use demo::Demo;
pub use engines::{Embedded, Engines, Storage};
pub use gateway::Gateway;
pub use issuer::{Claims, LocalIssuer};
pub use mapping::{DeadLetter, DeliveryReport, Mapping};
pub use openapi::{check as check_openapi, document as openapi_document};
pub use seed::{GROUP_SIZES, Seed};
pub use stream::Stream;
pub use uploads::{RoutingReport, Rules, Uploads};

use rol_http::Lambda;

/// Every Lambda of every area.
pub fn lambdas() -> impl Iterator<Item = &'static Lambda> {
    [
        records::LAMBDAS,
        attachments::LAMBDAS,
        attributes::LAMBDAS,
        activities::LAMBDAS,
        people::LAMBDAS,
        groups::LAMBDAS,
        settings::LAMBDAS,
        changes::LAMBDAS,
        events::LAMBDAS,
        audit::LAMBDAS,
        api_keys::LAMBDAS,
        tenants::LAMBDAS,
        meta::LAMBDAS,
    ]
    .into_iter()
    .flatten()
}
