// SPDX-License-Identifier: MIT OR Apache-2.0

//! The exponent `r` of *Tensor Programs IV*, by which features move in one step, and its agreement with the exponents of the paper.
//!
//! All numbers are halves, so every comparison is decided. What is on trial is `widthwise-parametrization`: the formula on drawn exponents, the
//! exponents of a rule with those powers, and the rows of the literature.

use widthwise_parametrization::{
    Abc, AbcLayer, Entry, Initial, Rates, Rational, Rule, ShapeMonomial, UpdateFamily, rules,
};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::enclosed::point;
use crate::formula::{exponent, store, undefined};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.tp4.exponent`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.tp4.exponent",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "r(a+θ, b−θ, c−2θ) = r(a, b, c); r = −max exponent of hidden updates; 0 exactly for maximal update",
    explanation: Explanation {
        states: "For W^l = n^{−a_l} w^l, w^l of scale n^{−b_l}, SGD with rate n^{−c} and the output last: r = min(a + b, 2a + c at the output) + c − 1 + \
                 min over the other layers of [2 a_l + 1(l = 1)]. Neither r nor stability changes under (a + θ, b − θ, c − 2θ). For three layers that start stable with \
                 a + b ≤ 2a + c at the output, r is minus the greater of the exponents of the updates of the first two. Rows: standard −1 and unstable, with rate 1/n ½, neural \
                 tangent ½, mean field, maximal update and the spectral rule 0.",
        hypotheses: "halves up to 32, at least two layers; the exponents of updates where there are three",
        shapes: "a, b: a number for each of n layers, c, θ: scalars",
        checked_as: "Whole numbers of halves: the formula here, the package's formula on the same exponents, on the shifted ones, and on a rule with those powers of the shape.",
        allowance: "0: the numbers are equal or they are not.",
        source: "Theorem 3.2 and Definition 3.1 of arXiv 2011.14522, section 5; the comparison is added here.",
    },
    layout: &[
        Part::vector("a", Dimension::N),
        Part::vector("b", Dimension::N),
        Part::scalar("c"),
        Part::scalar("θ"),
    ],
    sizes,
    sample: both!(sample),
    check: both!(check),
    controls: &[Control {
        id: "spectral.tp4.exponent/half-shift",
        states: "r does not change under (a + θ, b − θ, c − θ)",
        because: "standard parametrization with rate 1/n, θ = 1: r = ½ becomes 3/2",
        check: both!(half_shift),
        witness: &[
            WitnessPart { rows: 3, columns: 1, entries: &[0.0, 0.0, 0.0] },
            WitnessPart { rows: 3, columns: 1, entries: &[0.0, 0.5, 0.5] },
            WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
        ],
    }],
};

/// The most layers compared.
const LAYERS: usize = 6;

fn sizes(stream: &mut Stream) -> Sizes {
    let n = if stream.below(2) == 0 { 3 } else { 2 + stream.below(5) as usize };
    Sizes { n, ..Sizes::ONES }
}

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    _: Scratch<'_, T>,
) -> Result<(), Refusal> {
    let half = T::one() / T::from_count(2);
    let halves = |stream: &mut Stream| (T::from_count(stream.below(13) as usize) - T::from_count(6)) * half;
    let last = instance.sizes().n - 1;
    let starts_stable = stream.below(2) == 0;
    for layer in 0..=last {
        let multiplier = halves(stream);
        let drawn = halves(stream);
        let start = match layer {
            _ if !starts_stable => drawn,
            0 => -multiplier,
            _ if layer < last => half - multiplier,
            // At least one half at the output.
            _ => half - multiplier + drawn * drawn,
        };
        instance.part_mut(0)[(layer, 0)] = multiplier;
        // A square of a half is a quarter: to the nearest half.
        instance.part_mut(1)[(layer, 0)] = T::from_f64(libm::rint(2.0 * start.to_f64()) / 2.0);
    }
    for position in 2..4 {
        let value = halves(stream);
        store(instance, position, value.to_f64());
    }
    Ok(())
}

/// How many halves a stored number is.
fn halves<T: Scalar>(x: T) -> Result<i32, Refusal> {
    let doubled = 2.0 * x.to_f64();
    if doubled.magnitude() > 64.0 || libm::rint(doubled) != doubled {
        return Err(Refusal::Hypothesis("exponents are halves up to 32"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "a whole number of two digits")]
    Ok(doubled as i32)
}

/// The exponents of an instance, in halves.
struct Exponents {
    a: [i32; LAYERS],
    b: [i32; LAYERS],
    c: i32,
    theta: i32,
    /// How many layers there are.
    layers: usize,
}

impl Exponents {
    fn of<T: Scalar>(instance: &Instance<'_, T>) -> Result<Self, Refusal> {
        let [a, b, c, theta] = instance.parts();
        let layers = a.nrows();
        if !(2..=LAYERS).contains(&layers) {
            return Err(Refusal::Hypothesis("two to six layers"));
        }
        let (c, theta) = (halves(c[(0, 0)])?, halves(theta[(0, 0)])?);
        let mut exponents = Self { a: [0; LAYERS], b: [0; LAYERS], c, theta, layers };
        for layer in 0..layers {
            exponents.a[layer] = halves(a[(layer, 0)])?;
            exponents.b[layer] = halves(b[(layer, 0)])?;
        }
        Ok(exponents)
    }

    /// `r` in halves, as the statement has it.
    fn feature_exponent(&self) -> i32 {
        let output = self.layers - 1;
        let backward = (self.a[output] + self.b[output]).min(2 * self.a[output] + self.c);
        let first = |layer: usize| if layer == 0 { 2 } else { 0 };
        let least = (0..output).map(|layer| 2 * self.a[layer] + first(layer)).min().unwrap_or(0);
        backward + self.c - 2 + least
    }

    /// Whether the parametrization is stable, as the statement has it.
    fn is_stable(&self) -> bool {
        let output = self.layers - 1;
        let start = |layer: usize| self.a[layer] + self.b[layer];
        let r = self.feature_exponent();
        self.starts_stable()
            && start(output) >= 1
            && r >= 0
            && 2 * self.a[output] + self.c >= 2
            && start(output) + r >= 2
    }

    /// Whether the matrices below the output neither vanish nor blow up.
    fn starts_stable(&self) -> bool {
        let start = |layer: usize| self.a[layer] + self.b[layer];
        start(0) == 0 && (1..self.layers - 1).all(|layer| start(layer) == 1)
    }

    fn layers(&self) -> [AbcLayer; LAYERS] {
        core::array::from_fn(|layer| AbcLayer {
            a: Rational::halves(self.a[layer]),
            b: Rational::halves(self.b[layer]),
        })
    }
}

/// The package's `r` and stability (1 or 0).
fn measured<T: Scalar>(
    layers: &[AbcLayer],
    c: Rational,
) -> Result<(ScaledEnclosure<T>, ScaledEnclosure<T>), Refusal> {
    let abc = Abc { layers, c };
    match (abc.feature_exponent(), abc.is_stable()) {
        (Some(r), Some(stable)) => Ok((exponent(r)?, truth(stable))),
        _ => Err(Refusal::Hypothesis("exponents are small fractions")),
    }
}

/// The package's `r` and stability after a shift by `θ` of every layer.
fn shifted<T: Scalar>(
    exponents: &Exponents,
    c: i32,
) -> Result<(ScaledEnclosure<T>, ScaledEnclosure<T>), Refusal> {
    let mut layers = exponents.layers();
    for layer in &mut layers {
        let theta = Rational::halves(exponents.theta);
        *layer = layer.shifted(theta).ok_or(Refusal::Hypothesis("exponents are small fractions"))?;
    }
    measured(&layers[..exponents.layers], Rational::halves(c))
}

fn truth<T: Scalar>(statement: bool) -> ScaledEnclosure<T> {
    if statement { ScaledEnclosure::one() } else { ScaledEnclosure::zero() }
}

fn whole_halves<T: Scalar>(halves: i32) -> ScaledEnclosure<T> {
    point(T::from_f64(f64::from(halves) / 2.0))
}

/// The rule of three layers whose multipliers, starts and rates are those powers of the width.
fn rule(exponents: &Exponents) -> Option<Rule> {
    let power = |halves: i32, fan_out: bool| {
        let halves = i8::try_from(halves).ok()?;
        Some(ShapeMonomial::from_halves(if fan_out { [0, halves, 0] } else { [halves, 0, 0] }))
    };
    let entry = |layer: usize| {
        let gradient = power(-exponents.c, layer == 0)?;
        Some(Entry {
            multiplier: power(-exponents.a[layer], layer == 0)?,
            initial: Initial::Gaussian(power(-exponents.b[layer], layer == 0)?),
            rates: Rates { gradient: Some(gradient), entrywise: None, spectral: None },
        })
    };
    let [input, hidden, output] = [Some(entry(0)?), Some(entry(1)?), Some(entry(2)?)];
    Some(Rule { name: "drawn", source: "", input, hidden, output, ..rules::STANDARD })
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let exponents = Exponents::of(instance)?;
    let layers = exponents.layers();
    let expected = whole_halves(exponents.feature_exponent());
    let (r, stable) = measured(&layers[..exponents.layers], Rational::halves(exponents.c))?;
    let r = trial.record("r", r);
    trial.equal("r of the package = r", r, expected, 0.0);
    trial.equal("stability of the package = stability", stable, truth(exponents.is_stable()), 0.0);
    let (r_shifted, stable_shifted) = shifted(&exponents, exponents.c - 2 * exponents.theta)?;
    trial.equal("r(a + θ, b − θ, c − 2θ) = r(a, b, c)", r_shifted, r, 0.0);
    trial.equal("stability(a + θ, b − θ, c − 2θ) = stability(a, b, c)", stable_shifted, stable, 0.0);

    if exponents.layers == 3 {
        let rule = rule(&exponents).ok_or(Refusal::Hypothesis("exponents are halves up to 32"))?;
        let (of_rule, _) = measured(&rule.abc_layers().map_err(undefined)?, Rational::ZERO)?;
        trial.equal("r of the rule with rates folded in = r", of_rule, r, 0.0);
        let output_moves_least = exponents.a[2] + exponents.b[2] <= 2 * exponents.a[2] + exponents.c;
        if exponents.starts_stable() && output_moves_least {
            trial.equal("max exponent of hidden updates = −r", update(&rule)?, -r, 0.0);
        }
    }
    rows(trial)
}

/// The greater of the exponents of the updates of input and hidden matrix.
fn update<T: Scalar>(rule: &Rule) -> Result<ScaledEnclosure<T>, Refusal> {
    let signature = rule.signature(UpdateFamily::Gradient).map_err(undefined)?;
    let [input, hidden, _] = signature.updates;
    let greater = input.max(hidden).ok_or(Refusal::Hypothesis("a signal of order one arrives"))?;
    exponent(greater)
}

/// The rows of the literature.
fn rows<T: Scalar>(trial: &mut Trial<'_, T>) -> Result<(), Refusal> {
    let one = Rational::integer(1);
    let known: [(&Rule, i32, i32, bool); 8] = [
        (&rules::STANDARD, 0, -2, false),
        (&rules::STANDARD, 1, 1, true),
        (&rules::STANDARD_OVER_WIDTH, 0, 1, true),
        (&rules::NEURAL_TANGENT, 0, 1, true),
        (&rules::TABLE_3, 0, 0, true),
        (&rules::TABLE_8, 0, 0, true),
        (&rules::TABLE_9, 0, 0, true),
        (&rules::SPECTRAL, 0, 0, true),
    ];
    for (rule, c, halves, is_stable) in known {
        let layers = rule.abc_layers().map_err(undefined)?;
        let (r, stable) = measured(&layers, Rational::integer(i64::from(c)))?;
        trial.equal("r of the row", r, whole_halves(halves), 0.0);
        trial.equal("stability of the row", stable, truth(is_stable), 0.0);
        if is_stable && c == 0 {
            trial.equal("max exponent of hidden updates of the row = −r", update(rule)?, -r, 0.0);
        }
    }
    // One hidden layer, averaged by the readout.
    let layer = |a| AbcLayer { a, b: Rational::ZERO };
    let (r, _) = measured(&[layer(Rational::ZERO), layer(one)], Rational::integer(-1))?;
    trial.equal("r of mean field = 0", r, ScaledEnclosure::zero(), 0.0);
    Ok(())
}

fn half_shift<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let exponents = Exponents::of(instance)?;
    let (r, _) = measured(&exponents.layers()[..exponents.layers], Rational::halves(exponents.c))?;
    let (r, (r_shifted, _)) = (trial.record("r", r), shifted(&exponents, exponents.c - exponents.theta)?);
    trial.equal("r(a + θ, b − θ, c − θ) = r(a, b, c)", r_shifted, r, 0.0);
    Ok(())
}
