// SPDX-License-Identifier: MIT OR Apache-2.0

//! An upper bound of the largest eigenvalue that needs no gap, for one matrix: thresholds that come down on it.
//!
//! For a threshold `b` the matrix `D̂ = fl(bI − Ĝ)` is factorized as in `trial.rs`, with no vector deflated. Pivots of at
//! least `2⁻⁶⁰` prove `λ₁(G) ≤ b + e` (theorem T5) with
//! `e = (s + 3)u·tr D̂ + ub + E_G + allowance`, inflated.
//!
//! *Proof.* By the lemma of `trial.rs`, `λ_min(D̂) ≥ −(s + 3)u·tr D̂ − μ`. Off the diagonal `D̂` is `−Ĝ` exactly; on it `D̂` differs
//! from `b − ĝ_ii` by at most `u` of that, which is positive and at most `b`. So `λ₁(Ĝ) ≤ b + (s + 3)u·tr D̂ + ub + μ`, and
//! `‖Ĝ − G‖ ≤ E_G`. The computed trace of `D̂` met `s − 1` roundings, `e` six more. ∎
//!
//! If the largest eigenvalue is `k`-fold, `tr D̂ ≤ (s − k)b` nearly, so `e` is about `(s(s − k) + lF/b)u·b`.
//!
//! # The thresholds
//!
//! The factors of `bI − Ĝ` are also a step of the inverse iteration, from above, so towards the largest eigenvalue and no
//! other: each success brings `x` nearer to its eigenvectors, and the next threshold nearer to `ρ(x)`. A failure says that `ρ`
//! is still too low, and raises it. In the end `x` may be good enough for the proof of a gap after all.

use widthwise_rounding::Scalar;
use widthwise_rounding::directed::{add_up, square_root_up};

use super::kernel::{Gram, up};
use super::one::One;
use super::products::{dot, sum_of_squares, symmetric_product};
use super::trial::{LEAST_PIVOT, factorize, improve};

/// Thresholds before the best one so far must do. About a third of the digits of the format, and failures between, come
/// to an end by themselves.
const THRESHOLDS: usize = 64;

/// An upper bound of `‖M‖₂`, and in `x` a vector near to the first singular ones.
#[inline(never)]
pub(super) fn descend<T: Scalar, const SHORT: usize>(
    gram: &Gram<'_, One<T>, SHORT>,
    x: &mut [One<T>; SHORT],
    factors: &mut [[One<T>; SHORT]; SHORT],
) -> T {
    let zero = One(T::zero());
    // The trace, which bounds every eigenvalue.
    let mut least_upper = gram.frobenius_square.0;
    let mut distance = least_upper * T::power_of_two(-3);
    for _ in 0..THRESHOLDS {
        let rho = dot(x, &symmetric_product(gram.entries, x)).0 / sum_of_squares(x).0;
        let b = rho + distance;
        let pivot = factorize(gram.entries, x, zero, One(b), factors).0;
        if pivot >= T::power_of_two(LEAST_PIVOT) {
            let upper = eigenvalue_upper(gram, b);
            least_upper = least_upper.lesser(upper);
            improve(factors, zero, x);
            if distance <= (upper - b) * T::power_of_two(-2) {
                break;
            }
            distance *= T::power_of_two(-3);
        } else {
            distance += distance;
        }
    }
    square_root_up(least_upper)
}

/// `b + e`, rounded upward.
#[inline(always)]
pub(super) fn eigenvalue_upper<T: Scalar, const SHORT: usize>(gram: &Gram<'_, One<T>, SHORT>, b: T) -> T {
    let mut trace = T::zero();
    for i in 0..SHORT {
        trace += b - gram.entries[i][i].0;
    }
    let of_trace = trace * (T::from_count(SHORT + 3) * T::UNIT_ROUNDOFF);
    let error = of_trace + b * T::UNIT_ROUNDOFF + gram.error.0 + T::UNDERFLOW_ALLOWANCE;
    add_up(b, error * up::<T>(SHORT + 8))
}

#[cfg(test)]
mod tests;
