// SPDX-License-Identifier: MIT OR Apache-2.0

//! The mean field parametrization of networks with one hidden layer, and why it stops there.

use crate::Initial::{Constant, Gaussian};
use crate::Rule;
use crate::monomial::powers::{A, B, ONE, PER_A, PER_B, PER_ROOT_A};
use crate::rule::{LOGITS_OF_INDEPENDENT, entry};

/// Mean field with one hidden layer: the readout is an average, `1/n` times a sum. It has the effective form of
/// maximal update.
pub const MEAN_FIELD: Rule = Rule {
    name: "mean field",
    source: "arXiv 1804.06561; arXiv 2310.17813, section 5",
    attention_logits: LOGITS_OF_INDEPENDENT,
    gradient_entry: PER_B,
    input: entry(ONE, Gaussian(PER_ROOT_A), [Some(B), Some(ONE), None]),
    hidden: None,
    output: entry(PER_A, Gaussian(ONE), [Some(A), Some(ONE), None]),
    bias: entry(ONE, Gaussian(ONE), [Some(B), Some(ONE), None]),
    output_bias: entry(ONE, Gaussian(ONE), [Some(ONE), Some(ONE), None]),
    gain: entry(ONE, Constant(ONE), [Some(B), Some(ONE), None]),
    finite: entry(ONE, Gaussian(PER_ROOT_A), [Some(ONE), Some(ONE), None]),
};

/// Averages in hidden layers too, of entries of order one: their RMS→RMS norm is `n^{-1/2}`, the signal dies, and
/// there is no rate to state.
pub const NAIVE_DEEP_MEAN_FIELD: Rule = Rule {
    name: "naive deep mean field",
    hidden: entry(PER_A, Gaussian(ONE), [None, None, None]),
    ..MEAN_FIELD
};
