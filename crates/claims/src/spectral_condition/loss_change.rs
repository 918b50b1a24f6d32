// SPDX-License-Identifier: MIT OR Apache-2.0

//! The first-order change of the loss in spectral terms: `⟨G, ΔW⟩ = −sr(G) ‖ΔW‖ ‖G‖` for a gradient step.

use nalgebra::DMatrixView;
use widthwise_linalg::frobenius_norm_enclosure;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::{kernel, spectral, units};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_scalar};
use crate::enclosed::{EnclosedMatrix, point, root, spectral_norm};
use crate::singular::nuclear_norm;
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.update.loss-change`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.update.loss-change",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "ΔW = −η G ⇒ ⟨G, ΔW⟩ = −‖ΔW‖_F ‖G‖_F = −sr(G) ‖ΔW‖ ‖G‖; for every D: |⟨G, D⟩| ≤ ‖D‖ ‖G‖_nuc",
    explanation: Explanation {
        states: "For ΔW = −η G: ⟨G, ΔW⟩ = −η ‖G‖_F², |⟨G, ΔW⟩| = ‖ΔW‖_F ‖G‖_F = sr(G) ‖ΔW‖ ‖G‖. For every D: \
                 |⟨G, D⟩| ≤ ‖D‖ ‖G‖_nuc and ‖G‖_nuc ≤ √min(m, n) ‖G‖_F.",
        hypotheses: "G ≠ 0 where sr(G) occurs",
        shapes: "G, D: m×n, η: scalar",
        checked_as: "⟨G, ΔW⟩ as a sum of products of enclosures; ΔW as a stored center and a bound of what it lacks, its norms enclosed by themselves; the nuclear norm \
                     from a one-sided Jacobi basis whose defects are enclosed.",
        allowance: "twice the relative widths of ‖G‖ and ‖ΔW‖, 8 (3 m n + 16) + 32 units, and 64 max(m, n) + 256 for ‖G‖_nuc.",
        source: "Section 4, the derivation of the rates; the bound for every D is added here.",
    },
    layout: &[
        Part::matrix("G", Dimension::M, Dimension::N),
        Part::matrix("D", Dimension::M, Dimension::N),
        Part::scalar("η"),
    ],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.update.loss-change/without-stable-rank",
            states: "|⟨G, ΔW⟩| = ‖ΔW‖ ‖G‖",
            because: "G = 1 (2×2), η = 1: 2 ≠ 1",
            check: both!(without_stable_rank),
            witness: WITNESS,
        },
        Control {
            id: "spectral.update.loss-change/frobenius-duality",
            states: "|⟨G, D⟩| ≤ ‖D‖ ‖G‖_F for every D",
            because: "G = D = 1 (2×2): 2 > √2",
            check: both!(frobenius_duality),
            witness: WITNESS,
        },
    ],
};

/// `G = D = 1`, `η = 1`.
const WITNESS: &[WitnessPart] = &[
    WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 1.0] },
    WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 1.0] },
    WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
];

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    draw_matrices_alike(stream, instance, &[0], &mut scratch)?;
    draw_matrices_alike(stream, instance, &[1], &mut scratch)?;
    draw_scalar(stream, instance, 2);
    Ok(())
}

/// `⟨G, factor · D⟩`
pub(super) fn inner<T: Scalar>(
    g: &DMatrixView<'_, T>,
    d: &DMatrixView<'_, T>,
    factor: ScaledEnclosure<T>,
) -> ScaledEnclosure<T> {
    let products = g.iter().zip(d.iter()).map(|(&g, &d)| point(g) * (factor * point(d)));
    products.fold(ScaledEnclosure::zero(), |sum, product| sum + product)
}

fn allowance<T: Scalar>(rows: usize, columns: usize) -> f64 {
    4.0 * spectral::<T>(rows, columns) + kernel::<T>(3 * rows * columns + 16)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [g, d, rate] = instance.parts();
    let (m, n) = g.shape();
    let rate = point(rate[(0, 0)]);
    let allowance = allowance::<T>(m, n);
    let frobenius = trial.record("‖G‖_F", frobenius_norm_enclosure(&g)?);
    let change = trial.record("⟨G, ΔW⟩", inner(&g, &g, -rate));
    trial.equal("⟨G, ΔW⟩ = −η ‖G‖_F²", change, -rate * frobenius.square(), allowance);
    let norm = trial.record("‖G‖", spectral_norm(&g, &mut scratch)?);
    {
        let mut frame = scratch.frame();
        let update = EnclosedMatrix::multiple(&mut frame, -rate, &g)?;
        let product = update.frobenius_norm()? * frobenius;
        trial.equal("|⟨G, ΔW⟩| = ‖ΔW‖_F ‖G‖_F", change.magnitude(), product, allowance);
        if norm.significand().lo() > T::zero() {
            let stable_rank = trial.record("sr(G)", (frobenius / norm).square());
            let of_update = trial.record("‖ΔW‖", update.spectral_norm(&mut frame)?);
            let product = stable_rank * of_update * norm;
            trial.equal("|⟨G, ΔW⟩| = sr(G) ‖ΔW‖ ‖G‖", change.magnitude(), product, allowance);
        }
    }
    let nuclear = {
        let mut frame = scratch.frame();
        let g = EnclosedMatrix::exact(&mut frame, &g)?;
        nuclear_norm(&g, &mut frame)?
    };
    let nuclear = trial.record("‖G‖_nuc", nuclear);
    let basis = units::<T>(64 * m.max(n) + 256);
    let product = trial.record("|⟨G, D⟩|", inner(&g, &d, ScaledEnclosure::one()).magnitude());
    let other = trial.record("‖D‖", spectral_norm(&d, &mut scratch)?);
    trial.at_most("|⟨G, D⟩| ≤ ‖D‖ ‖G‖_nuc", product, other * nuclear, allowance + basis);
    let rank = root(ScaledEnclosure::count(m.min(n)));
    trial.at_most("‖G‖_nuc ≤ √min(m, n) ‖G‖_F", nuclear, rank * frobenius, allowance + basis);
    Ok(())
}

fn without_stable_rank<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [g, _, rate] = instance.parts();
    let (m, n) = g.shape();
    let rate = point(rate[(0, 0)]);
    let change = trial.record("|⟨G, ΔW⟩|", inner(&g, &g, -rate).magnitude());
    let norm = trial.record("‖G‖", spectral_norm(&g, &mut scratch)?);
    trial.equal("|⟨G, ΔW⟩| = ‖ΔW‖ ‖G‖", change, rate.magnitude() * norm.square(), allowance::<T>(m, n));
    Ok(())
}

fn frobenius_duality<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [g, d, _] = instance.parts();
    let (m, n) = g.shape();
    let product = trial.record("|⟨G, D⟩|", inner(&g, &d, ScaledEnclosure::one()).magnitude());
    let norm = trial.record("‖D‖", spectral_norm(&d, &mut scratch)?);
    let bound = norm * frobenius_norm_enclosure(&g)?;
    trial.at_most("|⟨G, D⟩| ≤ ‖D‖ ‖G‖_F", product, bound, allowance::<T>(m, n));
    Ok(())
}
