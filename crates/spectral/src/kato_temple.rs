// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Rayleigh quotient of a vector and the Kato-Temple bound: a tight upper bound from a crude gap (theorems T1, T2).
//!
//! For `G = M Mᵀ`, any `x ≠ 0`, `ρ = ‖Mᵀx‖²/‖x‖²` and `ε = ‖Gx − ρx‖/‖x‖`: `λ₁ ≥ ρ`, and if `λ₂ ≤ b < ρ` then
//! `λ₁ ≤ ρ + ε²/(ρ − b)`. The bound is quadratic in `ε`, so rounding errors of order `n²u` in `ε` never reach the result; only
//! `ρ` has to be accurate, and it is summed compensated.
//!
//! *Proof of T2.* Every eigenvalue has `(λ_i − λ₁)(λ_i − b) ≥ 0`: the first is zero there, and for the others both factors are at
//! most zero. With the unit vector `v` along `x`, `0 ≤ vᵀ(G − λ₁)(G − b)v = ε² − (λ₁ − ρ)(ρ − b)`. `ρ` minimises
//! `‖Gx − ρ̃x‖` over `ρ̃`, so any `ρ̃` may serve in the residual; and the bound grows if `ρ` is replaced by an upper bound in
//! the first place and by a lower bound, still above `b`, in the denominator. ∎

use widthwise_linalg::{DotAccumulator, NormAccumulator};
use widthwise_rounding::directed::{add_up, div_up, mul_down, mul_up, square_root_up, sub_down};
use widthwise_rounding::{Enclosure, Scalar, gamma_upper, inflate_up};

use crate::squaring::sum_of_squares;

/// What a vector `x` says about the largest singular value of `M`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RayleighQuotient<T> {
    /// Encloses `‖Mᵀx‖/‖x‖ = √ρ`, a lower bound of the largest singular value.
    root: Enclosure<T>,
    /// Encloses `‖x‖`.
    norm: Enclosure<T>,
    /// An upper bound of the norm of the vector `ŷ` stored.
    image_norm_upper: T,
    /// An upper bound of `‖ŷ − Mᵀx‖`.
    image_error: T,
}

impl<T: Scalar> RayleighQuotient<T> {
    /// Computes `ŷ ≈ Mᵀx` into `image`, each entry the nearest number to a compensated sum, and the quotient.
    ///
    /// `matrix` has columns of `x.len()` numbers of magnitude at most 2; the largest entry of `x` is in `[1, 2)`.
    pub(crate) fn of(matrix: &[T], x: &[T], image: &mut [T]) -> Self {
        let mut image_norm = NormAccumulator::new();
        for (column, y) in matrix.chunks_exact(x.len()).zip(image.iter_mut()) {
            let mut sum = DotAccumulator::new();
            for (&a, &x) in column.iter().zip(x) {
                sum.add_product(a, x);
            }
            *y = sum.value();
            image_norm.add(&sum);
        }
        let mut square = DotAccumulator::new();
        for &x in x {
            square.add_product(x, x);
        }
        let norm = square.enclosure().square_root().unwrap_or_else(Enclosure::whole);
        // ŷ_k is the number nearest to high + low, so ‖ŷ‖ ≤ (1 + u)(‖Mᵀx‖ + radius), and it is off by u|ŷ_k| and the radius.
        let image_norm_upper = inflate_up(2, add_up(image_norm.norm().hi(), image_norm.radius()));
        let image_error = add_up(mul_up(T::UNIT_ROUNDOFF, image_norm_upper), image_norm.radius());
        Self { root: image_norm.norm() / norm, norm, image_norm_upper, image_error }
    }

    /// The enclosure of `√ρ`.
    pub(crate) fn root(&self) -> Enclosure<T> {
        self.root
    }

    /// A lower bound of `ρ`.
    pub(crate) fn lower(&self) -> T {
        mul_down(self.root.lo(), self.root.lo()).greater(T::zero())
    }

    /// An upper bound of `ε = ‖Gx − ρx‖/‖x‖`, given `frobenius ≥ ‖M‖_F`; `residual` receives `fl(Mŷ − ρ̂x)`.
    ///
    /// *Proof.* `Gx − ρ̂x = (Mŷ − ρ̂x) − M(ŷ − Mᵀx)`. The computed residual `r̂_i = fl(Σ_k m_ik ŷ_k − ρ̂x_i)`, `k` ascending, is
    /// off by `γ_{long+2}(|M||ŷ| + ρ̂|x|)_i`, in norm by `γ_{long+2}(‖M‖_F‖ŷ‖ + ρ̂‖x‖)`. The last term is at most
    /// `‖M‖_F‖ŷ − Mᵀx‖`. ∎
    pub(crate) fn residual_upper(
        &self,
        matrix: &[T],
        x: &[T],
        image: &[T],
        frobenius: T,
        residual: &mut [T],
    ) -> T {
        let root = self.root.midpoint();
        let rho = root * root;
        for r in residual.iter_mut() {
            *r = T::zero();
        }
        for (column, &y) in matrix.chunks_exact(x.len()).zip(image) {
            for (r, &a) in residual.iter_mut().zip(column) {
                *r += a * y;
            }
        }
        for (r, &x) in residual.iter_mut().zip(x) {
            *r -= rho * x;
        }
        let computed = add_up(inflate_up(x.len() + 1, sum_of_squares(residual)), T::UNDERFLOW_ALLOWANCE);
        let terms = add_up(mul_up(frobenius, self.image_norm_upper), mul_up(rho, self.norm.hi()));
        let rounding = mul_up(gamma_upper(image.len() + 2), terms);
        let carried = mul_up(frobenius, self.image_error);
        let total =
            add_up(square_root_up(computed), add_up(add_up(rounding, carried), T::UNDERFLOW_ALLOWANCE));
        div_up(total, self.norm.lo())
    }

    /// The Kato-Temple bound: an upper bound of the largest singular value if `λ₂ ≤ b`, `None` unless `b < ρ`.
    ///
    /// `√(ρ + δ) ≤ √ρ + δ/(2√ρ)` for `δ = ε²/(ρ − b)`.
    pub(crate) fn kato_temple(&self, residual_upper: T, b: T) -> Option<T> {
        let gap = sub_down(self.lower(), b);
        if !(gap > T::zero() && self.root.lo() > T::zero()) {
            return None;
        }
        let delta = div_up(mul_up(residual_upper, residual_upper), gap);
        let bound = add_up(self.root.hi(), div_up(delta, self.root.lo() + self.root.lo()));
        if bound.is_finite() { Some(bound) } else { None }
    }
}
