// SPDX-License-Identifier: MIT OR Apache-2.0

//! The neural tangent parametrization: the loss falls, the features freeze.

use widthwise_parametrization::rules;

use super::super::PAPER;
use super::{MEASURED, NETWORK, exponent};
use crate::law::Quantity::{Feature, FeatureChange, Update, Weight};
use crate::law::standard_network::{StandardNetwork, designs};
use crate::law::{Control, Law};

/// `spectral.rule.ntp`.
pub(super) static NEURAL_TANGENT: Law = Law {
    id: "spectral.rule.ntp",
    paper: &PAPER,
    statement: "neural tangent rule, SGD: nat(ΔW) ~ n^(-1/2), n^(-1/2), 1; the features freeze, the output moves",
    states: "With multipliers 1/√fan-in, entries of order one and a constant rate, nat(ΔW_ℓ) and RMS(Δh_ℓ) have the exponents -1/2, -1/2, 0: the output moves by order one \
             and the features by n^(-1/2), the kernel regime.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Sections 5 and 6; arXiv 1806.07572.",
    estimands: &[
        exponent(Weight(3), 1, 0),
        exponent(Update(1), -1, 0),
        exponent(Update(2), -1, 0),
        exponent(Update(3), 0, 0),
        exponent(Feature(1), 0, 0),
        exponent(Feature(2), 0, 0),
        exponent(FeatureChange(1), -1, 0),
        exponent(FeatureChange(2), -1, 0),
        exponent(FeatureChange(3), 0, 0),
    ],
    control: Control {
        id: "spectral.rule.ntp/feature-learning",
        states: "the exponents of the spectral rule: all 0",
        because: "the effective rate of a hidden layer is 1/n, and its gradient only √n larger than under the spectral rule",
    },
    designs: designs(80),
    quantities: |law, seed, address, memory| {
        StandardNetwork::gradient_descent(&rules::NEURAL_TANGENT).measure(law, seed, address, memory)
    },
};
