// SPDX-License-Identifier: MIT OR Apache-2.0

//! The spectral parametrization is maximal update: the quotients of its formulas and those of Table 3 do not depend on the width.
//!
//! What is on trial are the tables of `widthwise-parametrization`: the numbers of each layer, the quotients of the rules, and that the
//! three tables of maximal update have one effective form.

use widthwise_parametrization::{
    Constants, LogicalMatrix, Optimizer, Role, Rule, ShapeMonomial, UpdateFamily, rules,
};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::kernel;
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::enclosed::root;
use crate::formula::{at, dimension, draw_dimension, exponent, matrix, rounded, store, undefined};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.equals-mup`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.equals-mup",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "spectral/Table 3: σ 1, 1, √n_L; rate 1/n_0, 1, n_L (Adam 1/n_0, 1, 1), whatever the width",
    explanation: Explanation {
        states: "Input n×d, hidden n×n and output k×n with d, k ≤ n. The spectral rule starts at 1/√d, 1/√n, √k/n with the rates n/d, 1, k/n (SGD) and 1/d, 1/n, 1/n \
                 (Adam). Divided by the formulas of Table 3 of Tensor Programs V that is 1, 1, √k (start), 1/d, 1, k (SGD) and 1/d, 1, 1 (Adam): no quotient \
                 depends on n. Tables 8 and 9 have the effective form of Table 3.",
        hypotheses: "1 ≤ d, k ≤ n ≤ 10⁶",
        shapes: "d, k, n, n′: scalars, rounded to whole numbers (n′ serves the control)",
        checked_as: "The numbers of each layer and the quotients of the rules at the matrix against enclosures of the formulas; exponents of n as fractions, exactly.",
        allowance: "8·40 + 32 units.",
        source: "Section 5; Tables 3, 8 and 9 of arXiv 2203.03466.",
    },
    layout: &[Part::scalar("d"), Part::scalar("k"), Part::scalar("n"), Part::scalar("n′")],
    sizes: |_| Sizes::ONES,
    sample: both!(sample),
    check: both!(check),
    controls: &[Control {
        id: "spectral.equals-mup/kaiming-output",
        states: "with the start 1/√fan-in at the output, the quotient by Table 3 is the same at the widths n and n′",
        because: "n = 64, n′ = 256: 8 and 16",
        check: both!(kaiming_output),
        witness: &[
            WitnessPart { rows: 1, columns: 1, entries: &[3.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[10.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[64.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[256.0] },
        ],
    }],
};

const ROLES: [Role; 3] = [Role::Input, Role::Hidden, Role::Output];

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    _: Scratch<'_, T>,
) -> Result<(), Refusal> {
    let (input, output) = (draw_dimension(stream, 3.0), draw_dimension(stream, 3.0));
    let least = input.greater(output);
    // At most 10³ · 10³.
    let [width, other] = [(); 2].map(|()| least * draw_dimension(stream, 3.0));
    for (position, value) in [input, output, width, other].into_iter().enumerate() {
        store(instance, position, value);
    }
    Ok(())
}

/// The dimensions `d`, `k` and `n`.
fn dimensions<T: Scalar>(instance: &Instance<'_, T>) -> Result<[usize; 3], Refusal> {
    let [d, k, n, _]: [_; 4] = instance.parts();
    let [d, k, n] = [dimension(d[(0, 0)])?, dimension(k[(0, 0)])?, dimension(n[(0, 0)])?];
    if d.max(k) > n { Err(Refusal::Hypothesis("d, k ≤ n")) } else { Ok([d, k, n]) }
}

/// What the statement says of a role.
struct Expected<T> {
    matrix: LogicalMatrix,
    /// Start, rate of SGD and rate of Adam.
    numbers: [ScaledEnclosure<T>; 3],
    /// The same over those of Table 3.
    quotients: [ScaledEnclosure<T>; 3],
}

fn expected<T: Scalar>(role: Role, [d, k, n]: [usize; 3]) -> Result<Expected<T>, Refusal> {
    let one = ScaledEnclosure::one();
    let (input, output, width) =
        (ScaledEnclosure::count(d), ScaledEnclosure::count(k), ScaledEnclosure::count(n));
    Ok(match role {
        Role::Input => Expected {
            matrix: matrix(n, d)?,
            numbers: [one / root(input), width / input, one / input],
            quotients: [one, one / input, one / input],
        },
        Role::Output => Expected {
            matrix: matrix(k, n)?,
            numbers: [root(output) / width, output / width, one / width],
            quotients: [root(output), output, one],
        },
        _ => Expected {
            matrix: matrix(n, n)?,
            numbers: [one / root(width), one, one / width],
            quotients: [one, one, one],
        },
    })
}

fn start(rule: &Rule, other: &Rule, role: Role) -> Result<ShapeMonomial, Refusal> {
    let conversion = rule.conversion(other, role, UpdateFamily::Gradient).map_err(undefined)?;
    conversion.initial.ok_or(Refusal::Hypothesis("both rules draw their entries"))
}

fn rate(rule: &Rule, other: &Rule, role: Role, family: UpdateFamily) -> Result<ShapeMonomial, Refusal> {
    Ok(rule.conversion(other, role, family).map_err(undefined)?.rate)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let dimensions = dimensions(instance)?;
    let allowance = kernel::<T>(40);
    for role in ROLES {
        let Expected { matrix, numbers, quotients } = expected::<T>(role, dimensions)?;
        let layer = |rule: &Rule, optimizer: Optimizer| {
            let layer = rule.layer(role, matrix, optimizer, &Constants::UNIT);
            layer.and_then(|layer| layer.effective(optimizer)).map_err(undefined)
        };
        let number = |rule: &Rule| -> Result<[ScaledEnclosure<T>; 3], Refusal> {
            let (sgd, adam) = (layer(rule, Optimizer::Sgd)?, layer(rule, Optimizer::Adam)?);
            let start = sgd.initial.scale().ok_or(Refusal::Hypothesis("the rule draws its entries"))?;
            // Six for the number of the layer, and for each of two divisions by the multiplier's inverse seven more.
            Ok([start, sgd.rate, adam.rate].map(|value| rounded(value, 20)))
        };
        let [start_here, sgd, adam] = number(&rules::SPECTRAL)?;
        let [start_expected, sgd_expected, adam_expected] = numbers;
        trial.equal("σ = 1/√d, 1/√n, √k/n", start_here, start_expected, allowance);
        trial.equal("rate of SGD = n/d, 1, k/n", sgd, sgd_expected, allowance);
        trial.equal("rate of Adam = 1/d, 1/n, 1/n", adam, adam_expected, allowance);

        let table = &rules::TABLE_3;
        let monomials = [
            start(&rules::SPECTRAL, table, role)?,
            rate(&rules::SPECTRAL, table, role, UpdateFamily::Gradient)?,
            rate(&rules::SPECTRAL, table, role, UpdateFamily::Entrywise)?,
        ];
        for (monomial, quotient) in monomials.into_iter().zip(quotients) {
            trial.equal(
                "spectral/Table 3 = 1, 1, √k; 1/d, 1, k; 1/d, 1, 1",
                at(monomial, matrix)?,
                quotient,
                allowance,
            );
            let power = exponent(monomial.exponent_of_width(role.scaling()))?;
            trial.equal("exponent of n in spectral/Table 3 = 0", power, ScaledEnclosure::zero(), 0.0);
        }

        let three = number(table)?;
        for rule in [&rules::TABLE_8, &rules::TABLE_9] {
            for (value, other) in number(rule)?.into_iter().zip(three) {
                trial.equal("effective form of Tables 8, 9 = that of Table 3", value, other, allowance);
            }
        }
    }
    Ok(())
}

fn kaiming_output<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [_, k, n] = dimensions(instance)?;
    let other = dimension(instance.part(3)[(0, 0)])?;
    let quotient = start(&rules::STANDARD, &rules::TABLE_3, Role::Output)?;
    let [here, there] = [at(quotient, matrix(k, n)?)?, at(quotient, matrix(k, other)?)?];
    let (here, there) = (trial.record("quotient at n", here), trial.record("quotient at n′", there));
    trial.equal("quotient at n = quotient at n′", here, there, kernel::<T>(16));
    Ok(())
}
