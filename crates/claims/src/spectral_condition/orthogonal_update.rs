// SPDX-License-Identifier: MIT OR Apache-2.0

//! The RMS→RMS norm of an orthogonalised update, for each factor of the shape that implementations apply.
//!
//! As in [`semi_orthogonal`](super::semi_orthogonal), orthogonality enters through its defect. What is on trial are the factors of
//! `widthwise-parametrization`, the norms it states for them, and the rates of its spectral rule.

use nalgebra::DMatrixView;
use widthwise_linalg::frobenius_norm_enclosure;
use widthwise_parametrization::{Optimizer, Role, ShapeFactor, rules};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_semi_orthogonal};
use crate::enclosed::{EnclosedMatrix, root, spectral_norm, transposed};
use crate::formula::{at, matrix, undefined};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.muon.natural-norm`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.muon.natural-norm",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "√(a/b) ‖f Q‖ = 1 for f = √(b/a); max(1, √(a/b)) for √max(1, b/a); 0.2 √max(a, b) √(a/b) for 0.2 √max(a, b)",
    explanation: Explanation {
        states: "For a semi-orthogonal update Q of fan-out b and fan-in a and a factor f of the shape, the RMS→RMS norm √(a/b) ‖f Q‖ is ν = √(a/b) for f = 1, 1 for f = √(b/a), \
                 max(1, √(a/b)) for f = √max(1, b/a), 0.2 √max(a, b) √(a/b) for f = 0.2 √max(a, b); the root mean square ρ of the entries of f Q is f/√max(a, b). \
                 The rate of the spectral rule for an optimiser that applies f makes the RMS→RMS norm of the step 1. For every matrix, with r = min(a, b) and the defect \
                 E = QᵀQ − 1 or QQᵀ − 1 (r×r): |(a/b) ‖f Q‖² − ν²| ≤ ν² ‖E‖_F and |‖f Q‖_F²/(a b) − ρ²| ≤ ρ² ‖E‖_F/√r.",
        hypotheses: "none: E measures how far Q is from semi-orthogonal",
        shapes: "Q: m×n (b = m, a = n)",
        checked_as: "f, ν, ρ and the rate as the package computes them; ν against its formula; ‖f Q‖ = f ‖Q‖ from one enclosure.",
        allowance: "2 r² + 64 units for ‖Q‖, twice, and 8 (m + n + 40) + 32.",
        source: "Beyond the paper: the factors of Muon's implementations; the form with a defect is added here.",
    },
    layout: &[Part::matrix("Q", Dimension::M, Dimension::N)],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.muon.natural-norm/maximum-factor",
            states: "with f = √max(1, b/a) the RMS→RMS norm is 1: (a/b) ‖f Q‖² ≤ 1 + ‖E‖_F",
            because: "Q = (½, ½, ½, ½), a = 4, b = 1: 4 > 1",
            check: both!(maximum_factor),
            witness: &[WitnessPart { rows: 1, columns: 4, entries: &[0.5; 4] }],
        },
        Control {
            id: "spectral.muon.natural-norm/unit-frobenius",
            states: "‖Q‖_F = 1: ‖Q‖_F² ≤ 1 + √r ‖E‖_F",
            because: "Q = 1 (2×2): 2 > 1",
            check: both!(unit_frobenius),
            witness: &[WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 1.0] }],
        },
    ],
};

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    if stream.below(8) == 0 {
        draw_matrices_alike(stream, instance, &[0], &mut scratch)
    } else {
        draw_semi_orthogonal(stream, instance, 0, &mut scratch)
    }
}

/// `‖Q‖²`, `‖Q‖_F²` and `‖E‖_F`.
pub(super) struct Measured<T> {
    pub(super) norm: ScaledEnclosure<T>,
    pub(super) frobenius: ScaledEnclosure<T>,
    pub(super) defect: ScaledEnclosure<T>,
}

impl<T: Scalar> Measured<T> {
    pub(super) fn of(
        q: &DMatrixView<'_, T>,
        scratch: &mut Scratch<'_, T>,
        trial: &mut Trial<'_, T>,
    ) -> Result<Self, Refusal> {
        let norm = trial.record("‖Q‖²", spectral_norm(q, scratch)?.square());
        let frobenius = trial.record("‖Q‖_F²", frobenius_norm_enclosure(q)?.square());
        let defect = if q.nrows() >= q.ncols() {
            EnclosedMatrix::gram_defect(scratch, q)?.frobenius_norm()?
        } else {
            let transpose = transposed(q, scratch)?;
            EnclosedMatrix::gram_defect(scratch, &transpose.as_view())?.frobenius_norm()?
        };
        Ok(Self { norm, frobenius, defect: trial.record("‖E‖_F", defect) })
    }
}

/// `ν`, as the statement has it.
fn natural_norm<T: Scalar>(factor: ShapeFactor, b: usize, a: usize) -> Option<ScaledEnclosure<T>> {
    let aspect = root(ScaledEnclosure::count(a) / ScaledEnclosure::count(b));
    Some(match factor {
        ShapeFactor::One => aspect,
        ShapeFactor::RmsToRms => ScaledEnclosure::one(),
        ShapeFactor::SpectralMax => ScaledEnclosure::one().maximum(&aspect),
        ShapeFactor::EntryRms => root(ScaledEnclosure::count(a.max(b))) / ScaledEnclosure::count(5) * aspect,
        _ => return None,
    })
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let Sizes { m: b, n: a, .. } = instance.sizes();
    let shape = matrix(b, a)?;
    let Measured { norm, frobenius, defect } = Measured::of(&instance.part(0), &mut scratch, trial)?;
    let (numbers, norms) = (kernel::<T>(40), 2.0 * spectral::<T>(b, a) + kernel::<T>(b + a + 40));
    let aspect = ScaledEnclosure::count(a) / ScaledEnclosure::count(b);
    let entries = ScaledEnclosure::count(a) * ScaledEnclosure::count(b);
    let rank = root(ScaledEnclosure::count(a.min(b)));
    let one = ScaledEnclosure::one();
    for factor in ShapeFactor::ALL {
        let f = at(factor.monomial(), shape)?;
        let stated = at(factor.natural_norm(), shape)?;
        if let Some(expected) = natural_norm(factor, b, a) {
            trial.equal("ν of the package = ν", stated, expected, numbers);
        }
        let (measured, expected) = (aspect * f.square() * norm, stated.square());
        trial.at_most("(a/b) ‖f Q‖² ≤ ν² (1 + ‖E‖_F)", measured, expected * (one + defect), norms);
        trial.at_most("ν² ≤ (a/b) ‖f Q‖² + ν² ‖E‖_F", expected, measured + expected * defect, norms);

        let entry = at::<T>(factor.entry_rms(), shape)?.square();
        let (measured, spread) = (f.square() * frobenius / entries, entry * (defect / rank));
        trial.at_most("‖f Q‖_F²/(a b) ≤ ρ² (1 + ‖E‖_F/√r)", measured, entry + spread, norms);
        trial.at_most("ρ² ≤ ‖f Q‖_F²/(a b) + ρ² ‖E‖_F/√r", entry, measured + spread, norms);

        let optimizer = Optimizer::Orthogonalized(factor);
        let rate = at(rules::SPECTRAL.rate(Role::Hidden, optimizer).map_err(undefined)?, shape)?;
        trial.equal("rate · ν = 1", rate * stated, one, numbers);
    }
    Ok(())
}

fn maximum_factor<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let Sizes { m: b, n: a, .. } = instance.sizes();
    let Measured { norm, defect, .. } = Measured::of(&instance.part(0), &mut scratch, trial)?;
    let f = at::<T>(ShapeFactor::SpectralMax.monomial(), matrix(b, a)?)?;
    let measured = ScaledEnclosure::count(a) / ScaledEnclosure::count(b) * f.square() * norm;
    let allowance = 2.0 * spectral::<T>(b, a) + kernel::<T>(b + a + 40);
    trial.at_most("(a/b) ‖f Q‖² ≤ 1 + ‖E‖_F", measured, ScaledEnclosure::one() + defect, allowance);
    Ok(())
}

fn unit_frobenius<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let Sizes { m, n, .. } = instance.sizes();
    let Measured { frobenius, defect, .. } = Measured::of(&instance.part(0), &mut scratch, trial)?;
    let bound = ScaledEnclosure::one() + root(ScaledEnclosure::count(m.min(n))) * defect;
    trial.at_most("‖Q‖_F² ≤ 1 + √r ‖E‖_F", frobenius, bound, kernel::<T>(m + n));
    Ok(())
}
