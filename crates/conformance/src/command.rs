// SPDX-License-Identifier: MIT OR Apache-2.0

//! The command line of every target: nothing runs the suite, `replay …` shows one instance.

use core::fmt::{self, Write};

use crate::{Replay, run};

/// The exit status of a run whose every test passed, or of a replay that shows what it should.
pub const PASSED: u8 = 0;
/// The exit status of a run in which a test failed, or of a replay of a counterexample.
pub const FAILED: u8 = 1;
/// The exit status for words that are no command.
pub const USAGE: u8 = 2;
/// The exit status of a replay that decides nothing.
pub const INCONCLUSIVE: u8 = 3;

const HELP: &str = "usage: (nothing) | replay ID --index N [--scalar f32|f64] [--seed S] [--control NAME]";

/// Does what the words say, and returns the exit status.
///
/// # Errors
///
/// Fails if `output` cannot be written.
///
/// # Examples
///
/// ```
/// use widthwise_conformance::{PASSED, USAGE, command};
///
/// let mut output = String::new();
/// let words = ["replay", "spectral.opnorm-bound", "--index", "3", "--scalar", "f32"];
/// assert_eq!(command(words, &mut output), Ok(PASSED));
/// assert!(output.contains("‖A x‖ ≤ ‖A‖ ‖x‖"));
/// assert_eq!(command(["play"], &mut output), Ok(USAGE));
/// ```
pub fn command<'a>(
    words: impl IntoIterator<Item = &'a str>,
    output: &mut dyn Write,
) -> Result<u8, fmt::Error> {
    let mut words = words.into_iter();
    match words.next() {
        None => Ok(if run(output)?.all_passed() { PASSED } else { FAILED }),
        Some("replay") => match Replay::parse(words) {
            Ok(replay) => replay.run(output),
            Err(error) => usage(&error, output),
        },
        Some(word) => usage(&format_args!("unknown command `{word}`"), output),
    }
}

fn usage(error: &dyn fmt::Display, output: &mut dyn Write) -> Result<u8, fmt::Error> {
    writeln!(output, "error: {error}\n{HELP}")?;
    Ok(USAGE)
}
