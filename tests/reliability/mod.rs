//! Nothing changes unseen: what clients are told is committed, and every committed change is in the history, in the
//! feed and in the audit trail, once and in order, whatever fails on the way.
//!
//! [`checker`] is the judge, [`log`] its independent witness: the table's stream. [`enumeration`] lets every call fail
//! in every way; [`planted`] shows that the judge finds what is wrong; [`driver`] delivers the stream at its worst.

mod as_of;
mod checker;
mod consumers;
mod dice;
mod driver;
mod enumeration;
mod log;
mod planted;
mod poison;
mod steps;
mod tamper;
