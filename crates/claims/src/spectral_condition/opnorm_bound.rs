// SPDX-License-Identifier: MIT OR Apache-2.0

//! `‖A x‖ ≤ ‖A‖ ‖x‖`: the inequality on which every upper bound of the paper rests.

use widthwise_linalg::{
    frobenius_norm_enclosure, matvec_norm_enclosure, max_column_norm_enclosure, two_norm_enclosure,
};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::draw_all;
use crate::enclosed::{point, root, spectral_norm};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.opnorm-bound`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.opnorm-bound",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "‖A x‖ ≤ ‖A‖ ‖x‖",
    explanation: Explanation {
        states: "‖A x‖ ≤ ‖A‖ ‖x‖ for every matrix A and vector x, where ‖A‖ is the spectral norm.",
        hypotheses: "none",
        shapes: "A: m×n, x: n",
        checked_as: "‖A x‖ from compensated dot products; ‖A‖ as an enclosure from repeated squaring and Kato–Temple.",
        allowance: "2 min(m,n)² + 64 units of roundoff for ‖A‖, 8 (m + n) + 32 for the rest: equality is reached (rank one, semi-orthogonal), and \
                    there the two sides overlap.",
        source: "Sections 2 and 3, used for W_l and its updates.",
    },
    layout: &[Part::matrix("A", Dimension::M, Dimension::N), Part::vector("x", Dimension::N)],
    sizes: Sizes::draw,
    sample: both!(draw_all),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.opnorm-bound/column-norm",
            states: "‖A x‖ ≤ max_j ‖A e_j‖ ‖x‖",
            because: "A = [1 1; 1 1], x = (1, 1): 2√2 > √2·√2 = 2",
            check: both!(column_norm),
            witness: &[
                WitnessPart { rows: 2, columns: 2, entries: &[1.0, 1.0, 1.0, 1.0] },
                WitnessPart { rows: 2, columns: 1, entries: &[1.0, 1.0] },
            ],
        },
        Control {
            id: "spectral.opnorm-bound/spectral-radius",
            states: "‖U x‖ ≤ ρ(U) ‖x‖ for the upper triangle U of a square A, whose spectral radius is max_i |a_ii|",
            because: "A = [0 1; 0 0], x = e_2: 1 > 0",
            check: both!(spectral_radius),
            witness: &[
                WitnessPart { rows: 2, columns: 2, entries: &[0.0, 0.0, 1.0, 0.0] },
                WitnessPart { rows: 2, columns: 1, entries: &[0.0, 1.0] },
            ],
        },
        Control {
            id: "spectral.opnorm-bound/rms-singular-value",
            states: "‖A x‖ ≤ ‖A‖_F ‖x‖ / √min(m, n)",
            because: "A = diag(2, 1), x = e_1: 2 > √(5/2)",
            check: both!(rms_singular_value),
            witness: &[
                WitnessPart { rows: 2, columns: 2, entries: &[2.0, 0.0, 0.0, 1.0] },
                WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.0] },
            ],
        },
        Control {
            id: "spectral.opnorm-bound/power-step",
            states: "‖A x‖ ≤ ‖A 1‖ ‖x‖ / ‖1‖: a step of power iteration from a fixed start taken for the norm",
            because: "A = diag(2, 1), x = e_1: 2 > √(5/2)",
            check: both!(power_step),
            witness: &[
                WitnessPart { rows: 2, columns: 2, entries: &[2.0, 0.0, 0.0, 1.0] },
                WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.0] },
            ],
        },
    ],
};

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, _] = instance.parts();
    let norm = trial.record("‖A‖", spectral_norm(&a, &mut scratch)?);
    compare(instance, trial, "‖A x‖ ≤ ‖A‖ ‖x‖", norm)
}

/// Puts `‖A x‖ ≤ factor · ‖x‖` to the test.
fn compare<T: Scalar>(
    instance: &Instance<'_, T>,
    trial: &mut Trial<'_, T>,
    formula: &'static str,
    factor: ScaledEnclosure<T>,
) -> Result<(), Refusal> {
    let [a, x] = instance.parts();
    let x = x.column(0);
    let (m, n) = a.shape();
    let image = trial.record("‖A x‖", matvec_norm_enclosure(&a, &x)?);
    let length = trial.record("‖x‖", two_norm_enclosure(&x)?);
    trial.at_most(formula, image, factor * length, spectral::<T>(m, n) + kernel::<T>(m + n));
    Ok(())
}

fn column_norm<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, _] = instance.parts();
    let factor = trial.record("max ‖A e_j‖", max_column_norm_enclosure(&a)?);
    compare(instance, trial, "‖A x‖ ≤ max ‖A e_j‖ ‖x‖", factor)
}

fn spectral_radius<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, x] = instance.parts();
    let (m, n) = a.shape();
    if m != n {
        return Err(Refusal::Hypothesis("A is square"));
    }
    let mut triangle = scratch.matrix(m, n)?;
    triangle.copy_from(&a);
    triangle.fill_lower_triangle(T::zero(), 1);
    let radius = (0..n).fold(T::zero(), |radius, i| radius.greater(a[(i, i)].magnitude()));
    let radius = trial.record("ρ(U)", point(radius));
    let x = x.column(0);
    let image = trial.record("‖U x‖", matvec_norm_enclosure(&triangle, &x)?);
    let length = two_norm_enclosure(&x)?;
    trial.at_most("‖U x‖ ≤ ρ(U) ‖x‖", image, radius * length, kernel::<T>(m + n));
    Ok(())
}

fn rms_singular_value<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, _] = instance.parts();
    let rank = ScaledEnclosure::count(a.nrows().min(a.ncols()));
    let mean_square = frobenius_norm_enclosure(&a)?.square() / rank;
    let factor = trial.record("‖A‖_F / √min(m, n)", root(mean_square));
    compare(instance, trial, "‖A x‖ ≤ ‖A‖_F ‖x‖ / √min(m, n)", factor)
}

fn power_step<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, _] = instance.parts();
    let mut start = scratch.vector(a.ncols())?;
    start.fill(T::one());
    let factor = matvec_norm_enclosure(&a, &start)? / two_norm_enclosure(&start)?;
    let factor = trial.record("‖A 1‖ / ‖1‖", factor);
    compare(instance, trial, "‖A x‖ ≤ ‖A 1‖ ‖x‖ / ‖1‖", factor)
}
