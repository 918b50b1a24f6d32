// SPDX-License-Identifier: MIT OR Apache-2.0

//! Powers of the Gram matrix, and what their traces alone prove about its eigenvalues (theorem T3).
//!
//! `H_0 = fl(Ĝ − σI)`, `H_{j+1} = r_j² fl(H_j²)`, where `r_j` is the power of two with `r_jτ_j ∈ [1, 2)`, `τ_0` is the computed trace of `Ĝ`,
//! and `τ_j` that of `H_j`. What is kept of a power is its trace: it has both the scale and the bounds of all errors.
//!
//! # Bounds
//!
//! Let `φ_j = r_j²‖H_j‖_F²`. The diagonal entries of `fl(H_j²)` are sums of `s` squares, so with the `s − 1` roundings of the trace
//! `φ_j ≤ f_{j+1}`, which is `τ_{j+1}` inflated for `2s + 2` roundings. Lemma L2 gives `‖H_{j+1} − r_j²H_j²‖ ≤ γ_sφ_j`, and
//! `e_{j+1} ≥ γ_{s+2}φ_j`, likewise inflated. All underflow, below `2⁻¹²⁰`, is covered by one of those roundings: `φ_0 ≥ 1/(4s²)`
//! as `λ₁ − σ` is at least half the mean, `φ_j ≥ 1/(2s)` later, as the trace of `H_j` is at most `√s` times its norm.
//!
//! `E_0 = E_G + 4uF` bounds `‖H_0 − (G − σI)‖ ≤ E_G + uF` and the roundings of the two subtractions below, `(2u + u²)F` together.
//!
//! - *Second eigenvalue.* For `ρ ≤ λ₁` and `b ≤ ρ` let `a_0 = ρ − σ − E_0`, `b_0 = b − σ − E_0`, `a_{j+1} = r_j²a_j² − e_{j+1}`, and `b_{j+1}`
//!   likewise. If all `b_j` are positive up to one with `r_j²(a_j² + b_j²) > f_{j+1}`, then `λ₂ ≤ b`.
//! - *First eigenvalue.* With `m_k = ∞` and `m_j = √(min(m_{j+1} + e_{j+1}, f_{j+1}))/r_j`, `λ₁ ≤ m_0 + σ + E_0`.
//!
//! *Proof.* Suppose `λ₂ > b`. By Weyl's inequality (L6) the first two eigenvalues of `H_0` are at least `a_0` and `b_0`. If those of `H_j` are
//! at least `a_j ≥ b_j > 0`, those of `r_j²H_j²` are at least `r_j²a_j²`, `r_j²b_j²`, so that their sum is at most `φ_j ≤ f_{j+1}`; and those of `H_{j+1}`
//! are at least `a_{j+1}`, `b_{j+1}`, also as computed: the square and the difference are rounded up by at most `(2u + u²)φ_j`, for which
//! `e_{j+1}` has `γ_{s+2}` instead of `γ_s`. The test itself has two roundings, which the inflation of `f` counts. The second statement
//! goes the other way: `r_j²μ₁(H_j)² ≤ φ_j ≤ f_{j+1}` and `r_j²μ₁(H_j)² ≤ μ₁(H_{j+1}) + γ_sφ_j`, and `μ₁(H_0) ≥ λ₁ − σ − E_0`. ∎
//!
//! Without a gap the errors of the powers and of `Ĝ` are all that is left of the width: about `s²u`.

use widthwise_rounding::Scalar;

use super::super::kernel::{errors_of_gram, gamma, up};
use super::super::lanes::Lanes;
use super::super::one::One;

/// The traces of `Ĝ` and of `H_1, …, H_k`; zero for a power that there is not yet.
#[derive(Debug)]
pub(super) struct Powers<T, const CAPACITY: usize> {
    pub(super) traces: [T; CAPACITY],
    /// `σ`, half the mean of the diagonal of `Ĝ`.
    pub(super) shift: T,
    /// `E_0`.
    pub(super) error: T,
    /// `F ≥ ‖M‖_F²`.
    pub(super) frobenius_square: One<T>,
}

/// `r_j` for `τ_j`: exact.
#[inline(always)]
pub(super) fn factor_of<T: Scalar>(trace: T) -> T {
    One(trace).reciprocal_power_of_two().0
}

/// `f_j` for `τ_j`.
#[inline(always)]
fn square_upper<T: Scalar, const SHORT: usize>(trace: T) -> T {
    trace * up(2 * SHORT + 2)
}

/// `e_j` for `τ_j`.
#[inline(always)]
fn error_of<T: Scalar, const SHORT: usize>(trace: T) -> T {
    trace * (gamma::<T>(SHORT + 2) * up(2 * SHORT + 2))
}

impl<T: Scalar, const CAPACITY: usize> Powers<T, CAPACITY> {
    /// For the trace of `Ĝ`.
    #[inline(always)]
    pub(super) fn of_gram<const SHORT: usize, const LONG: usize>(trace: One<T>) -> Self {
        let (frobenius_square, error) = errors_of_gram::<T, One<T>, SHORT, LONG>(trace);
        let mut traces = [T::zero(); CAPACITY];
        traces[0] = trace.0;
        let shift = trace.0 * (T::one() / T::from_count(2 * SHORT));
        let error = error.0 + frobenius_square.0 * (T::UNIT_ROUNDOFF * T::from_count(4));
        Self { traces, shift, error, frobenius_square }
    }

    /// Whether `λ₂ ≤ b` is proved, for `ρ ≤ λ₁`, `b ≤ ρ`.
    #[inline(always)]
    pub(super) fn prove_second<const SHORT: usize>(&self, rho: T, b: T) -> bool {
        let mut first = (rho - self.shift) - self.error;
        let mut second = (b - self.shift) - self.error;
        let mut factor = factor_of(self.traces[0]);
        for j in 1..CAPACITY {
            let trace = self.traces[j];
            if !(second > T::zero() && trace > T::zero()) {
                return false;
            }
            factor *= factor;
            first = first * first * factor;
            second = second * second * factor;
            if first + second > square_upper::<T, SHORT>(trace) {
                return true;
            }
            first -= error_of::<T, SHORT>(trace);
            second -= error_of::<T, SHORT>(trace);
            factor = factor_of(trace);
        }
        false
    }

    /// An upper bound of `√λ₁`.
    #[inline(always)]
    pub(super) fn root_upper<const SHORT: usize>(&self) -> T {
        let mut upper = T::INFINITY;
        for j in (1..CAPACITY).rev() {
            let trace = self.traces[j];
            if trace > T::zero() {
                let square = (upper + error_of::<T, SHORT>(trace)).lesser(square_upper::<T, SHORT>(trace));
                upper = square.square_root() * up(2) / factor_of(self.traces[j - 1]);
            }
        }
        ((upper + (self.shift + self.error)) * up(2)).square_root() * up(1)
    }
}

#[cfg(test)]
mod tests;
