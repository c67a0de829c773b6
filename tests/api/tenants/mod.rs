//! Tenants: an administrative function without a route.

mod create;
