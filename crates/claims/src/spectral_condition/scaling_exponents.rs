// SPDX-License-Identifier: MIT OR Apache-2.0

//! The condition has one solution: the powers of the width of start and rates are forced, for each family of
//! optimisers.
//!
//! All numbers are halves, so every comparison is decided. What is on trial are the powers that
//! `widthwise-parametrization` derives from a rule (`Signature`).

use widthwise_parametrization::{Entry, Initial, Rates, Role, Rule, ShapeMonomial, UpdateFamily, rules};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::enclosed::point;
use crate::formula::{exponent, undefined};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.condition.unique`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.condition.unique",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "nat(W) and nat(ΔW) of order one ⇔ s = 0, −½, −1 and c = q − p (gradient), −p (entrywise), (q − p)/2 (spectral)",
    explanation: Explanation {
        states: "Starts n^s and rates n^c of input, hidden and output matrix and hidden bias, with fan-in n^p and fan-out n^q: (p, q) = (0, 1), (1, 1), (1, 0), (0, 1). The powers of the RMS→RMS norms \
                 are s + max(p, q)/2 + (p − q)/2 at the start, and of the first update c + d + p/2 + (p − q)/2 (linear in the gradient, d = 0 at the output and s_L + ½ elsewhere), c + p (entrywise), \
                 c + (p − q)/2 (spectral). The first vanish only for s = 0, −½, −1; then the others only for c = q − p, −p, (q − p)/2.",
        hypotheses: "halves up to 8",
        shapes: "s: 3 powers (input, hidden, output), c: 4 powers (the same and hidden bias)",
        checked_as: "Whole numbers of halves: the formulas here against the powers that the package derives from a rule with those powers of the shape; that all vanish exactly for \
                     the solution.",
        allowance: "0: the numbers are equal or they are not.",
        source: "The remark that the parametrization is unique; that a network has these powers is the analysis of section 4.",
    },
    layout: &[Part::vector("s", Dimension::M), Part::vector("c", Dimension::N)],
    sizes: |_| Sizes { m: MATRICES, n: ROLES.len(), ..Sizes::ONES },
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.condition.unique/constant-rate",
            states: "the constant rate leads to updates of order one, linear in the gradient, in every role",
            because: "the solution for s, c = 0: the input matrix has the power −1",
            check: both!(constant_rate),
            witness: WITNESS,
        },
        Control {
            id: "spectral.condition.unique/adam-like-sgd",
            states: "the rates for updates linear in the gradient are right for entrywise ones",
            because: "c = 1 for an input matrix: its power is 1",
            check: both!(adam_like_sgd),
            witness: WITNESS,
        },
    ],
};

const WITNESS: &[WitnessPart] = &[
    WitnessPart { rows: 3, columns: 1, entries: &[0.0, -0.5, -1.0] },
    WitnessPart { rows: 4, columns: 1, entries: &[0.0, 0.0, 0.0, 0.0] },
];

/// The roles whose first ones are matrices.
const ROLES: [Role; 4] = [Role::Input, Role::Hidden, Role::Output, Role::Bias];
const MATRICES: usize = 3;

/// `(p, q)` of each role.
const POWERS: [(i32, i32); 4] = [(0, 1), (1, 1), (1, 0), (0, 1)];

/// Twice the solution for `s`.
const START: [i32; MATRICES] = [0, -1, -2];

/// Twice the solution for `c` at a role.
fn solution(family: UpdateFamily, (p, q): (i32, i32)) -> i32 {
    match family {
        UpdateFamily::Gradient => 2 * (q - p),
        UpdateFamily::Entrywise => -2 * p,
        UpdateFamily::Spectral => q - p,
    }
}

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    _: Scratch<'_, T>,
) -> Result<(), Refusal> {
    let half = |halves: i32| T::from_f64(f64::from(halves) / 2.0);
    let draw = |stream: &mut Stream| T::from_f64((f64::from(stream.below(9)) - 4.0) / 2.0);
    let is_solution = stream.below(2) == 0;
    for (entry, &start) in instance.part_mut(0).iter_mut().zip(&START) {
        *entry = if is_solution { half(start) } else { draw(stream) };
    }
    // A solution for one family, for all roles or for all but one.
    let family = UpdateFamily::ALL.get(stream.below(4) as usize);
    let other = stream.below(8) as usize;
    for (role, (entry, &powers)) in instance.part_mut(1).iter_mut().zip(&POWERS).enumerate() {
        *entry = match family {
            Some(&family) if role != other => half(solution(family, powers)),
            _ => draw(stream),
        };
    }
    Ok(())
}

/// The powers of an instance, in halves.
struct Powers {
    start: [i32; MATRICES],
    rate: [i32; 4],
}

impl Powers {
    fn of<T: Scalar>(instance: &Instance<'_, T>) -> Result<Self, Refusal> {
        let [s, c] = instance.parts();
        if s.nrows() != MATRICES || c.nrows() != ROLES.len() {
            return Err(Refusal::Hypothesis("three starts and four rates"));
        }
        let halves = |x: T| {
            let doubled = 2.0 * x.to_f64();
            if doubled.magnitude() > 16.0 || libm::rint(doubled) != doubled {
                return Err(Refusal::Hypothesis("powers are halves up to 8"));
            }
            #[expect(clippy::cast_possible_truncation, reason = "a whole number of two digits")]
            Ok(doubled as i32)
        };
        let mut powers = Self { start: [0; MATRICES], rate: [0; 4] };
        for (power, &s) in powers.start.iter_mut().zip(s.iter()) {
            *power = halves(s)?;
        }
        for (power, &c) in powers.rate.iter_mut().zip(c.iter()) {
            *power = halves(c)?;
        }
        Ok(powers)
    }

    /// Twice the power of `nat(W)`.
    fn initial(&self, matrix: usize) -> i32 {
        let (p, q) = POWERS[matrix];
        self.start[matrix] + p.max(q) + p - q
    }

    /// Twice the power of `nat(ΔW)`, if inputs and signals are of order one.
    fn update(&self, role: usize, family: UpdateFamily) -> i32 {
        let ((p, q), rate) = (POWERS[role], self.rate[role]);
        match family {
            UpdateFamily::Gradient => {
                let backward = if role == 2 { 0 } else { self.start[2] + 1 };
                rate + backward + p + p - q
            }
            UpdateFamily::Entrywise => rate + 2 * p,
            UpdateFamily::Spectral => rate + p - q,
        }
    }

    /// The rule with these powers of the shape.
    fn rule(&self) -> Rule {
        let entry = |role: usize| {
            let power = |halves: i32| {
                let halves = i8::try_from(halves).unwrap_or(0);
                // Of the dimension that grows.
                ShapeMonomial::from_halves(if POWERS[role].0 == 1 { [halves, 0, 0] } else { [0, halves, 0] })
            };
            let start = self.start.get(role).map_or(Initial::Zero, |&start| Initial::Gaussian(power(start)));
            let rate = Some(power(self.rate[role]));
            let rates = Rates { gradient: rate, entrywise: rate, spectral: rate };
            Some(Entry { multiplier: ShapeMonomial::ONE, initial: start, rates })
        };
        Rule {
            name: "drawn",
            source: "",
            input: entry(0),
            hidden: entry(1),
            output: entry(2),
            bias: entry(3),
            ..rules::SPECTRAL
        }
    }
}

fn halves<T: Scalar>(halves: i32) -> ScaledEnclosure<T> {
    point(T::from_f64(f64::from(halves) / 2.0))
}

fn truth<T: Scalar>(statement: bool) -> ScaledEnclosure<T> {
    if statement { ScaledEnclosure::one() } else { ScaledEnclosure::zero() }
}

/// The power that the package derives for the update of a role.
fn measured<T: Scalar>(rule: &Rule, role: Role, family: UpdateFamily) -> Result<ScaledEnclosure<T>, Refusal> {
    let power = rule.update_exponent(role, family).ok_or(Refusal::Hypothesis("signals are of order one"))?;
    exponent(power)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let powers = Powers::of(instance)?;
    let rule = powers.rule();
    let signature = rule.signature(UpdateFamily::Spectral).map_err(undefined)?;
    let zero = ScaledEnclosure::zero();
    let mut starts = true;
    for (matrix, power) in signature.initial.into_iter().enumerate() {
        let power = exponent(power.ok_or(Refusal::Hypothesis("the rule draws its entries"))?)?;
        trial.equal(
            "power of nat(W) = s + max(p, q)/2 + (p − q)/2",
            power,
            halves(powers.initial(matrix)),
            0.0,
        );
        starts = starts && power == zero;
    }
    trial.equal("all starts of order one ⇔ s = 0, −½, −1", truth(starts), truth(powers.start == START), 0.0);
    // Linear in the gradient, a signal of order one must arrive; else the formula speaks of nothing.
    let arrives = powers.initial(0) == 0 && powers.initial(1) == 0;
    for family in UpdateFamily::ALL {
        if family == UpdateFamily::Gradient && !arrives {
            continue;
        }
        let (mut moves, mut solves) = (true, true);
        for (position, role) in ROLES.into_iter().enumerate() {
            let power = measured(&rule, role, family)?;
            trial.equal("power of nat(ΔW)", power, halves(powers.update(position, family)), 0.0);
            moves = moves && power == zero;
            solves = solves && powers.rate[position] == solution(family, POWERS[position]);
        }
        if starts {
            trial.equal(
                "all updates of order one ⇔ c = q − p, −p, (q − p)/2",
                truth(moves),
                truth(solves),
                0.0,
            );
        }
    }
    // The rules of maximal update are that solution.
    for rule in [&rules::SPECTRAL, &rules::TABLE_3, &rules::TABLE_8, &rules::TABLE_9] {
        let signature = rule.signature(UpdateFamily::Gradient).map_err(undefined)?;
        trial.equal(
            "the rules of maximal update are maximal",
            truth(signature.is_maximal()),
            truth(true),
            0.0,
        );
    }
    Ok(())
}

fn constant_rate<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let start = Powers::of(instance)?.start;
    let rule = Powers { start, rate: [0; 4] }.rule();
    for role in ROLES {
        let power = measured(&rule, role, UpdateFamily::Gradient)?;
        trial.equal("power of nat(ΔW) = 0 for c = 0", power, ScaledEnclosure::zero(), 0.0);
    }
    Ok(())
}

fn adam_like_sgd<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let start = Powers::of(instance)?.start;
    let rate = POWERS.map(|powers| solution(UpdateFamily::Gradient, powers));
    let rule = Powers { start, rate }.rule();
    for role in ROLES {
        let power = measured(&rule, role, UpdateFamily::Entrywise)?;
        trial.equal("power of nat(ΔW) = 0 for c = q − p", power, ScaledEnclosure::zero(), 0.0);
    }
    Ok(())
}
