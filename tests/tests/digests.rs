// SPDX-License-Identifier: MIT OR Apache-2.0

//! The results have the same bits in every build: whatever the opt-level, the compiler and the machine.
//!
//! Run it at opt-level 3 as well, `CARGO_PROFILE_RELEASE_OPT_LEVEL=3 cargo test --release`: there compilers have gone wrong.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use widthwise_tests::digests::{BLESS, GOLDEN, compute, first_difference};

#[test]
fn result_bits_are_the_golden_ones() {
    let found = compute().expect("the memory has the length asked for");
    if std::env::var_os(BLESS).is_some_and(|value| value == "1") {
        std::fs::write(GOLDEN, found.join("\n") + "\n").expect("the golden table can be written");
    }
    let golden = std::fs::read_to_string(GOLDEN).expect("the golden table is committed");
    let expected: Vec<_> = golden.lines().collect();
    if let Some(difference) = first_difference(&expected, &found) {
        panic!(
            "{difference}\nif the change is meant: {BLESS}=1 cargo test -p widthwise-tests --test digests"
        );
    }
}

#[test]
fn a_single_changed_digit_is_found_and_named() {
    let expected = ["kernel.dot f64 0..8 00", "kernel.gram f64 0..8 00"];
    assert_eq!(first_difference(&expected, &expected), None);
    let difference = first_difference(&expected, &["kernel.dot f64 0..8 00", "kernel.gram f64 0..8 01"]);
    assert!(difference.is_some_and(|text| text.contains("found kernel.gram f64 0..8 01")));
    let difference = first_difference(&expected, &["kernel.dot f64 0..8 00"]);
    assert_eq!(difference.as_deref(), Some("expected 2 lines, found 1"));
}
