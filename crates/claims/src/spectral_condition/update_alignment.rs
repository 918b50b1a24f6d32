// SPDX-License-Identifier: MIT OR Apache-2.0

//! A single-example gradient step is perfectly aligned with the input that made it: `‖ΔW h‖ = ‖ΔW‖ ‖h‖` for `ΔW = −η δ hᵀ`.

use widthwise_linalg::{dot_enclosure, two_norm_enclosure};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_scalar, draw_vectors_alike};
use crate::enclosed::{EnclosedMatrix, point};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.update-alignment.rank-one`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.update-alignment.rank-one",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "ΔW = −η δ hᵀ ⇒ ‖ΔW h‖ = ‖ΔW‖ ‖h‖ and ‖ΔW‖ = ‖ΔW‖_F = |η| ‖δ‖ ‖h‖",
    explanation: Explanation {
        states: "For ΔW = −η δ hᵀ: ΔW h = −η ‖h‖² δ; ‖ΔW h‖ = ‖ΔW‖ ‖h‖; ‖ΔW‖ = ‖ΔW‖_F = |η| ‖δ‖ ‖h‖; and for any other input h′, \
                 ‖ΔW h′‖ = |η| ‖δ‖ |⟨h, h′⟩|.",
        hypotheses: "none",
        shapes: "δ, δ′: m, h, h′: n, η: scalar (δ′ serves a control)",
        checked_as: "The exact ΔW as a stored center and a bound of what it lacks. The products of ΔW h have one sign in each entry, so nothing cancels; for h′ the \
                     overlap is measured against |η| ‖δ‖ ‖h‖ ‖h′‖.",
        allowance: "2 min(m,n)² + 64 units for ‖ΔW‖ and 8 (m + n + m n) + 32 for the products.",
        source: "Claim 2, section 3.1.",
    },
    layout: &[
        Part::vector("δ", Dimension::M),
        Part::vector("h", Dimension::N),
        Part::vector("δ′", Dimension::M),
        Part::vector("h′", Dimension::N),
        Part::scalar("η"),
    ],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.update-alignment.rank-one/every-input",
            states: "‖ΔW‖ ‖h′‖ ≤ ‖ΔW h′‖ for every input h′",
            because: "δ = 1, h = e_1, h′ = e_2: 1 > 0",
            check: both!(every_input),
            witness: WITNESS,
        },
        Control {
            id: "spectral.update-alignment.rank-one/two-examples",
            states: "‖ΔW‖ ‖h‖ ≤ ‖ΔW h‖ for a step that mixes two examples, a batch or momentum: ΔW = −η (δ hᵀ + δ′ h′ᵀ)",
            because: "δ = 1, δ′ = 2, h = e_1, h′ = e_2: √5 > 1",
            check: both!(two_examples),
            witness: WITNESS,
        },
        Control {
            id: "spectral.update-alignment.rank-one/moved-input",
            states: "‖ΔW‖ ‖h + h′‖ ≤ ‖ΔW (h + h′)‖: the input taken after the layer below has moved it by h′",
            because: "δ = 1, h = e_1, h′ = e_2: √2 > 1",
            check: both!(moved_input),
            witness: WITNESS,
        },
    ],
};

/// `δ = 1`, `δ′ = 2`, `h = e_1`, `h′ = e_2`, `η = 1`.
const WITNESS: &[WitnessPart] = &[
    WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
    WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.0] },
    WitnessPart { rows: 1, columns: 1, entries: &[2.0] },
    WitnessPart { rows: 2, columns: 1, entries: &[0.0, 1.0] },
    WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
];

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    draw_vectors_alike(stream, instance, &[0, 2], &mut scratch)?;
    draw_vectors_alike(stream, instance, &[1, 3], &mut scratch)?;
    draw_scalar(stream, instance, 4);
    Ok(())
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [delta, h, _, other, rate] = instance.parts();
    let (delta, h, other) = (delta.column(0), h.column(0), other.column(0));
    let (m, n) = (delta.nrows(), h.nrows());
    let rate = point(rate[(0, 0)]);
    let (length_delta, length_h) = (two_norm_enclosure(&delta)?, two_norm_enclosure(&h)?);
    let length_other = two_norm_enclosure(&other)?;
    let update = EnclosedMatrix::outer_products(&mut scratch, -rate, &[(delta, h)])?;
    let norm = trial.record("‖ΔW‖", update.spectral_norm(&mut scratch)?);
    let frobenius = trial.record("‖ΔW‖_F", update.frobenius_norm()?);
    let lengths = trial.record("|η| ‖δ‖ ‖h‖", rate.magnitude() * length_delta * length_h);
    let allowance = spectral::<T>(m, n) + kernel::<T>(m + n + m * n);
    trial.equal("‖ΔW‖ = |η| ‖δ‖ ‖h‖", norm, lengths, allowance);
    trial.equal("‖ΔW‖_F = |η| ‖δ‖ ‖h‖", frobenius, lengths, allowance);

    let image = trial.record("‖ΔW h‖", update.image_norm(&h)?);
    trial.equal("‖ΔW h‖ = ‖ΔW‖ ‖h‖", image, norm * length_h, 2.0 * allowance);
    let square = length_h.square();
    for &delta in delta.iter() {
        let entry = -rate * point(delta);
        let left = h.iter().fold(ScaledEnclosure::zero(), |sum, &h| sum + entry * point(h) * point(h));
        trial.equal("(ΔW h)_i = −η ‖h‖² δ_i", left, entry * square, allowance);
    }

    let image = trial.record("‖ΔW h′‖", update.image_norm(&other)?);
    let cosine = dot_enclosure(&h, &other)?.magnitude();
    let predicted = rate.magnitude() * length_delta * cosine;
    let scale = lengths * length_other;
    trial.equal_at_scale("‖ΔW h′‖ = |η| ‖δ‖ |⟨h, h′⟩|", image, predicted, scale, 2.0 * allowance);
    Ok(())
}

/// Puts `‖ΔW‖ ‖x‖ ≤ ‖ΔW x‖` to the test.
fn aligned<T: Scalar>(
    update: &EnclosedMatrix<'_, T>,
    input: &nalgebra::DVectorView<'_, T>,
    scratch: &mut Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
    formula: &'static str,
) -> Result<(), Refusal> {
    let norm = trial.record("‖ΔW‖", update.spectral_norm(scratch)?);
    let length = two_norm_enclosure(input)?;
    let image = trial.record("‖ΔW x‖", update.image_norm(input)?);
    let (m, n) = update.center().shape();
    trial.at_most(formula, norm * length, image, spectral::<T>(m, n) + kernel::<T>(m + n + m * n));
    Ok(())
}

fn every_input<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [delta, h, _, other, rate] = instance.parts();
    let pairs = [(delta.column(0), h.column(0))];
    let update = EnclosedMatrix::outer_products(&mut scratch, -point(rate[(0, 0)]), &pairs)?;
    aligned(&update, &other.column(0).as_view(), &mut scratch, trial, "‖ΔW‖ ‖h′‖ ≤ ‖ΔW h′‖")
}

fn two_examples<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [delta, h, other_delta, other, rate] = instance.parts();
    let pairs = [(delta.column(0), h.column(0)), (other_delta.column(0), other.column(0))];
    let update = EnclosedMatrix::outer_products(&mut scratch, -point(rate[(0, 0)]), &pairs)?;
    aligned(&update, &h.column(0).as_view(), &mut scratch, trial, "‖ΔW‖ ‖h‖ ≤ ‖ΔW h‖")
}

fn moved_input<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [delta, h, _, other, rate] = instance.parts();
    let pairs = [(delta.column(0), h.column(0))];
    let update = EnclosedMatrix::outer_products(&mut scratch, -point(rate[(0, 0)]), &pairs)?;
    // The sum is rounded: any input near it serves the control.
    let mut moved = scratch.vector(h.nrows())?;
    for (moved, (&h, &other)) in moved.iter_mut().zip(h.iter().zip(other.iter())) {
        *moved = h + other;
    }
    aligned(&update, &moved.as_view(), &mut scratch, trial, "‖ΔW‖ ‖h + h′‖ ≤ ‖ΔW (h + h′)‖")
}
