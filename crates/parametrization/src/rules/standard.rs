// SPDX-License-Identifier: MIT OR Apache-2.0

//! The standard parametrization: entries of size `1/√fan-in` (LeCun, Kaiming), one rate for all parameters.
//!
//! Under a constant rate the output blows up with the width; under a rate that falls fast enough the features freeze
//! (`spectral.rule.sp`, `spectral.rule.sp-lr-over-n`).

use crate::Initial::{Constant, Gaussian, Zero};
use crate::monomial::powers::{ONE, PER_A, PER_B, PER_ROOT_A, PER_ROOT_B};
use crate::rule::{LOGITS_OF_INDEPENDENT, entry};
use crate::{Rule, ShapeMonomial};

const CONSTANT: [Option<ShapeMonomial>; 3] = [Some(ONE), Some(ONE), Some(ONE)];

/// The standard parametrization with a constant rate: unstable in the limit, under SGD and Adam.
///
/// Biases start at zero. The frameworks' `±1/√fan-in` of the matrix is the other choice; it vanishes in the limit.
pub const STANDARD: Rule = Rule {
    name: "standard",
    source: "arXiv 2310.17813, section 5",
    attention_logits: LOGITS_OF_INDEPENDENT,
    gradient_entry: PER_ROOT_B,
    input: entry(ONE, Gaussian(PER_ROOT_A), CONSTANT),
    hidden: entry(ONE, Gaussian(PER_ROOT_A), CONSTANT),
    output: entry(ONE, Gaussian(PER_ROOT_A), CONSTANT),
    bias: entry(ONE, Zero, CONSTANT),
    output_bias: entry(ONE, Zero, CONSTANT),
    gain: entry(ONE, Constant(ONE), CONSTANT),
    finite: entry(ONE, Gaussian(PER_ROOT_A), CONSTANT),
};

/// The rates are those of `n`: a parameter that does not show the width has none.
const fn over_width(
    name: &'static str,
    in_fan_in: [Option<ShapeMonomial>; 3],
    in_fan_out: [Option<ShapeMonomial>; 3],
) -> Rule {
    Rule {
        name,
        input: entry(ONE, Gaussian(PER_ROOT_A), in_fan_out),
        hidden: entry(ONE, Gaussian(PER_ROOT_A), in_fan_in),
        output: entry(ONE, Gaussian(PER_ROOT_A), in_fan_in),
        bias: entry(ONE, Zero, in_fan_out),
        output_bias: None,
        gain: entry(ONE, Constant(ONE), in_fan_out),
        finite: None,
        ..STANDARD
    }
}

/// The standard parametrization with the rate `1/n` for all: stable and lazy under SGD; under Adam the output still
/// grows as `√n`.
pub const STANDARD_OVER_WIDTH: Rule =
    over_width("standard, rate 1/n", [Some(PER_A), Some(PER_A), None], [Some(PER_B), Some(PER_B), None]);

/// The standard parametrization with the rate `n^{-3/2}` for all under Adam: stable and lazy.
pub const STANDARD_OVER_WIDTH_3_2: Rule = over_width(
    "standard, rate n^(-3/2)",
    [None, Some(PER_A.times(PER_ROOT_A)), None],
    [None, Some(PER_B.times(PER_ROOT_B)), None],
);
