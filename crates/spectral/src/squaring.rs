// SPDX-License-Identifier: MIT OR Apache-2.0

//! Repeated squaring of the Gram matrix, with a bound of every rounding on the way (theorem T3).
//!
//! For `G = M Mᵀ` the matrices `H_0 = 2^(−t_0) Ĝ`, `H_{j+1} = 2^(−t_{j+1}) fl(H_j H_j)` have the eigenvalues of `G`
//! to the power `2^j`, so a gap too small to see in `G` is wide open in `H_k`. Two statements come back from `H_k` to
//! `G`, where `E_G ≥ ‖Ĝ − G‖₂` and `E_j ≥ ‖fl(H_j²) − H_j²‖₂`:
//!
//! - (a) `λ₁(G) ≤ 2^(t_0) M_0 + E_G`, where `M_j = √(2^(t_{j+1}) M_{j+1} + E_j)` and `M_k` bounds the eigenvalues of
//!   `H_k`;
//! - (b) `λ₂(G) ≤ b` if `b_0 = 2^(−t_0)(b − E_G)`, `b_{j+1} = 2^(−t_{j+1})(b_j² − E_j)` are all positive and
//!   `b_k² ≥ μ₂(H_k)²`.
//!
//! Matrices are square arrays of `n` columns of `n` numbers, symmetric to the bit.

use widthwise_rounding::directed::{add_up, div_up, mul_up, square_root_up, sub_down};
use widthwise_rounding::{Scalar, gamma_upper, inflate_down, inflate_up};

use crate::access::{at, columns, from};

pub(crate) use crate::tiles::product_with_transpose;
use crate::tiles::square_in_four_sums;

/// The most squarings that any format uses: gaps of `u` show after as many squarings as the format has digits.
const CAPACITY: usize = 60;

/// The rounding history of `H_0, …, H_k`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SquaringChain<T> {
    gram_exponent: i32,
    gram_error: T,
    squarings: usize,
    exponents: [i16; CAPACITY],
    errors: [T; CAPACITY],
}

impl<T: Scalar> SquaringChain<T> {
    /// The history of `H_0` alone: `‖2^gram_exponent · H_0 − G‖₂ ≤ gram_error`.
    pub(crate) fn new(gram_exponent: i32, gram_error: T) -> Self {
        Self {
            gram_exponent,
            gram_error,
            squarings: 0,
            exponents: [0; CAPACITY],
            errors: [T::zero(); CAPACITY],
        }
    }

    /// The number `k` of squarings so far.
    pub(crate) fn squarings(&self) -> usize {
        self.squarings
    }

    /// Whether a further squaring would show nothing that the digits of the format hold.
    pub(crate) fn is_full(&self) -> bool {
        // A relative gap of 2u is a ratio of e^(-128) after DIGITS + 6 squarings.
        let digits = usize::try_from(T::DIGITS).unwrap_or(CAPACITY);
        self.squarings >= CAPACITY.min(digits + 6)
    }

    /// Replaces the bound of `‖Ĝ − G‖₂` by a smaller one.
    pub(crate) fn tighten_gram_error(&mut self, error: T) {
        self.gram_error = self.gram_error.lesser(error);
    }

    /// Records `H_{k+1} = 2^(−exponent) fl(H_k²)` with `‖fl(H_k²) − H_k²‖₂ ≤ error`.
    #[inline(always)]
    pub(crate) fn push(&mut self, exponent: i16, error: T) {
        if let (Some(e), Some(r)) =
            (self.exponents.get_mut(self.squarings), self.errors.get_mut(self.squarings))
        {
            *e = exponent;
            *r = error;
            self.squarings += 1;
        }
    }

    /// Statement (a): an upper bound of `λ₁(G)` from an upper bound of the eigenvalues of `H_level`.
    ///
    /// *Proof.* `μ₁(H_j)² = μ₁(H_j²) ≤ μ₁(fl(H_j²)) + E_j` by Weyl's inequality. ∎
    pub(crate) fn largest_eigenvalue_upper(&self, level: usize, bound: T) -> T {
        let mut bound = bound;
        for (&exponent, &error) in self.exponents.iter().zip(&self.errors).take(level).rev() {
            bound = square_root_up(add_up(scale_up(bound, i32::from(exponent)), error));
        }
        add_up(scale_up(bound, self.gram_exponent), self.gram_error)
    }

