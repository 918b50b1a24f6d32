// SPDX-License-Identifier: MIT OR Apache-2.0

//! Several definitions of one number: `‖A‖ = max ‖A x‖/‖x‖ = max uᵀA v = √λ_max(AᵀA) = σ_1(A)`.

use widthwise_linalg::{matvec_norm_enclosure, two_norm_enclosure};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes};

use super::PAPER;
use crate::allowance::{kernel, spectral, units};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::draw_all;
use crate::enclosed::{EnclosedMatrix, point, spectral_norm, transposed};
use crate::singular::largest_singular_value;
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.opnorm.definition`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.opnorm.definition",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "‖A‖ = max ‖A x‖/‖x‖ = max uᵀA v/(‖u‖ ‖v‖) = √λ_max(AᵀA) = σ_1(A), zero only for A = 0",
    explanation: Explanation {
        states: "‖A‖ = max_{x≠0} ‖A x‖/‖x‖ = max_{u,v≠0} uᵀA v/(‖u‖ ‖v‖) = √λ_max(AᵀA) = σ_1(A), and ‖A‖ = 0 exactly for A = 0.",
        hypotheses: "none",
        shapes: "A: m×n, u: m, v: n",
        checked_as: "Three enclosures of the number: of ‖A‖ itself, of ‖AᵀA‖ (the smaller Gram matrix, as a stored center and a bound of what it lacks), of σ_1 from a one-sided Jacobi basis \
                     whose defects are enclosed; |uᵀA v| ≤ ‖A‖ ‖u‖ ‖v‖ and ‖A v‖ ≤ ‖A‖ ‖v‖.",
        allowance: "three times the relative width of ‖A‖, 64 max(m, n) + 256 units for σ_1 and 8 (m n + m + n) + 32.",
        source: "Preliminaries. That the maximum is attained is proved and not tried; that of uᵀA v is on paper.",
    },
    layout: &[
        Part::matrix("A", Dimension::M, Dimension::N),
        Part::vector("u", Dimension::M),
        Part::vector("v", Dimension::N),
    ],
    sizes: Sizes::draw,
    sample: both!(draw_all),
    check: both!(check),
    controls: &[Control {
        id: "spectral.opnorm.definition/spectral-radius",
        states: "‖U‖ is the largest magnitude of an eigenvalue of U, the upper triangle of a square A",
        because: "A = [0 1; 0 0]: 1 ≠ 0",
        check: both!(spectral_radius),
        witness: &[
            WitnessPart { rows: 2, columns: 2, entries: &[0.0, 0.0, 1.0, 0.0] },
            WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.0] },
            WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.0] },
        ],
    }],
};

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, u, v] = instance.parts();
    let (u, v) = (u.column(0), v.column(0));
    let (m, n) = a.shape();
    let allowance = 3.0 * spectral::<T>(m, n) + kernel::<T>(m * n + m + n);
    let norm = trial.record("‖A‖", spectral_norm(&a, &mut scratch)?);
    let gram = {
        let mut frame = scratch.frame();
        let transpose = transposed(&a, &mut frame)?;
        let transpose = transpose.as_view();
        let (left, right) = if m < n { (&a, &transpose) } else { (&transpose, &a) };
        EnclosedMatrix::product(&mut frame, left, right)?.spectral_norm(&mut frame)?
    };
    let gram = trial.record("‖AᵀA‖", gram);
    trial.equal("‖AᵀA‖ = ‖A‖²", gram, norm.square(), allowance);
    let singular = {
        let mut frame = scratch.frame();
        let a = EnclosedMatrix::exact(&mut frame, &a)?;
        largest_singular_value(&a, &mut frame)?
    };
    let singular = trial.record("σ_1", singular);
    trial.equal("σ_1 = ‖A‖", singular, norm, allowance + units::<T>(64 * m.max(n) + 256));

    let mut form = ScaledEnclosure::zero();
    for (column, &v) in a.column_iter().zip(v.iter()) {
        for (&a, &u) in column.iter().zip(u.iter()) {
            form = form + point(u) * point(a) * point(v);
        }
    }
    let form = trial.record("|uᵀA v|", form.magnitude());
    let length = two_norm_enclosure(&v)?;
    let bound = norm * two_norm_enclosure(&u)? * length;
    trial.at_most("|uᵀA v| ≤ ‖A‖ ‖u‖ ‖v‖", form, bound, allowance);
    let image = trial.record("‖A v‖", matvec_norm_enclosure(&a, &v)?);
    trial.at_most("‖A v‖ ≤ ‖A‖ ‖v‖", image, norm * length, allowance);

    let truth = |statement: bool| if statement { ScaledEnclosure::one() } else { ScaledEnclosure::zero() };
    let vanishes = a.iter().all(|&a| a == T::zero());
    trial.equal("‖A‖ = 0 ⇔ A = 0", truth(norm == ScaledEnclosure::zero()), truth(vanishes), 0.0);
    Ok(())
}

fn spectral_radius<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, ..]: [_; 3] = instance.parts();
    let (m, n) = a.shape();
    if m != n {
        return Err(Refusal::Hypothesis("A is square"));
    }
    let mut triangle = scratch.matrix(m, n)?;
    triangle.copy_from(&a);
    triangle.fill_lower_triangle(T::zero(), 1);
    let radius = (0..n).fold(T::zero(), |radius, i| radius.greater(a[(i, i)].magnitude()));
    let norm = trial.record("‖U‖", spectral_norm(&triangle.as_view(), &mut scratch)?);
    trial.equal("‖U‖ = ρ(U)", norm, point(radius), spectral::<T>(m, n));
    Ok(())
}
