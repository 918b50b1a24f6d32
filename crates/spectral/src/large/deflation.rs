// SPDX-License-Identifier: MIT OR Apache-2.0

//! A bound of the eigenvalues of `G` away from a few vectors, by one Cholesky factorization (theorems T4 and T5).
//!
//! Let `M̂` be the matrix computed for `bI + τXXᵀ − Ĝ`, off by at most `E_asm` in norm, and let its factorization
//! succeed. Then for every `z` orthogonal to the columns of `X`
//!
//! `zᵀGz ≤ (b + E_asm + φ tr(M̂) + μ + E_G) ‖z‖²`.
//!
//! *Proof.* `zᵀGz ≤ zᵀĜz + E_G‖z‖²` and `zᵀĜz = zᵀ(bI + τXXᵀ)z − zᵀ(bI + τXXᵀ − Ĝ)z`; `XXᵀ` drops out, and the last
//! form is at least `−(φ tr(M̂) + μ + E_asm)‖z‖²` by lemma L5. ∎
//!
//! For one column it bounds the second eigenvalue (Courant and Fischer); without columns, the first (T5). The vectors
//! need not be accurate: with residual `r`, the matrix is positive definite as soon as `(b + τ − ρ)(b − λ₂) > ‖r‖²`.

use widthwise_rounding::directed::{add_up, mul_up};
use widthwise_rounding::{Scalar, gamma_upper, inflate_up};

use super::cholesky::{cholesky, indefiniteness};
use super::gram::GramNorms;
use super::products::dot;
use super::vectorized::vectorized;

/// The matrix `bI + τXXᵀ − Ĝ`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deflation<'a> {
    /// `b`.
    pub(super) threshold: f64,
    /// `τ`.
    pub(super) weight: f64,
    /// The columns of `X`, maybe none.
    pub(super) vectors: &'a [f64],
}

