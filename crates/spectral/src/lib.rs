// SPDX-License-Identifier: MIT OR Apache-2.0
#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::std_instead_of_core,
        reason = "a test fails by panicking, and its numbers are small"
    )
)]

#[cfg(test)]
extern crate std;

mod kato_temple;
mod norm;
mod squaring;
mod two_by_two;

pub use norm::{Certificate, SpectralNorm, spectral_norm, spectral_norm_in, workspace_len};
