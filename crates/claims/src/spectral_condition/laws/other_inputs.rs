// SPDX-License-Identifier: MIT OR Apache-2.0

//! What an update for one example does to others: it moves `h(x′)` by the cosine between `h(x)` and `h(x′)`.
//!
//! ReLU makes orthogonal inputs meet: layer by layer the cosine follows `c ↦ (√(1 − c²) + (π − arccos c) c)/π`, from 0 to 0.318 to 0.494, whatever the width.
//! In a linear network they stay orthogonal up to the noise of `n` coordinates.

use widthwise_network::Activation;
use widthwise_parametrization::rules;

use super::super::PAPER;
use super::exponent;
use crate::law::Quantity::Cosine;
use crate::law::standard_network::{Inputs, StandardNetwork, designs};
use crate::law::{Control, Law};

const NETWORK: &str = "16 inputs, hidden layers of width n, 4 outputs; spectral initialisation. Sixteen examples, orthogonal to each other and of the norm √16. Inputs, \
                       outputs and depth are fixed while n grows.";

const MEASURED: &str = "The root mean square of the cosines between the features of different examples, over the 120 pairs. An update for x moves the pre-activations of x′ by ‖ΔW‖ ‖h(x′)‖ times \
                        the cosine.";

/// Features at initialisation, of all examples.
const RECTIFIED: StandardNetwork =
    StandardNetwork { inputs: Inputs::Orthogonal, ..StandardNetwork::gradient_descent(&rules::SPECTRAL) };

/// `spectral.update.other-inputs`.
pub(super) static OTHER_INPUTS: Law = Law {
    id: "spectral.update.other-inputs",
    paper: &PAPER,
    statement: "with ReLU, features of orthogonal inputs have a cosine that does not depend on the width: an update moves every example",
    states: "At initialisation, cos(h_ℓ(x), h_ℓ(x′)) of orthogonal x and x′ has the exponent 0 in both hidden layers.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Added to the paper; the map of the cosine is that of arXiv 1611.01232 and of the arc-cosine kernel.",
    estimands: &[exponent(Cosine(1), 0, -1), exponent(Cosine(2), 0, -1)],
    control: Control {
        id: "spectral.update.other-inputs/orthogonal",
        states: "features of orthogonal inputs become orthogonal: n^(-1/2), as without a nonlinearity",
        because: "features of ReLU are not negative, so they have an angle below the right one",
    },
    // One of 16 inputs passes none of 16 neurons too often: from 32 on that is not met.
    designs: designs(12),
    quantities: |law, seed, address, memory| RECTIFIED.measure(law, seed, address, memory),
};

/// `spectral.update.other-inputs.linear`.
pub(super) static LINEAR: Law = Law {
    id: "spectral.update.other-inputs.linear",
    statement: "in a linear network, features of orthogonal inputs have a cosine ~ n^(-1/2): an update moves its own example",
    states: "At initialisation, cos(h_ℓ(x), h_ℓ(x′)) of orthogonal x and x′ has the exponent -1/2 in both hidden layers.",
    estimands: &[exponent(Cosine(1), -1, 0), exponent(Cosine(2), -1, 0)],
    control: Control {
        id: "spectral.update.other-inputs.linear/rectified",
        states: "the exponents with ReLU: 0",
        because: "the cosine of independent normal coordinates is a mean of n terms of either sign",
    },
    quantities: |law, seed, address, memory| {
        let network = StandardNetwork { activation: Activation::Identity, ..RECTIFIED };
        network.measure(law, seed, address, memory)
    },
    ..OTHER_INPUTS
};
