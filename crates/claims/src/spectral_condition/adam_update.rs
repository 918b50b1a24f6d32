// SPDX-License-Identifier: MIT OR Apache-2.0

//! No update of Adam is larger than a constant of its decays: `|m̂_t|/(√v̂_t + ε) ≤ C_t` for every entry and every
//! history.

use nalgebra::DMatrixView;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_all, draw_matrices_alike, draw_scalar};
use crate::enclosed::{EnclosedMatrix, point, rms_factor, root};
use crate::formula::store;
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.adam.update-bound`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.adam.update-bound",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "|m̂_t|/(√v̂_t + ε) ≤ C_t; ‖U_t‖ ≤ ‖U_t‖_F ≤ C_t √(m n), so nat((η/n) U_t) ≤ η C_t",
    explanation: Explanation {
        states: "For 0 ≤ β₁ < 1, 0 < β₂ < 1, ε ≥ 0 and C_t = (1 − β₁)/√(1 − β₂) · √(Σ_{j<t} (β₁²/β₂)^j) · √(1 − β₂^t)/(1 − β₁^t), every entry of the update U_t of Adam with both bias \
                 corrections satisfies |u| ≤ C_t (C_1 = 1); ‖U_t‖ ≤ ‖U_t‖_F ≤ C_t √(m n), and with the rate 1/fan-in nat(U_t/n) ≤ C_t. Gradients (β₁/β₂)^{t−i} attain it for ε = 0.",
        hypotheses: "1/64 ≤ β₂ < 1, 0 ≤ β₁ < 1; the magnitude of ε is taken; entries whose v̂_t and ε vanish have the update 0",
        shapes: "G₁, G₂, G₃: m×n (the history), β₁, β₂, ε: scalars",
        checked_as: "The averages after each of three steps as sums of enclosures with the weights (1 − β) β^{t−i}; U_3 as a stored center and a bound of what it lacks; the history that \
                     attains the bound as enclosures, and in one of four instances stored up to rounding.",
        allowance: "8 · 120 + 32 units over (1 − β₁)(1 − β₂) for the constant, 8 (m n + 120) + 32 and the relative width of ‖U‖ for the norms.",
        source: "Added here; the paper takes entries of order one for granted.",
    },
    layout: &[
        Part::matrix("G₁", Dimension::M, Dimension::N),
        Part::matrix("G₂", Dimension::M, Dimension::N),
        Part::matrix("G₃", Dimension::M, Dimension::N),
        Part::scalar("β₁"),
        Part::scalar("β₂"),
        Part::scalar("ε"),
    ],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[Control {
        id: "spectral.adam.update-bound/at-most-one",
        states: "|m̂_t|/(√v̂_t + ε) ≤ 1",
        because: "the gradients 4/9, 2/3, 1 under β₁ = ½, β₂ = ¾, ε = 0: 1.04",
        check: both!(at_most_one),
        witness: &[
            WitnessPart { rows: 1, columns: 1, entries: &[0.444_444_444_444_444_4] },
            WitnessPart { rows: 1, columns: 1, entries: &[0.666_666_666_666_666_6] },
            WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[0.5] },
            WitnessPart { rows: 1, columns: 1, entries: &[0.75] },
            WitnessPart { rows: 1, columns: 1, entries: &[0.0] },
        ],
    }],
};

/// Gradients in the history.
const STEPS: usize = 3;

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    let kind = stream.below(4);
    if kind < 2 {
        draw_matrices_alike(stream, instance, &[0, 1, 2], &mut scratch)?;
    } else {
        draw_all(stream, instance, scratch)?;
    }
    let (first, second) = (stream.uniform_in(0.0, 0.95), stream.uniform_in(0.25, 0.999));
    store(instance, STEPS, first);
    store(instance, STEPS + 1, second);
    if kind == 0 {
        let ratio = T::from_f64(first / second);
        let [mut oldest, mut older, newest] = instance.parts_mut();
        for (oldest, (older, &newest)) in oldest.iter_mut().zip(older.iter_mut().zip(newest.iter())) {
            *older = ratio * newest;
            *oldest = ratio * *older;
        }
        store(instance, STEPS + 2, 0.0);
    } else {
        draw_scalar(stream, instance, STEPS + 2);
    }
    Ok(())
}

/// The decays and `ε`.
struct Adam<T> {
    first: ScaledEnclosure<T>,
    second: ScaledEnclosure<T>,
    epsilon: ScaledEnclosure<T>,
    /// What `1 − β` loses, as a factor.
    condition: f64,
}

impl<T: Scalar> Adam<T> {
    fn of(instance: &Instance<'_, T>) -> Result<Self, Refusal> {
        let number = |position: usize| instance.part(STEPS + position)[(0, 0)];
        let (first, second) = (number(0).to_f64(), number(1).to_f64());
        if !(0.0..1.0).contains(&first) || !(0.015_625..1.0).contains(&second) {
            return Err(Refusal::Hypothesis("0 ≤ β₁ < 1, 1/64 ≤ β₂ < 1"));
        }
        Ok(Self {
            first: point(number(0)),
            second: point(number(1)),
            epsilon: point(number(2).magnitude()),
            condition: 1.0 / ((1.0 - first) * (1.0 - second)),
        })
    }

    /// The update of an entry after the gradients given, oldest first; `None` where nothing divides.
    fn update(&self, history: impl Iterator<Item = ScaledEnclosure<T>>) -> Option<ScaledEnclosure<T>> {
        let one = ScaledEnclosure::one();
        let (mut average, mut square) = (ScaledEnclosure::zero(), ScaledEnclosure::zero());
        let (mut first_weight, mut second_weight) = (one, one);
        for gradient in history {
            average = self.first * average + (one - self.first) * gradient;
            square = self.second * square + (one - self.second) * gradient.square();
            first_weight = first_weight * self.first;
            second_weight = second_weight * self.second;
        }
        let size = root(square / (one - second_weight)) + self.epsilon;
        (size.significand().lo() > T::zero()).then(|| average / (one - first_weight) / size)
    }

    /// `C_t`
    fn constant(&self, steps: usize) -> ScaledEnclosure<T> {
        let one = ScaledEnclosure::one();
        let (mut sum, mut power) = (ScaledEnclosure::zero(), one);
        let (mut first_weight, mut second_weight) = (one, one);
        for _ in 0..steps {
            sum = sum + power;
            power = power * (self.first.square() / self.second);
            first_weight = first_weight * self.first;
            second_weight = second_weight * self.second;
        }
        (one - self.first) / (one - first_weight) * root(sum * (one - second_weight) / (one - self.second))
    }
}

/// The gradients of an entry up to a step, oldest first.
fn history<'v, T: Scalar>(
    gradients: &'v [DMatrixView<'_, T>; STEPS],
    steps: usize,
    (i, j): (usize, usize),
) -> impl Iterator<Item = ScaledEnclosure<T>> + 'v {
    gradients.iter().take(steps).map(move |g| point(g[(i, j)]))
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let adam = Adam::of(instance)?;
    let gradients: [_; STEPS] = instance.parts();
    let (m, n) = gradients[0].shape();
    let allowance = kernel::<T>(120) * adam.condition;
    let mut constant = ScaledEnclosure::one();
    // Of the entries after the last step, so that the matrix is stored at its own magnitude.
    let mut largest = ScaledEnclosure::zero();
    for steps in 1..=STEPS {
        largest = ScaledEnclosure::zero();
        constant = trial.record("C_t", adam.constant(steps));
        for j in 0..n {
            for i in 0..m {
                if let Some(update) = adam.update(history(&gradients, steps, (i, j))) {
                    let size = update.magnitude();
                    largest = largest.maximum(&size);
                    trial.at_most("|m̂|/(√v̂ + ε) ≤ C", size, constant, allowance);
                }
            }
        }
    }
    trial.equal("C_1 = 1", adam.constant(1), ScaledEnclosure::one(), allowance);
    // Gradients β₁/β₂ times as large at each step back, as enclosures: no stored history attains the bound to the last
    // bit.
    let (one, ratio) = (ScaledEnclosure::one(), adam.first / adam.second);
    let without_epsilon = Adam { epsilon: ScaledEnclosure::zero(), ..adam };
    if let Some(update) = without_epsilon.update([ratio.square(), ratio, one].into_iter()) {
        trial.equal("C_t is attained", update, constant, allowance);
    }

    let exponent = largest.exponent();
    let update = EnclosedMatrix::from_entries(&mut scratch, (m, n), exponent, |i, j| {
        let update = adam.update(history(&gradients, STEPS, (i, j)));
        update.unwrap_or_else(ScaledEnclosure::zero).scale_exp2(-exponent).to_enclosure()
    })?;
    let allowance = allowance + spectral::<T>(m, n) + kernel::<T>(m * n);
    let frobenius = trial.record("‖U‖_F", update.frobenius_norm()?);
    let norm = trial.record("‖U‖", update.spectral_norm(&mut scratch)?);
    trial.at_most("‖U‖ ≤ ‖U‖_F", norm, frobenius, allowance);
    let (rows, columns) = (ScaledEnclosure::count(m), ScaledEnclosure::count(n));
    trial.at_most("‖U‖_F ≤ C √(m n)", frobenius, constant * root(rows * columns), allowance);
    trial.at_most("nat(U/n) ≤ C", rms_factor(m, n) * norm / columns, constant, allowance);
    Ok(())
}

fn at_most_one<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let adam = Adam::of(instance)?;
    let gradients: [_; STEPS] = instance.parts();
    let (m, n) = gradients[0].shape();
    for j in 0..n {
        for i in 0..m {
            if let Some(update) = adam.update(history(&gradients, STEPS, (i, j))) {
                let allowance = kernel::<T>(120) * adam.condition;
                trial.at_most("|m̂|/(√v̂ + ε) ≤ 1", update.magnitude(), ScaledEnclosure::one(), allowance);
            }
        }
    }
    Ok(())
}
