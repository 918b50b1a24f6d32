// SPDX-License-Identifier: MIT OR Apache-2.0

//! What one vector proves about the gap below the largest eigenvalue, and a better vector where it proves nothing.
//!
//! For a vector `x`, `c ≈ ρ/‖x‖²` and a number `b`, the trial factorizes the matrix `D̂ ≈ bI + cxxᵀ − Ĝ`.
//!
//! # The gap
//!
//! *Factorization.* For `k` ascending, `q_k = fl(1/d_k)` of the pivot `d_k`; for `j > k`, `t_jk = fl(d_jk q_k)` and for `i ≥ j`,
//! `d_ij ← fl(d_ij − fl(t_jk d_ik))`. If every pivot is at least `2⁻⁶⁰`, then `λ_min(D̂) ≥ −(s + 3)u·tr D̂ − μ`.
//!
//! *Proof.* Let `l_ik = d_ik/√d_k` with the entries as they are when column `k` is used, `l_kk = √d_k`. The product
//! subtracted is `l_ik l_jk` with three factors `1 + δ`: those of `q_k`, `t_jk` and the product. Dividing the recurrence
//! of entry `(i, j)` by the factors of its subtractions, `d̂_ij = Σ_{k<j} l_ik l_jk(1 + θ_{k+3}) + l_ij l_jj(1 + θ_j)` with `k`
//! from 0, hence `D̂ = LLᵀ + Δ` with `|Δ_ij| ≤ γ_{s+1}‖l_i‖‖l_j‖` for the rows of `L`. From here on it is the proof of lemma
//! L5, which has the same constant: on the diagonal `‖l_i‖² ≤ d̂_ii/(1 − γ_{s+1})`, so `‖Δ‖ ≤ γ_{s+1}/(1 − γ_{s+1})·tr D̂ ≤
//! (s + 3)u·tr D̂`. Entries stay below `2¹²`, and what underflows is below `s²2¹³ω`, less than the allowance. ∎
//!
//! *Entries.* `fl(fl(fl(cx_j)x_i) − ĝ_ij)`, and `fl(… + b)` on the diagonal, differ from those of `bI + cxxᵀ − Ĝ` by a matrix
//! of norm at most `γ_4c‖x‖² + γ_2‖|Ĝ|‖ + ub`, and `‖|Ĝ|‖ ≤ (1 + γ_l)F`.
//!
//! *Sum.* `c‖x‖² ≤ (1 + γ_{s+2})ρ̂` as `c` is the product of `ρ̂` and the inverse of a sum of squares, and `b ≤ ρ̂`, so `tr D̂ ≤
//! (s + 1)ρ̂(1 + γ_{s+8})`. By T4 and lemma L3, `λ₂ ≤ b + e` with
//! `e = ((s + 3)(s + 1) + 8)u·ρ̂ + (l + 4)u·F + allowance`, inflated.
//!
//! # The residual
//!
//! `ε = ‖Gx − ρ̂x‖/‖x‖ ≤ ‖r̂‖/‖x‖ + γ_lF + γ_{s+2}(F + ρ̂)` for `r̂ = fl(Ĝx − ρ̂x)`; and `ε² ≤ 2(a² + b²)` saves a root, as `ε`
//! enters squared.
//!
//! # The threshold
//!
//! `b + e` lies `κε²/u·2^(−⌊log₂ ρ⌋)` below `ρ`, so that what T2 adds to `ρ` is at most `uρ/κ`, whether or not that is well
//! inside the gap.
//!
//! # The better vector
//!
//! `D z = x` has the solution `z` parallel to `(bI − G)⁻¹x` (Sherman and Morrison), so it is a step of the inverse
//! iteration; with `b = ρ` it is one of the Rayleigh quotient iteration, which converges cubically (Parlett, "The Symmetric
//! Eigenvalue Problem", section 4.6). Unlike `bI − G`, `D` is positive definite near the solution, so no pivoting is
//! needed.

use widthwise_rounding::Scalar;

use super::kernel::{Gram, gamma, up};
use super::lanes::Lanes;
use super::products::{dot, sum_of_squares, symmetric_product};
use super::quotient::on_grid;

/// The least pivot that counts as positive.
pub(super) const LEAST_PIVOT: i32 = -60;

/// One vector's trial in each lane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trial<V> {
    /// Positive where `λ₂ ≤ second` is proved.
    pub(super) gap_proof: V,
    pub(super) second: V,
    /// An upper bound of `ε²`.
    pub(super) residual_square: V,
}

/// `κ`: what Kato-Temple may add to the squared norm is `uρ/κ`. In `f32` a larger one would ask for too large a gap.
#[inline(always)]
fn tightness<T: Scalar>() -> T {
    T::power_of_two(if T::DIGITS == 24 { 0 } else { 2 })
}

