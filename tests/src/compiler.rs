// SPDX-License-Identifier: MIT OR Apache-2.0

//! The compiler of this build, and whether it is one of those known to break floating-point code.

/// The release of the compiler, from the build script.
pub const RELEASE: &str = env!("WIDTHWISE_RUSTC_RELEASE");

/// The opt-level of this build, from the build script.
pub const OPT_LEVEL: &str = env!("WIDTHWISE_OPT_LEVEL");

/// Whether this build is one of those that the documentation of the canary lists as wrong.
#[must_use]
pub fn is_known_to_be_bad() -> bool {
    let release = RELEASE.starts_with("1.95.") || RELEASE.starts_with("1.96.");
    let target = cfg!(any(target_arch = "x86_64", target_arch = "x86")) && !cfg!(target_feature = "sse4.1");
    release && target && OPT_LEVEL == "3"
}
