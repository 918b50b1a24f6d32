// SPDX-License-Identifier: MIT OR Apache-2.0

//! `‖Q‖ = 1` and `‖Q‖_F = √min(m, n)` for a semi-orthogonal matrix.
//!
//! No stored matrix but a few is semi-orthogonal to the last bit, so the claim is tested in the form that holds for every matrix and
//! contains it: with the defect `E = QᵀQ − 1` (or `QQᵀ − 1`, the smaller one, `r × r`), `|‖Q‖² − 1| ≤ ‖E‖_F` and `|‖Q‖_F² − r| ≤ √r ‖E‖_F`.

use widthwise_linalg::{dot, frobenius_norm_enclosure, two_norm_squared_enclosure};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::{kernel, spectral, units};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_semi_orthogonal};
use crate::enclosed::{EnclosedMatrix, root, spectral_norm, transposed};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.norms.semi-orthogonal`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.norms.semi-orthogonal",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "QᵀQ = 1 ⇒ ‖Q‖ = 1 and ‖Q‖_F = √min(m,n)",
    explanation: Explanation {
        states: "If QᵀQ = 1 (m ≥ n) or QQᵀ = 1 (m ≤ n) then ‖Q‖ = 1 and ‖Q‖_F = √min(m, n). With r = min(m, n) and the defect E = QᵀQ − 1 or QQᵀ − 1 (r×r): \
                 |‖Q‖² − 1| ≤ ‖E‖_F and |‖Q‖_F² − r| ≤ √r ‖E‖_F for every matrix.",
        hypotheses: "none: E measures how far Q is from semi-orthogonal",
        shapes: "Q: m×n",
        checked_as: "E entry by entry from compensated dot products; three in four instances are products of Householder reflections.",
        allowance: "2 r² + 64 units for ‖Q‖, twice, and 8 (m + n) + 32.",
        source: "Preliminaries and section 3.1, semi-orthogonal initialisation; the form with a defect is added here.",
    },
    layout: &[Part::matrix("Q", Dimension::M, Dimension::N)],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[Control {
        id: "spectral.norms.semi-orthogonal/gram-schmidt",
        states: "classical Gram–Schmidt without re-orthogonalisation is semi-orthogonal to 64 max(m, n) u: applied to the columns of a Hilbert matrix of Q's shape",
        because: "8×8: the columns computed are far from orthogonal",
        check: both!(gram_schmidt),
        witness: &[WitnessPart { rows: 8, columns: 8, entries: &[0.0; 64] }],
    }],
};

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    if stream.below(4) == 0 {
        draw_matrices_alike(stream, instance, &[0], &mut scratch)
    } else {
        draw_semi_orthogonal(stream, instance, 0, &mut scratch)
    }
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [q] = instance.parts();
    let (m, n) = q.shape();
    let rank = m.min(n);
    let norm = trial.record("‖Q‖²", spectral_norm(&q, &mut scratch)?.square());
    let frobenius = trial.record("‖Q‖_F²", frobenius_norm_enclosure(&q)?.square());
    let defect = if m >= n {
        EnclosedMatrix::gram_defect(&mut scratch, &q)?.frobenius_norm()?
    } else {
        let transpose = transposed(&q, &mut scratch)?;
        EnclosedMatrix::gram_defect(&mut scratch, &transpose.as_view())?.frobenius_norm()?
    };
    let defect = trial.record("‖E‖_F", defect);
    let (one, count) = (ScaledEnclosure::one(), ScaledEnclosure::count(rank));
    let allowance = 2.0 * spectral::<T>(m, n) + kernel::<T>(m + n);
    trial.at_most("‖Q‖² ≤ 1 + ‖E‖_F", norm, one + defect, allowance);
    trial.at_most("1 ≤ ‖Q‖² + ‖E‖_F", one, norm + defect, allowance);
    let spread = root(count) * defect;
    trial.at_most("‖Q‖_F² ≤ r + √r ‖E‖_F", frobenius, count + spread, allowance);
    trial.at_most("r ≤ ‖Q‖_F² + √r ‖E‖_F", count, frobenius + spread, allowance);
    Ok(())
}

fn gram_schmidt<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [shape] = instance.parts();
    let (m, n) = shape.shape();
    if m < n || n < 2 {
        return Err(Refusal::Hypothesis("m ≥ n ≥ 2"));
    }
    let mut q = scratch.matrix(m, n)?;
    let mut coefficients = scratch.vector(n)?;
    for j in 0..n {
        for i in 0..m {
            q[(i, j)] = T::one() / T::from_count(i + j + 1);
        }
        // All coefficients from the column as it was: classical, not modified, Gram–Schmidt.
        for k in 0..j {
            coefficients[k] = dot(&q.column(k), &q.column(j))?;
        }
        for k in 0..j {
            for i in 0..m {
                let projection = coefficients[k] * q[(i, k)];
                q[(i, j)] -= projection;
            }
        }
        let length = root(two_norm_squared_enclosure(&q.column(j))?).to_enclosure().midpoint();
        if length <= T::zero() {
            return Err(Refusal::Hypothesis("no column vanishes"));
        }
        for entry in q.column_mut(j).iter_mut() {
            *entry /= length;
        }
    }
    let defect = EnclosedMatrix::gram_defect(&mut scratch, &q.as_view())?.frobenius_norm()?;
    let defect = trial.record("‖QᵀQ − 1‖_F", defect);
    let bound = ScaledEnclosure::count(64 * m.max(n)) * unit_roundoff();
    trial.at_most("‖QᵀQ − 1‖_F ≤ 64 max(m, n) u", defect, bound, units::<T>(64));
    Ok(())
}

fn unit_roundoff<T: Scalar>() -> ScaledEnclosure<T> {
    ScaledEnclosure::one().scale_exp2(-T::DIGITS)
}
