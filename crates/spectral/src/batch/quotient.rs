// SPDX-License-Identifier: MIT OR Apache-2.0

//! The root of the Rayleigh quotient to nearly twice the precision, by products that are exact.
//!
//! The vector is of our choice, so it is rounded to a grid: multiples of `2^(−v)`, `Σ|x_i| < 1 + 2⁻¹⁰`. An entry of the
//! matrix is split as `a = a' + a''`, `a'` a multiple of `2^(−a)`. All of `Σ a'x` are then integers below `2^p` in
//! units of `2^(−a−v)`, exact in any order in `p` digits, and the rest `Σ a''x` is so small that a plain sum will do
//! (Ozaki, Ogita, Oishi and Rump, Numer. Algorithms 59, 2012; the grids are fixed here as the sizes are known). Two
//! products an entry do what error-free transforms would do in 26 operations.
//!
//! In single precision such a grid is too coarse for the vector. There it is `x = x' + x''`, `x'` on the grid, and the rest is
//! `Σ(a''x' + ax'')`.
//!
//! # Splitting
//!
//! `h = fl(fl(z + σ) − σ)` for `σ = 1.5·2^(p−1−g)` is the multiple of `2^(−g)` nearest to `z` if `|z| < 2^(p−2−g)`, and `z − h` is a
//! number: it is a multiple of the last digit of `z` or zero, and not larger than `z`.
//!
//! # Bounds
//!
//! `Σ|x'_i| < 1 + 2⁻¹⁰`, since normalizing and rounding add at most `2⁻¹¹ + 2⁻²⁰`. Let `α = 2^(−a−1)(1 + 2⁻¹⁰) + s2^(−v)`, the second
//! term only where there is `x''`, and `β = 2^(−h−1) + α`.
//!
//! - *Image.* `y = Mᵀx`, `y' = Σ a'x'` exact, below 4. The rest has magnitudes of at most `α` in sum, as `|a''| ≤ 2^(−a−1)`, `|a| ≤
//!   2` and `|x''_i| ≤ 2^(−v−1)`, and meets at most `s + 1` roundings: `y''` is off by `γ_{s+1}α`. With `h` the multiple of `2^(−h)`
//!   next to `y'`, `e = fl((y' − h) + y'')` is at most `(1 + u)β` and one rounding off. So `ỹ = h + e` has
//!   `‖ỹ − y‖ ≤ √l(2uβ + γ_{s+1}α)`.
//! - *Its square.* `Σh²` is exact: integers below `2^p`. `Σe(2h + e)` is computed with an error of at most `γ_{l+1}Σ|e||2h + e| ≤
//!   γ_{l+1}β√l(2‖h‖ + √lβ)`. Where the quotient counts, `‖ỹ‖ ≥ 0.1` as `‖x‖ ≥ 1/8`, and `√lβ ≤ 0.2‖ỹ‖`: at most `2.6γ_{l+1}β√l‖ỹ‖`,
//!   which moves the root by at most `1.4γ_{l+1}β√l/‖x‖`. And `|Σe(2h + e)| < Σh²`, so that the two are added without an error.
//! - *Square of the vector.* `x'` is split once more, with multiples of `2^(−n)`: both `Σx'_1²` and `Σx'_2(2x'_1 + x'_2)` are exact.
//!   `Σx''(x + x')` has magnitudes of at most `2^(−v)·1.01` in sum and is off by `γ_{s+2}` of it, as is the sum of all low parts by
//!   less; together by less than `2⁻⁹u`, which moves the root by `2⁻¹⁰u/‖x‖²` of itself.
//! - *Root.* `P + Q`, with `|Q| ≤ 2uP`, is the sum of the parts for the numerator (`S`) and for the denominator (`N`).
//!   `r_0 = fl(√fl(P_S/P_N))`, `Δ = S − r_0²N`, `δ = Δ/(2r_0N)`. `P_S − fl(fl(r_0²)P_N)` is exact (Sterbenz) and at most `6uS`, all other
//!   terms of `Δ` are below `7uS` together; evaluating `Δ` and `δ` costs at most `150u²`, relatively to `r_0`, and so does the
//!   series `√(1 + t) = 1 + t/2 − …` with `|t| ≤ 13u`: together below `γ_{20}²`, the rounding of `δ ± η` included.
//! - *Sum.* `|r_0 + δ − ‖y‖/‖x‖| ≤ (γ_{20}² + 2⁻¹⁰u/‖x‖²)r_0 + √l(γ_{s+1}α + (1.4γ_{l+1} + 2u)β)/‖x‖`, where `√l ≤ (l + 16)/8` and
//!   `1/‖x‖ ≤ 2 + 1/(8‖x‖²)`. Without `x''` the second term is absent.

