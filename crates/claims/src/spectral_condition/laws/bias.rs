// SPDX-License-Identifier: MIT OR Apache-2.0

//! The rate of biases: fan-out, as for a matrix with one column.

use widthwise_parametrization::rules;

use super::super::PAPER;
use super::{MEASURED, NETWORK, exponent};
use crate::law::Quantity::BiasChange;
use crate::law::standard_network::{StandardNetwork, designs};
use crate::law::{Control, Law};

/// `spectral.bias.rate`.
pub(super) static RATE: Law = Law {
    id: "spectral.bias.rate",
    paper: &PAPER,
    statement: "spectral rule, SGD: biases with the rate fan-out move by RMS(Δb) ~ 1, in any layer",
    states: "A bias is a matrix of fan-in 1 with the input 1. With the rate fan-out, the b/a of that matrix, RMS(Δb_ℓ) has the exponent 0 in the hidden layers and at the \
             output.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Appendix on biases; the exact part is spectral.bias.",
    estimands: &[
        exponent(BiasChange(1), 0, -2),
        exponent(BiasChange(2), 0, -2),
        exponent(BiasChange(3), 0, 0),
    ],
    control: Control {
        id: "spectral.bias.rate/constant-rate",
        states: "the exponents of a constant rate: -1, -1, 0",
        because: "the gradient of a hidden bias is the backward signal, n entries of the size 1/n",
    },
    designs: designs(32),
    quantities: |law, seed, address, memory| {
        let network = StandardNetwork { biases: true, ..StandardNetwork::gradient_descent(&rules::SPECTRAL) };
        network.measure(law, seed, address, memory)
    },
};
