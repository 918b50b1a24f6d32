// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Rayleigh quotient of a vector and its residual, for a large matrix (theorem T1, and the data of T2 and T6).
//!
//! For `G = MᵀM` and a vector `x`, `ρ = ‖Mx‖²/‖x‖²` is summed compensated and `r = Gx − ρ̂x` is bounded. The residual
//! goes through `M`, not through the computed Gram matrix, whose error would enter it.

use widthwise_linalg::DotAccumulator;
use widthwise_rounding::directed::{add_up, mul_down, mul_up, square_root_up};
use widthwise_rounding::error_free::{two_prod, two_sum};
use widthwise_rounding::{Enclosure, Scalar, gamma_upper, inflate_up};

use super::products::{compensated_product, dot, dot_height, transposed_product};

/// What is known of a vector `x`, of the size of a unit vector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RitzVector {
    /// Encloses `‖Mx‖/‖x‖ = √ρ`, a lower bound of the largest singular value.
    pub(super) root: Enclosure<f64>,
    /// Encloses `‖x‖²`.
    pub(super) norm_square: Enclosure<f64>,
    /// An upper bound of the norm of the stored `ŷ`.
    pub(super) image_norm_upper: f64,
    /// An upper bound of `‖ŷ − Mx‖`.
    pub(super) image_error: f64,
}

impl RitzVector {
    /// Computes `ŷ ≈ Mx` into `image`, each entry the nearest number to a compensated sum, and the quotient.
    ///
    /// Entries of `M` and `x` are at most 2 in magnitude and `frobenius ≥ ‖M‖_F`. One product with `M`.
    ///
    /// *Proof.* Row `i` of `Mx` is `h_i + l_i` up to `γ_n² Σ|m_ij x_j|` for `n` columns (lemma L4), all rows together up
    /// to `d = γ_n² ‖M‖_F‖x‖` in norm, as `‖ |M||x| ‖ ≤ ‖M‖_F‖x‖`; products that underflow add less than the allowance.
    /// `‖h + l‖² = Σ (h² + 2hl) + Σ l²`. The first sum has twice as many terms as `M` has rows and is compensated as
    /// well, off by `γ² Σ|terms|`; as `|l| ≤ u|h|`, the terms' magnitudes sum to at most `Σ h²(1 + 2u)`, which is `sum`
    /// inflated by its roundings and 8. The second, and `|‖Mx‖² − ‖h + l‖²| ≤ 2d‖h + l‖ + d²`, enter as corrections. The
    /// squares' own underflow, at most `5ω` each, is below `2d‖h + l‖` as bounded: `d > u²`, and the allowance for `Σ l²`
    /// keeps the bound of `‖h + l‖` above `2⁻⁴⁸¹`. ∎
    pub(super) fn of(matrix: &[f64], x: &[f64], frobenius: f64, image: &mut [f64]) -> Self {
        let (mut sum, mut rest, mut omitted) = (0.0, 0.0, 0.0);
        let rows = image.len();
        compensated_product(matrix, x, rows, |i, high, low| {
            image[i] = high;
            for (a, b) in [(high, high), (high + high, low)] {
                let (h, r) = two_prod(a, b);
                let (p, t) = two_sum(sum, h);
                sum = p;
                rest += t + r;
            }
            omitted += low * low;
        });
        let mut norm_square = DotAccumulator::new();
        for &x in x {
            norm_square.add_product(x, x);
        }
        let norm_square = norm_square.enclosure();
        let norm = square_root_up(norm_square.hi());
        let gamma = gamma_upper::<f64>(x.len());
        let radius = add_up(mul_up(mul_up(gamma, gamma), mul_up(frobenius, norm)), f64::UNDERFLOW_ALLOWANCE);
        // Each square of a low part meets its own rounding and `rows` additions.
        let omitted = add_up(inflate_up(rows + 1, omitted), f64::UNDERFLOW_ALLOWANCE);
        let gamma = gamma_upper::<f64>(2 * rows);
        let terms = inflate_up(2 * rows + 8, sum);
        let stored = square_root_up(add_up(terms, omitted));
        let correction = add_up(
            mul_up(radius, add_up(add_up(stored, stored), radius)),
            mul_up(mul_up(gamma, gamma), terms),
        );
        let correction = Enclosure::from_bounds(-correction, add_up(omitted, correction));
        let square = point(sum) + (point(rest) + correction);
        let square = Enclosure::from_bounds(square.lo().greater(0.0), square.hi());
        let root = (square / norm_square).square_root().unwrap_or_else(Enclosure::whole);
        // ŷ_i = h_i is the number nearest to h_i + l_i, so it is off by u|h_i|/(1 − u) and the radius.
        let image_norm_upper = inflate_up(2, add_up(stored, radius));
        let image_error = add_up(mul_up(f64::UNIT_ROUNDOFF, image_norm_upper), radius);
        Self { root, norm_square, image_norm_upper, image_error }
    }

    /// A lower bound of `ρ`.
    pub(super) fn lower(&self) -> f64 {
        let root = self.root.lo().greater(0.0);
        mul_down(root, root).greater(0.0)
    }

    /// An upper bound of `‖Gx − ρ̂x‖` for a number `ρ̂` near `ρ`; `residual` receives `fl(Mᵀŷ − ρ̂x)`. One product with
    /// `Mᵀ`.
    ///
    /// *Proof.* `Gx − ρ̂x = (Mᵀŷ − ρ̂x) − Mᵀ(ŷ − Mx)`. An entry of the computed residual is a dot product of `h`
    /// roundings, less a product: it is off by `γ_{h+2}(|Mᵀ||ŷ| + ρ̂|x|)`, in norm `γ_{h+2}(‖M‖_F‖ŷ‖ + ρ̂‖x‖)`. The
    /// last term is at most `‖M‖_F‖ŷ − Mx‖`, or `σ₁` in place of `‖M‖_F`: `sigma ≥ ‖M‖₂`. ∎
    pub(super) fn residual_upper(
        &self,
        matrix: &[f64],
        x: &[f64],
        image: &[f64],
        (frobenius, sigma): (f64, f64),
        residual: &mut [f64],
    ) -> f64 {
        let root = self.root.midpoint();
        let rho = root * root;
        transposed_product(matrix, image, residual);
        for (r, &x) in residual.iter_mut().zip(x) {
            *r -= rho * x;
        }
        let computed = add_up(inflate_up(x.len() + 6, dot(residual, residual)), f64::UNDERFLOW_ALLOWANCE);
        let terms = add_up(
            mul_up(frobenius, self.image_norm_upper),
            mul_up(rho, square_root_up(self.norm_square.hi())),
        );
        let rounding = mul_up(gamma_upper(dot_height(image.len()) + 2), terms);
        let carried = mul_up(sigma.lesser(frobenius), self.image_error);
        add_up(square_root_up(computed), add_up(add_up(rounding, carried), f64::UNDERFLOW_ALLOWANCE))
    }
}

fn point(x: f64) -> Enclosure<f64> {
    Enclosure::from_bounds(x, x)
}

impl RitzVector {
    /// Nothing is known.
    pub(super) fn unknown() -> Self {
        let infinite = f64::INFINITY;
        Self {
            root: Enclosure::whole(),
            norm_square: Enclosure::whole(),
            image_norm_upper: infinite,
            image_error: infinite,
        }
    }
}
