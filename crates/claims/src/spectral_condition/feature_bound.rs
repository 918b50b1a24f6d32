// SPDX-License-Identifier: MIT OR Apache-2.0

//! The condition bounds features and their change, for every update: `RMS(Δh_ℓ) ≤ (Π (w_k + u_k) − Π w_k) RMS(x)`.

use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Instance, Stream};

use super::PAPER;
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_vectors_alike};
use crate::signal::{
    Activation, LAYERS, NETWORK_AND_CHANGE, Signal, allowance, layers, natural_norms, through_layer, widths,
};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.condition.upper`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.condition.upper",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "RMS(h_ℓ) ≤ Π w_k RMS(x) and RMS(Δh_ℓ) ≤ (Π (w_k + u_k) − Π w_k) RMS(x)",
    explanation: Explanation {
        states: "In a network h_ℓ = φ(W_ℓ h_{ℓ−1}), h_0 = x, with |φ(s) − φ(t)| ≤ |s − t| and φ(0) = 0, let w_k = nat(W_k) and u_k = nat(ΔW_k) for any changes ΔW_k. Then \
                 RMS(h_ℓ) ≤ Π_{k≤ℓ} w_k RMS(x) and RMS(Δh_ℓ) ≤ (Π_{k≤ℓ} (w_k + u_k) − Π_{k≤ℓ} w_k) RMS(x).",
        hypotheses: "no layer is wider than 8",
        shapes: "W₁, ΔW₁: m×n, W₂, ΔW₂: k×m, W₃, ΔW₃: p×k, x: n",
        checked_as: "Three layers with the identity, ReLU, a leaky ReLU of slope ¼ and the magnitude behind each but the last. Entries are enclosed one by one; Δh_ℓ by the recursion \
                     Δz = (W + ΔW) Δh + ΔW h and the bound by D_ℓ = (w + u) D_{ℓ−1} + u H_{ℓ−1}, where nothing cancels.",
        allowance: "2¹³ units: three layers of width at most 8 and the spectral norms of six matrices.",
        source: "Section 3.1, the argument forward; the constants are added here.",
    },
    layout: NETWORK_AND_CHANGE,
    sizes: widths,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.condition.upper/first-order",
            states: "RMS(Δh_ℓ) ≤ Σ_k u_k Π_{j≠k} w_j RMS(x): the bound to first order",
            because: "W = 0, ΔW = 1, x = 1, two scalar layers: 1 > 0",
            check: both!(first_order),
            witness: WITNESS,
        },
        Control {
            id: "spectral.condition.upper/offset",
            states: "RMS(h_ℓ) ≤ Π w_k RMS(x) with φ(t) = t + 1 as well, where φ(0) ≠ 0",
            because: "W₁ = 0: 1 > 0",
            check: both!(offset),
            witness: WITNESS,
        },
    ],
};

/// `W = 0`, `ΔW = 1`, `x = 1`.
const WITNESS: &[WitnessPart] = {
    const ZERO: WitnessPart = WitnessPart { rows: 1, columns: 1, entries: &[0.0] };
    const ONE: WitnessPart = WitnessPart { rows: 1, columns: 1, entries: &[1.0] };
    &[ZERO, ZERO, ZERO, ONE, ONE, ONE, ONE]
};

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    for layer in 0..LAYERS {
        draw_matrices_alike(stream, instance, &[layer, LAYERS + layer], &mut scratch)?;
    }
    draw_vectors_alike(stream, instance, &[2 * LAYERS], &mut scratch)
}

/// What a layer does to the bounds of features and change.
type Bound<T> = fn(
    weight: ScaledEnclosure<T>,
    update: ScaledEnclosure<T>,
    features: ScaledEnclosure<T>,
    change: ScaledEnclosure<T>,
) -> ScaledEnclosure<T>;

/// Sends the input through the network and hands over, for each layer, features and change with their bounds.
fn propagate<T: Scalar>(
    instance: &Instance<'_, T>,
    scratch: &mut Scratch<'_, T>,
    activation: Activation,
    bound: Bound<T>,
    mut layer: impl FnMut([ScaledEnclosure<T>; 2], [ScaledEnclosure<T>; 2]),
) -> Result<(), Refusal> {
    let (weights, updates) = (layers(instance, 0), layers(instance, LAYERS));
    let norms = natural_norms(&weights, scratch)?;
    let changes = natural_norms(&updates, scratch)?;
    let mut h = Signal::of(&instance.part(2 * LAYERS))?;
    let mut moved = Signal::zero(h.len())?;
    let (mut features, mut change) = (h.root_mean_square(), ScaledEnclosure::zero());
    for index in 0..LAYERS {
        let matrices = (&weights[index], &updates[index]);
        (h, moved) = through_layer(index, matrices, (&h, &moved), activation)?;
        change = bound(norms[index], changes[index], features, change);
        features = norms[index] * features;
        layer([h.root_mean_square(), features], [moved.root_mean_square(), change]);
    }
    Ok(())
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let bound: Bound<T> = |w, u, features, change| (w + u) * change + u * features;
    for activation in Activation::ALL {
        propagate(instance, &mut scratch, activation, bound, |[h, features], [moved, change]| {
            trial.record("RMS(h)", h);
            trial.record("RMS(Δh)", moved);
            trial.at_most("RMS(h) ≤ Π w RMS(x)", h, features, allowance::<T>());
            trial.at_most("RMS(Δh) ≤ (Π (w + u) − Π w) RMS(x)", moved, change, allowance::<T>());
        })?;
    }
    Ok(())
}

fn first_order<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let bound: Bound<T> = |w, u, features, change| w * change + u * features;
    let [identity, ..] = Activation::ALL;
    propagate(instance, &mut scratch, identity, bound, |_, [moved, change]| {
        trial.at_most("RMS(Δh) ≤ Σ u Π w RMS(x)", moved, change, allowance::<T>());
    })
}

fn offset<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let weights = layers(instance, 0);
    let [norm, ..] = natural_norms(&weights, &mut scratch)?;
    let x = Signal::of(&instance.part(2 * LAYERS))?;
    let z = x.through(&weights[0])?;
    let h = Signal::from_fn(z.len(), |i| z.entry(i) + ScaledEnclosure::one())?.root_mean_square();
    let h = trial.record("RMS(h₁)", h);
    trial.at_most("RMS(W₁ x + 1) ≤ w₁ RMS(x)", h, norm * x.root_mean_square(), allowance::<T>());
    Ok(())
}
