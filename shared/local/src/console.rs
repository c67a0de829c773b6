//! What a command prints.

use anyhow::{Context, Result};
use std::{
    fmt::Display,
    io::{ErrorKind, Write, stdout},
};

/// Prints a line. That nobody reads any longer (`… | head`) is no failure.
pub(crate) fn say(text: impl Display) -> Result<()> {
    let mut output = stdout().lock();
    match writeln!(output, "{text}").and_then(|()| output.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("writing to standard output"),
    }
}
