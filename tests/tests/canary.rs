// SPDX-License-Identifier: MIT OR Apache-2.0

//! The self-test of the compiler reports the builds that are known to be bad, and no others.

use widthwise_linalg::canary;

/// The release of the compiler, from the build script.
const RELEASE: &str = env!("WIDTHWISE_RUSTC_RELEASE");

/// The opt-level of this build, from the build script.
const OPT_LEVEL: &str = env!("WIDTHWISE_OPT_LEVEL");

/// Whether this build is one of those that the documentation of the canary lists as wrong.
fn is_known_to_be_bad() -> bool {
    let release = RELEASE.starts_with("1.95.") || RELEASE.starts_with("1.96.");
    let target = cfg!(any(target_arch = "x86_64", target_arch = "x86")) && !cfg!(target_feature = "sse4.1");
    release && target && OPT_LEVEL == "3"
}

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