use widthwise_rounding::Scalar;

use super::kernel::{gamma, up};
use super::lanes::Lanes;
use super::pair::{Pair, fast_two_sum, split, two_prod};

/// The grids of a format: the exponents `a`, `v`, `h`, `n`. In units of the last place, `a + v + 2`, `2h + ⌈log₂ 4.1l⌉` and `2n + 2`
/// are at most the digits of the format.
#[derive(Debug)]
struct Grids {
    entry: i32,
    vector: i32,
    image: i32,
    norm: i32,
}

impl Grids {
    #[inline(always)]
    const fn of(digits: i32, long: usize) -> Self {
        if digits == 24 {
            Self { entry: 8, vector: 14, image: if long < 16 { 9 } else { 8 }, norm: 11 }
        } else {
            Self { entry: 18, vector: 33, image: 23, norm: 25 }
        }
    }
}

/// The multiple of `2^(−exponent)` next to each number.
#[inline(always)]
fn rounded<T: Scalar, V: Lanes<T>>(z: V, exponent: i32) -> V {
    let sigma = z.splat((T::one() + T::power_of_two(-1)) * T::power_of_two(T::DIGITS - 1 - exponent));
    (z + sigma) - sigma
}

/// Scales by a power of two to `Σ|x_i| ∈ [1/2, 1)`.
#[inline(always)]
pub(super) fn normalize<T: Scalar, V: Lanes<T>, const SHORT: usize>(x: &mut [V; SHORT]) {
    let mut sum = x[0].magnitude();
    for x in &x[1..] {
        sum = sum + x.magnitude();
    }
    let factor = sum.reciprocal_power_of_two().scale(T::power_of_two(-1));
    for x in x {
        *x = *x * factor;
    }
}

/// The vector normalized and rounded to the grid.
#[inline(always)]
pub(super) fn on_grid<T: Scalar, V: Lanes<T>, const SHORT: usize>(x: &mut [V; SHORT]) {
    normalize(x);
    if !has_remainder::<T>() {
        for x in x {
            *x = rounded(*x, Grids::of(T::DIGITS, SHORT).vector);
        }
    }
}

/// Whether the grid is too coarse for the vector, so that it keeps a remainder.
#[inline(always)]
fn has_remainder<T: Scalar>() -> bool {
    T::DIGITS == 24
}

/// `‖Mᵀx‖/‖x‖`: within `radius` of `root + correction`.
#[derive(Clone, Copy, Debug)]
pub(super) struct RootOfQuotient<V> {
    pub(super) root: V,
    pub(super) correction: V,
    pub(super) radius: V,
    /// `1/‖x‖²`, within `4u` of itself.
    pub(super) inverse: V,
}

impl<V> RootOfQuotient<V> {
    /// The root for a vector on the grid; entries of magnitude at most 2.
    #[inline(always)]
    pub(super) fn of<T: Scalar, const SHORT: usize, const LONG: usize>(
        matrix: &[[V; SHORT]; LONG],
        x: &[V; SHORT],
    ) -> Self
    where
        V: Lanes<T>,
    {
        Self::with_image(matrix, x, |_| ())
    }

