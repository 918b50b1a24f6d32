// SPDX-License-Identifier: MIT OR Apache-2.0

//! How wide an undecided comparison may be: allowances, derived from what the enclosures promise.
//!
//! An allowance never makes a claim true. It guards against enclosures so wide that they test nothing: beyond it, the
//! instance counts as too wide and the claim as inconclusive.

use widthwise_rounding::Scalar;

/// `k` units of roundoff.
pub(crate) fn units<T: Scalar>(k: usize) -> f64 {
    T::from_count(k).to_f64() * T::UNIT_ROUNDOFF.to_f64()
}

/// The relative width of an enclosure of the spectral norm of an `m × n` matrix: `2 r² + 64` units with `r = min(m, n)`.
///
/// The worst case is a cluster of singular values at the top, where the chain of squarings decides (`n² u`); with a gap it is about 30 units.
pub(crate) fn spectral<T: Scalar>(rows: usize, columns: usize) -> f64 {
    let r = rows.min(columns);
    units::<T>(2 * r * r + 64)
}

/// The relative width of a sum, product or root of `k` enclosures, each a few units wide: `8 k + 32` units.
pub(crate) fn kernel<T: Scalar>(k: usize) -> f64 {
    units::<T>(8 * k + 32)
}