    /// Statement (b): whether `λ₂(G) ≤ b` is proved by `second_square ≥ μ₂(H_k)²`.
    ///
    /// *Proof.* If two eigenvalues of `G` exceeded `b`, then by Weyl's inequality two of `H_0` would exceed `b_0`; if
    /// two of `H_j` exceed `b_j > 0`, two of `H_j²` exceed `b_j²` and two of `H_{j+1}` exceed `b_{j+1}`. So `μ₂(H_k)
    /// > b_k`, a contradiction. ∎
    ///
    /// Below `least` nothing is proved, so that no square underflows; then `fl(b²)(1 − 4u)` rounded is at most
    /// `b²(1 − u)`, and the difference `fl(b²(1 − u) − E)`, if positive, at most `b² − E`.
    #[inline(always)]
    pub(crate) fn proves_second_eigenvalue_at_most(&self, b: T, second_square: T) -> bool {
        let least = T::power_of_two(-T::MAX_EXPONENT / 4);
        let three_roundings_down = inflate_down(3, T::one());
        let mut b = sub_down(b, self.gram_error) * T::power_of_two(-self.gram_exponent);
        for (&exponent, &error) in self.exponents.iter().zip(&self.errors).take(self.squarings) {
            if b <= least || b.is_nan() {
                return false;
            }
            // Exact, or below `least`.
            b = (b * b * three_roundings_down - error) * T::power_of_two(-i32::from(exponent));
        }
        b > least && b * b * three_roundings_down >= second_square
    }
}

/// `x · 2^exponent`, not below it even if it is subnormal.
fn scale_up<T: Scalar>(x: T, exponent: i32) -> T {
    let scaled = x.scale_exp2(exponent);
    if scaled < T::UNDERFLOW_ALLOWANCE { scaled.next_up() } else { scaled }
}

/// A bound of the error of [`product_with_transpose`] in the 2-norm (lemma L3, and `E_j` of T3): `γ_long · size` and
/// the underflow, for `size ≥ ‖ |M| |M|ᵀ ‖₂`.
///
/// *Proof.* `|fl(MMᵀ) − MMᵀ| ≤ γ_long |M||M|ᵀ + long·ω` entrywise; the allowance exceeds the norm of the last term. What the
/// power of two rounds, `ω/2` an entry before it is undone, is below `u²·size`, and `size` met a rounding upward. ∎
#[inline(always)]
pub(crate) fn product_error<T: Scalar>(long: usize, size: T) -> T {
    add_up(mul_up(gamma_upper(long), size), T::UNDERFLOW_ALLOWANCE)
}

/// What is measured of a symmetric matrix `H` before it is squared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure<T> {
    /// The computed trace.
    pub(crate) trace: T,
    /// The computed `‖H‖_F²`.
    pub(crate) square: T,
    /// An upper bound of `‖H‖_F²`.
    pub(crate) square_upper: T,
    /// An upper bound of `‖H‖_∞`, the largest sum of magnitudes of a column.
    pub(crate) max_sum_upper: T,
}

impl<T: Scalar> Measure<T> {
    /// Measures `H`: squares and magnitudes are summed down each column, the squares then over the columns.
    pub(crate) fn of(h: &[T], n: usize) -> Self {
        let (mut trace, mut square, mut max_sum) = (T::zero(), T::zero(), T::zero());
        for (j, column) in columns(h, n).enumerate() {
            let (mut squares, mut magnitudes) = (T::zero(), T::zero());
            for &x in column {
                squares += x * x;
                magnitudes += x.magnitude();
            }
            square += squares;
            max_sum = max_sum.greater(magnitudes);
            trace += at(column, j);
        }
        Self {
            trace,
            square,
            // A square meets its own rounding and 2n additions; underflow is in the allowance.
            square_upper: add_up(inflate_up(2 * n + 1, square), T::UNDERFLOW_ALLOWANCE),
            max_sum_upper: inflate_up(n, max_sum),
        }
    }

    /// An upper bound of `‖ |H| ‖₂²`.
    pub(crate) fn size_upper(&self) -> T {
        self.square_upper.lesser(mul_up(self.max_sum_upper, self.max_sum_upper))
    }

    /// An upper bound of the eigenvalues of `H` in magnitude.
    pub(crate) fn eigenvalue_upper(&self) -> T {
        square_root_up(self.square_upper).lesser(self.max_sum_upper)
    }
}

/// An upper bound of `‖H‖_F²` from the computed trace of `fl(H²)`, undone of its scaling.
///
/// *Proof.* A diagonal entry is a sum of `n` squares that met `n` roundings each, and the trace adds `n − 1` at most
/// (lemma L3). ∎
#[inline(always)]
pub(crate) fn square_upper<T: Scalar>(trace_of_square: T, n: usize) -> T {
    add_up(inflate_up(2 * n, trace_of_square), T::UNDERFLOW_ALLOWANCE)
}

