// SPDX-License-Identifier: MIT OR Apache-2.0

//! `‖A x‖ = ‖A‖ ‖x‖` exactly if `AᵀA x = ‖A‖² x`: what alignment means.
//!
//! Equality of real numbers is never seen in floating point, so the equivalence is tested in the quantitative form that implies it. With
//! `s = ‖A‖`, `M = s² − AᵀA` (positive semidefinite, `‖M‖ ≤ s²`) and the deficit `d = s²‖x‖² − ‖A x‖² = xᵀM x`:
//! `d ≤ ‖x‖ ‖M x‖` and `‖M x‖² ≤ s² d`. So `d = 0` if and only if `M x = 0`.

use widthwise_linalg::{dot_enclosure, matvec_norm_enclosure, two_norm_enclosure};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes};

use super::PAPER;
use crate::allowance::{kernel, spectral, units};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::draw_all;
use crate::enclosed::{EnclosedMatrix, point, root, spectral_norm, widened};
use crate::singular::EnclosedBasis;
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// Above this many columns the parts that need a full singular basis are left out: their cost grows with the cube.
const LARGEST_BASIS: usize = 64;

/// `spectral.opnorm-bound.equality`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.opnorm-bound.equality",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "‖A x‖ = ‖A‖ ‖x‖ ⇔ AᵀA x = ‖A‖² x",
    explanation: Explanation {
        states: "For s = ‖A‖, M = s² − AᵀA and d = s²‖x‖² − ‖A x‖²: d ≤ ‖x‖ ‖M x‖ and ‖M x‖² ≤ s² d, so that d = 0 exactly if AᵀA x = s² x. \
                 (a) d = Σ_i (s² − σ_i²) c_i² with c_i = ⟨v_i, x⟩ over all right singular vectors. \
                 (b) d ≥ (s² − σ_2²)(‖x‖² − c_1²) for n ≥ 2.",
        hypotheses: "A ≠ 0, x ≠ 0",
        shapes: "A: m×n, x: n",
        checked_as: "M x entry by entry from compensated dot products; (a) and (b) through a one-sided Jacobi basis whose lack of orthogonality is enclosed \
                     and carried, for n ≤ 64. Terms are moved to the side where nothing cancels.",
        allowance: "4 times the relative width of ‖A‖ and 64 (m + n) + 32 units; for (a) and (b) 64 max(m, n) + 512 units more.",
        source: "Section 3, \"aligned\"; the equivalence and its quantitative form are added here.",
    },
    layout: &[Part::matrix("A", Dimension::M, Dimension::N), Part::vector("x", Dimension::N)],
    sizes: Sizes::draw,
    sample: both!(draw_all),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.opnorm-bound.equality/every-vector",
            states: "‖A‖ ‖x‖ ≤ ‖A x‖ for every x",
            because: "A = diag(1, 0), x = e_2: 1 > 0",
            check: both!(every_vector),
            witness: &[
                WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 0.0] },
                WitnessPart { rows: 2, columns: 1, entries: &[0.0, 1.0] },
            ],
        },
        Control {
            id: "spectral.opnorm-bound.equality/eigenvector",
            states: "equality for eigenvectors of a square A: s²‖x‖² ≤ ‖A x‖² + s ‖x‖ min_λ ‖A x − λ x‖",
            because: "A = diag(1, 0), x = e_2 is an eigenvector: 1 > 0",
            check: both!(eigenvector),
            witness: &[
                WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 0.0] },
                WitnessPart { rows: 2, columns: 1, entries: &[0.0, 1.0] },
            ],
        },
        Control {
            id: "spectral.opnorm-bound.equality/only-eigenvectors",
            states: "equality only for eigenvectors of a square A: ‖x‖² ‖A x‖² − ⟨x, A x⟩² ≤ ‖x‖² (s²‖x‖² − ‖A x‖²)",
            because: "A = [0 2; 0 0], x = e_2: equality holds, but A x = 2 e_1 is no multiple of x: 4 > 0",
            check: both!(only_eigenvectors),
            witness: &[
                WitnessPart { rows: 2, columns: 2, entries: &[0.0, 0.0, 2.0, 0.0] },
                WitnessPart { rows: 2, columns: 1, entries: &[0.0, 1.0] },
            ],
        },
    ],
};

/// `s`, `‖A x‖` and `‖x‖`.
struct Norms<T> {
    operator: ScaledEnclosure<T>,
    image: ScaledEnclosure<T>,
    vector: ScaledEnclosure<T>,
}

