// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which of two numbers is simpler, and the simpler numbers near a given one.
//!
//! A person who reads a counterexample wants zeros, ones and small integers. The complexity of a number counts what it
//! takes to write it down: twice its significant bits, its distance in binades from 1, one more for a fraction, one more for
//! a minus sign. Zero has complexity 0, and 1 has 2.

use widthwise_rounding::Scalar;

/// The complexity of what is not a number or infinite: greater than that of any finite number.
const NOT_FINITE: u32 = 1 << 16;

/// The complexity of a number.
pub(crate) fn complexity<T: Scalar>(x: T) -> u32 {
    if !x.is_finite() {
        return NOT_FINITE;
    }
    let Some(exponent) = x.exponent() else { return 0 };
    2 * significant_bits(x) + exponent.unsigned_abs() + u32::from(exponent < 0) + u32::from(x < T::zero())
}

/// Digits of the binary significand of a finite number, without trailing zeros; zero for zero.
pub(crate) fn significant_bits<T: Scalar>(x: T) -> u32 {
    let Some(exponent) = x.exponent() else { return 0 };
    // In [1, 2) binary64 stores the leading digit implicitly, before 52 others.
    let fraction = x.scale_exp2(-exponent).to_f64().to_bits() << 12;
    1 + (64 - fraction.trailing_zeros())
}

/// What a change of a number aims at. The order is the order of attempts: the boldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Simplification {
    Zero,
    One,
    MinusOne,
    Magnitude,
    NearestInteger,
    PowerOfTwo,
    UnitBinade,
    HalfExponent,
    HalfSignificand,
    NextBinade,
    NextInteger,
    DropBit,
}

impl Simplification {
    pub(crate) const ALL: [Self; 12] = [
        Self::Zero,
        Self::One,
        Self::MinusOne,
        Self::Magnitude,
        Self::NearestInteger,
        Self::PowerOfTwo,
        Self::UnitBinade,
        Self::HalfExponent,
        Self::HalfSignificand,
        Self::NextBinade,
        Self::NextInteger,
        Self::DropBit,
    ];

    /// The number that takes the place of `x`, which may be no simpler.
    ///
    /// `exponent` and `bits` are those of `x`, or of the largest and the longest number that are simplified together.
    pub(crate) fn apply<T: Scalar>(self, x: T, exponent: i32, bits: u32) -> T {
        let sign = if x < T::zero() { -T::one() } else { T::one() };
        match self {
            Self::Zero => T::zero(),
            Self::One => T::one(),
            Self::MinusOne => -T::one(),
            Self::Magnitude => x.magnitude(),
            Self::NearestInteger => sign * round_to_multiple(x.magnitude(), 0),
            Self::PowerOfTwo => x.exponent().map_or(x, |own| sign * T::power_of_two(own)),
            Self::UnitBinade => x.scale_exp2(-exponent),
            Self::HalfExponent => x.scale_exp2(exponent / 2 - exponent),
            Self::HalfSignificand => round_to_bits(x, bits / 2),
            Self::NextBinade => x.scale_exp2(-exponent.signum()),
            Self::NextInteger => x - sign,
            Self::DropBit => round_to_bits(x, bits.saturating_sub(1)),
        }
    }
}

/// Rounds a nonnegative number to a multiple of `2^exponent`; unchanged if it is so large that it is one.
pub(crate) fn round_to_multiple<T: Scalar>(x: T, exponent: i32) -> T {
    // The unit in the last place of numbers between this one and its double is the wanted one.
    let shift = T::power_of_two(T::DIGITS - 1 + exponent);
    if x < shift { (x + shift) - shift } else { x }
}

/// Rounds to so many significant bits, at least one.
fn round_to_bits<T: Scalar>(x: T, bits: u32) -> T {
    let (Some(exponent), Ok(bits)) = (x.exponent(), i32::try_from(bits)) else { return x };
    let significand = round_to_multiple(x.scale_exp2(-exponent).magnitude(), 1 - bits.max(1));
    let rounded = significand.scale_exp2(exponent);
    if x < T::zero() { -rounded } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn complexity_orders_numbers_as_a_reader_would() {
        let order = [0.0, 1.0, -1.0, 4.0, 3.0, 7.0, 0.1, f64::MIN_SUBNORMAL, f64::NAN];
        for pair in order.windows(2) {
            assert!(complexity(pair[0]) < complexity(pair[1]), "{pair:?}");
        }
        assert_eq!(complexity(1.0_f32), 2);
        assert_eq!(complexity(-0.0_f64), 0);
    }

    #[test]
    fn significant_bits_are_counted_without_trailing_zeros() {
        for (x, bits) in
            [(0.0, 0), (1.0, 1), (-8.0, 1), (3.0, 2), (5.0, 3), (0.1, 52), (1.0 + f64::EPSILON, 53)]
        {
            assert_eq!(significant_bits(x), bits, "{x}");
        }
        assert_eq!(significant_bits(7.0 * f64::MIN_SUBNORMAL), 3);
        assert_eq!(significant_bits(1.0 + f32::EPSILON), 24);
        assert_eq!(significant_bits(f32::MIN_SUBNORMAL), 1);
    }

    proptest! {
        #[test]
        fn rounding_to_bits_has_that_many_bits_and_is_near(bits in any::<u64>(), wanted in 1_i32..53) {
            let x = f64::from_bits(bits);
            prop_assume!(x.is_finite() && x.magnitude() < f64::MAX / 2.0);
            let rounded = round_to_bits(x, wanted.unsigned_abs());
            prop_assert!(significant_bits(rounded) <= wanted.unsigned_abs());
            prop_assert!((rounded - x).magnitude() <= x.magnitude().scale_exp2(1 - wanted));
        }

        #[test]
        fn nearest_integer_is_nearest(x in -1e6_f32..1e6) {
            let n = Simplification::NearestInteger.apply(x, 0, 0);
            prop_assert!(n == n.trunc() && (n - x).magnitude() <= 0.5);
        }
    }
}
