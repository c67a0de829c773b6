//! The local stack as its users have it: the real binary as a process, spoken to over its sockets. Each test has a
//! directory of its own, and free ports.

mod attach;
mod commands;
mod docs;
mod lifecycle;
mod s3;
mod support;
mod wire;
