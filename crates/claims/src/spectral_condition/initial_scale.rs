// SPDX-License-Identifier: MIT OR Apache-2.0

//! `σ = min(1, √(b/a))/√a`: the initial scale of the spectral parametrization, and the one for which `σ (√a + √b)` is exactly `√(b/a)`.
//!
//! What is on trial is the table of `widthwise-parametrization`: the exponents of its initial scale on real numbers, its numbers on whole ones.

use widthwise_parametrization::{Role, ShapeMonomial, rules};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::kernel;
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::enclosed::{point, root};
use crate::formula::{at, dimension, draw_dimension, matrix, powers, store, undefined};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.init.sigma`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.init.sigma",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "σ = min(1, √(b/a))/√a, and ½ σ ≤ √(b/a)/(√a + √b) ≤ σ",
    explanation: Explanation {
        states: "The initial scale of the spectral rule for fan-in a and fan-out b is σ = min(1, √(b/a))/√a = √min(a, b)/a, for every role of a matrix. \
                 For r = b/a: ½ min(1, √r) ≤ √r/(1 + √r) ≤ min(1, √r), so the scale √r/(√a + √b), at which σ (√a + √b) = √r, lies between ½ σ and σ. \
                 For b = a, σ = 1/√a.",
        hypotheses: "a, b > 0; the numbers of the rule are compared where the nearest whole numbers lie between 1 and 10⁶",
        shapes: "a, b: scalars",
        checked_as: "σ from the exponents of the table on a and b, and as the number that the rule gives for the matrix; both against enclosures of the formula.",
        allowance: "8·16 + 32 units.",
        source: "Parametrization 1; the factor ½ is added here.",
    },
    layout: &[Part::scalar("a"), Part::scalar("b")],
    sizes: |_| Sizes::ONES,
    sample: both!(sample),
    check: both!(check),
    controls: &[Control {
        id: "spectral.init.sigma/inverse-fan-in",
        states: "σ = 1/a for square layers",
        because: "a = b = 64: 1/8, not 1/64",
        check: both!(inverse_fan_in),
        witness: &[
            WitnessPart { rows: 1, columns: 1, entries: &[64.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[64.0] },
        ],
    }],
};

const MATRICES: [Role; 3] = [Role::Input, Role::Hidden, Role::Output];

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    _: Scratch<'_, T>,
) -> Result<(), Refusal> {
    let (fan_in, fan_out) = if stream.below(3) == 0 {
        // Ratios up to those of the largest numbers of the format to the smallest.
        let decades = if T::MAX_EXPONENT > 200 { 150.0 } else { 18.0 };
        (stream.power_of_ten(-decades, decades), stream.power_of_ten(-decades, decades))
    } else {
        (draw_dimension(stream, 6.0), draw_dimension(stream, 6.0))
    };
    store(instance, 0, fan_in);
    store(instance, 1, if stream.below(8) == 0 { fan_in } else { fan_out });
    Ok(())
}

/// The initial scale of the rule.
fn scale(role: Role) -> Result<ShapeMonomial, Refusal> {
    let initial = rules::SPECTRAL.initial(role).map_err(undefined)?;
    initial.scale().ok_or(Refusal::Hypothesis("the rule draws its entries"))
}

/// `min(1, √(b/a))/√a`, the formula of the paper.
fn formula<T: Scalar>(fan_in: ScaledEnclosure<T>, fan_out: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
    ScaledEnclosure::one().minimum(&root(fan_out / fan_in)) / root(fan_in)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, b] = instance.parts();
    let (a, b) = (a[(0, 0)], b[(0, 0)]);
    if !(a > T::zero() && b > T::zero()) {
        return Err(Refusal::Hypothesis("a, b > 0"));
    }
    let allowance = kernel::<T>(16);
    let sigma = trial.record("σ", powers(scale(Role::Hidden)?, a, b)?);
    let aspect = root(point(b) / point(a));
    let bounded = ScaledEnclosure::one().minimum(&aspect);
    let normalised = trial.record("√r/(√a + √b)", aspect / (root(point(a)) + root(point(b))));
    let fraction = trial.record("√r/(1 + √r)", aspect / (ScaledEnclosure::one() + aspect));
    trial.equal("σ = min(1, √r)/√a", sigma, formula(point(a), point(b)), allowance);
    trial.at_most("½ min(1, √r) ≤ √r/(1 + √r)", bounded.scale_exp2(-1), fraction, allowance);
    trial.at_most("√r/(1 + √r) ≤ min(1, √r)", fraction, bounded, allowance);
    trial.equal("√r/(√a + √b) = (√r/(1 + √r))/√a", normalised, fraction / root(point(a)), allowance);
    trial.at_most("½ σ ≤ √r/(√a + √b)", sigma.scale_exp2(-1), normalised, allowance);
    trial.at_most("√r/(√a + √b) ≤ σ", normalised, sigma, allowance);
    let square = powers(scale(Role::Hidden)?, a, a)?;
    trial.equal("σ = 1/√a for b = a", square, ScaledEnclosure::one() / root(point(a)), allowance);

    if let (Ok(columns), Ok(rows)) = (dimension(a), dimension(b)) {
        let expected = formula(ScaledEnclosure::count(columns), ScaledEnclosure::count(rows));
        for role in MATRICES {
            let sigma = at(scale(role)?, matrix(rows, columns)?)?;
            trial.equal("σ of the matrix = min(1, √(b/a))/√a", sigma, expected, allowance);
        }
    }
    Ok(())
}

fn inverse_fan_in<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, _]: [_; 2] = instance.parts();
    let width = dimension(a[(0, 0)])?;
    let sigma = trial.record("σ", at(scale(Role::Hidden)?, matrix(width, width)?)?);
    let inverse = ScaledEnclosure::one() / ScaledEnclosure::count(width);
    trial.equal("σ = 1/a", sigma, inverse, kernel::<T>(16));
    Ok(())
}