impl<V> Trial<V> {
    /// The trial of `x`; `factors` is for [`improve`].
    #[inline(always)]
    pub(super) fn of<T: Scalar, const SHORT: usize, const LONG: usize>(
        gram: &Gram<'_, V, SHORT>,
        x: &[V; SHORT],
        factors: &mut [[V; SHORT]; SHORT],
    ) -> Self
    where
        V: Lanes<T>,
    {
        let zero = x[0].splat(T::zero());
        let one = zero.splat(T::one());
        let allowance = zero.splat(T::UNDERFLOW_ALLOWANCE);
        let inverse = one.over(sum_of_squares(x));
        let mut image = symmetric_product(gram.entries, x);
        let rho = dot(x, &image) * inverse;
        for (image, &x) in image.iter_mut().zip(x) {
            *image = *image - rho * x;
        }
        let frobenius_square = gram.frobenius_square;
        let rounding =
            (gram.error + (frobenius_square + rho).scale(gamma(SHORT + 2)) + allowance).scale(up(4));
        let computed = (sum_of_squares(&image) * inverse).scale(up(2 * SHORT + 6));
        let residual_square =
            (computed + rounding * rounding + allowance).scale(up::<T>(4) * T::from_count(2));

        let error = gap_error::<T, V, SHORT, LONG>(rho, frobenius_square);
        let distance = (residual_square * rho.reciprocal_power_of_two())
            .scale(tightness::<T>() / T::UNIT_ROUNDOFF)
            + error;
        let largest_distance = rho.scale(T::power_of_two(-2));
        let b = largest_distance.if_greater(distance, rho - distance, rho);
        let second = (b + error).scale(up(1));

        let least = factorize(gram.entries, x, rho * inverse, b, factors);
        let gap_proof =
            largest_distance.if_greater(distance, least - least.splat(T::power_of_two(LEAST_PIVOT)), zero);
        Self { gap_proof, second, residual_square }
    }
}

/// The `e` of the proof: a factorization with pivots above zero proves `λ₂ ≤ b + e`.
#[inline(always)]
pub(super) fn gap_error<T: Scalar, V: Lanes<T>, const SHORT: usize, const LONG: usize>(
    rho: V,
    frobenius_square: V,
) -> V {
    let of_rho = T::from_count((SHORT + 3) * (SHORT + 1) + 8) * T::UNIT_ROUNDOFF;
    let allowance = rho.splat(T::UNDERFLOW_ALLOWANCE);
    (rho.scale(of_rho) + frobenius_square.scale(gamma(LONG + 3)) + allowance).scale(up(SHORT + 16))
}

/// Brings `x` nearer to the first eigenvector, by the factors of its trial, except where `keep` is positive.
#[inline(always)]
pub(super) fn improve<T: Scalar, V: Lanes<T>, const SHORT: usize>(
    factors: &[[V; SHORT]; SHORT],
    keep: V,
    x: &mut [V; SHORT],
) {
    let zero = keep.splat(T::zero());
    let mut z = [zero; SHORT];
    for i in 0..SHORT {
        let mut sum = x[i];
        for k in 0..i {
            sum = sum - factors[i][k] * z[k];
        }
        z[i] = sum;
    }
    for k in (0..SHORT).rev() {
        let mut sum = z[k] * factors[k][k];
        for i in k + 1..SHORT {
            sum = sum - factors[i][k] * z[i];
        }
        z[k] = sum;
    }
    on_grid(&mut z);
    for i in 0..SHORT {
        x[i] = keep.if_greater(zero, x[i], z[i]);
    }
}

/// Factorizes `bI + cxxᵀ − Ĝ` and returns the least pivot; NaN anywhere makes it NaN.
///
/// Column `j` of `factors` receives the `t` of row `j` above the diagonal, the inverse `q_j` on it, and the entries as they
/// are when the column is used below. The products of an entry are subtracted in the order of the columns, two entries
/// at a time.
#[expect(clippy::needless_range_loop, reason = "row and column of a triangle are indexed alike")]
#[inline(always)]
pub(super) fn factorize<T: Scalar, V: Lanes<T>, const SHORT: usize>(
    gram: &[[V; SHORT]; SHORT],
    x: &[V; SHORT],
    c: V,
    b: V,
    factors: &mut [[V; SHORT]; SHORT],
) -> V {
    let one = c.splat(T::one());
    let mut least = b;
    for j in 0..SHORT {
        let multiple = c * x[j];
        let mut pivot = (multiple * x[j] - gram[j][j]) + b;
        for k in 0..j {
            pivot = pivot - factors[j][k] * factors[k][j];
        }
        // After a pivot that is NaN every other one is NaN too, and is taken.
        least = pivot.if_greater(least, least, pivot);
        let inverse = one.over(pivot);
        factors[j][j] = inverse;
        let mut first = j + 1;
        while first < SHORT {
            let second = (first + 1).min(SHORT - 1);
            let mut upper = multiple * x[first] - gram[j][first];
            let mut lower = multiple * x[second] - gram[j][second];
            for k in 0..j {
                let factor = factors[j][k];
                upper = upper - factor * factors[k][first];
                lower = lower - factor * factors[k][second];
            }
            factors[j][first] = upper;
            factors[j][second] = lower;
            factors[first][j] = upper * inverse;
            factors[second][j] = lower * inverse;
            first += 2;
        }
    }
    least
}
