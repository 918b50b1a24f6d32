// SPDX-License-Identifier: MIT OR Apache-2.0

//! `λ₂ ≤ b` by one factorization in binary32 (theorem T4).
//!
//! Let `M̂` be computed for `bI + τvvᵀ − Ĝ`, off by at most `E_asm` in norm, and let its factorization succeed. Then
//! `λ₂(G) ≤ b + E_asm + γ_h ‖ |L| ‖₂² + μ + E_G`.
//!
//! *Proof.* For `z ⊥ v`: `zᵀGz ≤ zᵀĜz + E_G‖z‖²`, and `zᵀĜz = b‖z‖² − zᵀ(bI + τvvᵀ − Ĝ)z`, where the last form is at
//! least `−(γ_h ‖ |L| ‖₂² + μ + E_asm)‖z‖²`. By Courant and Fischer, `λ₂` is at most the largest quotient on `v^⊥`. ∎
//!
//! `v` is whatever vector of binary32; that it is not the vector of the Kato-Temple bound does not matter, as that bound
//! for one vector asks for `λ₂ ≤ b` only (theorem T2).

use widthwise_rounding::directed::{add_up, mul_up};
use widthwise_rounding::{Scalar, inflate_up};

use super::super::vectorized::vectorized;
use super::cholesky::{cholesky, indefiniteness};
use super::{UNDERFLOW_ALLOWANCE, gamma};

/// The matrix `bI + τvvᵀ − Ĝ`.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct SingleDeflation<'a> {
    /// `b`.
    pub(in super::super) threshold: f32,
    /// `τ`.
    pub(in super::super) weight: f32,
    /// `v`.
    pub(in super::super) vector: &'a [f32],
}

impl SingleDeflation<'_> {
    /// Computes the lower triangle: `fl(fl(τv_j)·v_i) − ĝ_ij`, then, on the diagonal, `+ b`.
    pub(in super::super) fn assemble(&self, gram: &[f32], out: &mut [f32]) {
        let n = self.vector.len();
        vectorized(
            #[inline(always)]
            || {
                for (j, (out, gram)) in out.chunks_exact_mut(n).zip(gram.chunks_exact(n)).enumerate() {
                    let weighted = self.weight * self.vector[j];
                    for ((out, &g), &v) in out[j..].iter_mut().zip(&gram[j..]).zip(&self.vector[j..]) {
                        *out = weighted * v - g;
                    }
                    out[j] += self.threshold;
                }
            },
        );
    }

    /// A bound of the error of the assembly in the 2-norm, given an upper bound of `‖ |Ĝ| ‖₂`.
    ///
    /// *Proof.* A product meets four roundings on the diagonal, `ĝ` and `b` fewer: entrywise at most
    /// `γ_4(|τ||v||v|ᵀ + |Ĝ| + |b|I)`. ∎
    pub(in super::super) fn assembly_error(&self, gram_size: f64) -> f64 {
        let squares = self.vector.iter().fold(0.0, |sum, &v| sum + f64::from(v) * f64::from(v));
        let squares = inflate_up(self.vector.len() + 1, squares);
        let lifted = mul_up(f64::from(self.weight.magnitude()), squares);
        let size = add_up(add_up(lifted, gram_size), f64::from(self.threshold.magnitude()));
        add_up(mul_up(gamma(4), size), UNDERFLOW_ALLOWANCE)
    }

    /// Factorizes the matrix into `factor` and returns the bound of `λ₂`, given `gram_error ≥ ‖Ĝ − G‖₂` and
    /// `gram_size ≥ ‖ |Ĝ| ‖₂`. `None` if the factorization fails. `product` holds `n²` numbers.
    pub(in super::super) fn second_upper(
        &self,
        gram: &[f32],
        (gram_size, gram_error): (f64, f64),
        factor: &mut [f32],
        product: &mut [f32],
    ) -> Option<f64> {
        let n = self.vector.len();
        self.assemble(gram, factor);
        if !cholesky(factor, n, product) {
            return None;
        }
        let (sums, _) = product.split_at_mut(n);
        let errors = add_up(self.assembly_error(gram_size), indefiniteness(factor, n, sums));
        Some(add_up(f64::from(self.threshold), add_up(errors, gram_error)))
    }
}
