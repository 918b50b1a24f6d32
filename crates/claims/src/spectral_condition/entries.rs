// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the size of entries says about the spectral norm, and what it does not.

use widthwise_linalg::{
    max_column_norm_enclosure, max_column_sum_enclosure, max_entry, max_row_sum_enclosure,
};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::draw_all;
use crate::enclosed::{point, root, spectral_norm};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.norms.entries`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.norms.entries",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "max|a_ij| ≤ max_j ‖A e_j‖ ≤ ‖A‖ ≤ √(‖A‖_1 ‖A‖_∞) ≤ √(mn) max|a_ij|",
    explanation: Explanation {
        states: "max |a_ij| ≤ max_j ‖A e_j‖ ≤ ‖A‖ ≤ √(‖A‖_1 ‖A‖_∞) ≤ √(m n) max |a_ij|, where ‖·‖_1 is the largest column sum and ‖·‖_∞ the \
                 largest row sum of magnitudes. The ends are √(m n) apart: the size of entries does not determine the spectral norm.",
        hypotheses: "none",
        shapes: "A: m×n",
        checked_as: "Each step of the chain by enclosures.",
        allowance: "2 min(m,n)² + 64 units for ‖A‖, 8 (m + n) + 32 for sums.",
        source: "The heuristics of entry size that the abstract argues against.",
    },
    layout: &[Part::matrix("A", Dimension::M, Dimension::N)],
    sizes: Sizes::draw,
    sample: both!(draw_all),
    check: both!(check),
    controls: &[Control {
        id: "spectral.norms.entries/longer-side",
        states: "‖A‖ ≤ √max(m, n) · max |a_ij|",
        because: "true for a Hadamard matrix, false for A = [1 1; 1 1]: 2 > √2",
        check: both!(longer_side),
        witness: &[WitnessPart { rows: 2, columns: 2, entries: &[1.0, 1.0, 1.0, 1.0] }],
    }],
};

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a] = instance.parts();
    let (m, n) = a.shape();
    let allowance = spectral::<T>(m, n) + kernel::<T>(m + n);
    let entry = trial.record("max |a_ij|", point(max_entry(&a)?));
    let column = trial.record("max ‖A e_j‖", max_column_norm_enclosure(&a)?);
    let norm = trial.record("‖A‖", spectral_norm(&a, &mut scratch)?);
    let (columns, rows) = (max_column_sum_enclosure(&a)?, max_row_sum_enclosure(&a)?);
    let sums = trial.record("√(‖A‖_1 ‖A‖_∞)", root(columns * rows));
    let count = ScaledEnclosure::count(m) * ScaledEnclosure::count(n);
    trial.at_most("max |a_ij| ≤ max ‖A e_j‖", entry, column, allowance);
    trial.at_most("max ‖A e_j‖ ≤ ‖A‖", column, norm, allowance);
    trial.at_most("‖A‖ ≤ √(‖A‖_1 ‖A‖_∞)", norm, sums, allowance);
    trial.at_most("√(‖A‖_1 ‖A‖_∞) ≤ √(m n) max |a_ij|", sums, root(count) * entry, allowance);
    Ok(())
}

fn longer_side<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a] = instance.parts();
    let (m, n) = a.shape();
    let norm = trial.record("‖A‖", spectral_norm(&a, &mut scratch)?);
    let bound = root(ScaledEnclosure::count(m.max(n))) * point(max_entry(&a)?);
    trial.at_most("‖A‖ ≤ √max(m, n) max |a_ij|", norm, bound, spectral::<T>(m, n));
    Ok(())
}
