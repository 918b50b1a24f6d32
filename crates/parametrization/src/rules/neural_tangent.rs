// SPDX-License-Identifier: MIT OR Apache-2.0

//! The neural tangent parametrization: multipliers `1/√fan-in`, entries of order one (`spectral.rule.ntp`).
//!
//! Under SGD with a constant rate it is stable, and its features freeze as `n^{-1/2}`. Under Adam a constant rate
//! diverges.

use crate::Initial::{Constant, Gaussian};
use crate::monomial::powers::{ONE, PER_A, PER_B, PER_ROOT_A, PER_ROOT_B};
use crate::rule::{LOGITS_OF_INDEPENDENT, entry};
use crate::{Rule, ShapeMonomial};

const CONSTANT: [Option<ShapeMonomial>; 3] = [Some(ONE), Some(ONE), None];

/// The neural tangent parametrization with a constant rate.
pub const NEURAL_TANGENT: Rule = Rule {
    name: "neural tangent",
    source: "arXiv 1806.07572; arXiv 2310.17813, section 5",
    attention_logits: LOGITS_OF_INDEPENDENT,
    gradient_entry: PER_ROOT_B,
    input: entry(PER_ROOT_A, Gaussian(ONE), CONSTANT),
    hidden: entry(PER_ROOT_A, Gaussian(ONE), CONSTANT),
    output: entry(PER_ROOT_A, Gaussian(ONE), CONSTANT),
    bias: entry(ONE, Gaussian(ONE), CONSTANT),
    output_bias: entry(ONE, Gaussian(ONE), CONSTANT),
    gain: entry(ONE, Constant(ONE), CONSTANT),
    finite: entry(PER_ROOT_A, Gaussian(ONE), CONSTANT),
};

/// The rates of entrywise updates are those of `n`: a parameter that does not show the width has none.
const fn entrywise(name: &'static str, in_fan_in: ShapeMonomial, in_fan_out: ShapeMonomial) -> Rule {
    let (in_fan_in, in_fan_out) = ([None, Some(in_fan_in), None], [None, Some(in_fan_out), None]);
    Rule {
        name,
        input: entry(PER_ROOT_A, Gaussian(ONE), in_fan_out),
        hidden: entry(PER_ROOT_A, Gaussian(ONE), in_fan_in),
        output: entry(PER_ROOT_A, Gaussian(ONE), in_fan_in),
        bias: entry(ONE, Gaussian(ONE), in_fan_out),
        output_bias: None,
        gain: entry(ONE, Constant(ONE), in_fan_out),
        finite: None,
        ..NEURAL_TANGENT
    }
}

/// The neural tangent parametrization under Adam with the rate `1/√n` for all: the output still grows as `√n`.
pub const NEURAL_TANGENT_OVER_ROOT_WIDTH: Rule =
    entrywise("neural tangent, rate 1/√n", PER_ROOT_A, PER_ROOT_B);

/// The neural tangent parametrization under Adam with the rate `1/n` for all: stable and lazy.
///
/// The rate is that of the width in the input layer too. With `1/fan-in` there, a constant, the input layer moves by
/// an amount of order one, and the output by `√n` through a readout that starts at `1/√n`.
pub const NEURAL_TANGENT_OVER_WIDTH: Rule = entrywise("neural tangent, rate 1/n", PER_A, PER_B);
