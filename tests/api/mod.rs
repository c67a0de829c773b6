//! One module for each area, one file for each Lambda, as in `functions/`. Who a caller is concerns all of them, and is
//! in `identity`.

pub(crate) mod activities;
mod api_keys;
pub(crate) mod attachments;
pub(crate) mod attributes;
mod audit;
mod changes;
mod events;
mod groups;
mod identity;
mod meta;
mod parameters;
mod people;
mod records;
mod settings;
mod tenants;
mod unconditional;
