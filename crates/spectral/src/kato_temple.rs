// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Rayleigh quotient of a vector and the Kato-Temple bound: a tight upper bound from a crude gap (theorems T1, T2).
//!
//! For `G = M Mᵀ`, any `x ≠ 0`, `ρ = ‖Mᵀx‖²/‖x‖²` and `ε = ‖Gx − ρx‖/‖x‖`: `λ₁ ≥ ρ`, and if `λ₂ ≤ b < ρ` then `λ₁ ≤ ρ
//! + ε²/(ρ − b)`. The bound is quadratic in `ε`, so rounding errors of order `n²u` in `ε` never reach the result;
//! only `ρ` has to be accurate, and it is summed in twice the precision.
//!
//! *Proof of T2.* Every eigenvalue has `(λ_i − λ₁)(λ_i − b) ≥ 0`: the first is zero there, and for the others both
//! factors are at most zero. With the unit vector `v` along `x`, `0 ≤ vᵀ(G − λ₁)(G − b)v = ε² − (λ₁ − ρ)(ρ − b)`. `ρ`
//! minimises `‖Gx − ρ̃x‖` over `ρ̃`, so any `ρ̃` may serve in the residual; and the bound grows if `ρ` is replaced by
//! an upper bound in the first place and by a lower bound, still above `b`, in the denominator. ∎
//!
//! # Bounds
//!
//! The errors are counted from the operations, not taken from the data: one factor inflates at the end. For `M` with `s`
//! rows and `l ≥ s` columns, `F ≥ ‖M‖_F²`, `γ_k` as in lemma L0, `m = l + s + 17`:
//!
//! - *Image.* Dot2 gives `ỹ_k = h_k + l_k` for `y = Mᵀx` with `‖ỹ − y‖ ≤ γ_s²‖M‖_F‖x‖` (lemma L4, last rounding left out).
//! - *Squares.* `P + Q` for `Σỹ_k²`: `Σh_k² = P + Σ(t_k + r_k)` exactly. Beside it `2h_kl_k` is added and `l_k² ≤
//!   u²h_k²` left out. The magnitudes of `t_k`, `r_k`, `2h_kl_k` add to at most `(l + 3)u(1 + γ_l)Σh²` and meet at most
//!   `l + 3` roundings, so `|P + Q − Σỹ²| ≤ γ_{l+4}² Σh²`; likewise `γ_{s+4}²` for `‖x‖²`.
//! - *Root.* `r_0 = fl(√fl(P_S/P_N))`, `Δ = S − r_0²N`, `δ = Δ/(2r_0N)`. `P_S − fl(fl(r_0²)P_N)` is exact
//!   (Sterbenz), all other terms of `Δ` are below `(l + s + 16)uS`; evaluating `Δ` and `δ` costs at most `m²u²`, relatively
//!   to `r_0`, and so does the series `√(1 + t) = 1 + t/2 − …` with `|t| ≤ mu`. With the half of the errors of both squares,
//!   `|r_0 + δ − ‖ỹ‖/‖x‖| ≤ 3γ_m² r_0`, the rounding of `δ ± η` included.
//! - *Residual.* `ŷ = h`: `‖h − y‖ ≤ u‖h‖ + ‖ỹ − y‖`. With `r̂ = fl(Mh − ρ̂x)` and a bound `B` of `‖ỹ‖/‖x‖`,
//!   `ε ≤ ‖r̂‖/‖x‖ + γ_{l+5}(‖M‖_F B + ρ̂) + γ_s²‖M‖_F²`; and `ε² ≤ 2(a² + b²)` saves a root, as `ε` enters squared.
//!
//! `‖x‖ ≥ 1`, so every underflow is below the allowance.

use widthwise_rounding::directed::square_root_up;
use widthwise_rounding::error_free::{two_prod, two_sum};
use widthwise_rounding::{Scalar, gamma_upper, inflate_down, inflate_up};

use crate::access::at;
use crate::registers::Registers;
use crate::tiles::{MOST_LANES, product_with_vector, square_in_four_sums};

/// A sum of products in twice the working precision: `high + low` (Dot2, lemma L4).
#[derive(Clone, Copy, Debug)]
struct Pair<T> {
    high: T,
    low: T,
}

impl<T: Scalar> Pair<T> {
    fn zero() -> Self {
        Self { high: T::zero(), low: T::zero() }
    }

