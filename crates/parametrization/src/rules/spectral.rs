// SPDX-License-Identifier: MIT OR Apache-2.0

//! The spectral parametrization (arXiv 2310.17813), and its relatives: one formula for every shape.
//!
//! `‖W‖ = ‖ΔW‖ = √(b/a)` up to constants (`spectral.condition-1`) asks for the initialisation `√min(a, b)/a`
//! (`spectral.init.sigma`) and for the rates `b/a`, `1/a` and `√(b/a)` of the three families
//! (`spectral.condition.unique`).

use crate::Initial::{Constant, Gaussian, Orthogonal, Zero};
use crate::monomial::powers::{A, ASPECT, ONE, PER_A, PER_B, PER_ROOT_A, PER_ROOT_B, ROOT_ASPECT, ROOT_MIN};
use crate::rule::entry;
use crate::{Initial, Rule, ShapeFactor, ShapeMonomial};

const RATES: [Option<ShapeMonomial>; 3] = [Some(ASPECT), Some(PER_A), Some(ROOT_ASPECT)];
const START: Initial<ShapeMonomial> = Gaussian(ROOT_MIN.over(A));

/// The spectral parametrization.
///
/// A bias has fan-in 1, so its formulas are those of a matrix: it may start with entries of order one, or at zero by
/// the constant 0.
pub const SPECTRAL: Rule = Rule {
    name: "spectral",
    source: "arXiv 2310.17813, Parametrization 1",
    attention_logits: PER_A,
    gradient_entry: PER_B,
    input: entry(ONE, START, RATES),
    hidden: entry(ONE, START, RATES),
    output: entry(ONE, START, RATES),
    bias: entry(ONE, START, RATES),
    output_bias: entry(ONE, START, RATES),
    gain: entry(ONE, Constant(ONE), RATES),
    finite: entry(ONE, START, RATES),
};

/// The spectral parametrization with semi-orthogonal matrices at initialisation: the RMS→RMS norm is 1 for every shape,
/// not about it.
pub const SPECTRAL_ORTHOGONAL: Rule = Rule {
    name: "spectral, orthogonal",
    input: entry(ONE, Orthogonal(ROOT_ASPECT), RATES),
    hidden: entry(ONE, Orthogonal(ROOT_ASPECT), RATES),
    output: entry(ONE, Orthogonal(ROOT_ASPECT), RATES),
    bias: entry(ONE, Zero, RATES),
    output_bias: entry(ONE, Zero, RATES),
    finite: entry(ONE, Orthogonal(ROOT_ASPECT), RATES),
    ..SPECTRAL
};

const MODULAR_RATES: [Option<ShapeMonomial>; 3] = [Some(ONE), Some(PER_ROOT_A.times(PER_ROOT_B)), Some(ONE)];

/// The convention of the modular norm: a multiplier `√(b/a)`, matrices and updates of spectral norm 1.
///
/// It has the effective form of [`SPECTRAL_ORTHOGONAL`], and says nothing of biases and gains.
pub const MODULAR: Rule = Rule {
    name: "modular",
    source: "arXiv 2405.14813",
    input: entry(ROOT_ASPECT, Orthogonal(ONE), MODULAR_RATES),
    hidden: entry(ROOT_ASPECT, Orthogonal(ONE), MODULAR_RATES),
    output: entry(ROOT_ASPECT, Orthogonal(ONE), MODULAR_RATES),
    bias: None,
    output_bias: None,
    gain: None,
    finite: entry(ROOT_ASPECT, Orthogonal(ONE), MODULAR_RATES),
    ..SPECTRAL
};

/// Spectral initialisation, orthogonalised updates times `√max(1, b/a)`, as in Muon's reference implementation: the
/// readout moves by `√n`.
///
/// The implementation trains readout, embedding, biases and gains by Adam instead, where this rule is the spectral one.
pub const SPECTRAL_MAX: Rule =
    SPECTRAL.with_spectral_rate("spectral, Muon √max(1, b/a)", ShapeFactor::SpectralMax.monomial());

/// Spectral initialisation, orthogonalised updates times `0.2 √max(a, b)`: hidden layers move by `√n`, the readout by
/// `n`.
pub const SPECTRAL_ENTRY_RMS: Rule =
    SPECTRAL.with_spectral_rate("spectral, Muon 0.2 √max(a, b)", ShapeFactor::EntryRms.monomial());
