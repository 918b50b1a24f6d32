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

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(test)]
extern crate std;

// The integration tests' oracle serves the lemmas as well.
#[cfg(test)]
#[path = "../tests/exact/mod.rs"]
#[allow(
    dead_code,
    clippy::expect_used,
    reason = "each test uses a part of the oracle, and fails by panicking"
)]
mod exact;

mod access;
mod alignment;
mod batch;
mod centered;
mod certify;
mod cheap;
mod collatz_wielandt;
mod gram_schmidt;
mod kato_temple;
mod large;
mod natural_norm;
mod newton_schulz;
mod nonnegative;
mod norm;
mod nuclear_norm;
mod polar;
mod probabilistic;
mod registers;
mod singular_basis;
mod squaring;
mod stable_rank;
mod tiles;

pub use alignment::{alignment, alignment_in};
pub use batch::{BatchScalar, spectral_norm_batch, spectral_norm_compact};
pub use cheap::{schatten_four_norm_enclosure, spectral_norm_bounds};
pub use collatz_wielandt::spectral_norm_bounds_in;
#[cfg(feature = "alloc")]
pub use large::spectral_norm_large;
pub use large::{Effort, large_workspace_len, spectral_norm_large_in};
pub use natural_norm::{rms_operator_norm, rms_operator_norm_in};
pub use newton_schulz::{
    NewtonSchulz, newton_schulz_in, newton_schulz_workspace_len, orthogonality_defect_in,
};
pub use norm::{Certificate, SpectralNorm, spectral_norm, spectral_norm_in, workspace_len};
pub use nuclear_norm::{nuclear_norm, nuclear_norm_in, nuclear_norm_workspace_len};
pub use polar::{PolarFactor, polar_factor, polar_factor_in, polar_factor_workspace_len};
pub use probabilistic::{
    ProbableBound, gaussian_probe_bound, probable_norm_bound_in, probable_norm_workspace_len,
};
pub use singular_basis::{SingularBasis, singular_basis_workspace_len};
pub use stable_rank::{stable_rank, stable_rank_in};

// The error of every function here.
pub use widthwise_linalg::KernelError;
