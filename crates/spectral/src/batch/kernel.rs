// SPDX-License-Identifier: MIT OR Apache-2.0

//! The enclosure of the spectral norms of several small matrices at once: squaring and Kato-Temple without a branch.
//!
//! The theorems are those of the single matrix (T1, T2, T3(b)); what differs is that the number `K` of squarings is
//! fixed, that every bound of a rounding is one counted from the operations instead of one taken from the data, and that
//! where the proof fails nothing is returned. For `M` with `s` rows and `l ≥ s` columns, `G = MMᵀ`:
//!
//! 1. `X_0 = fl(G)`, `c_j = 2^(−⌊log₂ tr X_j⌋)`, `H_j = c_j X_j` (never stored), `X_{j+1} = c_j² fl(X_j²)`. The trace of
//!    `X_{j+1}` bounds `‖H_j‖_F²`, which the error `E_j` of the squaring needs.
//! 2. `x`: the column of `X_K` with the largest diagonal entry, multiplied by `X_K` three times.
//! 3. `y = Mᵀx` in twice the precision, and `√ρ = ‖y‖/‖x‖` as a quotient corrected once.
//! 4. `b = ρ(1 − 2^(−K−1))` goes through the chain of T3(b): `b_0 = c_0(b − E_G)`, `b_{j+1} = c_{j+1}(b_j² − E_j)`. It
//!    proves `λ₂ ≤ b`, and T2 gives the upper bound.
//!
//! # Bounds
//!
//! Let `γ_k` be as in lemma L0, `F ≥ ‖M‖_F²`, `A` the allowance for underflow, `m = l + s + 17`.
//!
//! - *Image.* Dot2 gives `ỹ_k = h_k + l_k` with `‖ỹ − y‖ ≤ γ_s²‖M‖_F‖x‖` (lemma L4, last rounding left out).
//! - *Squares.* `P + Q` for `Σỹ_k²`: `Σh_k² = P + Σ(t_k + r_k)` exactly. Beside it `2h_kl_k` is added and `l_k² ≤
//!   u²h_k²` left out. The magnitudes of `t_k`, `r_k`, `2h_kl_k` add to at most `(l + 3)u(1 + γ_l)Σh²` and meet at most
//!   `l + 3` roundings, so `|P + Q − Σỹ²| ≤ γ_{l+4}² Σh²`; likewise `γ_{s+4}²` for `‖x‖²`.
//! - *Root.* `r_0 = fl(√fl(P_S/P_N))`, `Δ = S − r_0²N`, `δ = Δ/(2r_0N)`. `P_S − fl(fl(r_0²)P_N)` is exact
//!   (Sterbenz), all other terms of `Δ` are below `(l + s + 16)uS`; evaluating `Δ` and `δ` costs at most `m²u²`, relatively
//!   to `r_0`, and so does the series `√(1 + t) = 1 + t/2 − …` with `|t| ≤ mu`. With the half of the errors of both squares,
//!   `|r_0 + δ − ‖ỹ‖/‖x‖| ≤ 3γ_m² r_0`, the rounding of `δ ± η` included.
//! - *Residual.* `ŷ = h`: `‖h − y‖ ≤ u‖h‖ + ‖ỹ − y‖`. With `r̂ = fl(Mh − ρ̂x)`, `ε ≤ ‖r̂‖/‖x‖ + γ_{l+5}(F + ρ̂)`; and
//!   `ε² ≤ 2(a² + b²)` saves a root, as `ε` enters squared.
//! - *Second eigenvalue of the last power.* For `z = fl(Xw)`: `‖Xw‖² ≥ ‖z‖² − 2‖z‖γ_s‖X‖_F‖w‖`, so `μ₂² ≤
//!   (1 + 2γ_{s+1})‖X‖_F² − ‖z‖²/‖w‖²`, without a root.

use widthwise_rounding::{Enclosure, Scalar, gamma_upper, inflate_down, inflate_up};

use super::lanes::Lanes;
use super::pair::{Pair, accumulate, fast_two_sum, split, two_prod, two_sum};

/// Products of the last power with one of its columns. With `r` the ratio of its first two eigenvalues they leave a
/// part `r⁴` of the second eigenvector in `x`.
const PRODUCTS: usize = 3;

/// The widest enclosure that counts as proved, in units of `u`.
const WIDEST: usize = 8;

/// The number of squarings for matrices with `short` rows.
pub(super) const fn squarings(short: usize) -> usize {
    if short <= 8 { 7 } else { 8 }
}

/// The largest number of squarings.
const LEVELS: usize = 8;

