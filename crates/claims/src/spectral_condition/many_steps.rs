// SPDX-License-Identifier: MIT OR Apache-2.0

//! What several single-example steps add up to: at most the sum of their norms, and at most as many ranks.

use nalgebra::DMatrixView;
use widthwise_linalg::two_norm_enclosure;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_all, draw_matrices_alike};
use crate::enclosed::{EnclosedMatrix, rms_factor, spectral_norm};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.many-steps.upper`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.many-steps.upper",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "‖W_T − W_0‖ ≤ Σ ‖ΔW_t‖, nat(W_T) ≤ nat(W_0) + Σ nat(ΔW_t), ‖W_T − W_0‖_F² ≤ T ‖W_T − W_0‖²",
    explanation: Explanation {
        states: "For T steps ΔW_t = δ_t h_tᵀ, the gradient steps of single examples with any rates: ‖W_T − W_0‖ ≤ Σ_t ‖ΔW_t‖; nat(W_T) ≤ nat(W_0) + Σ_t nat(ΔW_t), so T of order one keeps nat(W_T) \
                 of order one; the rank of W_T − W_0 is at most T, so ‖W_T − W_0‖_F² ≤ T ‖W_T − W_0‖².",
        hypotheses: "none",
        shapes: "W: m×n, D: m×k, H: n×k (T = k; the columns are δ_t and h_t)",
        checked_as: "W_T − W_0 = D Hᵀ and W_T as stored centers and bounds of what they lack, their norms enclosed by themselves; ‖ΔW_t‖ = ‖δ_t‖ ‖h_t‖.",
        allowance: "the relative widths of the spectral norms twice, and 8 (m n + 4 k + 2 m + 2 n + 20) + 32 units.",
        source: "Section 3.2, several steps; the lower bounds rest on assumption 1 and are no part of this claim.",
    },
    layout: &[
        Part::matrix("W", Dimension::M, Dimension::N),
        Part::matrix("D", Dimension::M, Dimension::K),
        Part::matrix("H", Dimension::N, Dimension::K),
    ],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[Control {
        id: "spectral.many-steps.upper/largest-step",
        states: "‖W_T − W_0‖ ≤ max ‖ΔW_t‖, however many steps",
        because: "two equal steps, D = H = (1, 1): 2 > 1",
        check: both!(largest_step),
        witness: &[
            WitnessPart { rows: 1, columns: 1, entries: &[0.0] },
            WitnessPart { rows: 1, columns: 2, entries: &[1.0, 1.0] },
            WitnessPart { rows: 1, columns: 2, entries: &[1.0, 1.0] },
        ],
    }],
};

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    if stream.below(4) == 0 {
        return draw_all(stream, instance, scratch);
    }
    draw_matrices_alike(stream, instance, &[0, 1], &mut scratch)?;
    draw_matrices_alike(stream, instance, &[2], &mut scratch)
}

/// `‖ΔW_t‖`, one after the other.
fn steps<T: Scalar>(
    d: &DMatrixView<'_, T>,
    h: &DMatrixView<'_, T>,
    mut of_step: impl FnMut(ScaledEnclosure<T>),
) -> Result<(), Refusal> {
    for (d, h) in d.column_iter().zip(h.column_iter()) {
        of_step(two_norm_enclosure(&d)? * two_norm_enclosure(&h)?);
    }
    Ok(())
}

fn allowance<T: Scalar>((m, n): (usize, usize), steps: usize) -> f64 {
    4.0 * spectral::<T>(m, n) + kernel::<T>(m * n + 4 * steps + 2 * m + 2 * n + 20)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [w, d, h] = instance.parts();
    let ((m, n), count) = (w.shape(), d.ncols());
    let allowance = allowance::<T>((m, n), count);
    let start = trial.record("‖W_0‖", spectral_norm(&w, &mut scratch)?);
    let mut sum = ScaledEnclosure::zero();
    steps(&d, &h, |step| sum = sum + step)?;
    let sum = trial.record("Σ ‖ΔW_t‖", sum);

    let one = ScaledEnclosure::one();
    let moved = EnclosedMatrix::product_with_transpose(&mut scratch, one, &d, &h)?;
    let norm = trial.record("‖W_T − W_0‖", moved.spectral_norm(&mut scratch)?);
    trial.at_most("‖W_T − W_0‖ ≤ Σ ‖ΔW_t‖", norm, sum, allowance);
    let frobenius = trial.record("‖W_T − W_0‖_F²", moved.frobenius_norm()?.square());
    let bound = ScaledEnclosure::count(count.min(m).min(n)) * norm.square();
    trial.at_most("‖W_T − W_0‖_F² ≤ min(T, m, n) ‖W_T − W_0‖²", frobenius, bound, allowance);

    let w = EnclosedMatrix::exact(&mut scratch, &w)?;
    let end = EnclosedMatrix::combination(&mut scratch, &[(one, &w), (one, &moved)])?;
    let end = trial.record("‖W_T‖", end.spectral_norm(&mut scratch)?);
    let factor = rms_factor(m, n);
    trial.at_most("nat(W_T) ≤ nat(W_0) + Σ nat(ΔW_t)", factor * end, factor * (start + sum), allowance);
    Ok(())
}

fn largest_step<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [w, d, h] = instance.parts();
    let moved = EnclosedMatrix::product_with_transpose(&mut scratch, ScaledEnclosure::one(), &d, &h)?;
    let norm = trial.record("‖W_T − W_0‖", moved.spectral_norm(&mut scratch)?);
    let mut largest = ScaledEnclosure::zero();
    steps(&d, &h, |step| largest = largest.maximum(&step))?;
    trial.at_most("‖W_T − W_0‖ ≤ max ‖ΔW_t‖", norm, largest, allowance::<T>(w.shape(), d.ncols()));
    Ok(())
}
