// SPDX-License-Identifier: MIT OR Apache-2.0

//! How wide an undecided comparison may be.
//!
//! An allowance decides nothing about truth. It guards against enclosures so wide that they test nothing: beyond it, the instance
//! counts as too wide and the claim as inconclusive. Each is the width that the documentation of the enclosures promises, summed over what
//! enters the comparison, with room for a factor of two; a claim's own explanation says which.

use widthwise_rounding::{Scalar, ScaledEnclosure};

/// `k` units of roundoff.
pub(crate) fn units<T: Scalar>(k: usize) -> f64 {
    T::from_count(k).to_f64() * T::UNIT_ROUNDOFF.to_f64()
}

/// The relative width of an enclosure of the spectral norm of an `m × n` matrix: `2 r² + 64` units with `r = min(m, n)`.
///
/// `widthwise_spectral` promises `r² u` for a cluster of singular values at the top, where the chain of squarings decides, and less than 32
/// units with a gap: twice the sum of both.
pub(crate) fn spectral<T: Scalar>(rows: usize, columns: usize) -> f64 {
    let r = rows.min(columns);
    units::<T>(2 * r * r + 64)
}

/// The relative width of a sum, product or root of `k` enclosures: `8 k + 32` units.
///
/// A sum of `k` non-negative terms is as wide as the widest, and each operation adds at most an ulp, two units, on each side: `4 k` units, and
/// for the last roots and products 16, twice.
pub(crate) fn kernel<T: Scalar>(k: usize) -> f64 {
    units::<T>(8 * k + 32)
}

/// An allowance for an inequality whose terms may cancel: it is meant relative to the size of the terms, and returned
/// relative to the larger side.
pub(crate) fn of_terms<T: Scalar>(
    allowance: f64,
    terms: ScaledEnclosure<T>,
    left: ScaledEnclosure<T>,
    right: ScaledEnclosure<T>,
) -> f64 {
    // Zero over zero compares as not greater: two sides that vanish do not overlap.
    let cancellation = terms.ratio(&left.maximum(&right));
    if cancellation > 1.0 { allowance * cancellation } else { allowance }
}