/// Bounds of each lane, and what decides whether they hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds<V> {
    lower: V,
    upper: V,
    /// The root of the Rayleigh quotient.
    root: V,
    /// The least of the `b_j`.
    least: V,
    /// A lower bound of `b_K²`.
    threshold: V,
    /// An upper bound of `μ₂(X_K)²`, from a vector with the square `vector_square`.
    second_square: V,
    vector_square: V,
}

impl<V> Bounds<V> {
    /// The enclosure of a lane, if it is proved and narrow. NaN anywhere proves nothing.
    #[inline(always)]
    pub(super) fn proved<T: Scalar>(&self, lane: usize) -> Option<Enclosure<T>>
    where
        V: Lanes<T>,
    {
        let (lo, hi) = (self.lower.get(lane), self.upper.get(lane));
        let proved = self.least.get(lane) > T::UNDERFLOW_ALLOWANCE
            && self.threshold.get(lane) >= self.second_square.get(lane)
            // Underflow in smaller numbers might exceed the allowance.
            && self.vector_square.get(lane) >= T::power_of_two(-40)
            && self.root.get(lane) >= T::power_of_two(-1)
            && lo <= hi
            && hi - lo <= T::from_count(WIDEST) * T::UNIT_ROUNDOFF * lo;
        if proved { Some(Enclosure::from_bounds(lo, hi)) } else { None }
    }
}

/// The factor of [`inflate_up`].
#[inline(always)]
fn up<T: Scalar>(roundings: usize) -> T {
    inflate_up(roundings, T::one())
}

/// The factor of [`inflate_down`].
#[inline(always)]
fn down<T: Scalar>(roundings: usize) -> T {
    inflate_down(roundings, T::one())
}

/// Encloses `‖M‖₂` in each lane; entries of magnitude at most 2, the largest at least 1. Other lanes are not proved.
#[inline(always)]
pub(super) fn enclose<T: Scalar, V: Lanes<T>, const SHORT: usize, const LONG: usize>(
    matrix: &[[V; SHORT]; LONG],
) -> Bounds<V> {
    let zero = matrix[0][0].splat(T::zero());
    let mut storage = [[[zero; SHORT]; SHORT]; 2];
    let powers = square(matrix, &mut storage);
    let proposal = propose(&powers);
    conclude(matrix, &powers, &proposal)
}

/// The last power of the Gram matrix and the history of the roundings before it.
#[derive(Debug)]
pub(super) struct Powers<'a, V, const SHORT: usize> {
    power: &'a [[V; SHORT]; SHORT],
    /// The `c_j`.
    factors: [V; LEVELS],
    /// The `E_j`.
    errors: [V; LEVELS],
    /// `F ≥ ‖M‖_F²`.
    frobenius_square: V,
    /// `E_G`.
    gram_error: V,
}

/// Step 1.
#[inline(always)]
pub(super) fn square<'a, T: Scalar, V: Lanes<T>, const SHORT: usize, const LONG: usize>(
    matrix: &[[V; SHORT]; LONG],
    storage: &'a mut [[[V; SHORT]; SHORT]; 2],
) -> Powers<'a, V, SHORT> {
    let zero = matrix[0][0].splat(T::zero());
    let one = zero.splat(T::one());
    let allowance = zero.splat(T::UNDERFLOW_ALLOWANCE);
    let [power, next] = storage;
    let (mut power, mut next) = (power, next);
    product_with_transpose(matrix, one, power);
    let mut trace = trace_of(power);
    let frobenius_square = trace.scale(up(SHORT + LONG + 1)) + allowance;
    let gram_error = (frobenius_square.scale(gamma_upper(LONG)) + allowance).scale(up(3));
    let mut factors = [zero; LEVELS];
    let mut errors = [zero; LEVELS];
    // Covers the trace, its own product and sum, and the constant.
    let error_of_trace = inflate_up(2 * SHORT + 4, gamma_upper(SHORT));
    for (factor, error) in factors.iter_mut().zip(&mut errors).take(squarings(SHORT)) {
        *factor = trace.reciprocal_power_of_two();
        product_with_transpose(power, *factor * *factor, next);
        trace = trace_of(next);
        *error = trace.scale(error_of_trace) + allowance + allowance;
        (power, next) = (next, power);
    }
    Powers { power, factors, errors, frobenius_square, gram_error }
}

/// A vector near the first eigenvector, and what it says about the second eigenvalue of the last power.
#[derive(Debug)]
pub(super) struct Proposal<V, const SHORT: usize> {
    /// The sum of its magnitudes is in `[1, 2)`.
    pub(super) x: [V; SHORT],
    /// An upper bound of `μ₂(X_K)²`.
    second_square: V,
    /// The square of the vector that gave it.
    vector_square: V,
}

