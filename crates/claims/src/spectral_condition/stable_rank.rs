// SPDX-License-Identifier: MIT OR Apache-2.0

//! `1 ≤ sr(A) ≤ rank(A) ≤ min(m, n)` for the stable rank `sr(A) = ‖A‖_F² / ‖A‖²`.

use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_scalar, draw_semi_orthogonal, isometry_rows};
use crate::enclosed::{EnclosedMatrix, point, transposed};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.stable-rank`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.stable-rank",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "1 ≤ sr(A) ≤ rank(A) ≤ min(m,n); sr(cA) = sr(Aᵀ) = sr(QA) = sr(A)",
    explanation: Explanation {
        states: "For A ≠ 0 and sr(A) = ‖A‖_F² / ‖A‖²: 1 ≤ sr(A) ≤ min(m, n); sr(U V) ≤ k for an inner dimension k, which is what \
                 rank ≤ k means; sr(c A) = sr(A) for c ≠ 0; sr(Aᵀ) = sr(A); sr(Q A) = sr(A) if QᵀQ = 1. Proved beside these: sr(A) = 1 \
                 exactly for rank one, sr(A) = rank(A) exactly if all non-zero singular values are equal.",
        hypotheses: "A ≠ 0 (the other parts are left out where they vanish); for Q, with the defect e = ‖QᵀQ − 1‖_F of the stored matrix, \
                     (1 − e) sr(Q A) ≤ (1 + e) sr(A) and (1 − e) sr(A) ≤ (1 + e) sr(Q A)",
        shapes: "A, B: m×n, U: m×k, V: k×n, c: scalar, Q: p×m with p ≥ m (where m ≤ 64; B serves a control)",
        checked_as: "Both norms by enclosure; U V and c A as a stored center and a bound of what it lacks.",
        allowance: "twice the relative width of ‖A‖ on each side, and 8 (m + n + k + m n) + 32 units.",
        source: "Section 3.3, the discussion of low rank.",
    },
    layout: &[
        Part::matrix("A", Dimension::M, Dimension::N),
        Part::matrix("B", Dimension::M, Dimension::N),
        Part::matrix("U", Dimension::M, Dimension::K),
        Part::matrix("V", Dimension::K, Dimension::N),
        Part::scalar("c"),
        Part::matrix("Q", Dimension::P, Dimension::M),
    ],
    sizes,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.stable-rank/equals-rank",
            states: "min(m, n) ≤ sr(A): the stable rank is the rank",
            because: "A = diag(2, 1): 2 > 5/4",
            check: both!(equals_rank),
            witness: &[
                WitnessPart { rows: 2, columns: 2, entries: &[2.0, 0.0, 0.0, 1.0] },
                WitnessPart { rows: 2, columns: 2, entries: &[0.0, 0.0, 0.0, 0.0] },
                WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.0] },
                WitnessPart { rows: 1, columns: 2, entries: &[1.0, 0.0] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
                WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 1.0] },
            ],
        },
        Control {
            id: "spectral.stable-rank/subadditive",
            states: "sr(A + B) ≤ sr(A) + sr(B)",
            because: "A = diag(3, 1, 1), B = diag(−2, 0, 0): 3 > 11/9 + 1",
            check: both!(subadditive),
            witness: &[
                WitnessPart { rows: 3, columns: 3, entries: &[3.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0] },
                WitnessPart { rows: 3, columns: 3, entries: &[-2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0] },
                WitnessPart { rows: 3, columns: 1, entries: &[1.0, 0.0, 0.0] },
                WitnessPart { rows: 1, columns: 3, entries: &[1.0, 0.0, 0.0] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
                WitnessPart { rows: 3, columns: 3, entries: &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0] },
            ],
        },
    ],
};

fn sizes(stream: &mut Stream) -> Sizes {
    let sizes = Sizes::draw(stream);
    let k = 1 + stream.below(4) as usize;
    Sizes { k, p: isometry_rows(stream, sizes.m), ..sizes }
}

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    if stream.below(8) == 0 {
        // An orthogonal matrix hidden behind a spike that B takes away: where subadditivity fails.
        draw_semi_orthogonal(stream, instance, 0, &mut scratch)?;
        let spike = T::from_count(4 + stream.below(28) as usize);
        instance.part_mut(0)[(0, 0)] += spike;
        instance.part_mut(1).fill(T::zero());
        instance.part_mut(1)[(0, 0)] = -spike;
    } else {
        draw_matrices_alike(stream, instance, &[0, 1], &mut scratch)?;
    }
    draw_matrices_alike(stream, instance, &[2, 3], &mut scratch)?;
    draw_scalar(stream, instance, 4);
    draw_semi_orthogonal(stream, instance, 5, &mut scratch)
}

/// The stable rank, `None` for a matrix that may vanish.
fn stable_rank<T: Scalar>(
    a: &EnclosedMatrix<'_, T>,
    scratch: &mut Scratch<'_, T>,
) -> Result<Option<ScaledEnclosure<T>>, Refusal> {
    let norm = a.spectral_norm(scratch)?;
    let ratio = a.frobenius_norm()? / norm;
    Ok((norm.significand().lo() > T::zero()).then(|| ratio.square()))
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, _, u, v, factor, q] = instance.parts();
    let ((m, n), k) = (a.shape(), u.ncols());
    let allowance = 4.0 * spectral::<T>(m, n) + kernel::<T>(m + n);
    let stable = {
        let mut frame = scratch.frame();
        let a = EnclosedMatrix::exact(&mut frame, &a)?;
        stable_rank(&a, &mut frame)?.ok_or(Refusal::Hypothesis("A ≠ 0"))?
    };
    let stable = trial.record("sr(A)", stable);
    trial.at_most("1 ≤ sr(A)", ScaledEnclosure::one(), stable, allowance);
    trial.at_most("sr(A) ≤ min(m, n)", stable, ScaledEnclosure::count(m.min(n)), allowance);
    {
        let mut frame = scratch.frame();
        let transpose = transposed(&a, &mut frame)?;
        let transpose = EnclosedMatrix::exact(&mut frame, &transpose.as_view())?;
        if let Some(of_transpose) = stable_rank(&transpose, &mut frame)? {
            let of_transpose = trial.record("sr(Aᵀ)", of_transpose);
            trial.equal("sr(Aᵀ) = sr(A)", of_transpose, stable, 2.0 * allowance);
        }
    }
    {
        let mut frame = scratch.frame();
        let multiple = EnclosedMatrix::multiple(&mut frame, point(factor[(0, 0)]), &a)?;
        if let Some(of_multiple) = stable_rank(&multiple, &mut frame)? {
            let of_multiple = trial.record("sr(c A)", of_multiple);
            let allowance = 2.0 * allowance + kernel::<T>(m * n);
            trial.equal("sr(c A) = sr(A)", of_multiple, stable, allowance);
        }
    }
    if q.nrows() >= m {
        let mut frame = scratch.frame();
        let defect = EnclosedMatrix::gram_defect(&mut frame, &q)?.frobenius_norm()?;
        let defect = trial.record("‖QᵀQ − 1‖_F", defect);
        let moved = EnclosedMatrix::product(&mut frame, &q, &a)?;
        if let Some(moved) = stable_rank(&moved, &mut frame)? {
            let moved = trial.record("sr(Q A)", moved);
            let allowance = 2.0 * allowance + kernel::<T>(m * n);
            // With the terms in e moved to the larger side.
            let slack = defect * (moved + stable);
            trial.at_most("sr(Q A) ≤ sr(A) + e (sr(A) + sr(Q A))", moved, stable + slack, allowance);
            trial.at_most("sr(A) ≤ sr(Q A) + e (sr(A) + sr(Q A))", stable, moved + slack, allowance);
        }
    }
    let mut frame = scratch.frame();
    let product = EnclosedMatrix::product(&mut frame, &u, &v)?;
    if let Some(of_product) = stable_rank(&product, &mut frame)? {
        let of_product = trial.record("sr(U V)", of_product);
        let allowance = allowance + kernel::<T>(m + n + k + m * n);
        trial.at_most("sr(U V) ≤ k", of_product, ScaledEnclosure::count(k), allowance);
    }
    Ok(())
}

fn equals_rank<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, ..]: [_; 6] = instance.parts();
    let (m, n) = a.shape();
    let a = EnclosedMatrix::exact(&mut scratch, &a)?;
    let stable = stable_rank(&a, &mut scratch)?.ok_or(Refusal::Hypothesis("A ≠ 0"))?;
    trial.at_most("min(m, n) ≤ sr(A)", ScaledEnclosure::count(m.min(n)), stable, spectral::<T>(m, n));
    Ok(())
}

fn subadditive<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, b, ..]: [_; 6] = instance.parts();
    let (m, n) = a.shape();
    let sum = EnclosedMatrix::sum(&mut scratch, &a, &b)?;
    let of_sum = stable_rank(&sum, &mut scratch)?.ok_or(Refusal::Hypothesis("A + B ≠ 0"))?;
    let a = EnclosedMatrix::exact(&mut scratch, &a)?;
    let of_a = stable_rank(&a, &mut scratch)?.ok_or(Refusal::Hypothesis("A ≠ 0"))?;
    let b = EnclosedMatrix::exact(&mut scratch, &b)?;
    let of_b = stable_rank(&b, &mut scratch)?.ok_or(Refusal::Hypothesis("B ≠ 0"))?;
    trial.at_most("sr(A + B) ≤ sr(A) + sr(B)", of_sum, of_a + of_b, spectral::<T>(m, n));
    Ok(())
}
