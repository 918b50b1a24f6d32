// SPDX-License-Identifier: MIT OR Apache-2.0

//! Decoupled weight decay keeps the weights bounded, for ever: `‖W_t‖ ≤ max(‖W_0‖, c/λ)`.

use nalgebra::DMatrixView;
use widthwise_rounding::{Scalar, ScaledEnclosure, Verdict};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_all, draw_matrices_alike};
use crate::enclosed::{EnclosedMatrix, point, spectral_norm};
use crate::formula::store;
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.muon.weight-decay`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.muon.weight-decay",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "W_{t+1} = (1 − ηλ) W_t − η O_t, ‖O_t‖ ≤ c, 0 ≤ ηλ ≤ 1 ⇒ ‖W_t‖ ≤ max(‖W_0‖, c/λ)",
    explanation: Explanation {
        states: "For W_{t+1} = (1 − ηλ) W_t − η O_t with ‖O_t‖ ≤ c, λ > 0 and 0 ≤ ηλ ≤ 1: ‖W_t‖ ≤ max(‖W_0‖, c/λ) for every t. Without decay, λ = 0: ‖W_t‖ ≤ ‖W_0‖ + η c t.",
        hypotheses: "λ > 0, 0 ≤ ηλ ≤ 1 for the first bound; the magnitude of η is taken",
        shapes: "W₀, O₁, O₂, O₃: m×n, η, λ: scalars",
        checked_as: "Three steps, each W_t as a stored center and a bound of what it lacks, its norm enclosed by itself; c = max ‖O_i‖ over the steps made.",
        allowance: "the relative width of ‖·‖ twice, and 8 (4 m n + 64) + 32 units.",
        source: "Beyond the paper: Muon with decoupled decay; what becomes of many steps (section 3.2).",
    },
    layout: &[
        Part::matrix("W₀", Dimension::M, Dimension::N),
        Part::matrix("O₁", Dimension::M, Dimension::N),
        Part::matrix("O₂", Dimension::M, Dimension::N),
        Part::matrix("O₃", Dimension::M, Dimension::N),
        Part::scalar("η"),
        Part::scalar("λ"),
    ],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.muon.weight-decay/too-fast",
            states: "‖W_1‖ ≤ max(‖W_0‖, c/λ) with the rate 3/λ as well, where ηλ > 2",
            because: "W_0 = 1, O = 0: 2 > 1",
            check: both!(too_fast),
            witness: &[ONE, ZERO, ZERO, ZERO, ONE, ONE],
        },
        Control {
            id: "spectral.muon.weight-decay/without-decay",
            states: "‖W_t‖ ≤ max(‖W_0‖, c/λ) without decay",
            because: "W_0 = 0, O = −1, η = λ = 1: 3 > 1",
            check: both!(without_decay),
            witness: &[ZERO, MINUS_ONE, MINUS_ONE, MINUS_ONE, ONE, ONE],
        },
    ],
};

const ZERO: WitnessPart = WitnessPart { rows: 1, columns: 1, entries: &[0.0] };
const ONE: WitnessPart = WitnessPart { rows: 1, columns: 1, entries: &[1.0] };
const MINUS_ONE: WitnessPart = WitnessPart { rows: 1, columns: 1, entries: &[-1.0] };

/// Steps made.
const STEPS: usize = 3;

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    if stream.below(8) == 0 {
        draw_all(stream, instance, scratch)?;
    } else {
        draw_matrices_alike(stream, instance, &[0, 1, 2, 3], &mut scratch)?;
        // Steps along the weights make the bounds tight.
        if stream.below(4) == 0 {
            let [w, mut first, mut second, mut third, ..]: [_; 6] = instance.parts_mut();
            for direction in [&mut first, &mut second, &mut third] {
                for (direction, &w) in direction.iter_mut().zip(w.iter()) {
                    *direction = -w;
                }
            }
        }
    }
    let decay = stream.power_of_ten(-2.0, 2.0);
    let product = stream.uniform_in(0.0, 1.0);
    store(instance, STEPS + 1, product / decay);
    store(instance, STEPS + 2, decay);
    Ok(())
}

/// The numbers of an instance.
struct Numbers<T> {
    rate: ScaledEnclosure<T>,
    /// `λ`, as it stands.
    decay: ScaledEnclosure<T>,
    start: ScaledEnclosure<T>,
    /// `‖O_t‖`
    steps: [ScaledEnclosure<T>; STEPS],
}

impl<T: Scalar> Numbers<T> {
    fn of(instance: &Instance<'_, T>, scratch: &mut Scratch<'_, T>) -> Result<Self, Refusal> {
        let number = |position: usize| instance.part(position)[(0, 0)];
        let mut steps = [ScaledEnclosure::zero(); STEPS];
        for (position, step) in (1..).zip(&mut steps) {
            *step = spectral_norm(&instance.part(position), scratch)?;
        }
        Ok(Self {
            rate: point(number(STEPS + 1).magnitude()),
            decay: point(number(STEPS + 2)),
            start: spectral_norm(&instance.part(0), scratch)?,
            steps,
        })
    }

    /// `c` over the first steps.
    fn largest(&self, steps: usize) -> ScaledEnclosure<T> {
        self.steps.iter().take(steps).fold(ScaledEnclosure::zero(), |largest, step| largest.maximum(step))
    }

    /// `max(‖W_0‖, c/λ)` for a positive `λ`.
    fn bound(&self, steps: usize) -> ScaledEnclosure<T> {
        self.start.maximum(&(self.largest(steps) / self.decay))
    }

    fn decays(&self) -> bool {
        self.decay.significand().lo() > T::zero()
    }
}

fn allowance<T: Scalar>(w: &DMatrixView<'_, T>) -> f64 {
    let (m, n) = w.shape();
    2.0 * spectral::<T>(m, n) + kernel::<T>(4 * m * n + 64)
}

/// Makes the steps `W ← factor · W − rate · O` and hands over the norms.
fn iterate<T: Scalar>(
    instance: &Instance<'_, T>,
    factor: ScaledEnclosure<T>,
    rate: ScaledEnclosure<T>,
    steps: usize,
    scratch: &mut Scratch<'_, T>,
    mut judge: impl FnMut(usize, ScaledEnclosure<T>),
) -> Result<(), Refusal> {
    let mut frame = scratch.frame();
    let mut w = EnclosedMatrix::exact(&mut frame, &instance.part(0))?;
    for step in 1..=steps {
        let direction = EnclosedMatrix::exact(&mut frame, &instance.part(step))?;
        w = EnclosedMatrix::combination(&mut frame, &[(factor, &w), (-rate, &direction)])?;
        judge(step, w.spectral_norm(&mut frame)?);
    }
    Ok(())
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let numbers = Numbers::of(instance, &mut scratch)?;
    let allowance = allowance(&instance.part(0));
    let one = ScaledEnclosure::one();
    let product = trial.record("ηλ", numbers.rate * numbers.decay);
    if numbers.decays() && product.is_at_most(&one) == Verdict::Proved {
        iterate(instance, one - product, numbers.rate, STEPS, &mut scratch, |step, norm| {
            trial.record("‖W_t‖", norm);
            trial.at_most("‖W_t‖ ≤ max(‖W_0‖, c/λ)", norm, numbers.bound(step), allowance);
        })?;
    }
    iterate(instance, one, numbers.rate, STEPS, &mut scratch, |step, norm| {
        let bound = numbers.start + numbers.rate * numbers.largest(step) * ScaledEnclosure::count(step);
        trial.at_most("‖W_t‖ ≤ ‖W_0‖ + η c t without decay", norm, bound, allowance);
    })
}

fn too_fast<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let numbers = Numbers::of(instance, &mut scratch)?;
    if !numbers.decays() {
        return Err(Refusal::Hypothesis("λ > 0"));
    }
    let allowance = allowance(&instance.part(0));
    let rate = ScaledEnclosure::count(3) / numbers.decay;
    iterate(instance, -ScaledEnclosure::count(2), rate, 1, &mut scratch, |step, norm| {
        trial.at_most("‖W_1‖ ≤ max(‖W_0‖, c/λ)", norm, numbers.bound(step), allowance);
    })
}

fn without_decay<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let numbers = Numbers::of(instance, &mut scratch)?;
    if !numbers.decays() {
        return Err(Refusal::Hypothesis("λ > 0"));
    }
    let allowance = allowance(&instance.part(0));
    iterate(instance, ScaledEnclosure::one(), numbers.rate, STEPS, &mut scratch, |step, norm| {
        trial.at_most("‖W_t‖ ≤ max(‖W_0‖, c/λ)", norm, numbers.bound(step), allowance);
    })
}
