//! One module for each area, one file for each Lambda, as in `functions/`.

mod records;
