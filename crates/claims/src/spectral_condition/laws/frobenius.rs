// SPDX-License-Identifier: MIT OR Apache-2.0

//! Updates whose Frobenius norm is a fraction of that of the matrix, as LARS and Fromage have it, and what repairs them.
//!
//! The rules give a norm and no randomness is left in it: a random matrix has the stable rank `min(a, b)/4` and an update has 1, so a fraction of the Frobenius norm is
//! `√min(a, b)` too much in the spectral one (`spectral.rule.frobenius`, the exact part).

use widthwise_parametrization::rules;

use super::super::PAPER;
use super::{MEASURED, NETWORK, exponent};
use crate::law::Quantity::{Update, Weight};
use crate::law::standard_network::{StandardNetwork, narrow_designs};
use crate::law::{Control, Law};

/// `spectral.rule.frobenius.standard-start`.
pub(super) static STANDARD_START: Law = Law {
    id: "spectral.rule.frobenius.standard-start",
    paper: &PAPER,
    statement: "‖ΔW‖_F = η‖W‖_F from the standard initialisation: nat(W_3) ~ n^(1/2), nat(ΔW) ~ 1, n^(1/2), n^(1/2)",
    states: "With initial scales 1/√fan-in and updates of the Frobenius norm η σ √(ab), a fixed fraction of that of the matrix, nat(ΔW_ℓ) have the exponents 0, 1/2, \
             1/2.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Section 5; arXiv 1708.03888, arXiv 2002.03432.",
    estimands: &[
        exponent(Weight(3), 1, 0),
        exponent(Update(1), 0, 0),
        exponent(Update(2), 1, 0),
        exponent(Update(3), 1, 0),
    ],
    control: Control {
        id: "spectral.rule.frobenius.standard-start/feature-learning",
        states: "nat(W_3) and nat(ΔW_ℓ) have the exponent 0",
        because: "‖W_2‖_F is √n/2 times ‖W_2‖, and the Frobenius norm of the update is its spectral norm",
    },
    designs: narrow_designs(8),
    quantities: |law, seed, address, memory| {
        StandardNetwork::normalized(&rules::RELATIVE_FROBENIUS).measure(law, seed, address, memory)
    },
};

/// `spectral.rule.frobenius.spectral-start`.
pub(super) static SPECTRAL_START: Law = Law {
    id: "spectral.rule.frobenius.spectral-start",
    paper: &PAPER,
    statement: "‖ΔW‖_F = η‖W‖_F from the spectral initialisation: nat(ΔW) ~ 1, n^(1/2), 1",
    states: "With initial scales √min(a, b)/a and updates of the Frobenius norm η σ √(ab), nat(W_3) has the exponent 0 and nat(ΔW_ℓ) have 0, 1/2, 0: only matrices both of whose \
             dimensions grow have a stable rank that grows.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Section 5.",
    estimands: &[
        exponent(Weight(3), 0, 1),
        exponent(Update(1), 0, 0),
        exponent(Update(2), 1, 0),
        exponent(Update(3), 0, 0),
    ],
    control: Control {
        id: "spectral.rule.frobenius.spectral-start/feature-learning",
        states: "nat(ΔW_ℓ) have the exponent 0 and nat(W_3) has 1/2, that of the standard initialisation",
        because: "a start of the right norm repairs the readout and not the square layer",
    },
    designs: narrow_designs(8),
    quantities: |law, seed, address, memory| {
        StandardNetwork::normalized(&rules::RELATIVE_FROBENIUS_SPECTRAL).measure(law, seed, address, memory)
    },
};

/// `spectral.rule.frobenius.repaired`.
pub(super) static REPAIRED: Law = Law {
    id: "spectral.rule.frobenius.repaired",
    paper: &PAPER,
    statement: "‖ΔW‖_F = η‖W‖_F/√min(a, b) from the spectral initialisation: nat(ΔW) does not depend on the width",
    states: "With initial scales √min(a, b)/a and updates of the Frobenius norm η σ √max(a, b), nat(W_3) and nat(ΔW_ℓ) of three layers have the exponent 0.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Added to the paper, which recommends the spectral norm instead.",
    estimands: &[
        exponent(Weight(3), 0, 0),
        exponent(Update(1), 0, 0),
        exponent(Update(2), 0, 1),
        exponent(Update(3), 0, 0),
    ],
    control: Control {
        id: "spectral.rule.frobenius.repaired/not-repaired",
        states: "the exponents without the divisor √min(a, b): nat(ΔW_2) has 1/2",
        because: "the root of the stable rank of a random matrix is √min(a, b)/2",
    },
    designs: narrow_designs(8),
    quantities: |law, seed, address, memory| {
        StandardNetwork::normalized(&rules::RELATIVE_FROBENIUS_REPAIRED).measure(law, seed, address, memory)
    },
};
