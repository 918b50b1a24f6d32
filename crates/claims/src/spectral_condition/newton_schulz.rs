// SPDX-License-Identifier: MIT OR Apache-2.0

//! Orthogonalisation by polynomials: what a step of Newton–Schulz makes of the defect, and what Muon's polynomial does
//! instead.

use nalgebra::DMatrixView;
use widthwise_linalg::Scaling;
use widthwise_rounding::{Scalar, ScaledEnclosure, Verdict};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};
use widthwise_spectral::NewtonSchulz;

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_semi_orthogonal};
use crate::enclosed::{EnclosedMatrix, point};
use crate::formula::store;
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.newton-schulz`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.newton-schulz",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "E = 1 − XᵀX: E′ = (3E² + E³)/4 (cubic), 5E³/8 + 15E⁴/64 + 9E⁵/64 (quintic); Muon's polynomial maps [0.68, 1.21] into itself",
    explanation: Explanation {
        states: "With S = XᵀX, X′ = c₀ X + c₁ X S + c₂ X S² and the defects E = 1 − S, E′ = 1 − X′ᵀX′: E′ = (3E² + E³)/4 for (3/2, −1/2, 0); 5E³/8 + 15E⁴/64 + 9E⁵/64 for (15, −10, 3)/8; \
                 (−E² + 3E³ + E⁴ + E⁵)/4 for (2, −3/2, 1/2). What X sends to zero stays there: for more columns than rows E never vanishes. Muon's μ(x) = 3.4445 x − 4.775 x³ + \
                 2.0315 x⁵ is positive for x > 0, maps [0.68, 1.21] into itself and [0, 1] into [0, 1.21].",
        hypotheses: "no side longer than 8; x of magnitude at most 16, which is taken",
        shapes: "X: m×n, x: scalar",
        checked_as: "Both sides as matrices, stored centers and bounds of what they lack, entry by entry; the coefficients as the package has them. The overlap is measured \
                     against 2 (1 + ‖X‖_F²)⁵.",
        allowance: "8 · 8 · 64 + 32 units of that; 8 · 32 + 32 of the terms of μ.",
        source: "Beyond the paper: Muon. The intervals of μ are tried and not proved.",
    },
    layout: &[Part::matrix("X", Dimension::M, Dimension::N), Part::scalar("x")],
    sizes: |stream| {
        let mut side = || 1 + stream.below(8) as usize;
        Sizes { m: side(), n: side(), ..Sizes::ONES }
    },
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.newton-schulz/square-of-defect",
            states: "E′ = E² for the cubic polynomial",
            because: "X = ½: E = ¾, 135/256 ≠ 9/16",
            check: both!(square_of_defect),
            witness: &[
                WitnessPart { rows: 1, columns: 1, entries: &[0.5] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
            ],
        },
        Control {
            id: "spectral.newton-schulz/wide",
            states: "‖E′‖ ≤ ½ ‖E‖ for the cubic polynomial, whatever the shape",
            because: "X = (1, 0): E = diag(0, 1) stays",
            check: both!(wide),
            witness: &[
                WitnessPart { rows: 1, columns: 2, entries: &[1.0, 0.0] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
            ],
        },
        Control {
            id: "spectral.newton-schulz/without-normalisation",
            states: "μ(x) ≤ 1.21 for every x ≥ 0",
            because: "x = 1.3: 1.53",
            check: both!(without_normalisation),
            witness: &[
                WitnessPart { rows: 1, columns: 1, entries: &[0.5] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.3] },
            ],
        },
    ],
};

/// The longest side.
const LONGEST: usize = 8;

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    let kind = stream.below(4);
    if kind == 0 {
        draw_semi_orthogonal(stream, instance, 0, &mut scratch)?;
    } else {
        draw_matrices_alike(stream, instance, &[0], &mut scratch)?;
        if kind > 1 {
            // As the iteration does: divided by something like the Frobenius norm, here a power of two.
            let mut x = instance.part_mut(0);
            let exponent = Scaling::of(&x)?.exponent() + 2;
            x.iter_mut().for_each(|x| *x = x.scale_exp2(-exponent));
        }
    }
    let number = match stream.below(3) {
        0 => stream.uniform_in(0.68, 1.21),
        1 => stream.uniform_in(0.0, 1.5),
        _ => stream.power_of_ten(-8.0, 1.0),
    };
    store(instance, 1, number);
    Ok(())
}

/// A polynomial and what it makes of the defect: the coefficients of `E²`, `E³`, `E⁴`, `E⁵` in 64ths.
type Step<T> = ([T; 3], [i32; 4]);

fn steps<T: Scalar>() -> [Step<T>; 3] {
    [
        (NewtonSchulz::Cubic.coefficients(), [48, 16, 0, 0]),
        (NewtonSchulz::Quintic.coefficients(), [0, 40, 15, 9]),
        ([2.0, -1.5, 0.5].map(T::from_f64), [-16, 48, 16, 16]),
    ]
}

fn sixty_fourths<T: Scalar>(count: i32) -> ScaledEnclosure<T> {
    point(T::from_f64(f64::from(count))).scale_exp2(-6)
}

/// `1 − XᵀX`
fn defect<'b, T: Scalar>(
    x: &EnclosedMatrix<'_, T>,
    scratch: &mut Scratch<'b, T>,
) -> Result<EnclosedMatrix<'b, T>, Refusal> {
    let n = x.center().ncols();
    let transpose = x.transposed(scratch)?;
    let gram = transpose.times(scratch, x)?;
    let mut identity = scratch.matrix(n, n)?;
    identity.fill_with_identity();
    let identity = EnclosedMatrix::exact(scratch, &identity.as_view())?;
    let one = ScaledEnclosure::one();
    EnclosedMatrix::combination(scratch, &[(one, &identity), (-one, &gram)])
}

/// `E` and `E′` for the coefficients given.
fn defects<'b, T: Scalar>(
    x: &DMatrixView<'_, T>,
    coefficients: [T; 3],
    scratch: &mut Scratch<'b, T>,
) -> Result<[EnclosedMatrix<'b, T>; 2], Refusal> {
    if x.nrows().max(x.ncols()) > LONGEST {
        return Err(Refusal::Hypothesis("no side is longer than 8"));
    }
    let x = EnclosedMatrix::exact(scratch, x)?;
    let before = defect(&x, scratch)?;
    let transpose = x.transposed(scratch)?;
    let gram = transpose.times(scratch, &x)?;
    let (third, [c0, c1, c2]) = (x.times(scratch, &gram)?, coefficients.map(point));
    let fifth = third.times(scratch, &gram)?;
    let after = EnclosedMatrix::combination(scratch, &[(c0, &x), (c1, &third), (c2, &fifth)])?;
    Ok([before, defect(&after, scratch)?])
}

/// `2 (1 + ‖X‖_F²)⁵`, more than any entry.
fn size<T: Scalar>(x: &DMatrixView<'_, T>) -> ScaledEnclosure<T> {
    let square = x.iter().fold(ScaledEnclosure::one(), |sum, &x| sum + point(x).square());
    (square.square().square() * square).scale_exp2(1)
}

fn allowance<T: Scalar>() -> f64 {
    kernel::<T>(8 * 64)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [x, _] = instance.parts();
    let size = trial.record("2 (1 + ‖X‖_F²)⁵", size(&x));
    for (coefficients, powers) in steps::<T>() {
        let mut frame = scratch.frame();
        let [before, after] = defects(&x, coefficients, &mut frame)?;
        let square = before.times(&mut frame, &before)?;
        let third = square.times(&mut frame, &before)?;
        let fourth = square.times(&mut frame, &square)?;
        let fifth = fourth.times(&mut frame, &before)?;
        let [second_weight, third_weight, fourth_weight, fifth_weight] = powers.map(sixty_fourths);
        let terms = [
            (second_weight, &square),
            (third_weight, &third),
            (fourth_weight, &fourth),
            (fifth_weight, &fifth),
        ];
        let expected = EnclosedMatrix::combination(&mut frame, &terms)?;
        for j in 0..x.ncols() {
            for i in 0..x.ncols() {
                let (left, right) = (after.entry(i, j), expected.entry(i, j));
                trial.equal_at_scale("E′_ij = p(E)_ij", left, right, size, allowance::<T>());
            }
        }
    }
    muon(instance, trial)
}

/// `μ(x)`, and the sum of the magnitudes of its terms, from the decimals of its coefficients.
fn polynomial<T: Scalar>(x: ScaledEnclosure<T>) -> [ScaledEnclosure<T>; 2] {
    let decimal = |count: usize| ScaledEnclosure::count(count) / ScaledEnclosure::count(2000);
    let square = x.square();
    let terms = [decimal(6889) * x, -decimal(9550) * (x * square), decimal(4063) * (x * square.square())];
    let sum = terms.iter().fold(ScaledEnclosure::zero(), |sum, &term| sum + term);
    [sum, terms.iter().fold(ScaledEnclosure::zero(), |sum, term| sum + term.magnitude())]
}

/// The stored `x`.
fn number<T: Scalar>(instance: &Instance<'_, T>) -> Result<T, Refusal> {
    let x = instance.part(1)[(0, 0)].magnitude();
    if x <= T::from_count(16) { Ok(x) } else { Err(Refusal::Hypothesis("|x| ≤ 16")) }
}

fn muon<T: Scalar>(instance: &Instance<'_, T>, trial: &mut Trial<'_, T>) -> Result<(), Refusal> {
    let x = point(number(instance)?);
    let percent = |count: usize| ScaledEnclosure::<T>::count(count) / ScaledEnclosure::count(100);
    let (zero, one) = (ScaledEnclosure::zero(), ScaledEnclosure::one());
    let [value, terms] = polynomial(x);
    let value = trial.record("μ(x)", value);
    let allowance = kernel::<T>(32) * terms.ratio(&value).magnitude().greater(1.0);
    trial.at_most("0 ≤ μ(x)", zero, value, allowance);
    let at_most = |a: ScaledEnclosure<T>, b: ScaledEnclosure<T>| a.is_at_most(&b) == Verdict::Proved;
    let is_between = at_most(percent(68), x) && at_most(x, percent(121));
    if is_between || at_most(x, one) {
        trial.at_most("μ(x) ≤ 1.21", value, percent(121), kernel::<T>(32));
    }
    if is_between {
        trial.at_most("0.68 ≤ μ(x)", percent(68), value, kernel::<T>(32));
    }
    Ok(())
}

fn square_of_defect<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [x, _] = instance.parts();
    let size = size(&x);
    let [before, after] = defects(&x, NewtonSchulz::Cubic.coefficients(), &mut scratch)?;
    let square = before.times(&mut scratch, &before)?;
    for j in 0..x.ncols() {
        for i in 0..x.ncols() {
            let (left, right) = (after.entry(i, j), square.entry(i, j));
            trial.equal_at_scale("E′_ij = (E²)_ij", left, right, size, allowance::<T>());
        }
    }
    Ok(())
}

fn wide<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [x, _] = instance.parts();
    let n = x.ncols();
    let [before, after] = defects(&x, NewtonSchulz::Cubic.coefficients(), &mut scratch)?;
    let before = trial.record("‖E‖", before.spectral_norm(&mut scratch)?);
    let after = trial.record("‖E′‖", after.spectral_norm(&mut scratch)?);
    trial.at_most("‖E′‖ ≤ ½ ‖E‖", after, before.scale_exp2(-1), spectral::<T>(n, n) + allowance::<T>());
    Ok(())
}

fn without_normalisation<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [value, _] = polynomial(point(number(instance)?));
    let bound = ScaledEnclosure::count(121) / ScaledEnclosure::count(100);
    trial.at_most("μ(x) ≤ 1.21", value, bound, kernel::<T>(32));
    Ok(())
}