    /// Adds `product + small`: `(p, t) = two_sum(p, product.high)`, `q = q + (t + (product.low + small))`.
    #[inline(always)]
    fn accumulate(&mut self, product: Self, small: T) {
        let (high, rest) = two_sum(self.high, product.high);
        self.high = high;
        self.low += rest + (product.low + small);
    }
}

/// What a vector `x` says about the largest singular value of `M`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RayleighQuotient<T> {
    /// `r_0 ≈ √ρ = ‖Mᵀx‖/‖x‖`, at least one half.
    root: T,
    /// `δ`.
    correction: T,
    /// `η ≥ |r_0 + δ − √ρ|`.
    radius: T,
    /// `P_N ≈ ‖x‖²`.
    norm_square: T,
    /// An upper bound of `‖M‖_F`.
    frobenius: T,
}

impl<T: Scalar> RayleighQuotient<T> {
    /// Computes `ŷ ≈ Mᵀx` into `image` and the quotient; `None` if it is below one half, or not a number.
    ///
    /// `matrix` has columns of `x.len()` numbers of magnitude at most 2; the largest entry of `x` is in `[1, 2)`.
    #[inline(always)]
    pub(crate) fn of<R: Registers<T>>(
        registers: R,
        matrix: &[T],
        x: &[T],
        image: &mut [T],
        frobenius_square: T,
    ) -> Option<Self> {
        let (short, long) = (x.len(), image.len());
        let mut norm_square = Pair::zero();
        for &x in x {
            let (high, low) = two_prod(x, x);
            norm_square.accumulate(Pair { high, low }, T::zero());
        }
        let mut square = Pair::zero();
        let blocks = matrix.chunks((R::LANES * short).max(1)).zip(image.chunks_mut(R::LANES));
        for (columns, image) in blocks {
            image_of(registers, columns, x, image, &mut square);
        }
        let root = (square.high / norm_square.high).square_root();
        if root < T::power_of_two(-1) || root.is_nan() {
            return None;
        }
        let root_square = two_prod(root, root);
        let product = two_prod(root_square.0, norm_square.high);
        let difference = (square.high - product.0) - product.1 + square.low
            - root_square.1 * norm_square.high
            - root_square.0 * norm_square.low;
        let correction = difference / ((root + root) * norm_square.high);
        let gamma = gamma_upper::<T>(long + short + 17);
        let image_gamma = gamma_upper::<T>(short);
        let frobenius = square_root_up(frobenius_square);
        let radius = root * (gamma * gamma * T::from_count(3))
            + frobenius * (image_gamma * image_gamma)
            + T::UNDERFLOW_ALLOWANCE * T::from_count(8);
        let radius = inflate_up(6, radius);
        Some(Self { root, correction, radius, norm_square: norm_square.high, frobenius })
    }

    /// A lower bound of `√ρ`, zero at least.
    #[inline(always)]
    pub(crate) fn lower(&self) -> T {
        // Where the radius exceeds the root the sum is not exact, but not positive either.
        let (high, low) = fast_two_sum(self.root, self.correction - self.radius);
        let lower = if low < T::zero() { high.next_down() } else { high };
        lower.greater(T::zero())
    }

    /// A lower bound of `ρ`.
    #[inline(always)]
    pub(crate) fn lower_square(&self) -> T {
        let lower = self.lower();
        inflate_down(1, lower * lower)
    }

