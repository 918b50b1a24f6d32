// SPDX-License-Identifier: MIT OR Apache-2.0

//! Power iteration on `AᵀA` never goes down and never beyond `‖A‖`.

use nalgebra::DMatrixView;
use widthwise_linalg::two_norm_enclosure;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes};

use super::PAPER;
use crate::allowance::{kernel, of_terms, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::draw_all;
use crate::enclosed::{EnclosedMatrix, spectral_norm};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.power-iteration.monotone`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.power-iteration.monotone",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "q′ = AᵀA q: ‖A q‖/‖q‖ ≤ ‖q′‖/‖A q‖ ≤ ‖A q′‖/‖q′‖ ≤ ‖A‖",
    explanation: Explanation {
        states: "For A q ≠ 0 and q′ = AᵀA q: ‖A q‖/‖q‖ ≤ ‖q′‖/‖A q‖ ≤ ‖A q′‖/‖q′‖ ≤ ‖A‖. So the values of power iteration bound the norm from below, each better than the last.",
        hypotheses: "none: the quotients are multiplied out",
        shapes: "A: m×n, q: n",
        checked_as: "A q, q′ and A q′ as stored centers and bounds of what they lack; ‖A q‖² ≤ ‖q‖ ‖q′‖, ‖q′‖² ≤ ‖A q‖ ‖A q′‖, ‖A q′‖ ≤ ‖A‖ ‖q′‖. Overlaps are measured against ‖A‖_F and ‖q‖ in \
                     the place of the images, as A may nearly send q to zero.",
        allowance: "the relative width of ‖A‖, and 8 · 8 (m + n) + 32 units.",
        source: "Section 4, power iteration; the monotonicity is added here.",
    },
    layout: &[Part::matrix("A", Dimension::M, Dimension::N), Part::vector("q", Dimension::N)],
    sizes: Sizes::draw,
    sample: both!(draw_all),
    check: both!(check),
    controls: &[Control {
        id: "spectral.power-iteration.monotone/square-iteration",
        states: "‖A q‖/‖q‖ ≤ ‖A q′‖/‖q′‖ for q′ = A q, A square",
        because: "A = [0 2; 1 0], q = e_2: 2 > 1",
        check: both!(square_iteration),
        witness: &[
            WitnessPart { rows: 2, columns: 2, entries: &[0.0, 1.0, 2.0, 0.0] },
            WitnessPart { rows: 2, columns: 1, entries: &[0.0, 1.0] },
        ],
    }],
};

/// Puts an inequality to the test whose overlap is measured against `terms`.
fn compare<T: Scalar>(
    formula: &'static str,
    [left, right, terms]: [ScaledEnclosure<T>; 3],
    (m, n): (usize, usize),
    trial: &mut Trial<'_, T>,
) {
    let allowance = spectral::<T>(m, n) + kernel::<T>(8 * (m + n));
    trial.at_most(formula, left, right, of_terms(allowance, terms, left, right));
}

/// `A`, `q` and `A q`.
fn image<'a, T: Scalar>(
    a: &DMatrixView<'_, T>,
    q: &DMatrixView<'_, T>,
    scratch: &mut Scratch<'a, T>,
) -> Result<[EnclosedMatrix<'a, T>; 2], Refusal> {
    let image = EnclosedMatrix::product(scratch, a, q)?;
    Ok([EnclosedMatrix::exact(scratch, a)?, image])
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, q] = instance.parts();
    let norm = trial.record("‖A‖", spectral_norm(&a, &mut scratch)?);
    let length = trial.record("‖q‖", two_norm_enclosure(&q.column(0))?);
    let [matrix, once] = image(&a, &q, &mut scratch)?;
    let (once_norm, frobenius) = (trial.record("‖A q‖", once.frobenius_norm()?), matrix.frobenius_norm()?);
    let twice = {
        let transpose = matrix.transposed(&mut scratch)?;
        transpose.times(&mut scratch, &once)?
    };
    let twice_norm = trial.record("‖q′‖", twice.frobenius_norm()?);
    let thrice_norm = trial.record("‖A q′‖", matrix.times(&mut scratch, &twice)?.frobenius_norm()?);

    // What the images would be if A sent nothing to zero.
    let largest = frobenius * length;
    let squares = [once_norm.square(), length * twice_norm, largest.square()];
    compare("‖A q‖² ≤ ‖q‖ ‖q′‖", squares, a.shape(), trial);
    let squares = [twice_norm.square(), once_norm * thrice_norm, (frobenius * largest).square()];
    compare("‖q′‖² ≤ ‖A q‖ ‖A q′‖", squares, a.shape(), trial);
    let images = [thrice_norm, norm * twice_norm, frobenius.square() * largest];
    compare("‖A q′‖ ≤ ‖A‖ ‖q′‖", images, a.shape(), trial);
    Ok(())
}

fn square_iteration<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, q] = instance.parts();
    if a.nrows() != a.ncols() {
        return Err(Refusal::Hypothesis("A is square"));
    }
    let length = two_norm_enclosure(&q.column(0))?;
    let [matrix, once] = image(&a, &q, &mut scratch)?;
    let (once_norm, frobenius) = (trial.record("‖A q‖", once.frobenius_norm()?), matrix.frobenius_norm()?);
    let twice = trial.record("‖A A q‖", matrix.times(&mut scratch, &once)?.frobenius_norm()?);
    let terms = (frobenius * length).square();
    compare("‖A q‖² ≤ ‖q‖ ‖A A q‖", [once_norm.square(), length * twice, terms], a.shape(), trial);
    Ok(())
}
