// SPDX-License-Identifier: MIT OR Apache-2.0

//! To first order the layers never cancel each other: `Σ_i ⟨δ_ℓ, ż_ℓ⟩ = −B Σ_{k≤ℓ} η_k ‖G_k‖_F²` for gradient steps of
//! any batch.
//!
//! `ż` is the rate at which pre-activations move when the weights move at the rate `ΔW`: the recursion `ż_ℓ = ΔW_ℓ
//! h_{ℓ−1} + W_ℓ (φ′(z_{ℓ−1}) ⊙ ż_{ℓ−1})` of the chain rule. No limit is taken, and the identity holds for every `φ′`,
//! so where the sign of a pre-activation is hidden by rounding either slope will do.

use nalgebra::DMatrixView;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Stream};

use super::PAPER;
use crate::allowance::of_terms;
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_all, draw_matrices_alike, draw_scalar, draw_vectors_alike};
use crate::enclosed::{point, root};
use crate::signal::{LAYERS, Signal, allowance, layers, widths};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.update.no-cancellation`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.update.no-cancellation",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "Σ_i ⟨δ_ℓ, ż_ℓ⟩ = −B Σ_{k≤ℓ} η_k ‖G_k‖_F²; for one example ‖ż_ℓ‖ ≥ ‖ΔW_ℓ‖ ‖h_{ℓ−1}‖",
    explanation: Explanation {
        states: "For a multi-layer perceptron, a batch of B examples with the gradients δ_ℓ at the pre-activations z_ℓ, G_k = Σ_i δ_k h_{k−1}ᵀ/B and the update ΔW_k = −η_k G_k, η_k ≥ 0: \
                 Σ_i ⟨δ_ℓ, ż_ℓ⟩ = −B Σ_{k≤ℓ} η_k ‖G_k‖_F², where ż is the first-order change. At the output that is B times the change of the mean loss. For B = 1: \
                 ‖ż_ℓ‖ ≥ ‖ΔW_ℓ‖ ‖h_{ℓ−1}‖.",
        hypotheses: "no layer is wider than 8; the magnitudes of the rates are taken",
        shapes: "W₁: m×n, W₂: k×m, W₃: p×k, x, x′: n, c, c′: p (two examples and their gradients at the output), η: 3 scalars",
        checked_as: "Three layers with a leaky ReLU of slope ¼, the first example alone and both. Entries are enclosed one by one, ‖G_k‖_F² is summed from those of G_k. Overlaps are \
                     measured against the terms before they cancel.",
        allowance: "2¹³ units of the terms.",
        source: "Added here; the paper assumes it (assumption 1).",
    },
    layout: &[
        Part::matrix("W₁", Dimension::M, Dimension::N),
        Part::matrix("W₂", Dimension::K, Dimension::M),
        Part::matrix("W₃", Dimension::P, Dimension::K),
        Part::vector("x", Dimension::N),
        Part::vector("x′", Dimension::N),
        Part::vector("c", Dimension::P),
        Part::vector("c′", Dimension::P),
        Part::scalar("η₁"),
        Part::scalar("η₂"),
        Part::scalar("η₃"),
    ],
    sizes: widths,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.update.no-cancellation/old-gradient",
            states: "⟨δ_ℓ, ż_ℓ⟩ ≤ −η_ℓ ‖G_ℓ‖_F² although the first layer moves along an old gradient of the opposite sign",
            because: "W = x = c = η = 1: ż_2 = 0",
            check: both!(old_gradient),
            witness: WITNESS,
        },
        Control {
            id: "spectral.update.no-cancellation/sign-descent",
            states: "the same value for the update −η sgn G: ⟨G₁, sgn G₁⟩ = ‖G₁‖_F²",
            because: "W = c = 1, x = 2: G₁ = 2, 2 ≠ 4",
            check: both!(sign_descent),
            witness: &[ONE, ONE, ONE, TWO, ONE, ONE, ONE, ONE, ONE, ONE],
        },
    ],
};

const ONE: WitnessPart = WitnessPart { rows: 1, columns: 1, entries: &[1.0] };
const TWO: WitnessPart = WitnessPart { rows: 1, columns: 1, entries: &[2.0] };

/// All numbers one.
const WITNESS: &[WitnessPart] = &[ONE; 10];

/// The first input, gradient at the output, and rate in the layout.
const INPUTS: usize = LAYERS;
const GRADIENTS: usize = INPUTS + EXAMPLES;
const RATES: usize = GRADIENTS + EXAMPLES;

/// Examples of the larger batch.
const EXAMPLES: usize = 2;

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    if stream.below(4) == 0 {
        return draw_all(stream, instance, scratch);
    }
    for position in 0..LAYERS {
        draw_matrices_alike(stream, instance, &[position], &mut scratch)?;
    }
    draw_vectors_alike(stream, instance, &[INPUTS, INPUTS + 1], &mut scratch)?;
    draw_vectors_alike(stream, instance, &[GRADIENTS, GRADIENTS + 1], &mut scratch)?;
    for layer in 0..LAYERS {
        draw_scalar(stream, instance, RATES + layer);
    }
    Ok(())
}

/// An example on its way through the network and back.
#[derive(Clone, Copy)]
struct Example<T> {
    /// The input of each layer.
    inputs: [Signal<T>; LAYERS],
    /// The derivatives of the activation before each layer but the first, as a signal.
    slopes: [Signal<T>; LAYERS],
    /// The gradient at the pre-activation of each layer.
    gradients: [Signal<T>; LAYERS],
    /// The lengths of inputs and gradients if nothing cancels.
    largest: [[ScaledEnclosure<T>; 2]; LAYERS],
}

fn product<T: Scalar>(a: &Signal<T>, b: &Signal<T>) -> Result<Signal<T>, Refusal> {
    Signal::from_fn(a.len(), |i| a.entry(i) * b.entry(i))
}

fn frobenius<T: Scalar>(w: &DMatrixView<'_, T>) -> ScaledEnclosure<T> {
    root(w.iter().fold(ScaledEnclosure::zero(), |sum, &entry| sum + point(entry).square()))
}

impl<T: Scalar> Example<T> {
    fn of(instance: &Instance<'_, T>, example: usize) -> Result<Self, Refusal> {
        let weights = layers(instance, 0);
        let x = Signal::of(&instance.part(INPUTS + example))?;
        let c = Signal::of(&instance.part(GRADIENTS + example))?;
        let (mut inputs, mut slopes, mut gradients) = ([x; LAYERS], [x; LAYERS], [c; LAYERS]);
        let mut largest = [[x.norm(), c.norm()]; LAYERS];
        for layer in 1..LAYERS {
            let w = &weights[layer - 1];
            let z = inputs[layer - 1].through(w)?;
            slopes[layer] = Signal::from_fn(z.len(), |i| {
                let is_negative = z.entry(i).significand().midpoint() < T::zero();
                ScaledEnclosure::one().scale_exp2(if is_negative { -2 } else { 0 })
            })?;
            inputs[layer] = product(&slopes[layer], &z)?;
            largest[layer][0] = frobenius(w) * largest[layer - 1][0];
        }
        for layer in (1..LAYERS).rev() {
            let back = gradients[layer].back_through(&weights[layer])?;
            gradients[layer - 1] = product(&slopes[layer], &back)?;
            largest[layer - 1][1] = frobenius(&weights[layer]) * largest[layer][1];
        }
        Ok(Self { inputs, slopes, gradients, largest })
    }
}

/// `B G_ij` for a layer.
fn entry<T: Scalar>(batch: &[Example<T>], layer: usize, i: usize, j: usize) -> ScaledEnclosure<T> {
    let products = batch.iter().map(|e| e.gradients[layer].entry(i) * e.inputs[layer].entry(j));
    products.fold(ScaledEnclosure::zero(), |sum, product| sum + product)
}

/// The sum of a function of the entries of `B G` for a layer.
fn sum_over_entries<T: Scalar>(
    batch: &[Example<T>],
    layer: usize,
    value: impl Fn(ScaledEnclosure<T>) -> ScaledEnclosure<T>,
) -> ScaledEnclosure<T> {
    let (rows, columns) = batch.first().map_or((0, 0), |e| (e.gradients[layer].len(), e.inputs[layer].len()));
    let mut sum = ScaledEnclosure::zero();
    for i in 0..rows {
        for j in 0..columns {
            sum = sum + value(entry(batch, layer, i, j));
        }
    }
    sum
}

/// A layer whose pre-activations move.
struct Layer<T> {
    /// `Σ_i ⟨δ, ż⟩`
    along: ScaledEnclosure<T>,
    /// `B η ‖G‖_F²`
    own: ScaledEnclosure<T>,
    /// The sum of that over this and the layers before.
    sum: ScaledEnclosure<T>,
    /// `‖ż‖` of the first example, and `‖ΔW‖ ‖h‖` if it is the only one.
    moved: ScaledEnclosure<T>,
    alone: ScaledEnclosure<T>,
    /// The sizes of the terms of `along` and of `moved` before they cancel.
    terms: [ScaledEnclosure<T>; 2],
}

/// Moves the weights at the rates `−sign η G` and hands over the layers.
fn propagate<T: Scalar>(
    instance: &Instance<'_, T>,
    batch: &[Example<T>],
    signs: [T; LAYERS],
    mut judge: impl FnMut(usize, Layer<T>),
) -> Result<(), Refusal> {
    let weights = layers(instance, 0);
    let count = ScaledEnclosure::count(batch.len());
    let zero = ScaledEnclosure::zero();
    let mut moved = [Signal::zero(0)?; EXAMPLES];
    let (mut sum, mut along_terms, mut moved_terms) = (zero, zero, zero);
    for (layer, w) in weights.iter().enumerate() {
        let rate = point(instance.part(RATES + layer)[(0, 0)].magnitude());
        let mut along = zero;
        for (moved, example) in moved.iter_mut().zip(batch) {
            let mut change = if layer == 0 {
                Signal::zero(w.nrows())?
            } else {
                product(&example.slopes[layer], moved)?.through(w)?
            };
            for other in batch {
                let factor = rate / count * other.inputs[layer].dot(&example.inputs[layer]);
                change = change.plus(-point(signs[layer]) * factor, &other.gradients[layer]);
            }
            *moved = change;
            along = along + example.gradients[layer].dot(moved);
        }
        let own = rate / count * sum_over_entries(batch, layer, |entry| entry.square());
        sum = sum + own;
        let (mut longest_h, mut longest_d) = (zero, zero);
        for [h, d] in batch.iter().map(|example| example.largest[layer]) {
            longest_h = longest_h.maximum(&h);
            longest_d = longest_d.maximum(&d);
        }
        let term = rate * longest_h.square() * longest_d;
        moved_terms = frobenius(w) * moved_terms + term;
        along_terms = along_terms + count * term * longest_d;
        let (h, d) =
            batch.first().map_or((zero, zero), |e| (e.inputs[layer].norm(), e.gradients[layer].norm()));
        let alone = rate * d * h.square();
        let terms = [along_terms, moved_terms];
        judge(layer, Layer { along, own, sum, moved: moved[0].norm(), alone, terms });
    }
    Ok(())
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let both = [Example::of(instance, 0)?, Example::of(instance, 1)?];
    let [first, _] = both;
    let allowance = allowance::<T>();
    for batch in [&[first][..], &both[..]] {
        propagate(instance, batch, [T::one(); LAYERS], |_, layer| {
            // Twice the terms: more than either side, whatever its sign.
            let [terms, of_rate] = layer.terms.map(|terms| terms.scale_exp2(1));
            let formula = "Σ ⟨δ, ż⟩ = −B Σ η ‖G‖_F²";
            trial.equal_at_scale(formula, layer.along, -layer.sum, terms, allowance);
            if batch.len() == 1 {
                let (left, right) = (layer.alone, trial.record("‖ż‖", layer.moved));
                let allowance = of_terms(allowance, of_rate, left, right);
                trial.at_most("‖ΔW‖ ‖h‖ ≤ ‖ż‖", left, right, allowance);
            }
        })?;
    }
    Ok(())
}

fn old_gradient<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let signs = [-T::one(), T::one(), T::one()];
    propagate(instance, &[Example::of(instance, 0)?], signs, |layer, of_layer| {
        if layer == 1 {
            let (left, right) = (of_layer.along + of_layer.own, ScaledEnclosure::zero());
            trial.at_most("⟨δ₂, ż₂⟩ + η₂ ‖G₂‖_F² ≤ 0", left, right, f64::INFINITY);
        }
    })
}

fn sign_descent<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let first = [Example::of(instance, 0)?];
    let along = sum_over_entries(&first, 0, |entry| entry.magnitude());
    let square = sum_over_entries(&first, 0, |entry| entry.square());
    trial.equal("⟨G₁, sgn G₁⟩ = ‖G₁‖_F²", along, square, allowance::<T>());
    Ok(())
}
