// SPDX-License-Identifier: MIT OR Apache-2.0

//! The table of digests of result bits: computed here, committed in `golden/digests.txt`, printed by every target.
//!
//! After a change of results that is meant, `WIDTHWISE_BLESS=1 cargo test -p widthwise-tests --test digests` writes the golden table anew.

use core::fmt;

/// The golden table.
pub const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/digests.txt");

/// The variable that, set to 1, makes the test of the digests write [`GOLDEN`] instead of comparing with it.
pub const BLESS: &str = "WIDTHWISE_BLESS";

/// The table as this build computes it, a line for each entry.
///
/// # Errors
///
/// None: a string can be written.
pub fn compute() -> Result<String, fmt::Error> {
    let mut output = String::new();
    widthwise_conformance::run(&mut output)?;
    Ok(output
        .lines()
        .filter_map(|line| line.strip_prefix("digest "))
        .map(|line| format!("{line}\n"))
        .collect())
}