fn norms<T: Scalar>(
    instance: &Instance<'_, T>,
    scratch: &mut Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<Norms<T>, Refusal> {
    let [a, x] = instance.parts();
    let x = x.column(0);
    let operator = trial.record("‖A‖", spectral_norm(&a, scratch)?);
    let image = trial.record("‖A x‖", matvec_norm_enclosure(&a, &x)?);
    let vector = trial.record("‖x‖", two_norm_enclosure(&x)?);
    if operator == ScaledEnclosure::zero() {
        return Err(Refusal::Hypothesis("A ≠ 0"));
    }
    if vector == ScaledEnclosure::zero() {
        return Err(Refusal::Hypothesis("x ≠ 0"));
    }
    Ok(Norms { operator, image, vector })
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, x] = instance.parts();
    let (m, n) = a.shape();
    let norms = norms(instance, &mut scratch, trial)?;
    let x_view = x.column(0);
    let bound = (norms.operator * norms.vector).square();
    let image_squared = norms.image.square();
    let allowance = 4.0 * spectral::<T>(m, n) + kernel::<T>(8 * (m + n));

    let defect = trial.record("‖M x‖", defect(instance, &mut scratch, norms.operator)?);
    trial.at_most("s²‖x‖² ≤ ‖A x‖² + ‖x‖ ‖M x‖", bound, image_squared + norms.vector * defect, allowance);
    let operator_squared = norms.operator.square();
    trial.at_most(
        "‖M x‖² + s²‖A x‖² ≤ s⁴‖x‖²",
        defect.square() + operator_squared * image_squared,
        operator_squared * bound,
        allowance,
    );

    if n > LARGEST_BASIS {
        return Ok(());
    }
    let a = EnclosedMatrix::exact(&mut scratch, &a)?;
    let basis = EnclosedBasis::of(&mut scratch, &a)?;
    let allowance = allowance + units::<T>(64 * m.max(n) + 512);
    let deficit = trial.record("Σ (s² − σ_i²) c_i²", basis.deficit(norms.operator, &x_view)?);
    trial.equal("s²‖x‖² = ‖A x‖² + Σ (s² − σ_i²) c_i²", bound, image_squared + deficit, allowance);
    if n >= 2 {
        let gap = trial.record("(s² − σ_2²)(‖x‖² − c_1²)", basis.gap_deficit(&a, norms.operator, &x_view)?);
        trial.at_most("(s² − σ_2²)(‖x‖² − c_1²) + ‖A x‖² ≤ s²‖x‖²", gap + image_squared, bound, allowance);
    }
    Ok(())
}

/// `‖M x‖ = ‖s² x − AᵀA x‖`.
fn defect<T: Scalar>(
    instance: &Instance<'_, T>,
    scratch: &mut Scratch<'_, T>,
    norm: ScaledEnclosure<T>,
) -> Result<ScaledEnclosure<T>, Refusal> {
    let [a, x] = instance.parts();
    let mut frame = scratch.frame();
    let image = EnclosedMatrix::product(&mut frame, &a, &x)?;
    let norm_squared = norm.square();
    let mut squares = ScaledEnclosure::zero();
    for (column, &x) in a.column_iter().zip(x.iter()) {
        let entry = dot_enclosure(&column, &image.center().column(0))?.scale_exp2(image.exponent());
        squares = squares + (norm_squared * point(x) - entry).square();
    }
    // ‖Aᵀ(A x − center)‖ ≤ s · radius.
    let radius = ScaledEnclosure::new(Enclosure::from_bounds(T::zero(), image.radius()), image.exponent());
    Ok(widened(root(squares), norm * radius))
}

fn every_vector<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, _] = instance.parts();
    let (m, n) = a.shape();
    let norms = norms(instance, &mut scratch, trial)?;
    let allowance = spectral::<T>(m, n) + kernel::<T>(m + n);
    trial.at_most("‖A‖ ‖x‖ ≤ ‖A x‖", norms.operator * norms.vector, norms.image, allowance);
    Ok(())
}

/// `‖x‖² ‖A x‖² − ⟨x, A x⟩² = ‖x‖² min_λ ‖A x − λ x‖²` for a square `A`.
fn eigenvector_defect<T: Scalar>(
    instance: &Instance<'_, T>,
    scratch: &mut Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
    norms: &Norms<T>,
) -> Result<ScaledEnclosure<T>, Refusal> {
    let [a, x] = instance.parts();
    if a.nrows() != a.ncols() {
        return Err(Refusal::Hypothesis("A is square"));
    }
    let mut frame = scratch.frame();
    let image = EnclosedMatrix::product(&mut frame, &a, &x)?;
    let radius = ScaledEnclosure::new(Enclosure::from_bounds(T::zero(), image.radius()), image.exponent());
    let along = dot_enclosure(&x.column(0), &image.center().column(0))?.scale_exp2(image.exponent());
    let along = widened(along.magnitude(), radius * norms.vector);
    let defect = (norms.vector * norms.image).square() - along.square();
    Ok(trial.record("‖x‖² min ‖A x − λ x‖²", defect.maximum(&ScaledEnclosure::zero())))
}

fn eigenvector<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let norms = norms(instance, &mut scratch, trial)?;
    let defect = eigenvector_defect(instance, &mut scratch, trial, &norms)?;
    let bound = (norms.operator * norms.vector).square();
    let right = norms.image.square() + norms.operator * root(defect);
    trial.at_most("s²‖x‖² ≤ ‖A x‖² + s ‖x‖ min ‖A x − λ x‖", bound, right, 1.0);
    Ok(())
}

fn only_eigenvectors<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let norms = norms(instance, &mut scratch, trial)?;
    let defect = eigenvector_defect(instance, &mut scratch, trial, &norms)?;
    let bound = (norms.operator * norms.vector.square()).square();
    let left = defect + (norms.vector * norms.image).square();
    trial.at_most("‖x‖²‖A x‖² − ⟨x, A x⟩² + ‖x‖²‖A x‖² ≤ s²‖x‖⁴", left, bound, 1.0);
    Ok(())
}
