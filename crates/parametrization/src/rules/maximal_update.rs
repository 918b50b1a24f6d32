// SPDX-License-Identifier: MIT OR Apache-2.0

//! Maximal update: the three tables of *Tensor Programs V* (arXiv 2203.03466) and the package that goes with it.
//!
//! The tables have different multipliers and the same effective form (`spectral.multiplier`), so they train the
//! same network. In Tables 8 and 9 embedding and readout have one initialisation and one rate, as a tied matrix
//! needs; in Table 3 they have not.

use crate::Initial::{Constant, Gaussian};
use crate::Rule;
use crate::monomial::powers::{
    A, ASPECT, B, ONE, PER_A, PER_B, PER_ROOT_A, PER_ROOT_B, ROOT_A, ROOT_ASPECT, ROOT_B,
};
use crate::rule::entry;

/// Table 3: no multipliers; the readout starts at `1/fan-in`.
pub const TABLE_3: Rule = Rule {
    name: "maximal update, Table 3",
    source: "arXiv 2203.03466, Table 3",
    attention_logits: PER_A,
    gradient_entry: PER_B,
    input: entry(ONE, Gaussian(PER_ROOT_A), [Some(B), Some(ONE), Some(ROOT_B)]),
    hidden: entry(ONE, Gaussian(PER_ROOT_A), [Some(ONE), Some(PER_A), Some(ONE)]),
    output: entry(ONE, Gaussian(PER_A), [Some(PER_A), Some(PER_A), Some(PER_ROOT_A)]),
    bias: entry(ONE, Gaussian(ONE), [Some(B), Some(ONE), Some(ROOT_B)]),
    output_bias: entry(ONE, Gaussian(ONE), [Some(ONE), Some(ONE), Some(ONE)]),
    gain: entry(ONE, Constant(ONE), [Some(B), Some(ONE), Some(ROOT_B)]),
    finite: entry(ONE, Gaussian(PER_ROOT_A), [Some(ONE), Some(ONE), Some(ONE)]),
};

/// Table 8: the readout is multiplied by `1/fan-in` and starts with entries of order one.
pub const TABLE_8: Rule = Rule {
    name: "maximal update, Table 8",
    source: "arXiv 2203.03466, Table 8",
    output: entry(PER_A, Gaussian(ONE), [Some(A), Some(ONE), Some(ROOT_A)]),
    ..TABLE_3
};

/// Table 9: multipliers at both ends; one rate for all parameters under SGD.
///
/// A bias has the multiplier `√fan-out` of its own, since it is outside of the multiplier of the matrix.
pub const TABLE_9: Rule = Rule {
    name: "maximal update, Table 9",
    source: "arXiv 2203.03466, Table 9",
    input: entry(ROOT_B, Gaussian(PER_ROOT_A.times(PER_ROOT_B)), [Some(ONE), Some(PER_ROOT_B), Some(ONE)]),
    output: entry(PER_ROOT_A, Gaussian(PER_ROOT_A), [Some(ONE), Some(PER_ROOT_A), Some(ONE)]),
    bias: entry(ROOT_B, Gaussian(PER_ROOT_B), [Some(ONE), Some(PER_ROOT_B), Some(ONE)]),
    gain: entry(ROOT_B, Constant(PER_ROOT_B), [Some(ONE), Some(PER_ROOT_B), Some(ONE)]),
    ..TABLE_3
};

/// Table 8 as its authors' package has it: a hidden matrix that is not square has the rate `fan-out/fan-in` under SGD.
///
/// The package states factors relative to a model of base width: [`Rule::factors`].
pub const MAXIMAL_UPDATE_PACKAGE: Rule = Rule {
    name: "maximal update, package",
    source: "github.com/microsoft/mup",
    hidden: entry(ONE, Gaussian(PER_ROOT_A), [Some(ASPECT), Some(PER_A), Some(ROOT_ASPECT)]),
    ..TABLE_8
};
