// SPDX-License-Identifier: MIT OR Apache-2.0

//! The rules that learn features at every width: the spectral one, and mean field with one hidden layer.

use widthwise_parametrization::rules;

use super::super::PAPER;
use super::{MEASURED, NETWORK, exponent};
use crate::law::Quantity::{Feature, FeatureChange, Update, Weight};
use crate::law::standard_network::{StandardNetwork, designs};
use crate::law::{Control, Law};

/// `spectral.rule.spectral`.
pub(super) static SPECTRAL: Law = Law {
    id: "spectral.rule.spectral",
    paper: &PAPER,
    statement: "spectral rule, SGD: nat(ΔW), RMS(h) and RMS(Δh) do not depend on the width, in any layer",
    states: "With initial scales √min(a, b)/a and rates b/a for b×a matrices, nat(W_3), nat(ΔW_ℓ) and RMS(Δh_ℓ) of three layers and RMS(h_1), RMS(h_2) have the \
             exponent 0. The output starts at RMS(h_3) ~ n^(-1/2), since W_3 is not aligned with what it has not seen.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Parametrization 1 and Condition 1, sections 2 and 4. nat(W_1) has a bias of n^(-1/2) and is no matter for a slope.",
    estimands: &[
        exponent(Weight(3), 0, 1),
        exponent(Update(1), 0, -1),
        exponent(Update(2), 0, -1),
        exponent(Update(3), 0, 0),
        exponent(Feature(1), 0, 0),
        exponent(Feature(2), 0, 0),
        exponent(Feature(3), -1, 0),
        exponent(FeatureChange(1), 0, -1),
        exponent(FeatureChange(2), 0, -1),
        exponent(FeatureChange(3), 0, 0),
    ],
    control: Control {
        id: "spectral.rule.spectral/kernel-regime",
        states: "hidden layers move by n^(-1/2) and the output starts at order one, as under the neural tangent parametrization",
        because: "the readout starts at √4/n, not 1/√n, and the rates of hidden layers are of order one, not 1/n",
    },
    designs: designs(128),
    quantities: |law, seed, address, memory| {
        StandardNetwork::gradient_descent(&rules::SPECTRAL).measure(law, seed, address, memory)
    },
};

/// `spectral.rule.mean-field`.
pub(super) static MEAN_FIELD: Law = Law {
    id: "spectral.rule.mean-field",
    paper: &PAPER,
    statement: "mean field, one hidden layer, SGD: nat(ΔW), RMS(h_1) and RMS(Δh) do not depend on the width",
    states: "With a readout that averages, 1/n times entries of order one, and the rate n for both layers, nat(W_2), nat(ΔW_ℓ), RMS(Δh_ℓ) and RMS(h_1) have the exponent \
             0 and the output starts at n^(-1/2): those of maximal update.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Section 5; arXiv 1804.06561. With more hidden layers the signal dies: there is no such law.",
    estimands: &[
        exponent(Weight(2), 0, 1),
        exponent(Update(1), 0, -1),
        exponent(Update(2), 0, 0),
        exponent(Feature(1), 0, 0),
        exponent(Feature(2), -1, 0),
        exponent(FeatureChange(1), 0, -1),
        exponent(FeatureChange(2), 0, 0),
    ],
    control: Control {
        id: "spectral.rule.mean-field/root-readout",
        states: "the exponents of a readout multiplied by 1/√n, the neural tangent parametrization",
        because: "a sum of n terms divided by n starts at n^(-1/2) and lets the hidden layer move by order one",
    },
    designs: designs(160),
    quantities: |law, seed, address, memory| {
        let network =
            StandardNetwork { hidden_layers: 1, ..StandardNetwork::gradient_descent(&rules::MEAN_FIELD) };
        network.measure(law, seed, address, memory)
    },
};
