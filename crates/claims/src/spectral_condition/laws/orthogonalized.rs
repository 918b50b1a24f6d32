// SPDX-License-Identifier: MIT OR Apache-2.0

//! Muon and the factors that its implementations apply to an orthogonalised update: one of three is right for every shape.
//!
//! An orthogonalised update has spectral norm 1 whatever the gradient, so nothing is random here (`spectral.muon.natural-norm`, the exact part).

use widthwise_network::{Method, Orthogonalization};
use widthwise_parametrization::{Optimizer, Rule, ShapeFactor, rules};

use super::super::PAPER;
use super::{MEASURED, NETWORK, exponent};
use crate::law::Quantity::{Update, Weight};
use crate::law::standard_network::{StandardNetwork, narrow_designs};
use crate::law::{Control, Law};

/// The polar factor of the gradient, as Muon has it up to its polynomial.
const fn muon(rule: &'static Rule) -> StandardNetwork {
    let polar = Orthogonalization::Polar { tolerance: 1e-10, max_steps: 40 };
    StandardNetwork::new(rule, Optimizer::Orthogonalized(ShapeFactor::One), Method::Orthogonalized(polar))
}

/// `spectral.rule.muon`.
pub(super) static MUON: Law = Law {
    id: "spectral.rule.muon",
    paper: &PAPER,
    statement: "orthogonalised updates times √(b/a): nat(ΔW) does not depend on the width, in any layer",
    states: "With initial scales √min(a, b)/a and ΔW = -η √(b/a) U Vᵀ for G = U S Vᵀ, nat(W_3) and nat(ΔW_ℓ) of three layers have the exponent 0.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Added to the paper: its Condition 1 for the optimiser Muon, arXiv 2409.20325.",
    estimands: &[
        exponent(Weight(3), 0, 0),
        exponent(Update(1), 0, -1),
        exponent(Update(2), 0, 0),
        exponent(Update(3), 0, 1),
    ],
    control: Control {
        id: "spectral.rule.muon/no-factor",
        states: "the exponents without a factor of the shape: -1/2, 0, 1/2 for nat(ΔW_ℓ)",
        because: "nat is √(a/b) times the spectral norm, which the factor takes back",
    },
    designs: narrow_designs(8),
    quantities: |law, seed, address, memory| muon(&rules::SPECTRAL).measure(law, seed, address, memory),
};

/// `spectral.rule.muon-max`.
pub(super) static MUON_MAX: Law = Law {
    id: "spectral.rule.muon-max",
    statement: "orthogonalised updates times √max(1, b/a): nat(ΔW) ~ 1, 1, n^(1/2)",
    states: "With the factor √max(1, b/a) of Muon's first implementation, nat(ΔW_ℓ) have the exponents 0, 0, 1/2: a layer that contracts, a readout above all, moves by \
             √(a/b).",
    source: "Added to the paper. That implementation leaves readouts to Adam.",
    estimands: &[
        exponent(Weight(3), 0, 0),
        exponent(Update(1), 0, 0),
        exponent(Update(2), 0, 0),
        exponent(Update(3), 1, 0),
    ],
    control: Control {
        id: "spectral.rule.muon-max/feature-learning",
        states: "the exponents of the factor √(b/a): all 0",
        because: "the two factors are one where b ≥ a, and the readout has b < a",
    },
    quantities: |law, seed, address, memory| muon(&rules::SPECTRAL_MAX).measure(law, seed, address, memory),
    ..MUON
};

/// `spectral.rule.muon-entry-rms`.
pub(super) static MUON_ENTRY_RMS: Law = Law {
    id: "spectral.rule.muon-entry-rms",
    statement: "orthogonalised updates times 0.2 √max(a, b): nat(ΔW) ~ 1, n^(1/2), n",
    states: "With the factor 0.2 √max(a, b), which gives an orthogonalised update of full rank entries of the size 0.2 as Adam's have, nat(ΔW_ℓ) have the exponents 0, 1/2, 1: \
             the rate does not transfer across widths.",
    source: "Added to the paper; the factor is that of arXiv 2502.16982.",
    estimands: &[
        exponent(Weight(3), 0, 0),
        exponent(Update(1), 0, 0),
        exponent(Update(2), 1, 0),
        exponent(Update(3), 2, 0),
    ],
    control: Control {
        id: "spectral.rule.muon-entry-rms/feature-learning",
        states: "the exponents of the factor √(b/a): all 0",
        because: "entries of one size mean the spectral norm √n for an orthogonal square matrix",
    },
    quantities: |law, seed, address, memory| {
        muon(&rules::SPECTRAL_ENTRY_RMS).measure(law, seed, address, memory)
    },
    ..MUON
};
