// SPDX-License-Identifier: MIT OR Apache-2.0

//! The condition enforced literally: a matrix divided by its spectral norm and multiplied by `σ √(m/n)` has the RMS→RMS
//! norm `σ`.

use nalgebra::DMatrixView;
use widthwise_linalg::{matvec_norm_enclosure, two_norm_enclosure};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_all, draw_matrices_alike, draw_scalar};
use crate::enclosed::{EnclosedMatrix, point, rms_factor, spectral_norm};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.normalization.naive`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.normalization.naive",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "nat(σ √(m/n) A/‖A‖) = |σ|, the same for c A with c > 0",
    explanation: Explanation {
        states: "For A ≠ 0 and N(A) = σ √(m/n) A/‖A‖: nat(N(A)) = |σ|, and N(c A) = N(A) for c > 0. That holds for a start as for an update.",
        hypotheses: "A ≠ 0 (a gradient that vanishes has the step 0 by convention); c ≠ 0, its magnitude taken",
        shapes: "A: m×n, σ, c: scalars",
        checked_as: "N(A) as a stored center and a bound of what it lacks, its norm enclosed by itself; N(c A) from the enclosed norm of c A, entry by entry.",
        allowance: "three times the relative width of ‖A‖, and 8 (m + n + m n + 40) + 32 units.",
        source: "Section 4, the first option.",
    },
    layout: &[Part::matrix("A", Dimension::M, Dimension::N), Part::scalar("σ"), Part::scalar("c")],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.normalization.naive/additive-guard",
            states: "nat(σ √(m/n) A/(‖A‖ + 2⁻²³)) = |σ|",
            because: "A = 2⁻³⁰: the update is 129 times too small",
            check: both!(additive_guard),
            witness: &[
                WitnessPart { rows: 1, columns: 1, entries: &[9.313_225_746_154_785e-10] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
            ],
        },
        Control {
            id: "spectral.normalization.naive/power-step",
            states: "nat(σ √(m/n) A ‖1‖/‖A 1‖) = |σ|: one step of power iteration taken for the norm",
            because: "A = diag(2, 1): √(5/2) in place of 2, the weights are too large",
            check: both!(power_step),
            witness: &[
                WitnessPart { rows: 2, columns: 2, entries: &[2.0, 0.0, 0.0, 1.0] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
            ],
        },
    ],
};

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    if stream.below(4) == 0 {
        return draw_all(stream, instance, scratch);
    }
    draw_matrices_alike(stream, instance, &[0], &mut scratch)?;
    draw_scalar(stream, instance, 1);
    draw_scalar(stream, instance, 2);
    Ok(())
}

/// `‖A‖`, which must not vanish.
fn norm_of<T: Scalar>(
    a: &DMatrixView<'_, T>,
    scratch: &mut Scratch<'_, T>,
) -> Result<ScaledEnclosure<T>, Refusal> {
    let norm = spectral_norm(a, scratch)?;
    if norm.significand().lo() > T::zero() { Ok(norm) } else { Err(Refusal::Hypothesis("A ≠ 0")) }
}

/// `nat(σ √(m/n) A/divisor)`
fn natural_norm_over<T: Scalar>(
    a: &DMatrixView<'_, T>,
    sigma: ScaledEnclosure<T>,
    divisor: ScaledEnclosure<T>,
    scratch: &mut Scratch<'_, T>,
) -> Result<ScaledEnclosure<T>, Refusal> {
    let (m, n) = a.shape();
    let mut frame = scratch.frame();
    let normalised = EnclosedMatrix::multiple(&mut frame, sigma * rms_factor(n, m) / divisor, a)?;
    Ok(rms_factor(m, n) * normalised.spectral_norm(&mut frame)?)
}

fn allowance<T: Scalar>(a: &DMatrixView<'_, T>) -> f64 {
    let (m, n) = a.shape();
    3.0 * spectral::<T>(m, n) + kernel::<T>(m + n + m * n + 40)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, sigma, c] = instance.parts();
    let (sigma, c) = (point(sigma[(0, 0)]), point(c[(0, 0)].magnitude()));
    let allowance = allowance(&a);
    let norm = trial.record("‖A‖", norm_of(&a, &mut scratch)?);
    let natural = trial.record("nat(N(A))", natural_norm_over(&a, sigma, norm, &mut scratch)?);
    trial.equal("nat(N(A)) = |σ|", natural, sigma.magnitude(), allowance);

    if c != ScaledEnclosure::zero() {
        let of_multiple = {
            let mut frame = scratch.frame();
            EnclosedMatrix::multiple(&mut frame, c, &a)?.spectral_norm(&mut frame)?
        };
        let of_multiple = trial.record("‖c A‖", of_multiple);
        let (m, n) = a.shape();
        let factor = sigma * rms_factor(n, m);
        for &entry in a.iter() {
            let (entry, multiple) = (factor / norm * point(entry), factor / of_multiple * (c * point(entry)));
            trial.equal("N(c A)_ij = N(A)_ij", multiple, entry, allowance);
        }
    }
    Ok(())
}

fn additive_guard<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, sigma, _] = instance.parts();
    let sigma = point(sigma[(0, 0)]);
    let guard = ScaledEnclosure::one().scale_exp2(-23);
    let divisor = trial.record("‖A‖ + 2⁻²³", norm_of(&a, &mut scratch)? + guard);
    let natural = natural_norm_over(&a, sigma, divisor, &mut scratch)?;
    trial.equal("nat(σ √(m/n) A/(‖A‖ + 2⁻²³)) = |σ|", natural, sigma.magnitude(), allowance(&a));
    Ok(())
}

fn power_step<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, sigma, _] = instance.parts();
    let sigma = point(sigma[(0, 0)]);
    let estimate = {
        let mut frame = scratch.frame();
        let mut start = frame.vector(a.ncols())?;
        start.fill(T::one());
        matvec_norm_enclosure(&a, &start)? / two_norm_enclosure(&start)?
    };
    let estimate = trial.record("‖A 1‖/‖1‖", estimate);
    if estimate.significand().lo() <= T::zero() {
        return Err(Refusal::Hypothesis("A 1 ≠ 0"));
    }
    let natural = natural_norm_over(&a, sigma, estimate, &mut scratch)?;
    trial.equal("nat(σ √(m/n) A ‖1‖/‖A 1‖) = |σ|", natural, sigma.magnitude(), allowance(&a));
    Ok(())
}
