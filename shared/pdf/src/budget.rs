//! What the check of one file may use, whatever the structure of the file.
//!
//! Everything that parses, unpacks or collects draws from the same budget, so that many small things cost as much as
//! one large thing.

use crate::{
    Refusal,
    limits::{MAX_ENTRIES, MAX_OBJECTS, MAX_SECTIONS, MAX_STEPS, MAX_UNPACKED_BYTES},
};
use std::cell::Cell;

/// What may still be used for one file.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Work, in steps.
    pub(crate) steps: Allowance,
    /// What streams unpack to, in bytes.
    pub(crate) unpacked_bytes: Allowance,
    /// Objects, those in object streams and all revisions of each.
    pub(crate) objects: Allowance,
    /// Cross-reference sections.
    pub(crate) sections: Allowance,
    /// Entries of cross-reference sections.
    pub(crate) entries: Allowance,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            steps: Allowance::new(MAX_STEPS),
            unpacked_bytes: Allowance::new(MAX_UNPACKED_BYTES),
            objects: Allowance::new(MAX_OBJECTS),
            sections: Allowance::new(MAX_SECTIONS),
            entries: Allowance::new(MAX_ENTRIES),
        }
    }
}

/// How much of one thing may still be used. Whatever uses the thing shares it.
#[derive(Debug)]
pub(crate) struct Allowance(Cell<usize>);

impl Allowance {
    /// An allowance of an amount.
    pub(crate) fn new(amount: usize) -> Self {
        Self(Cell::new(amount))
    }

    /// Uses an amount.
    ///
    /// # Errors
    /// [`Refusal::TooComplex`] where less than that remains.
    pub(crate) fn take(&self, amount: usize) -> Result<(), Refusal> {
        self.0.set(self.0.get().checked_sub(amount).ok_or(Refusal::TooComplex)?);
        Ok(())
    }

    /// The amount that remains.
    pub(crate) fn remaining(&self) -> usize {
        self.0.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_takes_so_many_steps() {
        assert_eq!(Budget::default().steps.take(MAX_STEPS), Ok(()));
        assert_eq!(Budget::default().steps.take(MAX_STEPS + 1), Err(Refusal::TooComplex));
    }

    #[test]
    fn an_allowance_can_be_used_up_and_no_further() {
        let allowance = Allowance::new(3);
        assert_eq!(allowance.take(2), Ok(()));
        assert_eq!(allowance.take(2), Err(Refusal::TooComplex));
        assert_eq!(allowance.take(1), Ok(()));
        assert_eq!(allowance.remaining(), 0);
    }
}
