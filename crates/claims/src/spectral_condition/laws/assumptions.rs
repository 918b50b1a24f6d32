// SPDX-License-Identifier: MIT OR Apache-2.0

//! The assumptions of the paper that no theorem gives: training does not cancel what was there, and examples do not cancel each other.

use widthwise_parametrization::rules;

use super::super::PAPER;
use super::{TRAINED, TRAINED_AS, exponent};
use crate::law::Quantity::{ExampleShare, FeatureTriangle, WeightTriangle};
use crate::law::trained_network::{TrainedNetwork, designs};
use crate::law::{Control, Law, standard_network};

/// `spectral.assumption-1.training`.
pub(super) static TRAINING: Law = Law {
    id: "spectral.assumption-1.training",
    paper: &PAPER,
    statement: "spectral rule, 20 steps of SGD: ‖W′‖ ~ ‖W‖ + ‖W′ - W‖ and ‖h′‖ ~ ‖h‖ + ‖Δh‖, in hidden layers",
    states: "The quotients of the triangle inequality have the exponent 0: for the matrices of two hidden layers and for their features, over all examples.",
    hypotheses: TRAINED,
    measured_as: TRAINED_AS,
    source: "Assumption 1, section 3.",
    estimands: &[
        exponent(WeightTriangle(1), 0, -1),
        exponent(WeightTriangle(2), 0, -1),
        exponent(FeatureTriangle(1), 0, -1),
        exponent(FeatureTriangle(2), 0, -1),
    ],
    control: Control {
        id: "spectral.assumption-1.training/cancellation",
        states: "training undoes what was there but for a part n^(-1/2) of it",
        because: "an update has rank 8 and a random matrix has n singular values of one size: it cannot cancel them all",
    },
    designs: designs(4),
    quantities: |law, seed, address, memory| {
        TrainedNetwork::gradient_descent(&rules::SPECTRAL, 0.3).measure(law, seed, address, memory)
    },
};

/// `spectral.assumption-3.batch`.
pub(super) static BATCH: Law = Law {
    id: "spectral.assumption-3.batch",
    paper: &PAPER,
    statement: "spectral rule, 5 steps of SGD on 8 examples: ‖ΔW h(x_i)‖ ~ what example i alone would contribute, in hidden layers",
    states: "In the fifth step, the quotient of ‖ΔW_ℓ h_{ℓ-1}(x_i)‖ by the contribution of example i has the exponent 0 in both hidden layers.",
    hypotheses: TRAINED,
    measured_as: TRAINED_AS,
    source: "Assumption 3, section 3; a sufficient condition is spectral.batch.alignment.",
    estimands: &[exponent(ExampleShare(1), 0, -1), exponent(ExampleShare(2), 0, -1)],
    control: Control {
        id: "spectral.assumption-3.batch/cancellation",
        states: "the contributions of the others cancel that of an example but for a part n^(-1/2)",
        because: "there are 8 examples at every width, and their features do not become orthogonal",
    },
    // An example passes none of 16 neurons once in 2¹⁶: from 32 on that is not met.
    designs: standard_network::designs(36),
    quantities: |law, seed, address, memory| {
        let network = TrainedNetwork { steps: 5, ..TrainedNetwork::gradient_descent(&rules::SPECTRAL, 0.1) };
        network.measure(law, seed, address, memory)
    },
};
