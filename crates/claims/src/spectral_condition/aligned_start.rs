// SPDX-License-Identifier: MIT OR Apache-2.0

//! A start with orthonormal columns is perfectly aligned with every input: part (a) of claim 1.
//!
//! Rounding breaks `QᵀQ = 1`, so the defect `E = QᵀQ − 1` enters. In this form the claim holds for every matrix; for
//! fewer rows than columns `‖E‖ ≥ 1`, and it says nothing.

use widthwise_linalg::two_norm_squared_enclosure;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_scalar, draw_semi_orthogonal, draw_vectors_alike};
use crate::enclosed::{EnclosedMatrix, point, transposed};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.claim-1.semi-orthogonal`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.claim-1.semi-orthogonal",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "W = σ Q, QᵀQ = 1 ⇒ ‖W h‖ = ‖W‖ ‖h‖ for every h",
    explanation: Explanation {
        states: "For W = σ Q with orthonormal columns, which needs fan-out ≥ fan-in: ‖W h‖ = ‖W‖ ‖h‖ for every h. With E = QᵀQ − 1, for every matrix: \
                 |‖W h‖² − σ² ‖h‖²| ≤ σ² ‖E‖_F ‖h‖² and |‖W h‖² − ‖W‖² ‖h‖²| ≤ 2 σ² ‖E‖_F ‖h‖².",
        hypotheses: "none: E measures how far the columns are from orthonormal",
        shapes: "Q: m×n, h: n, σ: scalar",
        checked_as: "W as a stored center and a bound of what it lacks; E entry by entry from compensated dot products.",
        allowance: "the relative width of ‖W‖ four times, and 8 (m + n + m n + 40) + 32 units.",
        source: "Claim 1, section 3.1, its exact part; for Gaussian starts it holds with high probability. The form with a defect is added here.",
    },
    layout: &[
        Part::matrix("Q", Dimension::M, Dimension::N),
        Part::vector("h", Dimension::N),
        Part::scalar("σ"),
    ],
    sizes,
    sample: both!(sample),
    check: both!(check),
    controls: &[Control {
        id: "spectral.claim-1.semi-orthogonal/orthonormal-rows",
        states: "orthonormal rows suffice: ‖W‖² ‖h‖² ≤ ‖W h‖² + 2 σ² ‖QQᵀ − 1‖_F ‖h‖²",
        because: "Q = (1, 0), h = e_2: 1 > 0",
        check: both!(orthonormal_rows),
        witness: &[
            WitnessPart { rows: 1, columns: 2, entries: &[1.0, 0.0] },
            WitnessPart { rows: 2, columns: 1, entries: &[0.0, 1.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
        ],
    }],
};

/// Three in four matrices are tall.
fn sizes(stream: &mut Stream) -> Sizes {
    let sizes = Sizes::draw(stream);
    let Sizes { m, n, .. } = sizes;
    if stream.below(4) == 0 { sizes } else { Sizes { m: m.max(n), n: m.min(n), ..sizes } }
}

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    if stream.below(8) == 0 {
        draw_matrices_alike(stream, instance, &[0], &mut scratch)?;
    } else {
        draw_semi_orthogonal(stream, instance, 0, &mut scratch)?;
    }
    draw_vectors_alike(stream, instance, &[1], &mut scratch)?;
    draw_scalar(stream, instance, 2);
    Ok(())
}

/// `‖W‖² ‖h‖²`, `‖W h‖²` and `σ² ‖h‖²`.
fn squares<T: Scalar>(
    instance: &Instance<'_, T>,
    scratch: &mut Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<[ScaledEnclosure<T>; 3], Refusal> {
    let [q, h, sigma] = instance.parts();
    let (h, sigma) = (h.column(0), point(sigma[(0, 0)]));
    let mut frame = scratch.frame();
    let w = EnclosedMatrix::multiple(&mut frame, sigma, &q)?;
    let image = trial.record("‖W h‖²", w.image_norm(&h)?.square());
    let norm = trial.record("‖W‖²", w.spectral_norm(&mut frame)?.square());
    let length = trial.record("‖h‖²", two_norm_squared_enclosure(&h)?);
    Ok([norm * length, image, sigma.square() * length])
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let q = instance.part(0);
    let (m, n) = q.shape();
    let [full, image, square] = squares(instance, &mut scratch, trial)?;
    let defect = EnclosedMatrix::gram_defect(&mut scratch, &q)?.frobenius_norm()?;
    let spread = square * trial.record("‖E‖_F", defect);
    let allowance = 4.0 * spectral::<T>(m, n) + kernel::<T>(m + n + m * n + 40);
    trial.at_most("‖W h‖² ≤ σ² (1 + ‖E‖_F) ‖h‖²", image, square + spread, allowance);
    trial.at_most("σ² ‖h‖² ≤ ‖W h‖² + σ² ‖E‖_F ‖h‖²", square, image + spread, allowance);
    let twice = spread.scale_exp2(1);
    trial.at_most("‖W h‖² ≤ ‖W‖² ‖h‖² + 2 σ² ‖E‖_F ‖h‖²", image, full + twice, allowance);
    trial.at_most("‖W‖² ‖h‖² ≤ ‖W h‖² + 2 σ² ‖E‖_F ‖h‖²", full, image + twice, allowance);
    Ok(())
}

fn orthonormal_rows<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let q = instance.part(0);
    let (m, n) = q.shape();
    let [full, image, square] = squares(instance, &mut scratch, trial)?;
    let transpose = transposed(&q, &mut scratch)?;
    let defect = EnclosedMatrix::gram_defect(&mut scratch, &transpose.as_view())?.frobenius_norm()?;
    let twice = (square * trial.record("‖QQᵀ − 1‖_F", defect)).scale_exp2(1);
    let allowance = 4.0 * spectral::<T>(m, n) + kernel::<T>(m + n + m * n + 40);
    trial.at_most("‖W‖² ‖h‖² ≤ ‖W h‖² + 2 σ² ‖QQᵀ − 1‖_F ‖h‖²", full, image + twice, allowance);
    Ok(())
}
