// SPDX-License-Identifier: MIT OR Apache-2.0

//! The self-test of the compiler reports the builds that are known to be bad, and no others.

use widthwise_linalg::canary;
use widthwise_tests::compiler::{OPT_LEVEL, RELEASE, is_known_to_be_bad};

#[test]
fn exactly_the_builds_known_to_be_bad_are_reported() {
    let outcome = canary::self_test();
    println!("rustc {RELEASE} at opt-level {OPT_LEVEL}: {outcome:?}");
    assert_eq!(
        outcome.is_err(),
        is_known_to_be_bad(),
        "rustc {RELEASE} at opt-level {OPT_LEVEL}: {outcome:?}"
    );
}
