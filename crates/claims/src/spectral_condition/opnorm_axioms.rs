// SPDX-License-Identifier: MIT OR Apache-2.0

//! The spectral norm is a norm, submultiplicative, and blind to transposes, isometries and what is deleted.

use widthwise_linalg::max_entry;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_scalar, draw_semi_orthogonal, isometry_rows};
use crate::enclosed::{EnclosedMatrix, point, spectral_norm, transposed};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.opnorm.axioms`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.opnorm.axioms",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "‖A+B‖ ≤ ‖A‖+‖B‖, ‖cA‖ = |c|‖A‖, ‖AC‖ ≤ ‖A‖‖C‖, ‖Aᵀ‖ = ‖A‖, ‖QA‖ = ‖A‖, submatrices",
    explanation: Explanation {
        states: "‖A + B‖ ≤ ‖A‖ + ‖B‖; |‖A‖ − ‖B‖| ≤ ‖A + B‖; ‖c A‖ = |c| ‖A‖; ‖A C‖ ≤ ‖A‖ ‖C‖; ‖Aᵀ‖ = ‖A‖; ‖Q A‖ = ‖A‖ if QᵀQ = 1; \
                 deleting rows or columns never increases ‖A‖.",
        hypotheses: "none; for Q, with the defect e = ‖QᵀQ − 1‖_F of the stored matrix, (1 − e) ‖A‖² ≤ ‖Q A‖² ≤ (1 + e) ‖A‖²",
        shapes: "A, B: m×n, C: n×k, c: scalar, Q: p×m with p ≥ m (where m ≤ 64)",
        checked_as: "The exact sum, multiple and products as a stored center and a bound of what it lacks; norms of the centers by enclosure; \
                     the submatrix of every other row and column.",
        allowance: "the relative widths of the norms on both sides, and 8 units a term of the products.",
        source: "Preliminaries: \"subadditive and submultiplicative\".",
    },
    layout: &[
        Part::matrix("A", Dimension::M, Dimension::N),
        Part::matrix("B", Dimension::M, Dimension::N),
        Part::matrix("C", Dimension::N, Dimension::K),
        Part::matrix("Q", Dimension::P, Dimension::M),
        Part::scalar("c"),
    ],
    sizes,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.opnorm.axioms/additive",
            states: "‖A‖ + ‖B‖ ≤ ‖A + B‖",
            because: "A = diag(1, 0), B = diag(0, 1): 2 > 1",
            check: both!(additive),
            witness: DIAGONAL,
        },
        Control {
            id: "spectral.opnorm.axioms/multiplicative",
            states: "‖A‖ ‖C‖ ≤ ‖A C‖",
            because: "A = diag(1, 0), C = diag(0, 1): 1 > 0",
            check: both!(multiplicative),
            witness: DIAGONAL,
        },
        Control {
            id: "spectral.opnorm.axioms/entry-submultiplicative",
            states: "max |(A C)_ij| ≤ max |a_ij| · max |c_ij|",
            because: "A = C = [1 1; 1 1]: 2 > 1",
            check: both!(entry_submultiplicative),
            witness: &[
                WitnessPart { rows: 2, columns: 2, entries: &[1.0, 1.0, 1.0, 1.0] },
                WitnessPart { rows: 2, columns: 2, entries: &[0.0, 0.0, 0.0, 0.0] },
                WitnessPart { rows: 2, columns: 2, entries: &[1.0, 1.0, 1.0, 1.0] },
                WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 1.0] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
            ],
        },
    ],
};

/// `A = diag(1, 0)`, `B = C = diag(0, 1)`, `Q = 1`, `c = 1`.
const DIAGONAL: &[WitnessPart] = &[
    WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 0.0] },
    WitnessPart { rows: 2, columns: 2, entries: &[0.0, 0.0, 0.0, 1.0] },
    WitnessPart { rows: 2, columns: 2, entries: &[0.0, 0.0, 0.0, 1.0] },
    WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 1.0] },
    WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
];

fn sizes(stream: &mut Stream) -> Sizes {
    let sizes = Sizes::draw(stream);
    Sizes { p: isometry_rows(stream, sizes.m), ..sizes }
}

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    draw_matrices_alike(stream, instance, &[0, 1], &mut scratch)?;
    draw_matrices_alike(stream, instance, &[2], &mut scratch)?;
    draw_semi_orthogonal(stream, instance, 3, &mut scratch)?;
    draw_scalar(stream, instance, 4);
    Ok(())
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, b, c, q, factor] = instance.parts();
    let ((m, n), k) = (a.shape(), c.ncols());
    let norm_a = trial.record("‖A‖", spectral_norm(&a, &mut scratch)?);
    let norm_b = trial.record("‖B‖", spectral_norm(&b, &mut scratch)?);
    let norm_c = trial.record("‖C‖", spectral_norm(&c, &mut scratch)?);
    let allowance = 2.0 * spectral::<T>(m, n) + kernel::<T>(m + n);

    let sum = norm_of(&mut scratch, |frame| EnclosedMatrix::sum(frame, &a, &b))?;
    let sum = trial.record("‖A + B‖", sum);
    trial.at_most("‖A + B‖ ≤ ‖A‖ + ‖B‖", sum, norm_a + norm_b, allowance);
    trial.at_most("‖A‖ ≤ ‖A + B‖ + ‖B‖", norm_a, sum + norm_b, allowance);
    trial.at_most("‖B‖ ≤ ‖A + B‖ + ‖A‖", norm_b, sum + norm_a, allowance);

    let factor = point(factor[(0, 0)]);
    let multiple = norm_of(&mut scratch, |frame| EnclosedMatrix::multiple(frame, factor, &a))?;
    let multiple = trial.record("‖c A‖", multiple);
    trial.equal("‖c A‖ = |c| ‖A‖", multiple, factor.magnitude() * norm_a, allowance);

    let product = norm_of(&mut scratch, |frame| EnclosedMatrix::product(frame, &a, &c))?;
    let product = trial.record("‖A C‖", product);
    let product_allowance = allowance + 2.0 * spectral::<T>(m.max(n), k.max(n)) + kernel::<T>(m + n + k);
    trial.at_most("‖A C‖ ≤ ‖A‖ ‖C‖", product, norm_a * norm_c, product_allowance);

    {
        let mut frame = scratch.frame();
        let transpose = transposed(&a, &mut frame)?;
        let transpose = trial.record("‖Aᵀ‖", spectral_norm(&transpose.as_view(), &mut frame)?);
        trial.equal("‖Aᵀ‖ = ‖A‖", transpose, norm_a, allowance);
    }

    if q.nrows() >= m {
        let defect = {
            let mut frame = scratch.frame();
            EnclosedMatrix::gram_defect(&mut frame, &q)?.frobenius_norm()?
        };
        let defect = trial.record("‖QᵀQ − 1‖_F", defect);
        let moved = norm_of(&mut scratch, |frame| EnclosedMatrix::product(frame, &q, &a))?;
        let moved = trial.record("‖Q A‖", moved).square();
        let slack = defect * norm_a.square();
        trial.at_most("‖Q A‖² ≤ (1 + e) ‖A‖²", moved, norm_a.square() + slack, 2.0 * allowance);
        trial.at_most("‖A‖² ≤ ‖Q A‖² + e ‖A‖²", norm_a.square(), moved + slack, 2.0 * allowance);
    }

    let mut frame = scratch.frame();
    let mut part = frame.matrix(m.div_ceil(2), n.div_ceil(2))?;
    for (mut to, from) in part.column_iter_mut().zip(a.column_iter().step_by(2)) {
        for (to, from) in to.iter_mut().zip(from.iter().step_by(2)) {
            *to = *from;
        }
    }
    let part = trial.record("‖A[even, even]‖", spectral_norm(&part.as_view(), &mut frame)?);
    trial.at_most("‖A[even, even]‖ ≤ ‖A‖", part, norm_a, allowance);
    Ok(())
}

/// The spectral norm of a matrix that is built in the scratch and released with it.
fn norm_of<T: Scalar>(
    scratch: &mut Scratch<'_, T>,
    build: impl for<'b> FnOnce(&mut Scratch<'b, T>) -> Result<EnclosedMatrix<'b, T>, Refusal>,
) -> Result<ScaledEnclosure<T>, Refusal> {
    let mut frame = scratch.frame();
    let matrix = build(&mut frame)?;
    matrix.spectral_norm(&mut frame)
}

fn additive<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, b, ..]: [_; 5] = instance.parts();
    let sum = norm_of(&mut scratch, |frame| EnclosedMatrix::sum(frame, &a, &b))?;
    let (norm_a, norm_b) = (spectral_norm(&a, &mut scratch)?, spectral_norm(&b, &mut scratch)?);
    trial.at_most("‖A‖ + ‖B‖ ≤ ‖A + B‖", norm_a + norm_b, sum, spectral::<T>(a.nrows(), a.ncols()));
    Ok(())
}

fn multiplicative<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, _, c, ..]: [_; 5] = instance.parts();
    let product = norm_of(&mut scratch, |frame| EnclosedMatrix::product(frame, &a, &c))?;
    let (norm_a, norm_c) = (spectral_norm(&a, &mut scratch)?, spectral_norm(&c, &mut scratch)?);
    trial.at_most("‖A‖ ‖C‖ ≤ ‖A C‖", norm_a * norm_c, product, spectral::<T>(a.nrows(), a.ncols()));
    Ok(())
}

fn entry_submultiplicative<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, _, c, ..]: [_; 5] = instance.parts();
    let product = EnclosedMatrix::product(&mut scratch, &a, &c)?;
    let mut largest = ScaledEnclosure::zero();
    for j in 0..c.ncols() {
        for i in 0..a.nrows() {
            largest = largest.maximum(&product.entry(i, j).magnitude());
        }
    }
    let bound = point(max_entry(&a)?) * point(max_entry(&c)?);
    trial.at_most("max |(A C)_ij| ≤ max |a_ij| max |c_ij|", largest, bound, kernel::<T>(a.ncols()));
    Ok(())
}