    /// An upper bound of `ε² = ‖Gx − ρx‖²/‖x‖²`; `residual` receives `fl(Mŷ − ρ̂x)`.
    ///
    /// *Proof.* `Gx − ρ̂x = (Mŷ − ρ̂x) − M(ŷ − Mᵀx)`. The computed residual `r̂_i = fl(Σ_k m_ik ŷ_k − ρ̂x_i)`, `k`
    /// ascending, is off by `γ_{l+2}(|M||ŷ| + ρ̂|x|)_i`, in norm by `γ_{l+2}(‖M‖_F‖ŷ‖ + ρ̂‖x‖)`. The last term is at most
    /// `‖M‖_F(u‖ŷ‖ + g‖x‖)` with `g = γ_s²‖M‖_F`, which is a part of `η`. And `‖ŷ‖ ≤ ‖ỹ‖/(1 − u) ≤ (1 + 2u)B‖x‖` for `B = r_0 + |δ| +
    /// 2η ≥ √ρ + g`. The factors of `‖M‖_F B` add to `(γ_{l+2} + u)(1 + 2u) ≤ γ_{l+5}`. ∎
    #[inline(always)]
    pub(crate) fn residual_square_upper<R: Registers<T>>(
        &self,
        registers: R,
        matrix: &[T],
        x: &[T],
        image: &[T],
        residual: &mut [T],
    ) -> T {
        let rho = self.root * self.root;
        product_with_vector(registers, matrix, x.len(), image, residual);
        for (r, &x) in residual.iter_mut().zip(x) {
            *r -= rho * x;
        }
        let allowance = T::UNDERFLOW_ALLOWANCE;
        let gamma = gamma_upper::<T>(image.len() + 5);
        let norm = self.root + (self.correction.magnitude() + (self.radius + self.radius));
        let terms = self.frobenius * norm + rho;
        let rounding = inflate_up(7, gamma * terms + self.frobenius * self.radius + (allowance + allowance));
        // P_N is off by γ_{s+1}, the sum of squares too.
        let computed = inflate_up(2 * x.len() + 6, square_in_four_sums(residual) / self.norm_square);
        inflate_up(4, (computed + (rounding * rounding + allowance)) * T::from_count(2))
    }

    /// The Kato-Temple bound: an upper bound of the largest singular value if `λ₂ ≤ b`, `None` unless `b < ρ`.
    ///
    /// `√(ρ + d) ≤ √ρ + d/(2√ρ)` for `d = ε²/(ρ − b)`.
    #[inline(always)]
    pub(crate) fn kato_temple(&self, residual_square_upper: T, b: T) -> Option<T> {
        let lower = self.lower();
        // The difference of a bound rounded down and b, rounded.
        let gap = inflate_down(1, self.lower_square() - b);
        if gap <= T::zero() || gap.is_nan() {
            return None;
        }
        let excess = residual_square_upper / (gap * (lower + lower));
        let above = self.correction + inflate_up(5, self.radius + excess);
        let (high, low) = fast_two_sum(self.root, above);
        // The rest of the sum is known only if the first term is the larger one.
        let bound = if low > T::zero() || above > self.root { high.next_up() } else { high };
        if bound.is_finite() { Some(bound) } else { None }
    }
}

/// `(high, low)` with `high + low = x + y` exactly if `|x| ≥ |y|` (Dekker).
#[inline(always)]
fn fast_two_sum<T: Scalar>(x: T, y: T) -> (T, T) {
    let high = x + y;
    (high, y - (high - x))
}

/// The images of as many columns as there are lanes, or fewer, side by side, and their squares.
///
/// Entry `k` is Dot2 of column `k` and `x`, the pair normalised; `square` receives `high²` and `2 · high · low` of each in
/// ascending order.
#[inline(always)]
fn image_of<T: Scalar, R: Registers<T>>(
    registers: R,
    columns: &[T],
    x: &[T],
    image: &mut [T],
    square: &mut Pair<T>,
) {
    let short = x.len();
    let count = image.len();
    let mut high = registers.splat(T::zero());
    let mut low = high;
    for (i, &x) in x.iter().enumerate() {
        // A lane without a column is zero.
        let entries = registers.gather(|lane| {
            if count == R::LANES || lane < count { at(columns, i + lane * short) } else { T::zero() }
        });
        let (product, rest) = registers.two_prod(entries, registers.splat(x));
        let (sum, lost) = registers.two_sum(high, product);
        high = sum;
        low = registers.add(low, registers.add(lost, rest));
    }
    let (high, low) = registers.two_sum(high, low);
    let (product, lost) = registers.two_prod(high, high);
    let small = registers.add(lost, registers.mul(registers.add(high, high), low));
    let mut numbers = [[T::zero(); MOST_LANES]; 3];
    registers.store(high, &mut numbers[0]);
    registers.store(product, &mut numbers[1]);
    registers.store(small, &mut numbers[2]);
    let [images, squares, small] = &numbers;
    for (lane, image) in image.iter_mut().enumerate() {
        *image = at(images, lane);
        square.accumulate(Pair { high: at(squares, lane), low: T::zero() }, at(small, lane));
    }
}

#[cfg(test)]
mod tests;
