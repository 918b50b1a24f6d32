// SPDX-License-Identifier: MIT OR Apache-2.0

//! The formulas and numbers of `widthwise-parametrization` as enclosures, and the shapes to try them on.
//!
//! A number of that package is the exact value of its formula within a stated count of roundings of binary64, so it is an interval. A formula can also be
//! evaluated from its exponents, on positive numbers that are no dimensions.

use widthwise_parametrization::{LogicalMatrix, ParametrizationError, Rational, ShapeMonomial};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};
use widthwise_sampling::{Instance, Stream};

use crate::Refusal;
use crate::enclosed::{point, root};

/// The largest dimension tried: exact in binary32.
const LARGEST: f64 = 1e6;

/// Roundings of a monomial at a matrix, as its documentation has it.
pub(crate) const MONOMIAL_ROUNDINGS: usize = 5;

/// Draws a dimension between 1 and `10^decades`, log-uniform, one in four a power of four: where roots are exact.
pub(crate) fn draw_dimension(stream: &mut Stream, decades: f64) -> f64 {
    let size = stream.power_of_ten(0.0, decades);
    if stream.below(4) == 0 {
        let exponent = size.exponent().unwrap_or(0);
        f64::power_of_two(exponent - exponent % 2)
    } else {
        libm::rint(size)
    }
}

/// Stores a number of the stream in a scalar part.
pub(crate) fn store<T: Scalar>(instance: &mut Instance<'_, T>, position: usize, value: f64) {
    instance.part_mut(position).fill(T::from_f64(value));
}

/// The whole number nearest to a stored one, if it is a dimension: between 1 and a million.
pub(crate) fn dimension<T: Scalar>(x: T) -> Result<usize, Refusal> {
    let nearest = libm::rint(x.to_f64());
    if !(1.0..=LARGEST).contains(&nearest) {
        return Err(Refusal::Hypothesis("dimensions between 1 and 10⁶"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number between 1 and a million"
    )]
    Ok(nearest as usize)
}

/// The logical matrix with so many rows and columns.
pub(crate) fn matrix(fan_out: usize, fan_in: usize) -> Result<LogicalMatrix, Refusal> {
    LogicalMatrix::new(fan_out, fan_in).map_err(undefined)
}

/// The exact value of which `value` is a computed one, after so many roundings of binary64.
pub(crate) fn rounded<T: Scalar>(value: f64, roundings: usize) -> ScaledEnclosure<T> {
    // (1 + u)^k − 1 < 2 k u, and a unit for the conversion to the format, doubled to be a number beside one.
    let radius = T::from_count(2 * roundings + 2) * T::UNIT_ROUNDOFF;
    point(T::from_f64(value)) * Enclosure::from_bounds(T::one() - radius, T::one() + radius).into()
}

/// The value of a monomial at a matrix, from the number that the package computes.
pub(crate) fn at<T: Scalar>(
    monomial: ShapeMonomial,
    matrix: LogicalMatrix,
) -> Result<ScaledEnclosure<T>, Refusal> {
    Ok(rounded(monomial.at(matrix).map_err(undefined)?, MONOMIAL_ROUNDINGS))
}

/// The value of a monomial where fan-in and fan-out are any positive numbers, from its exponents.
pub(crate) fn powers<T: Scalar>(
    monomial: ShapeMonomial,
    fan_in: T,
    fan_out: T,
) -> Result<ScaledEnclosure<T>, Refusal> {
    // At the matrix 1×1 the coefficient is left.
    let mut value = at(monomial, matrix(1, 1)?)?;
    for (x, exponent) in [fan_in, fan_out, fan_in.lesser(fan_out)].into_iter().zip(monomial.exponents()) {
        let halves = if exponent.denominator() == 1 { 2 } else { 1 } * exponent.numerator();
        let mut power = if halves % 2 == 0 { ScaledEnclosure::one() } else { root(point(x)) };
        for _ in 0..halves.unsigned_abs() / 2 {
            power = power * point(x);
        }
        value = if halves < 0 { value / power } else { value * power };
    }
    Ok(value)
}

/// An exponent, which is a number of the format: a small count of halves or quarters.
pub(crate) fn exponent<T: Scalar>(x: Rational) -> Result<ScaledEnclosure<T>, Refusal> {
    if matches!(x.denominator(), 1 | 2 | 4) && x.numerator().unsigned_abs() < 1 << 20 {
        Ok(point(T::from_f64(x.to_f64())))
    } else {
        Err(Refusal::Hypothesis("exponents are small counts of quarters"))
    }
}

/// A rule without a value is not the claim's to judge.
pub(crate) fn undefined(_: ParametrizationError) -> Refusal {
    Refusal::Hypothesis("the rule has a value for the role and the shape")
}
