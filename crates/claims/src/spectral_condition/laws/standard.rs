// SPDX-License-Identifier: MIT OR Apache-2.0

//! The standard parametrization: with a constant rate it blows up, with the rate `1/n` the features freeze.

use widthwise_parametrization::rules;

use super::super::PAPER;
use super::{MEASURED, NETWORK, exponent};
use crate::law::Quantity::{Feature, FeatureChange, Update, Weight};
use crate::law::standard_network::{StandardNetwork, designs};
use crate::law::{Control, Law};

/// `spectral.rule.sp`.
pub(super) static STANDARD: Law = Law {
    id: "spectral.rule.sp",
    paper: &PAPER,
    statement: "standard rule, SGD, constant rate: nat(W_3) ~ n^(1/2), nat(ΔW) ~ n^(-1/2), n^(1/2), n",
    states: "With initial scales 1/√fan-in and one rate for all layers, features and output start at order one, but the readout is √n too large in spectral norm, so the backward \
             signal below it is √n too large, and the readout moves by n: nat(W_3) has the exponent 1/2, nat(ΔW_ℓ) have -1/2, 1/2 and 1.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Section 5. RMS(Δh_ℓ) is a sum of different powers of n under rules that blow up, and has no slope to compare.",
    estimands: &[
        exponent(Weight(3), 1, 0),
        exponent(Update(1), -1, 0),
        exponent(Update(2), 1, 0),
        exponent(Update(3), 2, 0),
        exponent(Feature(1), 0, 0),
        exponent(Feature(2), 0, 0),
    ],
    control: Control {
        id: "spectral.rule.sp/feature-learning",
        states: "the exponents of the spectral rule: all 0",
        because: "one rate for all layers ignores that their gradients differ by powers of n",
    },
    designs: designs(48),
    quantities: |law, seed, address, memory| {
        StandardNetwork::gradient_descent(&rules::STANDARD).measure(law, seed, address, memory)
    },
};

/// `spectral.rule.sp-lr-over-n`.
pub(super) static STANDARD_OVER_WIDTH: Law = Law {
    id: "spectral.rule.sp-lr-over-n",
    paper: &PAPER,
    statement: "standard rule, SGD, rate 1/n: nat(ΔW) ~ n^(-3/2), n^(-1/2), 1; the features freeze, the output moves",
    states: "With initial scales 1/√fan-in and the rate 1/n for all layers the output moves by order one, while nat(ΔW_ℓ) have the exponents -3/2, -1/2, 0 and RMS(Δh_1) \
             has -3/2.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Section 5. RMS(Δh_2) is a sum of n^(-1/2) and n^(-3/2), and has no slope to compare at these widths.",
    estimands: &[
        exponent(Weight(3), 1, 0),
        exponent(Update(1), -3, 0),
        exponent(Update(2), -1, 0),
        exponent(Update(3), 0, 0),
        exponent(Feature(1), 0, 0),
        exponent(Feature(2), 0, 0),
        exponent(FeatureChange(1), -3, 0),
    ],
    control: Control {
        id: "spectral.rule.sp-lr-over-n/feature-learning",
        states: "the exponents of the spectral rule: all 0",
        because: "the rate that keeps the readout from blowing up is n too small for the input layer",
    },
    designs: designs(48),
    quantities: |law, seed, address, memory| {
        StandardNetwork::gradient_descent(&rules::STANDARD_OVER_WIDTH).measure(law, seed, address, memory)
    },
};
