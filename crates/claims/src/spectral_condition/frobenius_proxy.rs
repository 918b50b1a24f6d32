// SPDX-License-Identifier: MIT OR Apache-2.0

//! `‖A‖_F` in the place of `‖A‖`: too large by the root of the stable rank, which is harmless for a gradient and not
//! for a start.

use widthwise_linalg::frobenius_norm_enclosure;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes};
use widthwise_spectral::{stable_rank_in, workspace_len};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::draw_all;
use crate::enclosed::{EnclosedMatrix, rms_factor, root, spectral_norm};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.normalization.frobenius-proxy`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.normalization.frobenius-proxy",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "‖A‖_F/√sr(A) = ‖A‖; nat(√(m/n) A/‖A‖_F) = 1/√sr(A); for a batch of B: 1 ≤ √sr ≤ √B",
    explanation: Explanation {
        states: "For A ≠ 0: ‖A‖_F = √sr(A) ‖A‖, so the step √(m/n) A/‖A‖_F has the RMS→RMS norm 1/√sr(A). For a product U V of inner dimension B, as the gradient of a batch \
                 is: ‖U V‖ ≤ ‖U V‖_F ≤ √B ‖U V‖.",
        hypotheses: "A ≠ 0",
        shapes: "A: m×n, U: m×k, V: k×n (B = k)",
        checked_as: "sr(A) as the package computes it; the step and U V as stored centers and bounds of what they lack, their norms enclosed by themselves.",
        allowance: "five times the relative width of ‖·‖, and 8 (m + n + m n + k + 40) + 32 units.",
        source: "The remark on cheap normalisation.",
    },
    layout: &[
        Part::matrix("A", Dimension::M, Dimension::N),
        Part::matrix("U", Dimension::M, Dimension::K),
        Part::matrix("V", Dimension::K, Dimension::N),
    ],
    sizes: Sizes::draw,
    sample: both!(draw_all),
    check: both!(check),
    controls: &[Control {
        id: "spectral.normalization.frobenius-proxy/initial-weights",
        states: "nat(√(m/n) A/‖A‖_F) = 1 for every A, dense weights included",
        because: "A = 1 (2×2): 1/√2",
        check: both!(initial_weights),
        witness: &[
            WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 1.0] },
            WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.0] },
            WitnessPart { rows: 1, columns: 2, entries: &[1.0, 0.0] },
        ],
    }],
};

/// `nat(√(m/n) A/‖A‖_F)`
fn natural_norm_of_step<T: Scalar>(
    a: &nalgebra::DMatrixView<'_, T>,
    scratch: &mut Scratch<'_, T>,
) -> Result<ScaledEnclosure<T>, Refusal> {
    let (m, n) = a.shape();
    let frobenius = frobenius_norm_enclosure(a)?;
    if frobenius.significand().lo() <= T::zero() {
        return Err(Refusal::Hypothesis("A ≠ 0"));
    }
    let mut frame = scratch.frame();
    let step = EnclosedMatrix::multiple(&mut frame, rms_factor(n, m) / frobenius, a)?;
    Ok(rms_factor(m, n) * step.spectral_norm(&mut frame)?)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, u, v] = instance.parts();
    let ((m, n), batch) = (a.shape(), u.ncols());
    let allowance = 5.0 * spectral::<T>(m, n) + kernel::<T>(m + n + m * n + batch + 40);
    let natural = trial.record("nat(√(m/n) A/‖A‖_F)", natural_norm_of_step(&a, &mut scratch)?);
    let norm = trial.record("‖A‖", spectral_norm(&a, &mut scratch)?);
    let work = scratch.rest().get_mut(..workspace_len(m, n)).ok_or(Refusal::Memory)?;
    let rank = trial.record("√sr(A)", root(stable_rank_in(&a, work)?));
    let frobenius = trial.record("‖A‖_F", frobenius_norm_enclosure(&a)?);
    trial.equal("‖A‖_F/√sr(A) = ‖A‖", frobenius / rank, norm, allowance);
    trial.equal("nat(√(m/n) A/‖A‖_F) √sr(A) = 1", natural * rank, ScaledEnclosure::one(), allowance);

    let product = EnclosedMatrix::product(&mut scratch, &u, &v)?;
    let norm = trial.record("‖U V‖", product.spectral_norm(&mut scratch)?);
    let frobenius = trial.record("‖U V‖_F", product.frobenius_norm()?);
    trial.at_most("‖U V‖ ≤ ‖U V‖_F", norm, frobenius, allowance);
    let bound = root(ScaledEnclosure::count(batch)) * norm;
    trial.at_most("‖U V‖_F ≤ √B ‖U V‖", frobenius, bound, allowance);
    Ok(())
}

fn initial_weights<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, ..]: [_; 3] = instance.parts();
    let (m, n) = a.shape();
    let natural = trial.record("nat(√(m/n) A/‖A‖_F)", natural_norm_of_step(&a, &mut scratch)?);
    let allowance = spectral::<T>(m, n) + kernel::<T>(m + n + 40);
    trial.equal("nat(√(m/n) A/‖A‖_F) = 1", natural, ScaledEnclosure::one(), allowance);
    Ok(())
}
