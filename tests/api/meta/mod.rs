//! What the API says of itself and of its callers.

mod default;
mod health;
mod me;
mod openapi;
