// SPDX-License-Identifier: MIT OR Apache-2.0

//! A batch gradient stays aligned with each of its inputs as long as the inputs are nearly orthogonal.
//!
//! The theorem speaks of examples of equal norms, which rounding breaks. With `κ = ‖h_1‖ ‖δ_1‖/(max ‖h_i‖ max ‖δ_i‖)`,
//! one for equal norms, it holds for every batch: `‖G h_1‖ ≥ (κ − (B − 1) μ)/B · ‖G‖ ‖h_1‖` where `|cos(h_i, h_1)| ≤
//! μ`.

use nalgebra::DMatrixView;
use widthwise_linalg::{dot_enclosure, two_norm_enclosure};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use super::batch_gradient::{gradient, mean};
use crate::allowance::{kernel, of_terms, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_all, draw_matrices_alike};
use crate::enclosed::point;
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.batch.alignment`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.batch.alignment",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "equal ‖h_i‖, equal ‖δ_i‖, |cos(h_i, h_1)| ≤ μ ⇒ ‖G h_1‖ ≥ (1 − (B − 1) μ)/B · ‖G‖ ‖h_1‖",
    explanation: Explanation {
        states: "G h_1 = (‖h_1‖² δ_1 + Σ_{i>1} ⟨h_i, h_1⟩ δ_i)/B, which is ‖h_1‖² δ_1/B for orthogonal inputs; ‖G h_1‖ ≥ (‖h_1‖² ‖δ_1‖ − Σ_{i>1} |⟨h_i, h_1⟩| ‖δ_i‖)/B. With κ = \
                 ‖h_1‖ ‖δ_1‖/(max ‖h_i‖ max ‖δ_i‖), one for examples of equal norms, and μ = max_{i>1} |cos(h_i, h_1)|: ‖G h_1‖ ≥ (κ − (B − 1) μ)/B · ‖G‖ ‖h_1‖.",
        hypotheses: "δ_1, h_1 ≠ 0 for the last inequality",
        shapes: "D: m×k, H: n×k (B = k; the columns are δ_i and h_i)",
        checked_as: "G as a stored center and a bound of what it lacks. In one of three instances the columns of H are multiples of different coordinate vectors, in one of three \
                     those of D and H are rearrangements of one column. Overlaps are measured against the sums of the magnitudes, twice, and those of the inequalities against max ‖δ_i‖ max ‖h_i‖ ‖h_1‖.",
        allowance: "the relative width of ‖G‖ twice, and 8 (m n + 4 k + 2 m + 2 n + 20) + 32 units.",
        source: "A provable form of assumption 3, section 3.2; added here. The theorem is for κ = 1; the step to other κ is on paper.",
    },
    layout: &[Part::matrix("D", Dimension::M, Dimension::K), Part::matrix("H", Dimension::N, Dimension::K)],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[Control {
        id: "spectral.batch.alignment/correlated",
        states: "‖G h_1‖ ≥ κ/B · ‖G‖ ‖h_1‖, however the inputs are correlated",
        because: "h_1 = (1, 0), h_2 = (1, 1), δ_1 = e_1, δ_2 = −e_1: G ≠ 0 and G h_1 = 0",
        check: both!(correlated),
        witness: &[
            WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, -1.0, 0.0] },
            WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 1.0, 1.0] },
        ],
    }],
};

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    let kind = stream.below(3);
    if kind == 0 {
        return draw_all(stream, instance, scratch);
    }
    draw_matrices_alike(stream, instance, &[0], &mut scratch)?;
    draw_matrices_alike(stream, instance, &[1], &mut scratch)?;
    let Sizes { m, n, k, .. } = instance.sizes();
    let mut h = instance.part_mut(1);
    for j in 1..k {
        for i in 0..n {
            // One entry a column, as long as there are coordinates; or the first column turned round.
            h[(i, j)] = match kind {
                1 if i == j => h[(0, 0)],
                1 => T::zero(),
                _ => h[((i + j) % n, 0)],
            };
        }
    }
    if kind == 1 {
        h.view_mut((1, 0), (n - 1, 1)).fill(T::zero());
    }
    let mut d = instance.part_mut(0);
    for j in 1..k {
        for i in 0..m {
            d[(i, j)] = d[((i + j) % m, 0)];
        }
    }
    Ok(())
}

/// The first example against the others.
struct First<T> {
    /// `‖h_1‖`, `‖δ_1‖`
    lengths: [ScaledEnclosure<T>; 2],
    /// `max ‖h_i‖ max ‖δ_i‖`
    largest: ScaledEnclosure<T>,
    /// `Σ_{i>1} |⟨h_i, h_1⟩| ‖δ_i‖`
    others: ScaledEnclosure<T>,
    /// `μ`
    cosine: ScaledEnclosure<T>,
}

impl<T: Scalar> First<T> {
    fn of([d, h]: &[DMatrixView<'_, T>; 2]) -> Result<Self, Refusal> {
        let zero = ScaledEnclosure::zero();
        let first = h.column(0);
        let lengths = [two_norm_enclosure(&first)?, two_norm_enclosure(&d.column(0))?];
        let [mut longest_h, mut longest_d] = lengths;
        let (mut others, mut cosine) = (zero, zero);
        for (d, h) in d.column_iter().zip(h.column_iter()).skip(1) {
            let (length_h, length_d) = (two_norm_enclosure(&h)?, two_norm_enclosure(&d)?);
            longest_h = longest_h.maximum(&length_h);
            longest_d = longest_d.maximum(&length_d);
            let product = dot_enclosure(&h, &first)?.magnitude();
            others = others + product * length_d;
            // A vector that vanishes has no angle and adds nothing.
            if product != zero {
                cosine = cosine.maximum(&(product / (length_h * lengths[0])));
            }
        }
        Ok(Self { lengths, largest: longest_h * longest_d, others, cosine })
    }

    /// `κ`, unless an array vanishes.
    fn share(&self) -> Option<ScaledEnclosure<T>> {
        let [length_h, length_d] = self.lengths;
        let own = length_h * length_d;
        (own.significand().lo() > T::zero()).then(|| own / self.largest)
    }
}

fn allowance<T: Scalar>([d, h]: &[DMatrixView<'_, T>; 2]) -> f64 {
    let ((m, batch), n) = (d.shape(), h.nrows());
    2.0 * spectral::<T>(m, n) + kernel::<T>(m * n + 4 * batch + 2 * m + 2 * n + 20)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let parts = instance.parts();
    let relative = allowance(&parts);
    let [d, h] = &parts;
    let (batch, input) = (d.ncols(), h.column(0));
    let weight = mean(batch);
    let first = First::of(&parts)?;
    for i in 0..d.nrows() {
        let (mut left, mut right) = (ScaledEnclosure::zero(), ScaledEnclosure::zero());
        let mut size = ScaledEnclosure::zero();
        for (d, h) in d.row(i).iter().zip(h.column_iter()) {
            let d = weight * point(*d);
            for (&h, &x) in h.iter().zip(input.iter()) {
                let term = d * point(h) * point(x);
                left = left + term;
                // Twice: more than either side, whatever its sign.
                size = size + term.magnitude().scale_exp2(1);
            }
            right = right + d * dot_enclosure(&h, &input)?;
        }
        trial.equal_at_scale("(G h_1)_i = Σ_j ⟨h_j, h_1⟩ δ_ij/B", left, right, size, relative);
    }

    let g = gradient(&parts, &mut scratch)?;
    let image = trial.record("‖G h_1‖", g.image_norm(&input)?);
    let [length_h, length_d] = first.lengths;
    let own = length_h.square() * length_d;
    let (left, right) = (weight * own, image + weight * first.others);
    // The examples may cancel in G, and its entries are enclosed to within its norm.
    let terms = first.largest * length_h;
    let allowance = of_terms(relative, terms, left, right);
    trial.at_most("‖h_1‖² ‖δ_1‖/B ≤ ‖G h_1‖ + Σ |⟨h_i, h_1⟩| ‖δ_i‖/B", left, right, allowance);

    if let Some(share) = first.share() {
        let norm = trial.record("‖G‖", g.spectral_norm(&mut scratch)?);
        let full = trial.record("‖G‖ ‖h_1‖/B", weight * norm * length_h);
        let cosine = trial.record("μ", first.cosine);
        let lost = ScaledEnclosure::count(batch - 1) * cosine * full;
        let formula = "κ ‖G‖ ‖h_1‖/B ≤ ‖G h_1‖ + (B − 1) μ ‖G‖ ‖h_1‖/B";
        let (left, right) = (share * full, image + lost);
        let allowance = of_terms(relative, terms, left, right);
        trial.at_most(formula, left, right, allowance);
    }
    Ok(())
}

fn correlated<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let parts = instance.parts();
    let first = First::of(&parts)?;
    let share = first.share().ok_or(Refusal::Hypothesis("δ_1, h_1 ≠ 0"))?;
    let g = gradient(&parts, &mut scratch)?;
    let image = trial.record("‖G h_1‖", g.image_norm(&parts[1].column(0))?);
    let [length, _] = first.lengths;
    let norm = trial.record("‖G‖ ‖h_1‖/B", mean(parts[0].ncols()) * g.spectral_norm(&mut scratch)? * length);
    trial.at_most("κ ‖G‖ ‖h_1‖/B ≤ ‖G h_1‖", share * norm, image, allowance(&parts));
    Ok(())
}
