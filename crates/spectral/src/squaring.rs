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

use widthwise_rounding::directed::{add_up, div_up, mul_down, mul_up, square_root_up, sub_down, sub_up};
use widthwise_rounding::{Scalar, gamma_upper, inflate_down, inflate_up};

/// The most squarings that any format uses: gaps of `u` show after as many squarings as the format has digits.
const CAPACITY: usize = 64;

/// The rounding history of `H_0, …, H_k`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SquaringChain<T> {
    gram_exponent: i32,
    gram_error: T,
    squarings: usize,
    exponents: [i32; CAPACITY],
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
    pub(crate) fn push(&mut self, exponent: i32, error: T) {
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
            bound = square_root_up(add_up(scale_up(bound, exponent), error));
        }
        add_up(scale_up(bound, self.gram_exponent), self.gram_error)
    }

    /// Statement (b): whether `λ₂(G) ≤ b` is proved by `second_square ≥ μ₂(H_k)²`.
    ///
    /// *Proof.* If two eigenvalues of `G` exceeded `b`, then by Weyl's inequality two of `H_0` would exceed `b_0`; if
    /// two of `H_j` exceed `b_j > 0`, two of `H_j²` exceed `b_j²` and two of `H_{j+1}` exceed `b_{j+1}`. So `μ₂(H_k)
    /// > b_k`, a contradiction. ∎
    pub(crate) fn proves_second_eigenvalue_at_most(&self, b: T, second_square: T) -> bool {
        // Below the allowance a product by a power of two might round, and squaring a negative number would prove
        // nonsense.
        let large_enough = |b: T| b > T::UNDERFLOW_ALLOWANCE;
        let mut b = sub_down(b, self.gram_error).scale_exp2(-self.gram_exponent);
        for (&exponent, &error) in self.exponents.iter().zip(&self.errors).take(self.squarings) {
            if !large_enough(b) {
                return false;
            }
            b = sub_down(mul_down(b, b), error).scale_exp2(-exponent);
        }
        large_enough(b) && mul_down(b, b) >= second_square
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
/// *Proof.* `|fl(MMᵀ) − MMᵀ| ≤ γ_long |M||M|ᵀ + long·ω` entrywise; the allowance exceeds the norm of the last term
/// and of what the power of two rounds. ∎
pub(crate) fn product_error<T: Scalar>(long: usize, size: T) -> T {
    add_up(mul_up(gamma_upper(long), size), T::UNDERFLOW_ALLOWANCE)
}

/// Computes `factor · M Mᵀ`, symmetric to the bit, for `M` given as columns of `short` numbers and `factor` a power
/// of two.
///
/// Entry `(i, j)` is `Σ_k m_ik · m_jk`, `k` ascending, each in one scalar, multiplied by `factor` once. Eight entries
/// at a time have their own scalars; an entry that two blocks share is computed twice, to the same bits.
pub(crate) fn product_with_transpose<T: Scalar>(matrix: &[T], short: usize, factor: T, out: &mut [T]) {
    const ROWS: usize = 4;
    if short < ROWS {
        for j in 0..short {
            for i in 0..=j {
                let mut sum = T::zero();
                for column in matrix.chunks_exact(short) {
                    sum += column[i] * column[j];
                }
                out[i + j * short] = sum * factor;
                out[j + i * short] = sum * factor;
            }
        }
        return;
    }
    let mut j = 0;
    while j < short {
        let right = j.min(short - 2);
        let mut i = 0;
        while i <= right + 1 {
            let top = i.min(short - ROWS);
            let mut first = [T::zero(); ROWS];
            let mut second = [T::zero(); ROWS];
            for column in matrix.chunks_exact(short) {
                let (x, y) = (column[right], column[right + 1]);
                let rows = &column[top..top + ROWS];
                for lane in 0..ROWS {
                    first[lane] += rows[lane] * x;
                    second[lane] += rows[lane] * y;
                }
            }
            for lane in 0..ROWS {
                let (row, p, q) = (top + lane, first[lane] * factor, second[lane] * factor);
                out[row + right * short] = p;
                out[right + row * short] = p;
                out[row + (right + 1) * short] = q;
                out[right + 1 + row * short] = q;
            }
            i += ROWS;
        }
        j += 2;
    }
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
    /// The position of the largest diagonal entry.
    pub(crate) largest_diagonal: usize,
}

impl<T: Scalar> Measure<T> {
    /// Measures `H`: squares and magnitudes are summed down each column, the squares then over the columns.
    pub(crate) fn of(h: &[T], n: usize) -> Self {
        let (mut trace, mut square, mut max_sum) = (T::zero(), T::zero(), T::zero());
        let (mut largest, mut largest_diagonal) = (T::zero(), 0);
        for (j, column) in h.chunks_exact(n).enumerate() {
            let (mut squares, mut magnitudes) = (T::zero(), T::zero());
            for &x in column {
                squares += x * x;
                magnitudes += x.magnitude();
            }
            square += squares;
            max_sum = max_sum.greater(magnitudes);
            let diagonal = column[j];
            trace += diagonal;
            if diagonal > largest {
                (largest, largest_diagonal) = (diagonal, j);
            }
        }
        Self {
            trace,
            square,
            // A square meets its own rounding and 2n additions; underflow is in the allowance.
            square_upper: add_up(inflate_up(2 * n + 1, square), T::UNDERFLOW_ALLOWANCE),
            max_sum_upper: inflate_up(n, max_sum),
            largest_diagonal,
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

    /// `1 − ‖H‖_F² / tr(H)²`: small if one eigenvalue of a positive semidefinite `H` dominates. A heuristic.
    pub(crate) fn impurity(&self) -> T {
        T::one() - self.square / (self.trace * self.trace)
    }

    /// An upper bound of `μ₂(H)²`, from `image = fl(H w)` for any `w ≠ 0` scaled to largest entry in `[1, 2)`; `None`
    /// if `w` tells nothing.
    ///
    /// *Proof.* `Σ μ_i² = ‖H‖_F²` and `μ₁ ≥ ‖Hw‖/‖w‖ ≥ ‖image‖/‖w‖ − γ_n‖H‖_F`, so
    /// `μ₂² ≤ ‖H‖_F² − (‖image‖/‖w‖ − γ_n‖H‖_F)²` if the bracket is positive. ∎
    pub(crate) fn second_square_upper(&self, w: &[T], image: &[T]) -> Option<T> {
        let n = w.len();
        let ratio = norm_ratio_lower(image, w)?;
        let error = mul_up(gamma_upper(n), square_root_up(self.square_upper));
        let first = sub_down(ratio, add_up(error, T::UNDERFLOW_ALLOWANCE));
        if first > T::zero() { Some(sub_up(self.square_upper, mul_down(first, first))) } else { None }
    }
}

/// A lower bound of `‖image‖/‖w‖` for `w` with its largest entry in `[1, 2)`; `None` if the image nearly vanishes.
fn norm_ratio_lower<T: Scalar>(image: &[T], w: &[T]) -> Option<T> {
    let square = sum_of_squares(image);
    // Above this, squares that underflow are less than one more rounding; the square of w is at least 1.
    if square > T::power_of_two(-T::MAX_EXPONENT / 2) {
        let ratio = (square / sum_of_squares(w)).square_root();
        // Each sum met n roundings and underflow, then one division and one root.
        Some(inflate_down(2 * w.len() + 5, ratio))
    } else {
        None
    }
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
    for (h, next) in h.chunks_exact(n).zip(next.chunks_exact(n)) {
        let mut squares = T::zero();
        for (&h, &next) in h.iter().zip(next) {
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
