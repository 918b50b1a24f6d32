// SPDX-License-Identifier: MIT OR Apache-2.0

//! The best update of a given spectral norm: nuclear and spectral norm are dual, and a matrix with orthonormal columns
//! attains the bound.
//!
//! The maximiser `U Vᵀ` of a decomposition `G = U Σ Vᵀ` is no stored matrix. So attainment is tried from the other
//! side, in a form that holds for every matrix: `G = T CᵀC` has the maximiser `T` if the columns of `T` are
//! orthonormal, and with their defect `E = TᵀT − 1` it is `(1 − ‖E‖_F) ‖G‖_nuc ≤ ‖T‖ ⟨G, T⟩`.

use nalgebra::DMatrixView;
use widthwise_linalg::{frobenius_norm_enclosure, max_entry};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use super::loss_change::inner;
use crate::allowance::{kernel, spectral, units};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_scalar, draw_semi_orthogonal};
use crate::enclosed::{EnclosedMatrix, point, rms_factor, root, spectral_norm};
use crate::singular::nuclear_norm;
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.dual.steepest`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.dual.steepest",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "max{⟨G, T⟩ : ‖T‖ ≤ 1} = ‖G‖_nuc; min_T ⟨G, T⟩ + (λ/2) ‖T‖² = −‖G‖_nuc²/(2λ); max{⟨G, T⟩ : |T_ij| ≤ 1} = Σ |G_ij|",
    explanation: Explanation {
        states: "⟨G, T⟩ ≤ ‖T‖ ‖G‖_nuc = nat(T) √(m/n) ‖G‖_nuc, with equality for G = T CᵀC if the columns of T are orthonormal: with E = TᵀT − 1, (1 − ‖E‖_F) ‖G‖_nuc ≤ ‖T‖ ⟨G, T⟩ for every T \
                 and C. ⟨G, T⟩ + (λ/2) ‖T‖² ≥ −‖G‖_nuc²/(2λ). Entry by entry: ⟨G, T⟩ ≤ max |T_ij| Σ |G_ij|, attained at the signs.",
        hypotheses: "m ≥ n for attainment; λ ≠ 0, its magnitude taken",
        shapes: "G, T: m×n, C: k×n, λ: scalar",
        checked_as: "⟨G, T⟩ as a sum of products of enclosures; the nuclear norm from a one-sided Jacobi basis whose defects are enclosed; T CᵀC as T times an enclosed \
                     Gram matrix. Overlaps are measured against ‖G‖_F ‖T‖_F.",
        allowance: "the relative widths of ‖T‖ twice, 64 max(m, n) + 256 units for ‖G‖_nuc, and 8 (3 m n + n² + k + 16) + 32.",
        source: "Beyond the paper: duality, as in Muon; the form with a defect is added here.",
    },
    layout: &[
        Part::matrix("G", Dimension::M, Dimension::N),
        Part::matrix("T", Dimension::M, Dimension::N),
        Part::matrix("C", Dimension::K, Dimension::N),
        Part::scalar("λ"),
    ],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.dual.steepest/frobenius-direction",
            states: "⟨G, √r G/‖G‖_F⟩ ≤ ‖G‖_nuc with r = min(m, n): the gradient itself at the Frobenius norm of an orthogonal matrix",
            because: "G = diag(2, 1): √10 > 3",
            check: both!(frobenius_direction),
            witness: WITNESS,
        },
        Control {
            id: "spectral.dual.steepest/spectral-dual",
            states: "⟨G, T⟩ ≤ ‖T‖ ‖G‖: the spectral norm is its own dual",
            because: "G = diag(2, 1), T = 1: 3 > 2",
            check: both!(spectral_dual),
            witness: WITNESS,
        },
    ],
};

/// `G = diag(2, 1)`, `T = 1`, `C = (1, 0)`, `λ = 1`.
const WITNESS: &[WitnessPart] = &[
    WitnessPart { rows: 2, columns: 2, entries: &[2.0, 0.0, 0.0, 1.0] },
    WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 1.0] },
    WitnessPart { rows: 1, columns: 2, entries: &[1.0, 0.0] },
    WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
];

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    draw_matrices_alike(stream, instance, &[0], &mut scratch)?;
    match stream.below(4) {
        0 => draw_matrices_alike(stream, instance, &[1], &mut scratch)?,
        // The signs of G: the maximiser entry by entry.
        1 => {
            let [g, mut t, ..]: [_; 4] = instance.parts_mut();
            for (t, &g) in t.iter_mut().zip(g.iter()) {
                *t = if g < T::zero() { -T::one() } else { T::one() };
            }
        }
        _ => draw_semi_orthogonal(stream, instance, 1, &mut scratch)?,
    }
    draw_matrices_alike(stream, instance, &[2], &mut scratch)?;
    draw_scalar(stream, instance, 3);
    Ok(())
}

fn nuclear<T: Scalar>(
    a: &DMatrixView<'_, T>,
    scratch: &mut Scratch<'_, T>,
) -> Result<ScaledEnclosure<T>, Refusal> {
    let mut frame = scratch.frame();
    let a = EnclosedMatrix::exact(&mut frame, a)?;
    nuclear_norm(&a, &mut frame)
}

/// Twice the width of ‖T‖ and what sums of `m n` products take.
fn allowance<T: Scalar>(rows: usize, columns: usize) -> f64 {
    2.0 * spectral::<T>(rows, columns) + kernel::<T>(3 * rows * columns + 16)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [g, t, _, lambda] = instance.parts();
    let (m, n) = g.shape();
    let basis = units::<T>(64 * m.max(n) + 256);
    let allowance = allowance::<T>(m, n);
    let product = trial.record("⟨G, T⟩", inner(&g, &t, ScaledEnclosure::one()));
    let norm = trial.record("‖T‖", spectral_norm(&t, &mut scratch)?);
    let nuclear_g = trial.record("‖G‖_nuc", nuclear(&g, &mut scratch)?);
    trial.at_most("⟨G, T⟩ ≤ ‖T‖ ‖G‖_nuc", product, norm * nuclear_g, allowance + basis);
    let (natural, dual) = (rms_factor(m, n) * norm, rms_factor(n, m) * nuclear_g);
    trial.at_most("⟨G, T⟩ ≤ nat(T) √(m/n) ‖G‖_nuc", product, natural * dual, allowance + basis);

    let lambda = point(lambda[(0, 0)].magnitude());
    if lambda != ScaledEnclosure::zero() {
        // Moved to the other side, so that both are sums of squares and of what may be negative.
        let penalty = (lambda * norm.square()).scale_exp2(-1) + (nuclear_g.square() / lambda).scale_exp2(-1);
        let formula = "−⟨G, T⟩ ≤ (λ/2) ‖T‖² + ‖G‖_nuc²/(2λ)";
        trial.at_most(formula, -product, penalty, 2.0 * (allowance + basis));
    }

    let sum = g.iter().fold(ScaledEnclosure::zero(), |sum, &g| sum + point(g.magnitude()));
    let sum = trial.record("Σ |G_ij|", sum);
    let largest = point(max_entry(&t)?);
    trial.at_most("⟨G, T⟩ ≤ max |T_ij| Σ |G_ij|", product, largest * sum, allowance);
    if m >= n { attained(instance, norm, &mut scratch, trial) } else { Ok(()) }
}

/// `(1 − ‖E‖_F) ‖T CᵀC‖_nuc ≤ ‖T‖ ⟨T CᵀC, T⟩`
fn attained<T: Scalar>(
    instance: &Instance<'_, T>,
    norm: ScaledEnclosure<T>,
    scratch: &mut Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [_, t, c, _] = instance.parts();
    let ((m, n), k) = (t.shape(), c.nrows());
    let mut frame = scratch.frame();
    let defect = {
        let mut frame = frame.frame();
        EnclosedMatrix::gram_defect(&mut frame, &t)?.frobenius_norm()?
    };
    let defect = trial.record("‖E‖_F", defect);
    let image = EnclosedMatrix::product_with_transpose(&mut frame, ScaledEnclosure::one(), &t, &c)?;
    // ⟨T CᵀC, T⟩ = ‖T Cᵀ‖_F²
    let product = trial.record("⟨T CᵀC, T⟩", image.frobenius_norm()?.square());
    let c = EnclosedMatrix::exact(&mut frame, &c)?;
    let g = image.times(&mut frame, &c)?;
    let nuclear = trial.record("‖T CᵀC‖_nuc", nuclear_norm(&g, &mut frame)?);
    let allowance = units::<T>(64 * m.max(n) + 256) + allowance::<T>(m, n) + kernel::<T>(n * n + k);
    let formula = "‖T CᵀC‖_nuc ≤ ‖T‖ ⟨T CᵀC, T⟩ + ‖E‖_F ‖T CᵀC‖_nuc";
    trial.at_most(formula, nuclear, norm * product + defect * nuclear, allowance);
    Ok(())
}

fn frobenius_direction<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [g, ..]: [_; 4] = instance.parts();
    let (m, n) = g.shape();
    let rank = root(ScaledEnclosure::count(m.min(n)));
    let product = trial.record("√r ‖G‖_F", rank * frobenius_norm_enclosure(&g)?);
    let nuclear = trial.record("‖G‖_nuc", nuclear(&g, &mut scratch)?);
    trial.at_most("√r ‖G‖_F ≤ ‖G‖_nuc", product, nuclear, units::<T>(64 * m.max(n) + 256));
    Ok(())
}

fn spectral_dual<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [g, t, ..]: [_; 4] = instance.parts();
    let (m, n) = g.shape();
    let product = trial.record("⟨G, T⟩", inner(&g, &t, ScaledEnclosure::one()));
    let bound = spectral_norm(&t, &mut scratch)? * spectral_norm(&g, &mut scratch)?;
    trial.at_most("⟨G, T⟩ ≤ ‖T‖ ‖G‖", product, bound, allowance::<T>(m, n));
    Ok(())
}
