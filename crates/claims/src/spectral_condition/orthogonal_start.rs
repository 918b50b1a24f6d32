// SPDX-License-Identifier: MIT OR Apache-2.0

//! A semi-orthogonal start has its spectral norm exactly, without randomness: `‖σ Q‖ = σ`, and `nat(√(m/n) Q) = 1`.
//!
//! As no stored matrix but a few is semi-orthogonal to the last bit, the defect `E = QᵀQ − 1` (or `QQᵀ − 1`, the
//! smaller one) enters.

use widthwise_parametrization::{Initial, Role, rules};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use super::orthogonal_update::Measured;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_scalar, draw_semi_orthogonal};
use crate::enclosed::{EnclosedMatrix, point, root};
use crate::formula::{at, matrix, undefined};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.init.semi-orthogonal`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.init.semi-orthogonal",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "‖σ Q‖ = |σ|, and nat(√(m/n) Q) = 1, for semi-orthogonal Q of every shape",
    explanation: Explanation {
        states: "For a semi-orthogonal Q: ‖σ Q‖ = |σ|; with σ = √(m/n), the singular values that the rule for orthogonal starts gives, nat(σ Q) = 1 for every shape. With the defect E = QᵀQ − 1 \
                 or QQᵀ − 1 (the smaller one), for every matrix: |‖σ Q‖² − σ²| ≤ σ² ‖E‖_F and |nat(√(m/n) Q)² − 1| ≤ ‖E‖_F.",
        hypotheses: "none: E measures how far Q is from semi-orthogonal",
        shapes: "Q: m×n (fan-out m, fan-in n), σ: scalar",
        checked_as: "σ Q as a stored center and a bound of what it lacks, its norm enclosed by itself; the singular values as the package computes them for the roles input, \
                     hidden and output.",
        allowance: "2 r² + 64 units for ‖Q‖ with r = min(m, n), twice, and 8 (m + n + m n + 40) + 32.",
        source: "Sections 3.1 and 4; the form with a defect is added here.",
    },
    layout: &[Part::matrix("Q", Dimension::M, Dimension::N), Part::scalar("σ")],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[Control {
        id: "spectral.init.semi-orthogonal/unit-start",
        states: "nat(Q) = 1: nat(Q)² ≤ 1 + ‖E‖_F and 1 ≤ nat(Q)² + ‖E‖_F",
        because: "Q = (½, ½, ½, ½): nat(Q) = 2",
        check: both!(unit_start),
        witness: &[
            WitnessPart { rows: 1, columns: 4, entries: &[0.5; 4] },
            WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
        ],
    }],
};

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
    draw_scalar(stream, instance, 1);
    Ok(())
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [q, sigma] = instance.parts();
    let (m, n) = q.shape();
    let sigma = point(sigma[(0, 0)]);
    let Measured { norm, defect, .. } = Measured::of(&q, &mut scratch, trial)?;
    let allowance = 2.0 * spectral::<T>(m, n) + kernel::<T>(m + n + m * n + 40);
    let start = {
        let mut frame = scratch.frame();
        EnclosedMatrix::multiple(&mut frame, sigma, &q)?.spectral_norm(&mut frame)?
    };
    let (start, square) = (trial.record("‖σ Q‖²", start.square()), sigma.square());
    trial.at_most("‖σ Q‖² ≤ σ² (1 + ‖E‖_F)", start, square * (ScaledEnclosure::one() + defect), allowance);
    trial.at_most("σ² ≤ ‖σ Q‖² + σ² ‖E‖_F", square, start + square * defect, allowance);

    let aspect = ScaledEnclosure::count(n) / ScaledEnclosure::count(m);
    let one = ScaledEnclosure::one();
    for role in [Role::Input, Role::Hidden, Role::Output] {
        let initial = rules::SPECTRAL_ORTHOGONAL.initial(role).map_err(undefined)?;
        let Initial::Orthogonal(values) = initial else {
            return Err(Refusal::Hypothesis("the rule starts orthogonal"));
        };
        let values = at::<T>(values, matrix(m, n)?)?;
        trial.equal("singular values of the rule = √(m/n)", values, root(one / aspect), allowance);
        let natural = aspect * values.square() * norm;
        trial.at_most("nat(√(m/n) Q)² ≤ 1 + ‖E‖_F", natural, one + defect, allowance);
        trial.at_most("1 ≤ nat(√(m/n) Q)² + ‖E‖_F", one, natural + defect, allowance);
    }
    Ok(())
}

fn unit_start<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [q, _] = instance.parts();
    let (m, n) = q.shape();
    let Measured { norm, defect, .. } = Measured::of(&q, &mut scratch, trial)?;
    let natural = ScaledEnclosure::count(n) / ScaledEnclosure::count(m) * norm;
    let (one, allowance) = (ScaledEnclosure::one(), 2.0 * spectral::<T>(m, n) + kernel::<T>(m + n));
    trial.at_most("nat(Q)² ≤ 1 + ‖E‖_F", natural, one + defect, allowance);
    trial.at_most("1 ≤ nat(Q)² + ‖E‖_F", one, natural + defect, allowance);
    Ok(())
}
