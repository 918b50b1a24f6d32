// SPDX-License-Identifier: MIT OR Apache-2.0

//! How large gradients are under the condition: what the rates of the parametrization are derived from.

use widthwise_parametrization::rules;

use super::super::PAPER;
use super::{MEASURED, NETWORK, exponent};
use crate::law::Quantity::Gradient;
use crate::law::standard_network::{StandardNetwork, designs};
use crate::law::{Control, Law};

/// `spectral.gradient.scale`.
pub(super) static SCALE: Law = Law {
    id: "spectral.gradient.scale",
    paper: &PAPER,
    statement: "‖∇_W 𝓛‖ ~ √(fan-in/fan-out) in every layer, where weights start by the spectral rule",
    states: "With initial scales √min(a, b)/a and a gradient of order one at the output, √(b/a) ‖∇_{W_ℓ}𝓛‖ has the exponent 0 in three layers. A rate b/a then gives the update \
             the norm √(b/a).",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Section 4.",
    estimands: &[exponent(Gradient(1), 0, 1), exponent(Gradient(2), 0, 1), exponent(Gradient(3), 0, 0)],
    control: Control {
        id: "spectral.gradient.scale/standard-start",
        states: "the exponents after the standard initialisation: 1/2, 1/2, 0",
        because: "a readout of spectral norm √4/√n, not 1, hands down what the output asks for",
    },
    designs: designs(32),
    quantities: |law, seed, address, memory| {
        StandardNetwork::gradient_descent(&rules::SPECTRAL).measure(law, seed, address, memory)
    },
};
