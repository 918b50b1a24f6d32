// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the first step does, twenty do: the condition is inherited by later steps.

use widthwise_parametrization::rules;

use super::super::PAPER;
use super::{TRAINED, TRAINED_AS, exponent};
use crate::law::Quantity::{Displacement, FeatureChange, TrainedFeature};
use crate::law::trained_network::{TrainedNetwork, designs};
use crate::law::{Control, Law};

/// `spectral.many-steps`.
pub(super) static MANY_STEPS: Law = Law {
    id: "spectral.many-steps",
    paper: &PAPER,
    statement: "spectral rule, 20 steps of SGD: nat(W′ - W), RMS(Δh) and RMS(h′) do not depend on the width, in any layer",
    states: "After a fixed number of steps the matrices have moved by nat(W′_ℓ - W_ℓ) ~ 1 and the features by RMS(Δh_ℓ) ~ 1, in three layers, and the output has become RMS(h′_3) \
             ~ 1.",
    hypotheses: TRAINED,
    measured_as: TRAINED_AS,
    source: "Section 3, on more than one step; the upper bound is the exact part, spectral.many-steps.upper.",
    estimands: &[
        exponent(Displacement(1), 0, -1),
        exponent(Displacement(2), 0, -1),
        exponent(Displacement(3), 0, 0),
        exponent(FeatureChange(1), 0, -1),
        exponent(FeatureChange(2), 0, -1),
        exponent(FeatureChange(3), 0, 0),
        exponent(TrainedFeature(3), 0, 0),
    ],
    control: Control {
        id: "spectral.many-steps/kernel-regime",
        states: "the exponents of the neural tangent rule: -1/2 for hidden layers",
        because: "later gradients are outer products of the new signals and features, which are as large as the first",
    },
    designs: designs(28),
    quantities: |law, seed, address, memory| {
        TrainedNetwork::gradient_descent(&rules::SPECTRAL, 0.3).measure(law, seed, address, memory)
    },
};
