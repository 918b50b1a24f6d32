// SPDX-License-Identifier: MIT OR Apache-2.0

//! Updates by signs and by Adam, whose entries have one size: which rate makes the spectral norm right.
//!
//! The signs of an outer product are an outer product of signs, of the norm `√(ab)`, so the rate has to fall as `1/fan-in`
//! (`spectral.adam.sign-of-rank-one`). The first step of Adam without `ε` is the step of signs.

use widthwise_network::Method;
use widthwise_parametrization::{Optimizer, rules};

use super::super::PAPER;
use super::{MEASURED, NETWORK, exponent};
use crate::law::Quantity::{Update, Weight};
use crate::law::standard_network::{StandardNetwork, narrow_designs};
use crate::law::{Control, Estimand, Law};

/// Adam with its usual memory, without `ε`.
const ADAM: Method<f64> = Method::Adam { first_decay: 0.9, second_decay: 0.999, epsilon: 0.0 };

const CONSTANT_RATE: &[Estimand] = &[
    exponent(Weight(3), 1, 0),
    exponent(Update(1), 0, 0),
    exponent(Update(2), 2, 0),
    exponent(Update(3), 2, 0),
];

const MAXIMAL_UPDATE: &[Estimand] = &[
    exponent(Weight(3), 0, 1),
    exponent(Update(1), 0, 0),
    exponent(Update(2), 0, 2),
    exponent(Update(3), 0, 2),
];

const NEURAL_TANGENT: &[Estimand] = &[
    exponent(Weight(3), 1, 0),
    exponent(Update(1), 0, 0),
    exponent(Update(2), 1, 0),
    exponent(Update(3), 1, 0),
];

/// `spectral.rule.sign`.
pub(super) static SIGN: Law = Law {
    id: "spectral.rule.sign",
    paper: &PAPER,
    statement: "standard rule, sign descent, constant rate: nat(W_3) ~ n^(1/2), nat(ΔW) ~ 1, n, n",
    states: "With initial scales 1/√fan-in and ΔW = -η sgn(G) for all layers, nat(ΔW_ℓ) have the exponents 0, 1, 1.",
    hypotheses: NETWORK,
    measured_as: MEASURED,
    source: "Section 3, on Adam; exponents by arXiv 2203.03466.",
    estimands: CONSTANT_RATE,
    control: Control {
        id: "spectral.rule.sign/feature-learning",
        states: "the exponents of the spectral rule: all 0",
        because: "n² entries ±η that are an outer product have the spectral norm η n",
    },
    designs: narrow_designs(18),
    quantities: |law, seed, address, memory| {
        StandardNetwork::sign(&rules::STANDARD).measure(law, seed, address, memory)
    },
};

/// `spectral.rule.adam`.
pub(super) static WITH_ADAM: Law = Law {
    id: "spectral.rule.adam",
    statement: "standard rule, Adam, constant rate: nat(W_3) ~ n^(1/2), nat(ΔW) ~ 1, n, n",
    states: "With initial scales 1/√fan-in and one rate for all layers, the first step of Adam without ε has nat(ΔW_ℓ) of the exponents 0, 1, 1.",
    control: Control {
        id: "spectral.rule.adam/feature-learning",
        states: "the exponents of the spectral rule: all 0",
        because: "Adam divides each entry by its own size, and what is left is the step of signs",
    },
    quantities: |law, seed, address, memory| {
        StandardNetwork::new(&rules::STANDARD, Optimizer::Adam, ADAM).measure(law, seed, address, memory)
    },
    ..SIGN
};

/// `spectral.rule.sign-mup`.
pub(super) static SIGN_MAXIMAL_UPDATE: Law = Law {
    id: "spectral.rule.sign-mup",
    statement: "spectral rule, sign descent: nat(ΔW) does not depend on the width, in any layer",
    states: "With initial scales √min(a, b)/a and ΔW = -(η/a) sgn(G), nat(W_3) and nat(ΔW_ℓ) of three layers have the exponent 0.",
    estimands: MAXIMAL_UPDATE,
    control: Control {
        id: "spectral.rule.sign-mup/constant-rate",
        states: "the exponents of the standard rule with a constant rate: 1/2 for nat(W_3), 0, 1, 1 for nat(ΔW_ℓ)",
        because: "the rate 1/fan-in takes back the n of the outer product",
    },
    quantities: |law, seed, address, memory| {
        StandardNetwork::sign(&rules::SPECTRAL).measure(law, seed, address, memory)
    },
    ..SIGN
};

/// `spectral.rule.adam-mup`.
pub(super) static ADAM_MAXIMAL_UPDATE: Law = Law {
    id: "spectral.rule.adam-mup",
    statement: "spectral rule, Adam: nat(ΔW) does not depend on the width, in any layer",
    states: "With initial scales √min(a, b)/a and the rate η/a, the first step of Adam without ε has nat(ΔW_ℓ) of the exponent 0 in three layers, and so has nat(W_3).",
    estimands: MAXIMAL_UPDATE,
    control: Control {
        id: "spectral.rule.adam-mup/constant-rate",
        states: "the exponents of the standard rule with a constant rate: 1/2 for nat(W_3), 0, 1, 1 for nat(ΔW_ℓ)",
        because: "the rate 1/fan-in takes back the n of the outer product",
    },
    quantities: |law, seed, address, memory| {
        StandardNetwork::new(&rules::SPECTRAL, Optimizer::Adam, ADAM).measure(law, seed, address, memory)
    },
    ..SIGN
};

/// `spectral.rule.ntp-sign`.
pub(super) static SIGN_NEURAL_TANGENT: Law = Law {
    id: "spectral.rule.ntp-sign",
    statement: "neural tangent rule, sign descent, constant rate: nat(W_3) ~ n^(1/2), nat(ΔW) ~ 1, n^(1/2), n^(1/2)",
    states: "With multipliers 1/√fan-in, entries of order one and a constant rate, effective updates are -(η/√a) sgn(G): nat(ΔW_ℓ) have the exponents 0, 1/2, 1/2. What is \
             stable under gradient descent diverges here.",
    estimands: NEURAL_TANGENT,
    control: Control {
        id: "spectral.rule.ntp-sign/feature-learning",
        states: "the exponents of the spectral rule: all 0",
        because: "a multiplier enters the effective rate once and not twice, so 1/√n is left of the 1/n that is needed",
    },
    quantities: |law, seed, address, memory| {
        StandardNetwork::sign(&rules::NEURAL_TANGENT).measure(law, seed, address, memory)
    },
    ..SIGN
};

/// `spectral.rule.ntp-adam`.
pub(super) static ADAM_NEURAL_TANGENT: Law = Law {
    id: "spectral.rule.ntp-adam",
    statement: "neural tangent rule, Adam, constant rate: nat(W_3) ~ n^(1/2), nat(ΔW) ~ 1, n^(1/2), n^(1/2)",
    states: "With multipliers 1/√fan-in, entries of order one and a constant rate, the first step of Adam without ε has nat(ΔW_ℓ) of the exponents 0, 1/2, 1/2.",
    estimands: NEURAL_TANGENT,
    control: Control {
        id: "spectral.rule.ntp-adam/feature-learning",
        states: "the exponents of the spectral rule: all 0",
        because: "Adam does not see the multiplier in its gradient, so it enters the effective rate once",
    },
    quantities: |law, seed, address, memory| {
        StandardNetwork::new(&rules::NEURAL_TANGENT, Optimizer::Adam, ADAM)
            .measure(law, seed, address, memory)
    },
    ..SIGN
};
