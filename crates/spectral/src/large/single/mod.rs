// SPDX-License-Identifier: MIT OR Apache-2.0

//! The gap below the largest singular value, proved in binary32.
//!
//! The Kato-Temple bound `λ₁ ≤ ρ + ε²/(ρ − b)` is tight as long as `b` lies anywhere between `λ₂` and `ρ`, so the proof
//! of `λ₂ ≤ b` may be crude while `ρ` and `ε` may not. Binary32 halves the time of the Gram matrix and of the
//! factorization; its errors, [`gram`] and [`cholesky`] prove, stay below a gap that is not too narrow:
//!
//! - products are cut into short sums, so that the errors grow with the length of a piece and not with that of the sum;
//! - the error of a factorization is measured by the factor itself, `‖ |L| ‖₂²`, which on most matrices is far less than
//!   the trace.
//!
//! The factor is also the preconditioner that takes the vector from the digits of binary32 to those of binary64. Where
//! the gap is too narrow the caller starts over in binary64.

mod cholesky;
mod deflation;
mod gram;
pub(super) mod products;
mod refine;
mod search;

/// `u` of binary32.
const UNIT_ROUNDOFF: f64 = <f32 as widthwise_rounding::Scalar>::UNIT_ROUNDOFF as f64;
/// The allowance for underflow in binary32.
const UNDERFLOW_ALLOWANCE: f64 = <f32 as widthwise_rounding::Scalar>::UNDERFLOW_ALLOWANCE as f64;

/// An upper bound of `γ_k` of binary32.
fn gamma(k: usize) -> f64 {
    f64::from(widthwise_rounding::gamma_upper::<f32>(k))
}

/// The product of a symmetric matrix in binary32, of which the lower triangle is stored, and `x`. `buffer` holds at
/// least as many numbers as `x`.
pub(super) fn apply(lower: &[f32], x: &[f64], buffer: &mut [f64], out: &mut [f64]) {
    let n = x.len();
    let (rounded, product) = pulp::bytemuck::cast_slice_mut::<f64, f32>(&mut buffer[..n]).split_at_mut(n);
    gram::round(x, rounded);
    products::symmetric_product(lower, rounded, product);
    for (out, &product) in out.iter_mut().zip(&*product) {
        *out = f64::from(product);
    }
}

#[cfg(test)]
mod tests;
