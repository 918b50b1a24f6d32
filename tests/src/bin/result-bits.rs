// SPDX-License-Identifier: MIT OR Apache-2.0

//! Compares the result bits of this build with the golden table, and the canary with what is known of the compiler.
//!
//! The same as the tests `digests` and `canary`, as a program: it builds without what the other tests need, so that every opt-level can be
//! tried cheaply: `CARGO_PROFILE_RELEASE_OPT_LEVEL=3 cargo run --release -p widthwise-tests --bin result-bits`.

use std::process::ExitCode;

use widthwise_conformance::first_difference;
use widthwise_linalg::canary;
use widthwise_tests::compiler::{OPT_LEVEL, RELEASE, is_known_to_be_bad};
use widthwise_tests::digests::{GOLDEN, compute};

fn main() -> ExitCode {
    println!("rustc {RELEASE}, opt-level {OPT_LEVEL}");
    let (Ok(golden), Ok(found)) = (std::fs::read_to_string(GOLDEN), compute()) else {
        eprintln!("the golden table cannot be read, or the results cannot be computed");
        return ExitCode::FAILURE;
    };
    if let Some(difference) = first_difference(golden.lines(), found.lines()) {
        eprintln!("{difference}");
        return ExitCode::FAILURE;
    }
    println!("result bits: {} lines equal", found.lines().count());
    let outcome = canary::self_test();
    println!("canary: {outcome:?}");
    if outcome.is_err() == is_known_to_be_bad() {
        ExitCode::SUCCESS
    } else {
        eprintln!("the canary is not what is known of this compiler at this level");
        ExitCode::FAILURE
    }
}