impl Deflation<'_> {
    /// Computes the lower triangle of `bI + τXXᵀ − Ĝ`: each entry sums `fl(τx_jk)·x_ik` over the columns `k` in order,
    /// then loses `ĝ_ij`, then, on the diagonal, gains `b`.
    fn assemble(&self, gram: &[f64], n: usize, out: &mut [f64]) {
        vectorized(
            #[inline(always)]
            || {
                for (j, (out, gram)) in out.chunks_exact_mut(n).zip(gram.chunks_exact(n)).enumerate() {
                    let (out, gram) = (&mut out[j..], &gram[j..]);
                    let mut columns = self.vectors.chunks_exact(n);
                    if let Some(x) = columns.next() {
                        let weighted = self.weight * x[j];
                        for ((out, &g), &x) in out.iter_mut().zip(gram).zip(&x[j..]) {
                            *out = weighted * x - g;
                        }
                        // One order for every number of columns would cost a pass: the first column takes ĝ along.
                        for x in columns {
                            let weighted = self.weight * x[j];
                            for (out, &x) in out.iter_mut().zip(&x[j..]) {
                                *out += weighted * x;
                            }
                        }
                    } else {
                        for (out, &g) in out.iter_mut().zip(gram) {
                            *out = -g;
                        }
                    }
                    out[0] += self.threshold;
                }
            },
        );
    }

    /// A bound of the error of the assembly in the 2-norm.
    ///
    /// *Proof.* With `q ≥ 1` columns a product meets the rounding of its factor, its own, the subtraction, `q − 1`
    /// additions and, on the diagonal, one more: `q + 3` at most, and `ĝ`, `b` fewer. So the error is entrywise at most
    /// `γ_{q+3}(|τ| Σ|x_k||x_k|ᵀ + |Ĝ| + |b|I)`, whose norm is at most `γ_{q+3}(|τ| Σ‖x_k‖² + ‖Ĝ‖_F + |b|)`. Without
    /// columns only the diagonal is rounded, once: `u(|b| + max ĝ_ii)`. ∎
    fn assembly_error(&self, n: usize, norms: &GramNorms) -> f64 {
        let columns = self.vectors.len() / n;
        if columns == 0 {
            return add_up(
                mul_up(f64::UNIT_ROUNDOFF, add_up(self.threshold.magnitude(), norms.largest)),
                f64::UNDERFLOW_ALLOWANCE,
            );
        }
        let squares = inflate_up(self.vectors.len() + 1, dot(self.vectors, self.vectors));
        let size = add_up(
            add_up(mul_up(self.weight.magnitude(), squares), norms.frobenius),
            self.threshold.magnitude(),
        );
        add_up(mul_up(gamma_upper(columns + 3), size), f64::UNDERFLOW_ALLOWANCE)
    }

    /// Factorizes the matrix into `factor` and returns the bound of `zᵀGz/‖z‖²` for `z` orthogonal to the columns, given
    /// `gram_error ≥ ‖Ĝ − G‖₂`. `Err(j)` if the factorization fails at column `j`.
    pub(super) fn complement_upper(
        &self,
        gram: &[f64],
        norms: &GramNorms,
        gram_error: f64,
        factor: &mut [f64],
        pack: &mut [f64],
    ) -> Result<f64, usize> {
        let n = gram.len().isqrt();
        self.assemble(gram, n, factor);
        let mut trace = 0.0;
        for (j, column) in factor.chunks_exact(n).enumerate() {
            trace += column[j];
        }
        // If an entry is not positive, the factorization fails.
        let trace = inflate_up(n, trace);
        cholesky(factor, n, pack)?;
        let errors = add_up(add_up(self.assembly_error(n, norms), indefiniteness(n, trace)), gram_error);
        Ok(add_up(self.threshold, errors))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Dyadic;
    use proptest::prelude::*;

    /// Four roundings of a diagonal entry, each by nearly half a unit and downward.
    #[test]
    fn assembly_error_covers_four_roundings_of_one_sign() {
        let unit = f64::EPSILON;
        let (weight, x) =
            (1.0 + (f64::power_of_two(25) - 1.0) * unit, [1.0 + (f64::power_of_two(26) - 1.0) * unit]);
        let (gram, threshold) = ([-0.49 * unit], 0.49 * unit);
        let deflation = Deflation { threshold, weight, vectors: &x };
        let mut out = [f64::NAN];
        deflation.assemble(&gram, 1, &mut out);
        let exact = Dyadic::new;
        let entry =
            exact(weight).mul(&exact(x[0])).mul(&exact(x[0])).sub(&exact(gram[0])).add(&exact(threshold));
        let lost = entry.sub(&exact(out[0]));
        assert!(exact(1.9 * unit).is_at_most(&lost));
        let norms = GramNorms { frobenius: unit, trace: -unit, largest: 0.0 };
        assert!(lost.is_at_most(&exact(deflation.assembly_error(1, &norms))));
    }

    proptest! {
        #[test]
        fn assembly_is_within_its_error(
            gram in prop::collection::vec(-2.0_f64..2.0, 9), x in prop::collection::vec(-1.0_f64..1.0, 6),
            q in 0..3_usize, threshold in -4.0_f64..4.0, weight in -4.0_f64..4.0,
        ) {
            let n = 3;
            let mut gram = gram;
            (0..n).for_each(|j| gram[j + j * n] = gram[j + j * n].magnitude());
            let deflation = Deflation { threshold, weight, vectors: &x[..q * n] };
            let mut out = [f64::NAN; 9];
            deflation.assemble(&gram, n, &mut out);
            let exact = Dyadic::new;
            let mut square = Dyadic::zero();
            for j in 0..n {
                for i in j..n {
                    let mut entry = Dyadic::zero().sub(&exact(gram[i + j * n]));
                    for x in x[..q * n].chunks_exact(n) {
                        entry = entry.add(&exact(weight).mul(&exact(x[j])).mul(&exact(x[i])));
                    }
                    if i == j {
                        entry = entry.add(&exact(threshold));
                    }
                    let off = exact(out[i + j * n]).sub(&entry);
                    // The 2-norm is at least every entry, so each must be within.
                    square = if square.is_at_most(&off.mul(&off)) { off.mul(&off) } else { square };
                }
            }
            let bound = exact(deflation.assembly_error(n, &GramNorms::of(&gram, n)));
            prop_assert!(square.is_at_most(&bound.mul(&bound)));
        }
    }
}
