#![doc = include_str!("../README.md")]

mod active_content;
mod budget;
mod cross_reference;
mod deflate;
mod file;
mod foreign_content;
mod header;
mod lexer;
pub mod limits;
mod object_stream;
mod objects;
mod pages;
mod predictor;
mod refusal;
mod stream;
mod value;

pub use refusal::Refusal;

use budget::Budget;
use file::File;

/// Checks that a file is an ordinary PDF.
///
/// # Errors
/// The first of these that is wrong: the header; the size; that the file is of another kind too; its structure; that
/// it is encrypted; its object streams; what it does by itself or carries along; its cross-reference; its pages.
pub fn check(bytes: &[u8]) -> Result<(), Refusal> {
    check_within(bytes, &Budget::default())
}

fn check_within(bytes: &[u8], budget: &Budget) -> Result<(), Refusal> {
    header::check(bytes)?;
    if bytes.len() > limits::MAX_FILE_BYTES {
        return Err(Refusal::TooComplex);
    }
    foreign_content::check_other_kinds(bytes)?;
    let file = File::read(bytes, budget)?;
    let cross_reference = file.sections.follow(bytes, &file.objects, &file.active_content, budget)?;
    pages::check(&cross_reference, &file.objects, budget)
}

#[cfg(test)]
mod tests {
    use super::*;
    use budget::Allowance;

    const FILE: &[u8] = include_bytes!("../corpus/ordinary/by-hand/object-streams.pdf");

    #[test]
    fn all_of_a_file_draws_from_one_budget() {
        let allowances: [fn(&mut Budget) -> &mut Allowance; 5] = [
            |budget| &mut budget.steps,
            |budget| &mut budget.unpacked_bytes,
            |budget| &mut budget.objects,
            |budget| &mut budget.sections,
            |budget| &mut budget.entries,
        ];
        for allowance in allowances {
            let mut budget = Budget::default();
            let amount = allowance(&mut budget).remaining();
            assert_eq!(check_within(FILE, &budget), Ok(()));
            let used = amount - allowance(&mut budget).remaining();
            for (amount, expected) in [(used, Ok(())), (used - 1, Err(Refusal::TooComplex))] {
                let mut budget = Budget::default();
                *allowance(&mut budget) = Allowance::new(amount);
                assert_eq!(check_within(FILE, &budget), expected);
            }
        }
    }
}
