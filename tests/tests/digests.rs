// SPDX-License-Identifier: MIT OR Apache-2.0

//! The results have the same bits in every build: whatever the opt-level, the compiler and the machine.
//!
//! Run it at opt-level 3 as well, `CARGO_PROFILE_RELEASE_OPT_LEVEL=3 cargo test --release`: there compilers have gone wrong.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use widthwise_conformance::first_difference;
use widthwise_tests::compiler::is_known_to_be_bad;
use widthwise_tests::digests::{BLESS, GOLDEN, compute};

#[test]
fn result_bits_are_the_golden_ones() {
    let found = compute().expect("a string can be written");
    if std::env::var_os(BLESS).is_some_and(|value| value == "1") {
        std::fs::write(GOLDEN, &found).expect("the golden table can be written");
    }
    let golden = std::fs::read_to_string(GOLDEN).expect("the golden table is committed");
    if let Some(difference) = first_difference(golden.lines(), found.lines()) {
        panic!(
            "{difference}\nif the change is meant: {BLESS}=1 cargo test -p widthwise-tests --test digests"
        );
    }
}

#[test]
fn every_test_of_the_suite_passes_here() {
    let mut output = String::new();
    let counts = widthwise_conformance::run(&mut output).expect("a string can be written");
    let failed: Vec<_> = output.lines().filter(|line| line.ends_with("FAILED")).collect();
    let canary_alone = failed == ["test compiler canary f64 ... FAILED"];
    assert!(counts.all_passed() || (canary_alone && is_known_to_be_bad()), "{failed:#?}");
}
