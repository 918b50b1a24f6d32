// SPDX-License-Identifier: MIT OR Apache-2.0

//! What an update of a fixed relative Frobenius norm is in the spectral norm: larger by the root of the quotient of the stable ranks.
//!
//! Beside it, the tables of `widthwise-parametrization` that imitate such a rule are on trial: they scale a normalised update to the Frobenius norm of a
//! matrix whose entries all have the size of the start.

use widthwise_linalg::frobenius_norm_enclosure;
use widthwise_parametrization::{Optimizer, Role, Rule, rules};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_scalar};
use crate::enclosed::{EnclosedMatrix, point, root, spectral_norm};
use crate::formula::{at, matrix, undefined};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.rule.frobenius`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.rule.frobenius",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "‖ΔW‖_F = η ‖W‖_F ⇒ ‖ΔW‖ = η √(sr(W)/sr(ΔW)) ‖W‖",
    explanation: Explanation {
        states: "For W, G ≠ 0 and ΔW = (η ‖W‖_F/‖G‖_F) G: ‖ΔW‖_F = |η| ‖W‖_F, ‖ΔW‖ = |η| √(sr(W)/sr(G)) ‖W‖, and read backwards ‖ΔW‖_F/‖W‖_F = (‖ΔW‖/‖W‖) √(sr(ΔW)/sr(W)). \
                 The rules for such updates have the rate σ √(m n), the Frobenius norm of a matrix with entries ±σ; the repaired one has σ √max(m, n).",
        hypotheses: "W, G ≠ 0 (the last part is left out where η = 0)",
        shapes: "W, G: m×n, η: scalar",
        checked_as: "ΔW as a stored center and a bound of what it lacks, its norms enclosed by themselves and not derived from those of G.",
        allowance: "twice the relative width of ‖·‖ for each of the matrices, and 8 (m + n + m n + 40) + 32 units.",
        source: "Section 5, Frobenius-normalised updates.",
    },
    layout: &[
        Part::matrix("W", Dimension::M, Dimension::N),
        Part::matrix("G", Dimension::M, Dimension::N),
        Part::scalar("η"),
    ],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[Control {
        id: "spectral.rule.frobenius/same-fraction",
        states: "‖ΔW‖ = |η| ‖W‖: the relative spectral norm is the relative Frobenius norm",
        because: "W = 1 (2×2), G = diag(1, 0), η = 1: ‖ΔW‖ = √2",
        check: both!(same_fraction),
        witness: &[
            WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 1.0] },
            WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 0.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
        ],
    }],
};

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    draw_matrices_alike(stream, instance, &[0], &mut scratch)?;
    draw_matrices_alike(stream, instance, &[1], &mut scratch)?;
    draw_scalar(stream, instance, 2);
    Ok(())
}

/// The norms of a matrix that does not vanish.
struct Norms<T> {
    spectral: ScaledEnclosure<T>,
    frobenius: ScaledEnclosure<T>,
}

impl<T: Scalar> Norms<T> {
    fn new(spectral: ScaledEnclosure<T>, frobenius: ScaledEnclosure<T>) -> Option<Self> {
        (spectral.significand().lo() > T::zero()).then_some(Self { spectral, frobenius })
    }

    fn root_of_stable_rank(&self) -> ScaledEnclosure<T> {
        self.frobenius / self.spectral
    }
}

/// The norms of `W` and of `G`, `|η|`, and the spectral and Frobenius norms of `ΔW`.
struct Update<T> {
    w: Norms<T>,
    g: Norms<T>,
    fraction: ScaledEnclosure<T>,
    spectral: ScaledEnclosure<T>,
    frobenius: ScaledEnclosure<T>,
}

impl<T: Scalar> Update<T> {
    fn of(
        instance: &Instance<'_, T>,
        scratch: &mut Scratch<'_, T>,
        trial: &mut Trial<'_, T>,
    ) -> Result<Self, Refusal> {
        let [w, g, eta] = instance.parts();
        let eta = point(eta[(0, 0)]);
        let vanishes = Refusal::Hypothesis("W, G ≠ 0");
        let w_norms =
            Norms::new(spectral_norm(&w, scratch)?, frobenius_norm_enclosure(&w)?).ok_or(vanishes)?;
        let g_norms =
            Norms::new(spectral_norm(&g, scratch)?, frobenius_norm_enclosure(&g)?).ok_or(vanishes)?;
        let factor = eta * (w_norms.frobenius / g_norms.frobenius);
        let update = EnclosedMatrix::multiple(scratch, factor, &g)?;
        let spectral = trial.record("‖ΔW‖", update.spectral_norm(scratch)?);
        let frobenius = trial.record("‖ΔW‖_F", update.frobenius_norm()?);
        Ok(Self { w: w_norms, g: g_norms, fraction: eta.magnitude(), spectral, frobenius })
    }
}

fn allowance<T: Scalar>(rows: usize, columns: usize) -> f64 {
    6.0 * spectral::<T>(rows, columns) + kernel::<T>(rows + columns + rows * columns + 40)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let Sizes { m, n, .. } = instance.sizes();
    let Update { w, g, fraction, spectral, frobenius } = Update::of(instance, &mut scratch, trial)?;
    let allowance = allowance::<T>(m, n);
    trial.record("√sr(W)", w.root_of_stable_rank());
    trial.record("√sr(G)", g.root_of_stable_rank());
    trial.equal("‖ΔW‖_F = |η| ‖W‖_F", frobenius, fraction * w.frobenius, allowance);
    let ranks = w.root_of_stable_rank() / g.root_of_stable_rank();
    trial.equal("‖ΔW‖ = |η| √(sr(W)/sr(G)) ‖W‖", spectral, fraction * ranks * w.spectral, allowance);
    if let Some(update) = Norms::new(spectral, frobenius) {
        let ranks = update.root_of_stable_rank() / w.root_of_stable_rank();
        let (relative, other) = (frobenius / w.frobenius, spectral / w.spectral * ranks);
        trial.equal("‖ΔW‖_F/‖W‖_F = (‖ΔW‖/‖W‖) √(sr(ΔW)/sr(W))", relative, other, allowance);
    }
    tables(m, n, trial)
}

/// The rates of the rules for such updates.
fn tables<T: Scalar>(rows: usize, columns: usize, trial: &mut Trial<'_, T>) -> Result<(), Refusal> {
    let shape = matrix(rows, columns)?;
    let entries = ScaledEnclosure::count(rows) * ScaledEnclosure::count(columns);
    let larger = ScaledEnclosure::count(rows.max(columns));
    let cases: [(&Rule, ScaledEnclosure<T>); 3] = [
        (&rules::RELATIVE_FROBENIUS, entries),
        (&rules::RELATIVE_FROBENIUS_SPECTRAL, entries),
        (&rules::RELATIVE_FROBENIUS_REPAIRED, larger),
    ];
    for (rule, count) in cases {
        let initial = rule.initial(Role::Hidden).map_err(undefined)?;
        let sigma = at(initial.scale().ok_or(Refusal::Hypothesis("the rule draws its entries"))?, shape)?;
        let rate = rule.rate(Role::Hidden, Optimizer::SpectrallyNormalized).map_err(undefined)?;
        trial.equal("rate = σ √(m n), σ √max(m, n)", at(rate, shape)?, sigma * root(count), kernel::<T>(16));
    }
    Ok(())
}

fn same_fraction<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let Sizes { m, n, .. } = instance.sizes();
    let Update { w, fraction, spectral, .. } = Update::of(instance, &mut scratch, trial)?;
    trial.equal("‖ΔW‖ = |η| ‖W‖", spectral, fraction * w.spectral, allowance::<T>(m, n));
    Ok(())
}
