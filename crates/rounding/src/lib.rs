// SPDX-License-Identifier: MIT OR Apache-2.0
#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::cast_possible_truncation,
        reason = "a test fails by panicking, and its numbers are small"
    )
)]

#[cfg(all(target_arch = "x86", not(target_feature = "sse2")))]
compile_error!(
    "x87 arithmetic rounds twice, so no bound of this crate would hold: build for a target with SSE2"
);

pub mod directed;
mod enclosure;
pub mod error_free;
mod gamma;
mod outward;
mod scalar;
mod scaled;
mod verdict;

pub use enclosure::{Enclosure, InvalidEnclosure};
pub use gamma::{gamma_upper, inflate_down, inflate_up};
pub use scalar::Scalar;
pub use scaled::ScaledEnclosure;
pub use verdict::Verdict;
