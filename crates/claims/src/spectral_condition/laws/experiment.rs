// SPDX-License-Identifier: MIT OR Apache-2.0

//! The experiment of the paper: under maximal update features and matrices move at every width, under the neural tangent rule they freeze.
//!
//! Three columns of slopes on networks that all learn their labels. Frobenius norms vanish in every column: an update has low rank, and a small relative Frobenius change is no
//! sign of a frozen network.

use widthwise_parametrization::rules;

use super::super::PAPER;
use super::{TRAINED, TRAINED_AS, exponent};
use crate::law::Quantity::{
    FeatureChange, RelativeDisplacement, RelativeFeatureChange, RelativeFrobeniusDisplacement,
};
use crate::law::trained_network::{TrainedNetwork, designs};
use crate::law::{Control, Law};

/// `spectral.experiment.mup-vs-ntp`.
pub(super) static MAXIMAL_UPDATE: Law = Law {
    id: "spectral.experiment.mup-vs-ntp",
    paper: &PAPER,
    statement: "spectral rule, 20 steps of SGD: ‖Δh_ℓ‖/‖h_ℓ‖ ~ 1 and ‖W′_2 - W_2‖/‖W_2‖ ~ 1, while ‖W′_2 - W_2‖_F/‖W_2‖_F ~ n^(-1/2)",
    states: "Features of both hidden layers, and the square matrix in the spectral norm, change by a fraction that does not depend on the width; in the Frobenius norm the matrix changes \
             by n^(-1/2). The output learns its labels.",
    hypotheses: TRAINED,
    measured_as: TRAINED_AS,
    source: "Figure 2 and section 6, replicated on random examples.",
    estimands: &[
        exponent(RelativeFeatureChange(1), 0, -1),
        exponent(RelativeFeatureChange(2), 0, -1),
        exponent(RelativeDisplacement(2), 0, -1),
        exponent(RelativeFrobeniusDisplacement(2), -1, -2),
        exponent(FeatureChange(3), 0, 0),
    ],
    control: Control {
        id: "spectral.experiment.mup-vs-ntp/ntp",
        states: "the exponents of the neural tangent rule: -1/2, -1/2, -1/2, -1, 0",
        because: "the rates b/a give every matrix an update of its own order",
    },
    designs: designs(18),
    quantities: |law, seed, address, memory| {
        TrainedNetwork::gradient_descent(&rules::SPECTRAL, 0.3).measure(law, seed, address, memory)
    },
};

/// `spectral.experiment.mup-vs-ntp.ntp`.
pub(super) static NEURAL_TANGENT: Law = Law {
    id: "spectral.experiment.mup-vs-ntp.ntp",
    statement: "neural tangent rule, 20 steps of SGD: ‖Δh_ℓ‖/‖h_ℓ‖ and ‖W′_2 - W_2‖/‖W_2‖ ~ n^(-1/2), ‖W′_2 - W_2‖_F/‖W_2‖_F ~ 1/n",
    states: "Features of both hidden layers, and the square matrix in the spectral norm, change by n^(-1/2), in the Frobenius norm by 1/n. The output learns its labels all the \
             same.",
    estimands: &[
        exponent(RelativeFeatureChange(1), -1, 0),
        exponent(RelativeFeatureChange(2), -1, 0),
        exponent(RelativeDisplacement(2), -1, 0),
        exponent(RelativeFrobeniusDisplacement(2), -2, -1),
        exponent(FeatureChange(3), 0, 0),
    ],
    control: Control {
        id: "spectral.experiment.mup-vs-ntp.ntp/mup",
        states: "the exponents of the spectral rule: 0, 0, 0, -1/2, 0",
        because: "the effective rate of a hidden layer is 1/n, and its gradient only √n larger than under the spectral rule",
    },
    designs: designs(20),
    quantities: |law, seed, address, memory| {
        TrainedNetwork::gradient_descent(&rules::NEURAL_TANGENT, 0.5).measure(law, seed, address, memory)
    },
    ..MAXIMAL_UPDATE
};

/// `spectral.experiment.mup-vs-ntp.sp`.
pub(super) static STANDARD_OVER_WIDTH: Law = Law {
    id: "spectral.experiment.mup-vs-ntp.sp",
    statement: "standard rule with the rate 1/n, 20 steps of SGD: ‖Δh_1‖/‖h_1‖ ~ n^(-3/2), ‖W′_2 - W_2‖/‖W_2‖ ~ n^(-1/2)",
    states: "Features of the first hidden layer change by n^(-3/2), the square matrix by n^(-1/2) in the spectral norm and by 1/n in the Frobenius norm.",
    source: "Figure 2 and section 6, replicated on random examples. ‖Δh_2‖ and ‖Δh_3‖ are sums of different powers of n, and have no slope to compare at these widths.",
    estimands: &[
        exponent(RelativeFeatureChange(1), -3, -1),
        exponent(RelativeDisplacement(2), -1, -1),
        exponent(RelativeFrobeniusDisplacement(2), -2, -2),
    ],
    control: Control {
        id: "spectral.experiment.mup-vs-ntp.sp/ntp",
        states: "the exponents of the neural tangent rule: -1/2, -1/2, -1",
        because: "the rate that keeps the readout from blowing up is n too small for the input layer",
    },
    designs: designs(36),
    quantities: |law, seed, address, memory| {
        TrainedNetwork::gradient_descent(&rules::STANDARD_OVER_WIDTH, 0.05)
            .measure(law, seed, address, memory)
    },
    ..MAXIMAL_UPDATE
};