/// An upper bound of `μ₂(H)²`, from `image = fl(H w)` for any `w` of norm at least one and the computed `‖H‖_F²`, of which
/// each term met `roundings` at most.
///
/// *Proof.* `Σ μ_i² = ‖H‖_F²` and `μ₁ ≥ ‖Hw‖/‖w‖`, so `μ₂² ≤ ‖H‖_F² − ‖Hw‖²/‖w‖²`. As `‖image − Hw‖ ≤ γ_n‖H‖_F‖w‖` and
/// `‖Hw‖ ≤ ‖H‖_F‖w‖`, `‖image‖² ≤ ‖Hw‖² + (2γ_n + γ_n²)‖H‖_F²‖w‖²`, whence `μ₂² ≤ (1 + γ_{2n})‖H‖_F² − ‖image‖²/‖w‖²`. The
/// first term met three roundings more, the quotient `2n + 3`, the difference one; what underflows is below the allowance,
/// as `‖w‖ ≥ 1`. ∎
#[inline(always)]
pub(crate) fn second_square_upper<T: Scalar>(square: T, roundings: usize, w: &[T], image: &[T]) -> T {
    let n = w.len();
    let whole = inflate_up(roundings + 3, square) * (T::one() + gamma_upper(2 * n)) + T::UNDERFLOW_ALLOWANCE;
    let first = inflate_down(2 * n + 4, square_in_four_sums(image) / square_in_four_sums(w));
    inflate_up(1, whole - first)
}

/// `Σ x_i²`, ascending.
pub(crate) fn sum_of_squares<T: Scalar>(x: &[T]) -> T {
    let mut sum = T::zero();
    for &x in x {
        sum += x * x;
    }
    sum
}

/// An upper bound of the eigenvalues of `H` that is tight if `H` is nearly a multiple of a projector: as when its
/// largest eigenvalue is multiple and the others have died out.
///
/// `next = 2^(−exponent) fl(H²)` and `error ≥ ‖fl(H²) − H²‖₂`. Returns the bound and the part of it, relative, that
/// is due to the distance of `H` from a multiple of a projector.
///
/// *Proof.* Let `κ > 0` and `η ≥ ‖H² − κH‖₂`. An eigenvalue `ν > κ` of `H` has `ν(ν − κ) ≤ η`, so `ν ≤ κ + η/κ`; a
/// negative one has `|ν|(|ν| + κ) ≤ η`, so `|ν| ≤ η/κ`. ∎
pub(crate) fn projector_eigenvalue_upper<T: Scalar>(
    h: &[T],
    next: &[T],
    n: usize,
    exponent: i32,
    error: T,
    measure: &Measure<T>,
) -> (T, T) {
    let kappa = measure.square / measure.trace;
    let distance = projector_distance_upper(h, next, n, exponent, kappa, measure);
    let eta = add_up(distance, error);
    (add_up(kappa, div_up(eta, kappa)), distance / (kappa * kappa))
}

/// An upper bound of `‖W − κH‖_F` for `W = 2^exponent · next = fl(H²)`.
///
/// *Proof.* The computed entries of the difference are off by `u(|w| + 2κ|h|)` and terms of second order at most, which
/// in the Frobenius norm is below `3u(‖W‖_F + κ‖H‖_F)`; and `‖W‖_F ≤ ‖H‖_F²(1 + γ_n)`. ∎
fn projector_distance_upper<T: Scalar>(
    h: &[T],
    next: &[T],
    n: usize,
    exponent: i32,
    kappa: T,
    measure: &Measure<T>,
) -> T {
    let power = T::power_of_two(exponent);
    let mut square = T::zero();
    for (j, h) in columns(h, n).enumerate() {
        let mut squares = T::zero();
        for (&h, &next) in h.iter().zip(from(next, j * n)) {
            let difference = next * power - kappa * h;
            squares += difference * difference;
        }
        square += squares;
    }
    let computed = square_root_up(add_up(inflate_up(2 * n + 1, square), T::UNDERFLOW_ALLOWANCE));
    let frobenius = square_root_up(measure.square_upper);
    let size = mul_up(add_up(frobenius, kappa), frobenius);
    // 3u, and one more for γ_n and the second order.
    add_up(computed, mul_up(T::from_count(4) * T::UNIT_ROUNDOFF, size))
}

#[cfg(test)]
mod tests;
