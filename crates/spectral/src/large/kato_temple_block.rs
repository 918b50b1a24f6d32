// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Kato-Temple bound for a block of vectors: a tight upper bound although singular values cluster (theorem T6).
//!
//! Let the `q` columns of `X` be independent, `N = XᵀX`, `Θ = XᵀGX`, `R = GX − XS` with any `S`, `β > 0` at most
//! `λ_min(N)`, `b` at least every Rayleigh quotient of `G` on the orthogonal complement of `X`, and `θ` the largest
//! eigenvalue of the pencil `Θ − tN`. If `b < θ` then `λ₁ ≤ θ + ‖R‖₂²/(β(θ − b))`. One column gives
//! theorem T2, for which `b ≥ λ₂` is enough: `(G − λ₁)(G − b)` is positive semidefinite.
//!
//! *Proof.* With the orthonormal `Q = XN^(−1/2)`, `G` is `[Θ_Q, Eᵀ; E, B]` with `B ≤ b`. For `t > b`, `tI − G ≥ 0` if
//! `tI − Θ_Q − Eᵀ(tI − B)⁻¹E ≥ 0`, which holds if `θ + ‖E‖²/(t − b) ≤ t`, as it does for `t = θ + ‖E‖²/(θ − b)`.
//! `‖E‖ = ‖(I − QQᵀ)GQ‖ ≤ ‖RN^(−1/2)‖ ≤ ‖R‖/√β`. ∎
//!
//! `θ` is bounded by Gershgorin's theorem on `tN − Θ`: it is positive semidefinite, so `θ ≤ t`, if in each row
//! `t n_ii − θ_ii ≥ Σ_j |t n_ij − θ_ij|`. For Ritz vectors the right-hand sides are a few `u`.

use widthwise_linalg::DotAccumulator;
use widthwise_rounding::directed::{add_up, div_up, mul_down, mul_up, sub_down};
use widthwise_rounding::{Enclosure, Scalar};

use super::ritz_vector::RitzVector;

/// The vectors of a block, their images under `M`, and what is known of each.
#[derive(Clone, Copy, Debug)]
pub(super) struct RitzBlock<'a> {
    /// Columns `x`, of `short` numbers.
    pub(super) vectors: &'a [f64],
    /// Columns `ŷ ≈ Mx`, of `long` numbers.
    pub(super) images: &'a [f64],
    /// The vectors' quotients.
    pub(super) known: &'a [RitzVector],
}

impl RitzBlock<'_> {
    fn column(columns: &[f64], count: usize, index: usize) -> &[f64] {
        let length = columns.len() / count.max(1);
        &columns[index * length..(index + 1) * length]
    }

    /// Encloses `n_ij` and `θ_ij`, `i ≠ j`.
    fn products(&self, i: usize, j: usize) -> (Enclosure<f64>, Enclosure<f64>) {
        let q = self.known.len();
        let enclosed = |x: &[f64], y: &[f64]| {
            let mut sum = DotAccumulator::new();
            for (&x, &y) in x.iter().zip(y) {
                sum.add_product(x, y);
            }
            sum.enclosure()
        };
        let n = enclosed(Self::column(self.vectors, q, i), Self::column(self.vectors, q, j));
        let theta = enclosed(Self::column(self.images, q, i), Self::column(self.images, q, j));
        // yᵢᵀyⱼ − ŷᵢᵀŷⱼ for images that are off by eᵢ and eⱼ: at most ‖ŷᵢ‖eⱼ + ‖ŷⱼ‖eᵢ + eᵢeⱼ.
        let (a, b) = (&self.known[i], &self.known[j]);
        let off = add_up(
            add_up(mul_up(a.image_norm_upper, b.image_error), mul_up(b.image_norm_upper, a.image_error)),
            mul_up(a.image_error, b.image_error),
        );
        (n, theta + Enclosure::from_bounds(-off, off))
    }

    /// An upper bound of the largest singular value, if `complement` bounds the Rayleigh quotients of `G` on the
    /// orthogonal complement of the block (`λ₂`, if the block is one vector) and `residual_square ≥ ‖R‖_F²`. `None` if
    /// the bound does not exist: the complement reaches the block, or the vectors are nearly dependent.
    pub(super) fn upper(&self, residual_square: f64, complement: f64) -> Option<f64> {
        let largest_lower = self.known.iter().fold(0.0_f64, |m, v| m.greater(v.lower()));
        let root_lower = self.known.iter().fold(0.0_f64, |m, v| m.greater(v.root.lo()));
        let root_upper = self.known.iter().fold(0.0_f64, |m, v| m.greater(v.root.hi()));
        let rho_upper = mul_up(root_upper, root_upper);
        let gap = sub_down(largest_lower, complement);
        // t is sought in a short interval above the largest quotient.
        let t = Enclosure::from_bounds(largest_lower, rho_upper * (1.0 + f64::power_of_two(-40)));
        let (mut excess, mut smallest) = (0.0_f64, f64::INFINITY);
        for (i, vector) in self.known.iter().enumerate() {
            let (mut row, mut dependence) = (0.0, 0.0);
            for j in (0..self.known.len()).filter(|&j| j != i) {
                let (n, theta) = self.products(i, j);
                row = add_up(row, (t * n - theta).magnitude().hi());
                dependence = add_up(dependence, n.magnitude().hi());
            }
            if row > 0.0 {
                excess = excess.greater(div_up(row, vector.norm_square.lo()));
            }
            smallest = smallest.lesser(sub_down(vector.norm_square.lo(), dependence));
        }
        if !(gap > 0.0 && smallest > 0.0 && root_lower > 0.0 && add_up(rho_upper, excess) <= t.hi()) {
            return None;
        }
        // θ ≤ max ρ_i + excess.
        let added = add_up(excess, div_up(residual_square, mul_down(smallest, gap)));
        // √(ρ + δ) ≤ √ρ + δ/(2√ρ).
        let bound = add_up(root_upper, div_up(added, root_lower + root_lower));
        if bound.is_finite() { Some(bound) } else { None }
    }
}
