// SPDX-License-Identifier: MIT OR Apache-2.0

//! The gradient `G = D Hᵀ/B` of a batch of `B` examples: its norms in terms of the examples, whatever the width.

use nalgebra::DMatrixView;
use widthwise_linalg::{dot_enclosure, two_norm_enclosure};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::draw_all;
use crate::enclosed::{EnclosedMatrix, spectral_norm};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.batch.gradient`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.batch.gradient",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "G = D Hᵀ/B: ‖G‖ ≤ ‖D‖ ‖H‖/B and Σ ‖δ_i‖ ‖h_i‖/B; ‖G‖_F² = Σ_ij ⟨δ_i, δ_j⟩ ⟨h_i, h_j⟩/B²; sr(G) ≤ min(B, m, n)",
    explanation: Explanation {
        states: "For a batch with the columns δ_i of D and h_i of H and G = D Hᵀ/B: ‖G‖ ≤ ‖D‖ ‖H‖/B; ‖G‖ ≤ Σ_i ‖δ_i‖ ‖h_i‖/B; ‖G‖_F² = Σ_ij ⟨δ_i, δ_j⟩ ⟨h_i, h_j⟩/B²; \
                 ‖G‖_F² ≤ min(B, m, n) ‖G‖², which bounds the stable rank whatever the width.",
        hypotheses: "none",
        shapes: "D: m×k, H: n×k (B = k)",
        checked_as: "G as a stored center and a bound of what it lacks; its norms against those of D and H. The overlap of the identity is measured against \
                     Σ_ij |⟨δ_i, δ_j⟩| |⟨h_i, h_j⟩|/B².",
        allowance: "the relative widths of the spectral norms twice, and 8 (m n + 4 k + 2 m + 2 n + 20) + 32 units.",
        source: "Section 3.2, batches; that the rank is at most min(B, m, n) and that the small factors of D and H give ‖G‖ is proved and not tried here.",
    },
    layout: &[Part::matrix("D", Dimension::M, Dimension::K), Part::matrix("H", Dimension::N, Dimension::K)],
    sizes: Sizes::draw,
    sample: both!(draw_all),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.batch.gradient/full-stable-rank",
            states: "B ‖G‖² ≤ ‖G‖_F²: the stable rank is that of B independent examples",
            because: "two equal examples, D = H = (1, 1): 2 > 1",
            check: both!(full_stable_rank),
            witness: &[
                WitnessPart { rows: 1, columns: 2, entries: &[1.0, 1.0] },
                WitnessPart { rows: 1, columns: 2, entries: &[1.0, 1.0] },
            ],
        },
        Control {
            id: "spectral.batch.gradient/largest-example",
            states: "max_i ‖δ_i‖ ‖h_i‖/B ≤ ‖G‖",
            because: "D = (1, −1), H = (1, 1): the examples cancel, ½ > 0",
            check: both!(largest_example),
            witness: &[
                WitnessPart { rows: 1, columns: 2, entries: &[1.0, -1.0] },
                WitnessPart { rows: 1, columns: 2, entries: &[1.0, 1.0] },
            ],
        },
    ],
};

/// `1/B`
pub(super) fn mean<T: Scalar>(batch: usize) -> ScaledEnclosure<T> {
    ScaledEnclosure::one() / ScaledEnclosure::count(batch)
}

/// `G`
pub(super) fn gradient<'a, T: Scalar>(
    [d, h]: &[DMatrixView<'_, T>; 2],
    scratch: &mut Scratch<'a, T>,
) -> Result<EnclosedMatrix<'a, T>, Refusal> {
    EnclosedMatrix::product_with_transpose(scratch, mean(d.ncols()), d, h)
}

/// `‖δ_i‖ ‖h_i‖/B`, one after the other.
fn contributions<T: Scalar>(
    [d, h]: &[DMatrixView<'_, T>; 2],
    mut of_example: impl FnMut(ScaledEnclosure<T>),
) -> Result<(), Refusal> {
    let mean = mean(d.ncols());
    for (d, h) in d.column_iter().zip(h.column_iter()) {
        of_example(mean * two_norm_enclosure(&d)? * two_norm_enclosure(&h)?);
    }
    Ok(())
}

fn allowance<T: Scalar>([d, h]: &[DMatrixView<'_, T>; 2]) -> f64 {
    let ((m, batch), n) = (d.shape(), h.nrows());
    let norms = spectral::<T>(m, n) + spectral::<T>(m, batch) + spectral::<T>(n, batch);
    2.0 * norms + kernel::<T>(m * n + 4 * batch + 2 * m + 2 * n + 20)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let parts = instance.parts();
    let allowance = allowance(&parts);
    let [d, h] = &parts;
    let ((m, batch), n) = (d.shape(), h.nrows());
    let norms = trial.record("‖D‖ ‖H‖", spectral_norm(d, &mut scratch)? * spectral_norm(h, &mut scratch)?);
    let g = gradient(&parts, &mut scratch)?;
    let norm = trial.record("‖G‖", g.spectral_norm(&mut scratch)?);
    let frobenius = trial.record("‖G‖_F²", g.frobenius_norm()?.square());
    trial.at_most("‖G‖ ≤ ‖D‖ ‖H‖/B", norm, mean(batch) * norms, allowance);

    let mut sum = ScaledEnclosure::zero();
    contributions(&parts, |contribution| sum = sum + contribution)?;
    trial.at_most("‖G‖ ≤ Σ ‖δ_i‖ ‖h_i‖/B", norm, sum, allowance);
    let rank = ScaledEnclosure::count(batch.min(m).min(n));
    trial.at_most("‖G‖_F² ≤ min(B, m, n) ‖G‖²", frobenius, rank * norm.square(), 2.0 * allowance);

    let (mut gram, mut size) = (ScaledEnclosure::zero(), ScaledEnclosure::zero());
    for i in 0..batch {
        for j in 0..batch {
            let product =
                dot_enclosure(&d.column(i), &d.column(j))? * dot_enclosure(&h.column(i), &h.column(j))?;
            gram = gram + product;
            size = size + product.magnitude();
        }
    }
    let square = mean(batch).square();
    let formula = "‖G‖_F² = Σ ⟨δ_i, δ_j⟩ ⟨h_i, h_j⟩/B²";
    trial.equal_at_scale(formula, frobenius, square * gram, square * size, allowance);
    Ok(())
}

fn full_stable_rank<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let parts = instance.parts();
    let g = gradient(&parts, &mut scratch)?;
    let norm = trial.record("B ‖G‖²", {
        let count = ScaledEnclosure::count(parts[0].ncols());
        count * g.spectral_norm(&mut scratch)?.square()
    });
    let frobenius = trial.record("‖G‖_F²", g.frobenius_norm()?.square());
    trial.at_most("B ‖G‖² ≤ ‖G‖_F²", norm, frobenius, allowance(&parts));
    Ok(())
}

fn largest_example<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let parts = instance.parts();
    let norm = trial.record("‖G‖", gradient(&parts, &mut scratch)?.spectral_norm(&mut scratch)?);
    let mut largest = ScaledEnclosure::zero();
    contributions(&parts, |contribution| largest = largest.maximum(&contribution))?;
    trial.at_most("max ‖δ_i‖ ‖h_i‖/B ≤ ‖G‖", largest, norm, allowance(&parts));
    Ok(())
}