/// Step 2.
#[inline(always)]
pub(super) fn propose<T: Scalar, V: Lanes<T>, const SHORT: usize>(
    powers: &Powers<'_, V, SHORT>,
) -> Proposal<V, SHORT> {
    let power = powers.power;
    let zero = power[0][0].splat(T::zero());
    let allowance = zero.splat(T::UNDERFLOW_ALLOWANCE);
    let mut x = column_of_largest_diagonal(power);
    let mut vector_square = zero;
    for _ in 0..PRODUCTS {
        vector_square = sum_of_squares(&x);
        x = symmetric_product(power, &x);
    }
    let last_square = sum_of_squares(&x);
    let mut power_square = zero;
    for column in power.iter() {
        power_square = power_square + sum_of_squares(column);
    }
    let twice_gamma = gamma_upper::<T>(SHORT + 1) + gamma_upper::<T>(SHORT + 1);
    let second_square = (power_square.scale(up::<T>(2 * SHORT + 8) * (T::one() + twice_gamma)) + allowance
        - last_square.over(vector_square).scale(down(2 * SHORT + 4)))
    .scale(up(2));
    let mut sum = zero;
    for x in &x {
        sum = sum + x.magnitude();
    }
    let factor = sum.reciprocal_power_of_two();
    for x in &mut x {
        *x = *x * factor;
    }
    Proposal { x, second_square, vector_square }
}

/// Steps 3 and 4: what is proved holds whatever vector was proposed.
#[inline(always)]
pub(super) fn conclude<T: Scalar, V: Lanes<T>, const SHORT: usize, const LONG: usize>(
    matrix: &[[V; SHORT]; LONG],
    powers: &Powers<'_, V, SHORT>,
    proposal: &Proposal<V, SHORT>,
) -> Bounds<V> {
    let Powers { factors, errors, frobenius_square, gram_error, .. } = *powers;
    let Proposal { x, second_square, vector_square } = *proposal;
    let zero = gram_error.splat(T::zero());
    let one = zero.splat(T::one());
    let allowance = zero.splat(T::UNDERFLOW_ALLOWANCE);
    let levels = squarings(SHORT);

    let mut parts = [Pair::both(zero); SHORT];
    let mut norm_square = Pair::both(zero);
    for (&x, parts) in x.iter().zip(&mut parts) {
        *parts = split(x);
        accumulate(&mut norm_square, two_prod(x, *parts, x, *parts), None);
    }
    let mut image_square = Pair::both(zero);
    let mut residual = [zero; SHORT];
    for column in matrix {
        let mut sum = Pair::both(zero);
        for i in 0..SHORT {
            accumulate(&mut sum, two_prod(column[i], split(column[i]), x[i], parts[i]), None);
        }
        let Pair { high, low } = two_sum(sum.high, sum.low);
        let high_parts = split(high);
        accumulate(
            &mut image_square,
            two_prod(high, high_parts, high, high_parts),
            Some((high + high) * low),
        );
        for (r, &a) in residual.iter_mut().zip(column) {
            *r = *r + a * high;
        }
    }
    let root = image_square.high.over(norm_square.high).square_root();
    let root_parts = split(root);
    let square = two_prod(root, root_parts, root, root_parts);
    let product = two_prod(square.high, split(square.high), norm_square.high, split(norm_square.high));
    let difference = (image_square.high - product.high) - product.low + image_square.low
        - square.low * norm_square.high
        - square.high * norm_square.low;
    let correction = difference.over((root + root) * norm_square.high);
    let gamma = gamma_upper::<T>(LONG + SHORT + 17);
    let image_gamma = gamma_upper::<T>(SHORT);
    // √F ≤ (1 + F)/2.
    let frobenius = (frobenius_square + one).scale(T::power_of_two(-1));
    let radius = (root.scale(gamma * gamma * T::from_count(3))
        + frobenius.scale(image_gamma * image_gamma)
        + allowance.scale(T::from_count(8)))
    .scale(up(8));
    let below = fast_two_sum(root, correction - radius);
    let lower = zero.if_greater(below.low, below.high.next_down_of_normal(), below.high);

    // The gap.
    let rho_lower = (lower * lower).scale(down(2));
    let b = rho_lower.scale(T::one() - T::power_of_two(-exponent_of_gap(SHORT)));
    let mut least = b - gram_error;
    let mut b = least.scale(down(1)) * factors[0];
    for level in 0..levels {
        // Two roundings and the subtraction's own are covered by 1 − 4u, as the error is subtracted from less.
        let square = (b * b).scale(down(3)) - errors[level];
        least = least.lesser(b);
        b = if level + 1 < levels { square * factors[level + 1] } else { square };
    }
    least = least.lesser(b);
    let threshold = (b * b).scale(down(1));
    let rho = root * root;
    for (r, &x) in residual.iter_mut().zip(&x) {
        *r = *r - rho * x;
    }
    let rounding =
        ((frobenius_square + rho).scale(gamma_upper(LONG + 5)) + allowance + allowance).scale(up(4));
    let computed = sum_of_squares(&residual).over(norm_square.high).scale(up(2 * SHORT + 16));
    let epsilon_square = (computed + rounding * rounding + allowance).scale(up::<T>(4) * T::from_count(2));
    let gap = rho_lower - rho_lower.scale(T::one() - T::power_of_two(-exponent_of_gap(SHORT)));
    let excess = epsilon_square.over(gap * (lower + lower)).scale(up(4));
    let above = fast_two_sum(root, correction + (radius + excess).scale(up(2)));
    let upper = above.low.if_greater(zero, above.high.next_up_of_normal(), above.high);

    Bounds { lower, upper, root, least, threshold, second_square, vector_square }
}