    /// The same; `keep` is called with each entry of the image, `h + e` rounded.
    #[inline(always)]
    pub(super) fn with_image<T: Scalar, const SHORT: usize, const LONG: usize>(
        matrix: &[[V; SHORT]; LONG],
        x: &[V; SHORT],
        mut keep: impl FnMut(V),
    ) -> Self
    where
        V: Lanes<T>,
    {
        let grids = Grids::of(T::DIGITS, LONG);
        let zero = x[0].splat(T::zero());
        let mut coarse = *x;
        let mut fine = [zero; SHORT];
        if has_remainder::<T>() {
            for i in 0..SHORT {
                coarse[i] = rounded(x[i], grids.vector);
                fine[i] = x[i] - coarse[i];
            }
        }
        let mut high_square = zero;
        let mut low_square = zero;
        for column in matrix {
            let Pair { high: h, low: e } = image_of(column, &coarse, &fine, &grids);
            high_square = high_square + h * h;
            low_square = low_square + e * ((h + h) + e);
            keep(h + e);
        }
        let image = fast_two_sum(high_square, low_square);

        let mut high_square = zero;
        let mut low_square = zero;
        let mut fine_square = zero;
        for i in 0..SHORT {
            let part = rounded(coarse[i], grids.norm);
            let rest = coarse[i] - part;
            high_square = high_square + part * part;
            low_square = low_square + rest * ((part + part) + rest);
            if has_remainder::<T>() {
                fine_square = fine_square + fine[i] * (x[i] + coarse[i]);
            }
        }
        let norm = fast_two_sum(high_square, low_square);
        let norm = fast_two_sum(norm.high, norm.low + fine_square);

        let inverse = zero.splat(T::one()).over(norm.high);
        let root = image.high.over(norm.high).square_root();
        let root_parts = split(root);
        let square = two_prod(root, root_parts, root, root_parts);
        let product = two_prod(square.high, split(square.high), norm.high, split(norm.high));
        let difference = (image.high - product.high) - product.low + image.low
            - square.low * norm.high
            - square.high * norm.low;
        let correction = difference.over((root + root) * norm.high);

        let radius = radius_of::<T, V, SHORT, LONG>(root, inverse);
        Self { root, correction, radius, inverse }
    }
}

/// `h` and `e` of a column's image.
#[inline(always)]
fn image_of<T: Scalar, V: Lanes<T>, const SHORT: usize>(
    column: &[V; SHORT],
    coarse: &[V; SHORT],
    fine: &[V; SHORT],
    grids: &Grids,
) -> Pair<V> {
    let zero = column[0].splat(T::zero());
    let (mut high, mut low, mut of_fine) = (zero, zero, zero);
    for i in 0..SHORT {
        let part = rounded(column[i], grids.entry);
        high = high + part * coarse[i];
        low = low + (column[i] - part) * coarse[i];
        if has_remainder::<T>() {
            of_fine = of_fine + column[i] * fine[i];
        }
    }
    if has_remainder::<T>() {
        low = low + of_fine;
    }
    let h = rounded(high, grids.image);
    Pair { high: h, low: (high - h) + low }
}

/// `α` and `β` of the proof.
#[inline(always)]
fn magnitudes_of_rest<T: Scalar, const SHORT: usize>(grids: &Grids) -> (T, T) {
    let of_entries = T::power_of_two(-grids.entry - 1) * (T::one() + T::power_of_two(-10));
    let of_vector = T::from_count(SHORT) * T::power_of_two(-grids.vector);
    let alpha = if has_remainder::<T>() { of_entries + of_vector } else { of_entries };
    (alpha, T::power_of_two(-grids.image - 1) + alpha)
}

/// The bound of the proof, for `inverse ≈ 1/‖x‖²`.
#[inline(always)]
fn radius_of<T: Scalar, V: Lanes<T>, const SHORT: usize, const LONG: usize>(root: V, inverse: V) -> V {
    let two_to = |exponent: i32| T::power_of_two(exponent);
    let (alpha, beta) = magnitudes_of_rest::<T, SHORT>(&Grids::of(T::DIGITS, LONG));
    // 1.4γ_{l+1} + 2u, with γ_{l+1} ≤ (l + 2)u.
    let of_beta = T::from_count((7 * (LONG + 2)).div_ceil(5) + 2) * T::UNIT_ROUNDOFF;
    let absolute = (gamma::<T>(SHORT + 1) * alpha + of_beta * beta)
        * T::from_count(LONG + 16)
        * two_to(-3)
        * up::<T>(12);
    let of_vector = if has_remainder::<T>() { two_to(-10) * T::UNIT_ROUNDOFF } else { T::zero() };
    let relative = inverse.scale(of_vector) + inverse.splat(gamma::<T>(20) * gamma::<T>(20));
    let inverse_norm = inverse.scale(two_to(-3)) + inverse.splat(T::from_count(2));
    (root * relative
        + inverse_norm.scale(absolute)
        + inverse.splat(T::UNDERFLOW_ALLOWANCE * T::from_count(64)))
    .scale(up(12))
}

#[cfg(test)]
mod tests;
