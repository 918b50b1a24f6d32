// SPDX-License-Identifier: MIT OR Apache-2.0

//! Rules that give updates a size of their own: one spectral norm for all layers, or a fraction of the entries.

use widthwise_parametrization::rules;

use super::super::PAPER;
use super::{MEASURED, NETWORK, exponent};
use crate::law::Quantity::{Feature, Update, Weight};
use crate::law::standard_network::{StandardNetwork, designs};
use crate::law::{Control, Law};

/// `spectral.rule.uniform`.
pub(super) static UNIFORM: Law = Law {
    id: "spectral.rule.uniform",
    paper: &PAPER,
    statement: "the same spectral norm for every update: nat(ΔW) ~ n^(-1/2), 1, n^(1/2)",
    states: "With updates of spectral norm η in every layer, without the ratio √(fan-out/fan-in), nat(ΔW_ℓ) have the exponents -1/2, 0, 1/2: input layers are left behind and \
             the readout blows up.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Added to the paper: Condition 1 without its ratio.",
    estimands: &[exponent(Update(1), -1, 0), exponent(Update(2), 0, 0), exponent(Update(3), 1, 0)],
    control: Control {
        id: "spectral.rule.uniform/with-ratio",
        states: "the exponents with the ratio put back: 0 in every layer",
        because: "√(fan-in/fan-out) · η is √(16/n) η in the first layer and √(n/4) η in the last",
    },
    designs: designs(4),
    quantities: |law, seed, address, memory| {
        StandardNetwork::normalized(&rules::UNIFORM).measure(law, seed, address, memory)
    },
};

/// `spectral.rule.entry-size`.
pub(super) static ENTRY_SIZE: Law = Law {
    id: "spectral.rule.entry-size",
    paper: &PAPER,
    statement: "entries that move by a fraction of their size: nat(W_3) ~ n^(1/2), nat(ΔW) ~ 1, n^(1/2), n^(1/2)",
    states: "With ΔW = -η σ sgn(G), σ = 1/√fan-in the size of an entry of W, nat(ΔW_ℓ) have the exponents 0, 1/2, 1/2: an outer product of entries of order one has the norm \
             √(ab), a matrix of independent ones only √a + √b.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Abstract and section 5. RMS(Δh_ℓ) is a sum of different powers of n under rules that blow up, and has no slope to compare.",
    estimands: &[
        exponent(Weight(3), 1, 0),
        exponent(Update(1), 0, 0),
        exponent(Update(2), 1, 0),
        exponent(Update(3), 1, 0),
        exponent(Feature(1), 0, 0),
        exponent(Feature(2), 0, 0),
    ],
    control: Control {
        id: "spectral.rule.entry-size/feature-learning",
        states: "nat(W_3) and nat(ΔW_ℓ) have the exponent 0",
        because: "an update of entries 1/√n has the spectral norm √n in a square layer",
    },
    designs: designs(48),
    quantities: |law, seed, address, memory| {
        StandardNetwork::sign(&rules::ENTRY_SIZE).measure(law, seed, address, memory)
    },
};
