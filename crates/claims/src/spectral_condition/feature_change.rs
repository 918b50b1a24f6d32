// SPDX-License-Identifier: MIT OR Apache-2.0

//! One step on one example moves features by what the last layer alone moves them, up to terms of second order in the
//! rates.

use nalgebra::DMatrixView;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Magnitude, Part, Stream};

use super::PAPER;
use crate::allowance::of_terms;
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_all, draw_matrices_alike, draw_vectors_alike};
use crate::enclosed::{point, rms_factor};
use crate::formula::store;
use crate::signal::{LAYERS, Signal, allowance, layers, natural_norms, widths};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.condition.sufficient`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.condition.sufficient",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "u_ℓ RMS(h_{ℓ−1}) − R_ℓ RMS(x) ≤ RMS(Δh_ℓ) ≤ (Π (w_k + u_k) − Π w_k) RMS(x), R_ℓ of second order in u",
    explanation: Explanation {
        states: "A linear network makes one gradient step with rates η_k ≥ 0 on one example: ΔW_k = −η_k δ_k h_{k−1}ᵀ with δ_L = c, δ_k = W_{k+1}ᵀ δ_{k+1}. With w_k = nat(W_k), u_k = nat(ΔW_k) and \
                 R_ℓ = Π_{k≤ℓ} (w_k + u_k) − Π_{k≤ℓ} w_k − Σ_{k≤ℓ} u_k Π_{j≠k} w_j: u_ℓ RMS(h_{ℓ−1}) − R_ℓ RMS(x) ≤ RMS(Δh_ℓ) ≤ (Π (w_k + u_k) − Π w_k) RMS(x). So the condition with small \
                 rates implies that features move by their own order.",
        hypotheses: "no layer is wider than 8; the magnitudes of the rates are taken",
        shapes: "W₁: m×n, W₂: k×m, W₃: p×k, x: n, c: p, η: 3 scalars",
        checked_as: "Entries are enclosed one by one, Δh_ℓ by Δh_ℓ = W Δh − η δ ⟨h, h + Δh⟩; R_ℓ = w R_{ℓ−1} + u D_{ℓ−1}, where nothing cancels; u_k = √(n/m) η ‖δ‖ ‖h‖.",
        allowance: "2¹³ units of the terms: in the lower bound those of W h and Wᵀδ before they cancel.",
        source: "Added here: the paper argues with orders and assumption 1.",
    },
    layout: &[
        Part::matrix("W₁", Dimension::M, Dimension::N),
        Part::matrix("W₂", Dimension::K, Dimension::M),
        Part::matrix("W₃", Dimension::P, Dimension::K),
        Part::vector("x", Dimension::N),
        Part::vector("c", Dimension::P),
        Part::scalar("η₁"),
        Part::scalar("η₂"),
        Part::scalar("η₃"),
    ],
    sizes: widths,
    sample: both!(sample),
    check: both!(check),
    controls: &[Control {
        id: "spectral.condition.sufficient/ascent",
        states: "the lower bound holds as well if the first layer ascends",
        because: "W = x = c = 1, η = (¼, ¼, 0): the first-order parts of two layers cancel, 3/16 > 1/16",
        check: both!(ascent),
        witness: {
            const ONE: WitnessPart = WitnessPart { rows: 1, columns: 1, entries: &[1.0] };
            const QUARTER: WitnessPart = WitnessPart { rows: 1, columns: 1, entries: &[0.25] };
            const ZERO: WitnessPart = WitnessPart { rows: 1, columns: 1, entries: &[0.0] };
            &[ONE, ONE, ONE, ONE, ONE, QUARTER, QUARTER, ZERO]
        },
    }],
};

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
    draw_vectors_alike(stream, instance, &[LAYERS], &mut scratch)?;
    draw_vectors_alike(stream, instance, &[LAYERS + 1], &mut scratch)?;
    for position in LAYERS + 2..2 * LAYERS + 2 {
        let rate = stream.power_of_ten(-4.0, 0.0);
        store(instance, position, rate);
        Magnitude::draw(stream).apply(&mut instance.part_mut(position));
    }
    Ok(())
}

/// The forward and backward pass of a linear network.
struct Passes<'v, T> {
    weights: [DMatrixView<'v, T>; LAYERS],
    /// The input of each layer.
    inputs: [Signal<T>; LAYERS],
    /// The gradient at the output of each layer.
    gradients: [Signal<T>; LAYERS],
    rates: [ScaledEnclosure<T>; LAYERS],
}

impl<'v, T: Scalar> Passes<'v, T> {
    fn of(instance: &'v Instance<'_, T>) -> Result<Self, Refusal> {
        let weights = layers(instance, 0);
        let (x, c) = (Signal::of(&instance.part(LAYERS))?, Signal::of(&instance.part(LAYERS + 1))?);
        let (mut inputs, mut gradients) = ([x; LAYERS], [c; LAYERS]);
        for layer in 1..LAYERS {
            inputs[layer] = inputs[layer - 1].through(&weights[layer - 1])?;
        }
        for layer in (1..LAYERS).rev() {
            gradients[layer - 1] = gradients[layer].back_through(&weights[layer])?;
        }
        let rates =
            core::array::from_fn(|layer| point(instance.part(LAYERS + 2 + layer)[(0, 0)].magnitude()));
        Ok(Self { weights, inputs, gradients, rates })
    }

    /// `√(n/m) η ‖δ‖ ‖h‖`
    fn update(&self, layer: usize) -> ScaledEnclosure<T> {
        let (h, d) = (&self.inputs[layer], &self.gradients[layer]);
        rms_factor(d.len(), h.len()) * self.rates[layer] * d.norm() * h.norm()
    }
}

/// A layer on trial.
struct Layer<T> {
    /// `u RMS(h)`
    own: ScaledEnclosure<T>,
    /// `RMS(Δh)`
    moved: ScaledEnclosure<T>,
    /// `D RMS(x)`
    bound: ScaledEnclosure<T>,
    /// `R RMS(x)`
    second_order: ScaledEnclosure<T>,
    /// The sum of the terms of the change before any cancels.
    terms: ScaledEnclosure<T>,
}

/// Makes the step with `sign` before the rate of each layer and hands over the layers.
fn step<T: Scalar>(
    instance: &Instance<'_, T>,
    scratch: &mut Scratch<'_, T>,
    signs: [T; LAYERS],
    mut judge: impl FnMut(Layer<T>),
) -> Result<(), Refusal> {
    let passes = Passes::of(instance)?;
    let norms = natural_norms(&passes.weights, scratch)?;
    let input = passes.inputs[0].root_mean_square();
    let zero = ScaledEnclosure::zero();
    let mut moved = Signal::zero(passes.inputs[0].len())?;
    let (mut features, mut change, mut second_order, mut terms) = (input, zero, zero, zero);
    for (layer, w) in passes.weights.iter().enumerate() {
        let (h, d, norm) = (&passes.inputs[layer], &passes.gradients[layer], norms[layer]);
        let update = passes.update(layer);
        let along = h.dot(h) + h.dot(&moved);
        moved = moved.through(w)?.plus(-point(signs[layer]) * passes.rates[layer] * along, d);
        // The update if nothing cancelled in δ and h; the roots of widths, at most 8, that are left out are less than
        // 64.
        let above =
            norms.iter().skip(layer + 1).fold(passes.gradients[LAYERS - 1].norm(), |size, &w| size * w);
        let largest = (passes.rates[layer] * above * features).scale_exp2(6);
        terms = (norm + largest) * terms + largest * features;
        second_order = norm * second_order + update * change;
        change = (norm + update) * change + update * features;
        judge(Layer {
            own: update * h.root_mean_square(),
            moved: moved.root_mean_square(),
            bound: change,
            second_order,
            terms,
        });
        features = norm * features;
    }
    Ok(())
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    step(instance, &mut scratch, [T::one(); LAYERS], |layer| {
        trial.record("RMS(Δh)", layer.moved);
        let allowance = allowance::<T>();
        lower(&layer, allowance, trial);
        let (left, right) = (layer.moved, layer.bound);
        let allowance = of_terms(allowance, layer.terms, left, right);
        trial.at_most("RMS(Δh) ≤ (Π (w + u) − Π w) RMS(x)", left, right, allowance);
    })
}

/// The lower bound with its negative term on the other side.
fn lower<T: Scalar>(layer: &Layer<T>, allowance: f64, trial: &mut Trial<'_, T>) {
    let (left, right) = (layer.own, layer.moved + layer.second_order);
    let allowance = of_terms(allowance, layer.terms, left, right);
    trial.at_most("u RMS(h) ≤ RMS(Δh) + R RMS(x)", left, right, allowance);
}

fn ascent<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let signs = [-T::one(), T::one(), T::one()];
    step(instance, &mut scratch, signs, |layer| lower(&layer, allowance::<T>(), trial))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;
    use widthwise_sampling::Sizes;

    /// The inequalities do not see the sign of a term of second order.
    #[test]
    fn the_change_of_scalar_layers_is_that_of_two_passes() {
        let mut data = [2.0, -3.0, 1.0, 1.0, 1.0, 0.25, 0.125, 0.5];
        let instance = Instance::new(CLAIM.layout, Sizes::ONES, &mut data).unwrap();
        let mut memory = vec![0.0; 64];
        let mut found = Vec::new();
        step(&instance, &mut Scratch::new(&mut memory), [1.0; LAYERS], |layer| {
            found.push(layer.moved.to_enclosure());
        })
        .unwrap();
        // Gradients −3, 1, 1; inputs 1, 2, −6.
        let weights = [2.0 + 0.25 * 3.0, -3.0 - 0.125 * 2.0, 1.0 + 0.5 * 6.0];
        let (mut before, mut after) = (1.0, 1.0);
        for ((found, start), end) in found.iter().zip([2.0, -3.0, 1.0]).zip(weights) {
            (before, after) = (start * before, end * after);
            assert!(found.contains(f64::abs(after - before)), "{found}");
        }
    }
}
