// SPDX-License-Identifier: MIT OR Apache-2.0

//! A multiplier can be traded for an initial scale and a rate, and every step of training stays the same.
//!
//! A linear network `f = α₂ w₂ α₁ w₁ x` with the loss `½ ‖f − y‖²` is trained for a few steps in floating point, once with the layers that a rule of
//! `widthwise-parametrization` gives, then with the layers that the package says are the same. Where the quotients of the multipliers
//! are powers of two the outputs must be the same numbers, to the last bit.

use nalgebra::{DMatrixView, DMatrixViewMut, DVectorViewMut};
use widthwise_parametrization::{Constants, Initial, LayerScale, Optimizer, Role, Rule, WeightDecay, rules};
use widthwise_rounding::Scalar;
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::enclosed::point;
use crate::formula::{matrix, store, undefined};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.multiplier`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.multiplier",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "(α, s, r) ~ (αθ, s/θ, r/θ²) under SGD, (αθ, s/θ, r/θ, εθ, λθ) under Adam and sign descent",
    explanation: Explanation {
        states: "A layer z = α w h with start s, rate r, ε and decoupled decay λ trains the same network, step by step, as one with αθ, s/θ and r/θ² (SGD with momentum; λθ²), \
                 or r/θ, εθ, λθ (Adam, sign descent), each layer with its own θ. So the layers of Tables 3, 8 and 9 train one network.",
        hypotheses: "entries of w₁, w₂, x and y are sixteenths between −2 and 2 (so that nothing underflows); θ₁ and θ₂ powers of two between 2⁻⁸ and 2⁸ (so that rounding commutes with them), the exponents stored; Tables 3, 8 and 9 are compared \
                     where m is a power of four; the outputs stay finite",
        shapes: "w₁: m×n, w₂: k×m (divided by the initial scale), x: n, y: k, log₂ θ₁, log₂ θ₂: scalars, rounded to whole numbers",
        checked_as: "Three steps of a linear network with square loss, in floating point: every output of every step is the same number.",
        allowance: "0: the numbers are equal or they are not.",
        source: "arXiv 2011.14522 and 2203.03466; used where the paper compares with the neural tangent parametrization.",
    },
    layout: &[
        Part::matrix("w₁", Dimension::M, Dimension::N),
        Part::matrix("w₂", Dimension::K, Dimension::M),
        Part::vector("x", Dimension::N),
        Part::vector("y", Dimension::K),
        Part::scalar("log₂ θ₁"),
        Part::scalar("log₂ θ₂"),
    ],
    sizes,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.multiplier/sgd-linear-rate",
            states: "under SGD the rate is divided by θ, not θ²",
            because: "w₁ = w₂ = x = y = 1, θ₁ = θ₂ = 2: the steps are twice as long",
            check: both!(sgd_linear_rate),
            witness: &WITNESS,
        },
        Control {
            id: "spectral.multiplier/adam-same-epsilon",
            states: "under Adam ε stays as it is",
            because: "w₁ = w₂ = x = y = 1, θ₁ = θ₂ = 2: against a gradient twice as large ε weighs half",
            check: both!(adam_same_epsilon),
            witness: &WITNESS,
        },
    ],
};

/// A network of two numbers and twice its multipliers.
static WITNESS: [WitnessPart; 6] = {
    const fn number(entries: &'static [f64]) -> WitnessPart {
        WitnessPart { rows: 1, columns: 1, entries }
    }
    [number(&[1.0]), number(&[1.0]), number(&[1.0]), number(&[2.0]), number(&[1.0]), number(&[1.0])]
};

/// Steps of training: from the second on the memory of the optimisers matters.
const STEPS: usize = 3;

/// The largest `|log₂ θ|`.
const LARGEST_EXPONENT: f64 = 8.0;

/// What the rules leave to tuning; small enough that a few steps do not diverge.
const CONSTANTS: Constants = Constants {
    initial: 0.75,
    rate: 1.0 / 32.0,
    epsilon: 1.0 / 64.0,
    weight_decay: WeightDecay::TimesRate(0.5),
};

const OPTIMIZERS: [Optimizer; 3] = [Optimizer::Sgd, Optimizer::Adam, Optimizer::SignDescent];

fn sizes(stream: &mut Stream) -> Sizes {
    let small = |stream: &mut Stream| 1 + stream.below(4) as usize;
    // Half of the widths are powers of four, where the multipliers of Tables 8 and 9 are powers of two.
    let m = if stream.below(2) == 0 { 1 << (2 * stream.below(3)) } else { small(stream) };
    Sizes { m, n: small(stream), k: small(stream), ..Sizes::ONES }
}

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    _: Scratch<'_, T>,
) -> Result<(), Refusal> {
    for position in 0..4 {
        // Sixteenths between −2 and 2: no product of a few of them comes near the subnormal numbers.
        for entry in instance.part_mut(position).iter_mut() {
            *entry = (T::from_count(stream.below(65) as usize) - T::from_count(32)) / T::from_count(16);
        }
    }
    for position in 4..6 {
        store(instance, position, f64::from(stream.below(15)) - 7.0);
    }
    Ok(())
}

/// Fails unless every entry of the arrays is a sixteenth: a smaller one would underflow where its gradient is squared.
fn require_sixteenths<T: Scalar>(instance: &Instance<'_, T>) -> Result<(), Refusal> {
    let is_sixteenth = |entry: &T| {
        let sixteenths = 16.0 * entry.to_f64();
        sixteenths.magnitude() <= 32.0 && libm::rint(sixteenths) == sixteenths
    };
    if instance.parts::<4>().iter().all(|part| part.iter().all(is_sixteenth)) {
        Ok(())
    } else {
        Err(Refusal::Hypothesis("entries are sixteenths between −2 and 2"))
    }
}

/// The quotient of multipliers that a stored number stands for.
fn quotient<T: Scalar>(x: T) -> Result<f64, Refusal> {
    let exponent = libm::rint(x.to_f64());
    if exponent.magnitude() > LARGEST_EXPONENT {
        return Err(Refusal::Hypothesis("|log₂ θ| ≤ 8"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "a whole number of one digit")]
    Ok(f64::power_of_two(exponent as i32))
}

/// The two layers that a rule gives for the shapes of the instance.
fn layers<T: Scalar>(
    rule: &Rule,
    instance: &Instance<'_, T>,
    optimizer: Optimizer,
) -> Result<[LayerScale; 2], Refusal> {
    let Sizes { m, n, k, .. } = instance.sizes();
    let layer = |role, rows, columns| {
        rule.layer(role, matrix(rows, columns)?, optimizer, &CONSTANTS).map_err(undefined)
    };
    Ok([layer(Role::Input, m, n)?, layer(Role::Output, k, m)?])
}

/// The same layers with their multipliers times `θ₁` and `θ₂`.
fn reparametrized<T: Scalar>(
    layers: &[LayerScale; 2],
    instance: &Instance<'_, T>,
    optimizer: Optimizer,
) -> Result<[LayerScale; 2], Refusal> {
    let theta = |position| quotient(instance.part(position)[(0, 0)]);
    let changed = |layer: &LayerScale, theta: f64| {
        layer.with_multiplier(layer.multiplier * theta, optimizer).map_err(undefined)
    };
    let [first, second] = layers;
    Ok([changed(first, theta(4)?)?, changed(second, theta(5)?)?])
}

/// A layer in training: its numbers in the format of the instance, its array, and the memory of the optimiser.
struct Layer<'a, T> {
    optimizer: Optimizer,
    multiplier: T,
    rate: T,
    epsilon: T,
    /// Rate times decay.
    decay: T,
    w: DMatrixViewMut<'a, T>,
    first: DMatrixViewMut<'a, T>,
    second: DMatrixViewMut<'a, T>,
}

/// Decay of the momentum of SGD and of the averages of Adam.
const MOMENTUM: [f64; 2] = [0.875, 0.9375];

impl<'a, T: Scalar> Layer<'a, T> {
    fn new(
        scratch: &mut Scratch<'a, T>,
        scale: &LayerScale,
        optimizer: Optimizer,
        start: &DMatrixView<'_, T>,
    ) -> Result<Self, Refusal> {
        let (rows, columns) = start.shape();
        let number = |x: f64| T::from_f64(x);
        let Initial::Gaussian(sigma) = scale.initial else {
            return Err(Refusal::Hypothesis("the rule draws its entries"));
        };
        let rate = number(scale.rate);
        let mut layer = Self {
            optimizer,
            multiplier: number(scale.multiplier),
            rate,
            epsilon: number(scale.epsilon),
            decay: rate * number(scale.weight_decay.constant()),
            w: scratch.matrix(rows, columns)?,
            first: scratch.matrix(rows, columns)?,
            second: scratch.matrix(rows, columns)?,
        };
        for (w, &start) in layer.w.iter_mut().zip(start.iter()) {
            *w = number(sigma) * start;
        }
        layer.first.fill(T::zero());
        layer.second.fill(T::zero());
        Ok(layer)
    }

    /// `α · Σ_j w_ij h_j`
    fn apply(&self, i: usize, h: &DVectorViewMut<'_, T>) -> T {
        let mut sum = T::zero();
        for (&w, &h) in self.w.row(i).iter().zip(h.iter()) {
            sum += w * h;
        }
        self.multiplier * sum
    }

    /// `α · Σ_i w_ij δ_i`
    fn apply_transposed(&self, j: usize, delta: &DVectorViewMut<'_, T>) -> T {
        let mut sum = T::zero();
        for (&w, &delta) in self.w.column(j).iter().zip(delta.iter()) {
            sum += w * delta;
        }
        self.multiplier * sum
    }

    /// One step along the gradient `α δ hᵀ` of `w`; `step` counts from one.
    fn step(&mut self, step: usize, delta: &DVectorViewMut<'_, T>, h: &DVectorViewMut<'_, T>) {
        let [first_decay, second_decay] = MOMENTUM.map(T::from_f64);
        let one = T::one();
        let (mut first_weight, mut second_weight) = (one, one);
        for _ in 0..step {
            first_weight *= first_decay;
            second_weight *= second_decay;
        }
        for j in 0..self.w.ncols() {
            for i in 0..self.w.nrows() {
                let gradient = self.multiplier * (delta[i] * h[j]);
                let (first, second) = (self.first[(i, j)], self.second[(i, j)]);
                let update = match self.optimizer {
                    Optimizer::Adam => {
                        let first = first_decay * first + (one - first_decay) * gradient;
                        let second = second_decay * second + (one - second_decay) * (gradient * gradient);
                        (self.first[(i, j)], self.second[(i, j)]) = (first, second);
                        let size = (second / (one - second_weight)).square_root();
                        first / (one - first_weight) / (size + self.epsilon)
                    }
                    Optimizer::SignDescent => sign(gradient),
                    _ => {
                        let momentum = first_decay * first + gradient;
                        self.first[(i, j)] = momentum;
                        momentum
                    }
                };
                let w = self.w[(i, j)];
                self.w[(i, j)] = w - self.decay * w - self.rate * update;
            }
        }
    }
}

fn sign<T: Scalar>(x: T) -> T {
    if x > T::zero() {
        T::one()
    } else if x < T::zero() {
        -T::one()
    } else {
        T::zero()
    }
}

/// Trains the network of the instance and writes the output of every step, column by column.
fn train<T: Scalar>(
    instance: &Instance<'_, T>,
    scales: &[LayerScale; 2],
    optimizer: Optimizer,
    mut scratch: Scratch<'_, T>,
    outputs: &mut DMatrixViewMut<'_, T>,
) -> Result<(), Refusal> {
    let [w1, w2, input, target]: [_; 4] = instance.parts();
    let (m, k) = (w1.nrows(), w2.nrows());
    let [first, second] = scales;
    let mut first = Layer::new(&mut scratch, first, optimizer, &w1)?;
    let mut second = Layer::new(&mut scratch, second, optimizer, &w2)?;
    let (mut x, mut h) = (scratch.vector(w1.ncols())?, scratch.vector(m)?);
    let (mut delta, mut back) = (scratch.vector(k)?, scratch.vector(m)?);
    x.copy_from(&input.column(0));
    for step in 0..outputs.ncols() {
        for i in 0..m {
            h[i] = first.apply(i, &x);
        }
        for i in 0..k {
            let output = second.apply(i, &h);
            if !output.is_finite() {
                return Err(Refusal::Hypothesis("the outputs stay finite"));
            }
            outputs[(i, step)] = output;
            delta[i] = output - target[(i, 0)];
        }
        for j in 0..m {
            back[j] = second.apply_transposed(j, &delta);
        }
        second.step(step + 1, &delta, &h);
        first.step(step + 1, &back, &x);
    }
    Ok(())
}

/// Trains both networks and compares every output.
fn compare<T: Scalar>(
    formula: &'static str,
    instance: &Instance<'_, T>,
    optimizer: Optimizer,
    [left, right]: [&[LayerScale; 2]; 2],
    scratch: &mut Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let k = instance.sizes().k;
    let mut frame = scratch.frame();
    // One more output than steps: the last one shows the last step.
    let mut outputs = frame.matrix(k, STEPS + 1)?;
    let mut others = frame.matrix(k, STEPS + 1)?;
    train(instance, left, optimizer, frame.frame(), &mut outputs)?;
    train(instance, right, optimizer, frame.frame(), &mut others)?;
    for (&output, &other) in outputs.iter().zip(others.iter()) {
        trial.equal(formula, point(output), point(other), 0.0);
    }
    Ok(())
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    require_sixteenths(instance)?;
    let width = instance.sizes().m;
    let is_power_of_four = width.is_power_of_two() && width.trailing_zeros() % 2 == 0;
    for optimizer in OPTIMIZERS {
        let three = layers(&rules::TABLE_3, instance, optimizer)?;
        let other = reparametrized(&three, instance, optimizer)?;
        compare("f with α θ = f with α", instance, optimizer, [&other, &three], &mut scratch, trial)?;
        if is_power_of_four {
            for rule in [&rules::TABLE_8, &rules::TABLE_9] {
                let other = layers(rule, instance, optimizer)?;
                let formula = "f under Tables 8, 9 = f under Table 3";
                compare(formula, instance, optimizer, [&other, &three], &mut scratch, trial)?;
            }
        }
    }
    Ok(())
}

fn sgd_linear_rate<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let optimizer = Optimizer::Sgd;
    let three = layers(&rules::TABLE_3, instance, optimizer)?;
    let mut other = reparametrized(&three, instance, optimizer)?;
    for (other, layer) in other.iter_mut().zip(&three) {
        other.rate = layer.rate * layer.multiplier / other.multiplier;
    }
    compare("f with α θ and r/θ = f with α", instance, optimizer, [&other, &three], &mut scratch, trial)
}

fn adam_same_epsilon<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let optimizer = Optimizer::Adam;
    let three = layers(&rules::TABLE_3, instance, optimizer)?;
    let mut other = reparametrized(&three, instance, optimizer)?;
    for (other, layer) in other.iter_mut().zip(&three) {
        other.epsilon = layer.epsilon;
    }
    compare("f with α θ and ε = f with α", instance, optimizer, [&other, &three], &mut scratch, trial)
}
