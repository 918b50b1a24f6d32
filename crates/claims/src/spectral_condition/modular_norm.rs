// SPDX-License-Identifier: MIT OR Apache-2.0

//! The modular norm of an update bounds what it does to a chain of layers: `RMS(Δh_L) ≤ ((1 + r)^L − 1) Π w_k RMS(x)` if no layer moves by more than `r` of its norm.

use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Instance, Stream};

use super::PAPER;
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_vectors_alike};
use crate::signal::{
    Activation, LAYERS, NETWORK_AND_CHANGE, Signal, allowance, layers, natural_norms, through_layer, widths,
};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.modular-norm`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.modular-norm",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "‖ΔW_k‖ ≤ r ‖W_k‖ for k ≤ L: RMS(Δh_L) ≤ ((1 + r)^L − 1) Π w_k RMS(x)",
    explanation: Explanation {
        states: "In a network h_ℓ = φ(W_ℓ h_{ℓ−1}), h_0 = x, with |φ(s) − φ(t)| ≤ |s − t| and φ(0) = 0, let w_k = nat(W_k) and r = max_k ‖ΔW_k‖/‖W_k‖, which is 1/L of the modular norm of the update with equal masses. Then \
                 RMS(Δh_L) ≤ ((1 + r)^L − 1) Π w_k RMS(x), whatever the changes ΔW_k are. For modules of norm one and r = μ/L this is less than e^μ − 1 at every depth L.",
        hypotheses: "W_k ≠ 0; no layer is wider than 8",
        shapes: "W₁, ΔW₁: m×n, W₂, ΔW₂: k×m, W₃, ΔW₃: p×k, x: n",
        checked_as: "Three layers with the identity, ReLU, a leaky ReLU of slope ¼ and the magnitude behind each but the last. Entries are enclosed one by one, Δh by the recursion Δz = (W + ΔW) Δh + ΔW h; \
                     (1 + r)³ − 1 = r (3 + r (3 + r)), where nothing cancels.",
        allowance: "2¹⁴ units: three layers of width at most 8, the spectral norms of six matrices and three powers of r.",
        source: "Beyond the paper: the modular norm of arXiv 2405.14813 for a chain of layers, by spectral.condition.upper.",
    },
    layout: NETWORK_AND_CHANGE,
    sizes: widths,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.modular-norm/first-order",
            states: "RMS(Δh_L) ≤ L r Π w_k RMS(x): the shares add up",
            because: "W = ΔW = x = 1, three scalar layers: 7 > 3",
            check: both!(first_order),
            witness: WITNESS,
        },
        Control {
            id: "spectral.modular-norm/without-share",
            states: "RMS(Δh_L) ≤ r Π w_k RMS(x): the depth does not matter to a layer's share",
            because: "W = ΔW = x = 1, three scalar layers: 7 > 1",
            check: both!(without_share),
            witness: WITNESS,
        },
    ],
};

/// `W = ΔW = x = 1`.
const WITNESS: &[WitnessPart] = {
    const ONE: WitnessPart = WitnessPart { rows: 1, columns: 1, entries: &[1.0] };
    &[ONE; 7]
};

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    for layer in 0..LAYERS {
        draw_matrices_alike(stream, instance, &[layer, LAYERS + layer], &mut scratch)?;
        // The hypothesis W ≠ 0.
        let mut w = instance.part_mut(layer);
        if w.iter().all(|entry| *entry == T::zero()) {
            w.fill(T::one());
        }
    }
    draw_vectors_alike(stream, instance, &[2 * LAYERS], &mut scratch)
}

/// Puts `RMS(Δh_L) ≤ g(r) Π w_k RMS(x)` to the test for the activations given.
fn compare<T: Scalar>(
    instance: &Instance<'_, T>,
    scratch: &mut Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
    activations: &[Activation],
    formula: &'static str,
    growth: fn(ScaledEnclosure<T>) -> ScaledEnclosure<T>,
) -> Result<(), Refusal> {
    let (weights, updates) = (layers(instance, 0), layers(instance, LAYERS));
    let (norms, changes) = (natural_norms(&weights, scratch)?, natural_norms(&updates, scratch)?);
    let (mut ratio, mut product) = (ScaledEnclosure::zero(), ScaledEnclosure::one());
    for (&w, &u) in norms.iter().zip(&changes) {
        if w.significand().lo() <= T::zero() {
            return Err(Refusal::Hypothesis("W_k ≠ 0"));
        }
        ratio = (u / w).maximum(&ratio);
        product = product * w;
    }
    let x = Signal::of(&instance.part(2 * LAYERS))?;
    let bound = growth(trial.record("r", ratio)) * product * x.root_mean_square();
    for activation in activations {
        let (mut h, mut moved) = (x, Signal::zero(x.len())?);
        for index in 0..LAYERS {
            let matrices = (&weights[index], &updates[index]);
            (h, moved) = through_layer(index, matrices, (&h, &moved), *activation)?;
        }
        let moved = trial.record("RMS(Δh)", moved.root_mean_square());
        trial.at_most(formula, moved, bound, 2.0 * allowance::<T>());
    }
    Ok(())
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    compare(
        instance,
        &mut scratch,
        trial,
        &Activation::ALL,
        "RMS(Δh) ≤ ((1 + r)³ − 1) Π w RMS(x)",
        |r| {
            let three = ScaledEnclosure::count(LAYERS);
            r * (three + r * (three + r))
        },
    )
}

fn first_order<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [identity, ..] = Activation::ALL;
    compare(instance, &mut scratch, trial, &[identity], "RMS(Δh) ≤ 3 r Π w RMS(x)", |r| {
        ScaledEnclosure::count(LAYERS) * r
    })
}

fn without_share<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [identity, ..] = Activation::ALL;
    compare(instance, &mut scratch, trial, &[identity], "RMS(Δh) ≤ r Π w RMS(x)", |r| r)
}
