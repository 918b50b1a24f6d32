// SPDX-License-Identifier: MIT OR Apache-2.0

//! Rules that set the size of an update from the size of the matrix, and fail (arXiv 2310.17813,
//! section 5).
//!
//! LARS, Fromage and their kind make updates a fixed fraction of the matrix: in the Frobenius norm, in the spectral
//! norm without the ratio of the shape, or entry by entry. An update has low stable rank, a random matrix has not, so
//! a fixed fraction of the Frobenius norm is no fixed fraction of the spectral one (`spectral.rule.frobenius`). These
//! rules speak of matrices only.

use crate::Initial::Gaussian;
use crate::monomial::powers::{A, ONE, PER_B, PER_ROOT_A, PER_ROOT_B, ROOT_A, ROOT_B, ROOT_MIN};
use crate::rule::{LOGITS_OF_INDEPENDENT, entry};
use crate::{Rule, ShapeMonomial};

const STANDARD: ShapeMonomial = PER_ROOT_A;
const SPECTRAL: ShapeMonomial = ROOT_MIN.over(A);
const SOURCE: &str = "arXiv 2310.17813, section 5";

const fn matrices(
    name: &'static str,
    start: ShapeMonomial,
    gradient_entry: ShapeMonomial,
    [entrywise, spectral]: [Option<ShapeMonomial>; 2],
) -> Rule {
    let entry = entry(ONE, Gaussian(start), [None, entrywise, spectral]);
    Rule {
        name,
        source: SOURCE,
        attention_logits: LOGITS_OF_INDEPENDENT,
        gradient_entry,
        input: entry,
        hidden: entry,
        output: entry,
        bias: None,
        output_bias: None,
        gain: None,
        finite: entry,
    }
}

/// `‖W‖_F` of a matrix of independent entries, to which a normalised update is scaled.
const fn frobenius_norm(start: ShapeMonomial) -> ShapeMonomial {
    start.times(ROOT_A).times(ROOT_B)
}

/// `‖ΔW‖_F = η ‖W‖_F` from the standard initialisation.
pub const RELATIVE_FROBENIUS: Rule =
    matrices("relative Frobenius", STANDARD, PER_ROOT_B, [None, Some(frobenius_norm(STANDARD))]);

/// `‖ΔW‖_F = η ‖W‖_F` from the spectral initialisation: hidden layers move by `√n`.
pub const RELATIVE_FROBENIUS_SPECTRAL: Rule = matrices(
    "relative Frobenius, spectral initialisation",
    SPECTRAL,
    PER_B,
    [None, Some(frobenius_norm(SPECTRAL))],
);

/// `‖ΔW‖_F = η ‖W‖_F/√min(a, b)` from the spectral initialisation: what it takes to repair the rule.
pub const RELATIVE_FROBENIUS_REPAIRED: Rule = matrices(
    "relative Frobenius, repaired",
    SPECTRAL,
    PER_B,
    [None, Some(frobenius_norm(SPECTRAL).over(ROOT_MIN))],
);

/// `‖ΔW‖ = η` in every layer, without the ratio of the shape (`spectral.rule.uniform`).
pub const UNIFORM: Rule = matrices("uniform spectral norm", SPECTRAL, PER_B, [None, Some(ONE)]);

/// Every entry moves by a fraction of the standard deviation of the entries (`spectral.rule.entry-size`).
pub const ENTRY_SIZE: Rule = matrices("relative entry size", STANDARD, PER_ROOT_B, [Some(STANDARD), None]);
