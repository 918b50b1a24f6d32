// SPDX-License-Identifier: MIT OR Apache-2.0

//! Adam's `ε` has to shrink with the gradient, or it turns Adam off.

use widthwise_network::Method;
use widthwise_parametrization::{Optimizer, rules};

use super::super::PAPER;
use super::{NETWORK, exponent};
use crate::law::Quantity::Update;
use crate::law::standard_network::{StandardNetwork, designs};
use crate::law::{Control, Law};

/// `spectral.adam.epsilon`.
pub(super) static EPSILON: Law = Law {
    id: "spectral.adam.epsilon",
    paper: &PAPER,
    statement: "spectral rule, Adam with ε in proportion to the entries of the gradient: nat(ΔW) does not depend on the width",
    states: "Entries of the gradient are of the size 1/fan-out. With ε = 1/fan-out, no smaller than they are, nat(ΔW_ℓ) of the first step has the exponent 0 in \
             three layers.",
    hypotheses: NETWORK,
    measured_as: "Scale, rate and ε of each layer are asked of the rule in widthwise-parametrization. nat(ΔW) = √(fan-in/fan-out) ‖ΔW‖_F, the natural norm but for a stable \
                  rank near 1.",
    source: "Added to the paper.",
    estimands: &[exponent(Update(1), 0, -2), exponent(Update(2), 0, -2), exponent(Update(3), 0, 0)],
    control: Control {
        id: "spectral.adam.epsilon/constant",
        states: "the exponents of a constant ε beyond all gradients: -1, -1, 0",
        because: "what is left of Adam is gradient descent divided by ε, with the rates of Adam",
    },
    designs: designs(24),
    quantities: |law, seed, address, memory| {
        StandardNetwork::new(&rules::SPECTRAL, Optimizer::Adam, adam(1.0)).measure(law, seed, address, memory)
    },
};

/// Adam with a constant before the scale of `ε`.
pub(super) const fn adam(epsilon: f64) -> Method<f64> {
    Method::Adam { first_decay: 0.9, second_decay: 0.999, epsilon }
}
