//! The area `events`.

mod list;
