// SPDX-License-Identifier: MIT OR Apache-2.0

//! Enclosures of quantities that cannot be negative: norms, lengths, singular values.

use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};

/// The root of a value that is not negative.
pub(crate) fn root<T: Scalar>(x: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
    x.square_root().unwrap_or_else(ScaledEnclosure::zero)
}

/// The values within the upper end of `error` of `value`, negative ones left out.
pub(crate) fn widened<T: Scalar>(value: ScaledEnclosure<T>, error: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
    let bound = error.significand().hi();
    if bound == T::zero() {
        return value;
    }
    let both_signs = ScaledEnclosure::new(Enclosure::from_bounds(-bound, bound), error.exponent());
    (value + both_signs).maximum(&ScaledEnclosure::zero())
}

/// The upper end alone, as a number.
pub(crate) fn upper<T: Scalar>(x: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
    let hi = x.significand().hi();
    ScaledEnclosure::new(Enclosure::from_bounds(hi, hi), x.exponent())
}

/// A number as an enclosure.
pub(crate) fn bound<T: Scalar>(x: T) -> ScaledEnclosure<T> {
    Enclosure::from_bounds(x, x).into()
}

/// `[x √(1 − e), x √(1 + e)]` for `x ≥ 0`.
pub(crate) fn stretched<T: Scalar>(x: ScaledEnclosure<T>, e: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
    let one = ScaledEnclosure::one();
    (x * root(one + e)).hull(&(x * root(one - e)))
}

/// `[x / √(1 + e), x / √(1 − e)]` for `x ≥ 0`; unbounded above for `e ≥ 1`.
pub(crate) fn quotient_stretched<T: Scalar>(
    x: ScaledEnclosure<T>,
    e: ScaledEnclosure<T>,
) -> ScaledEnclosure<T> {
    let one = ScaledEnclosure::one();
    (x / root(one + e)).hull(&(x / root(one - e))).maximum(&ScaledEnclosure::zero())
}

/// The values from the lower end of `lower`, or zero, to the upper end of `upper`.
pub(crate) fn between<T: Scalar>(lower: ScaledEnclosure<T>, upper: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
    lower.minimum(&upper).hull(&upper).maximum(&ScaledEnclosure::zero())
}
