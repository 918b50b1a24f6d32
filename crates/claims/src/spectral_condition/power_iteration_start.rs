// SPDX-License-Identifier: MIT OR Apache-2.0

//! How far power iteration is from `‖A‖` after `k` steps, without a gap: at most by a root of the share of the top singular vector in its start.
//!
//! In the coordinates of the right singular vectors a step multiplies each coordinate by the square of its singular value, so the statement is one about two lists of
//! numbers. It is put to the test there: singular vectors of a stored matrix are not floating-point vectors, and their enclosures are useless where singular values cluster.

use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::kernel;
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::draw_vectors_alike;
use crate::enclosed::point;
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.power-iteration.gap-free`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.power-iteration.gap-free",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "q_k = (AᵀA)^k q: ‖A q_k‖/‖q_k‖ ≥ ‖A‖ (c_1/‖q‖)^(1/(2k + 1)), c_1 = |⟨v_1, q⟩|",
    explanation: Explanation {
        states: "Let A = U diag(σ) Vᵀ, q = V c and q_k = (AᵀA)^k q, so ‖A q_k‖² = Σ c_i² σ_i^(4k + 2) and ‖q_k‖² = Σ c_i² σ_i^(4k). Then ‖A q_k‖/‖q_k‖ ≥ σ_i (|c_i|/‖q‖)^(1/(2k + 1)) for every i, and for the largest \
                 σ_i this is a bound of ‖A‖ without a gap between singular values.",
        hypotheses: "none: roots and quotients are multiplied out",
        shapes: "σ: n, c: n",
        checked_as: "(Σ c² σ^(4k))^(2k + 1) σ_i^(4k + 2) c_i² ≤ (Σ c² σ^(4k + 2))^(2k + 1) Σ c² for k = 1, 2, 3 and every i, in enclosures with integer exponents.",
        allowance: "7 · (8 (n + 40) + 32) units.",
        source: "Section 4, power iteration; the bound is added here. It is the inequality of power means with the weights c_i².",
    },
    layout: &[Part::vector("σ", Dimension::N), Part::vector("c", Dimension::N)],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.power-iteration.gap-free/any-start",
            states: "‖A q_k‖/‖q_k‖ ≥ ‖A‖ (1/2)^(1/(2k + 1)) for every start",
            because: "σ = (2, 1), c = (0, 1): orthogonal to v_1, the iteration stays at 1, and 1 < 2 (1/2)^(1/3)",
            check: both!(any_start),
            witness: &[
                WitnessPart { rows: 2, columns: 1, entries: &[2.0, 1.0] },
                WitnessPart { rows: 2, columns: 1, entries: &[0.0, 1.0] },
            ],
        },
        Control {
            id: "spectral.power-iteration.gap-free/twice-the-steps",
            states: "‖A q_k‖/‖q_k‖ ≥ ‖A‖ (c_1/‖q‖)^(1/(4k + 2)): each step counted twice",
            because: "σ = (1, 1/8), c = (2⁻¹⁰, 1), k = 1: 0.14 < 0.31",
            check: both!(twice_the_steps),
            witness: &[
                WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.125] },
                WitnessPart { rows: 2, columns: 1, entries: &[0.000_976_562_5, 1.0] },
            ],
        },
    ],
};

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    draw_vectors_alike(stream, instance, &[0], &mut scratch)?;
    draw_vectors_alike(stream, instance, &[1], &mut scratch)
}

/// `x^n`.
fn power<T: Scalar>(x: ScaledEnclosure<T>, n: usize) -> ScaledEnclosure<T> {
    (0..n).fold(ScaledEnclosure::one(), |product, _| product * x)
}

/// What all coordinates amount to after `k` steps.
struct Moments<T> {
    /// `2k + 1`
    exponent: usize,
    /// `‖q_k‖²`
    length: ScaledEnclosure<T>,
    /// `‖A q_k‖²`
    image: ScaledEnclosure<T>,
    /// `‖q‖²`
    start: ScaledEnclosure<T>,
}

/// Hands over the sums for each number of steps with `σ_i²` and `c_i²` for every `i`.
fn each<T: Scalar>(
    instance: &Instance<'_, T>,
    mut compare: impl FnMut(&Moments<T>, ScaledEnclosure<T>, ScaledEnclosure<T>),
) {
    let [sigma, c] = instance.parts();
    let squares = || {
        let pairs = sigma.iter().zip(c.iter());
        pairs.map(|(&sigma, &c)| (point(sigma).square(), point(c).square()))
    };
    for steps in 1..=3 {
        let sum = |exponent: usize| {
            squares().fold(ScaledEnclosure::zero(), |sum, (s, weight)| sum + weight * power(s, exponent))
        };
        let moments = Moments {
            exponent: 2 * steps + 1,
            length: sum(2 * steps),
            image: sum(2 * steps + 1),
            start: sum(0),
        };
        for (s, weight) in squares() {
            compare(&moments, s, weight);
        }
    }
}

fn allowance<T: Scalar>(n: usize) -> f64 {
    7.0 * kernel::<T>(n + 40)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let allowance = allowance::<T>(instance.part(0).nrows());
    each(instance, |moments, s, weight| {
        let left = power(moments.length * s, moments.exponent) * weight;
        let right = power(moments.image, moments.exponent) * moments.start;
        trial.at_most("(‖q_k‖² σ²)^(2k+1) c² ≤ (‖A q_k‖²)^(2k+1) ‖q‖²", left, right, allowance);
    });
    Ok(())
}

fn any_start<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let allowance = allowance::<T>(instance.part(0).nrows());
    each(instance, |moments, s, _| {
        let left = power(moments.length * s, moments.exponent);
        let right = ScaledEnclosure::count(4) * power(moments.image, moments.exponent);
        trial.at_most("(‖q_k‖² σ²)^(2k+1) ≤ 4 (‖A q_k‖²)^(2k+1)", left, right, allowance);
    });
    Ok(())
}

fn twice_the_steps<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let allowance = 2.0 * allowance::<T>(instance.part(0).nrows());
    each(instance, |moments, s, weight| {
        let left = power(moments.length * s, 2 * moments.exponent) * weight;
        let right = power(moments.image, 2 * moments.exponent) * moments.start;
        trial.at_most("(‖q_k‖² σ²)^(4k+2) c² ≤ (‖A q_k‖²)^(4k+2) ‖q‖²", left, right, allowance);
    });
    Ok(())
}