/// `b` lies a part `2^(−K−1)` below `ρ`: `(1 − 2^(−K−1))^(2^K) ≈ 0.6` is between the powers of the two eigenvalues.
#[inline(always)]
fn exponent_of_gap(short: usize) -> i32 {
    if short <= 8 { 8 } else { 9 }
}

#[inline(always)]
fn trace_of<T: Scalar, V: Lanes<T>, const N: usize>(h: &[[V; N]; N]) -> V {
    let mut trace = h[0][0];
    for (i, column) in h.iter().enumerate().skip(1) {
        trace = trace + column[i];
    }
    trace
}

#[inline(always)]
fn sum_of_squares<T: Scalar, V: Lanes<T>, const N: usize>(x: &[V; N]) -> V {
    let mut sum = x[0] * x[0];
    for &x in &x[1..] {
        sum = sum + x * x;
    }
    sum
}

/// The column with the largest diagonal entry.
#[inline(always)]
fn column_of_largest_diagonal<T: Scalar, V: Lanes<T>, const N: usize>(h: &[[V; N]; N]) -> [V; N] {
    let mut largest = h[0][0];
    let mut x = h[0];
    for (j, column) in h.iter().enumerate().skip(1) {
        let diagonal = column[j];
        for (x, &h) in x.iter_mut().zip(column) {
            *x = diagonal.if_greater(largest, h, *x);
        }
        largest = diagonal.greater(largest);
    }
    x
}

/// `H x`, each entry summed in ascending order.
#[inline(always)]
fn symmetric_product<T: Scalar, V: Lanes<T>, const N: usize>(h: &[[V; N]; N], x: &[V; N]) -> [V; N] {
    let mut y = h[0];
    for y in &mut y {
        *y = *y * x[0];
    }
    for (column, &x) in h.iter().zip(x).skip(1) {
        for (y, &h) in y.iter_mut().zip(column) {
            *y = *y + h * x;
        }
    }
    y
}

/// Computes `factor · M Mᵀ`: entry `(i, j)` is `Σ_k m_ik m_jk`, `k` ascending, in one scalar a lane.
#[inline(always)]
fn product_with_transpose<T: Scalar, V: Lanes<T>, const SHORT: usize, const LONG: usize>(
    matrix: &[[V; SHORT]; LONG],
    factor: V,
    out: &mut [[V; SHORT]; SHORT],
) {
    if SHORT <= 4 {
        for j in 0..SHORT {
            for i in 0..=j {
                let mut sum = matrix[0][i] * matrix[0][j];
                for column in &matrix[1..] {
                    sum = sum + column[i] * column[j];
                }
                let entry = sum * factor;
                out[j][i] = entry;
                out[i][j] = entry;
            }
        }
        return;
    }
    let mut j = 0;
    while j < SHORT {
        let right = j.min(SHORT - 2);
        let mut i = 0;
        while i <= right + 1 {
            let top = i.min(SHORT - 2);
            let mut sums = [factor.splat(T::zero()); 4];
            for column in matrix {
                let (a, b) = (column[top], column[top + 1]);
                let (x, y) = (column[right], column[right + 1]);
                sums[0] = sums[0] + a * x;
                sums[1] = sums[1] + b * x;
                sums[2] = sums[2] + a * y;
                sums[3] = sums[3] + b * y;
            }
            for (index, sum) in sums.into_iter().enumerate() {
                let (row, column) = (top + index % 2, right + index / 2);
                let entry = sum * factor;
                out[column][row] = entry;
                out[row][column] = entry;
            }
            i += 2;
        }
        j += 2;
    }
}
