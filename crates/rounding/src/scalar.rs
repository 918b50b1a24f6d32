// SPDX-License-Identifier: MIT OR Apache-2.0

//! The two floating-point formats that the bounds are proved for.
//!
//! Every error bound of this workspace is a statement about IEEE 754 binary32 or binary64 with
//! rounding to nearest, ties to even. The trait is sealed, so generic code never meets a type for
//! which a bound would be void, and it offers only operations whose result is the same bits on
//! every target: `+ - * /`, a correctly rounded root, comparisons and exact bit manipulation.

use core::fmt::{Debug, Display, LowerExp};
use core::ops::{AddAssign, DivAssign, MulAssign, Neg, SubAssign};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A floating-point format with correctly rounded arithmetic: `f32` or `f64`.
///
/// # Examples
///
/// ```
/// use widthwise_rounding::Scalar;
///
/// fn halve<T: Scalar>(x: T) -> T {
///     x * T::power_of_two(-1)
/// }
/// assert_eq!(halve(3.0_f32), 1.5);
/// assert_eq!(f64::UNIT_ROUNDOFF, 2.0_f64.powi(-53));
/// ```
pub trait Scalar:
    sealed::Sealed
    + Copy
    + Debug
    + Display
    + LowerExp
    + PartialOrd
    + num_traits::Num
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Send
    + Sync
    + 'static
{
    /// Name of the format: `"f32"` or `"f64"`.
    const NAME: &'static str;
    /// Unit roundoff `u`: 2⁻²⁴ or 2⁻⁵³. A rounded operation has relative error at most `u`.
    const UNIT_ROUNDOFF: Self;
    /// Smallest positive number `ω`: 2⁻¹⁴⁹ or 2⁻¹⁰⁷⁴.
    const MIN_SUBNORMAL: Self;
    /// Smallest positive normal number: 2⁻¹²⁶ or 2⁻¹⁰²².
    const MIN_NORMAL: Self;
    /// Largest finite number.
    const MAX: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// Not a number.
    const NAN: Self;
    /// Digits of the significand: 24 or 53.
    const DIGITS: i32;
    /// Exponent of [`MAX`](Self::MAX): 127 or 1023.
    const MAX_EXPONENT: i32;
    /// Exponent of [`MIN_SUBNORMAL`](Self::MIN_SUBNORMAL): −149 or −1074.
    const MIN_EXPONENT: i32;
    /// An allowance for every underflow in a computation scaled to entries in `[1, 2)`:
    /// 2⁻¹⁰⁰ or 2⁻⁹⁶⁰.
    ///
    /// It exceeds 2⁴⁸ times `ω`, so it covers the underflow of any sum that memory can hold, and
    /// it is far below `u²`, so it never shows in a bound.
    const UNDERFLOW_ALLOWANCE: Self;

    /// The square root, correctly rounded (from `libm`, the same bits on every target).
    ///
    /// NaN for negative input.
    #[must_use]
    fn square_root(self) -> Self;

    /// The natural logarithm from `libm`. It is accurate to about one ulp and carries no proved bound.
    #[must_use]
    fn natural_logarithm(self) -> Self;

    /// The magnitude `|x|`, exact.
    #[must_use]
    fn magnitude(self) -> Self;

    /// The least number greater than `self`.
    #[must_use]
    fn next_up(self) -> Self;

    /// The greatest number less than `self`.
    #[must_use]
    fn next_down(self) -> Self;

    /// Whether the value is neither NaN nor infinite.
    #[must_use]
    fn is_finite(self) -> bool;

    /// Whether the value is NaN.
    #[must_use]
    fn is_nan(self) -> bool;

    /// `2^exponent`, exact; zero below [`MIN_EXPONENT`](Self::MIN_EXPONENT), infinite above
    /// [`MAX_EXPONENT`](Self::MAX_EXPONENT).
    #[must_use]
    fn power_of_two(exponent: i32) -> Self;

    /// `⌊log₂|x|⌋` for finite `x ≠ 0`, exact, subnormal numbers included; `None` otherwise.
    #[must_use]
    fn exponent(self) -> Option<i32>;

    /// The nearest number to a count, ties to even. Exact up to 2²⁴ or 2⁵³.
    #[must_use]
    fn from_count(count: usize) -> Self;

    /// The nearest number to a binary64 value.
    #[must_use]
    fn from_f64(value: f64) -> Self;

    /// The value as binary64, exact.
    #[must_use]
    fn to_f64(self) -> f64;

    /// The bits of the value, widened with zeros; every NaN gives the same code, since the bits of
    /// a NaN differ between targets.
    #[must_use]
    fn to_canonical_bits(self) -> u64;

    /// The slice itself if the format is binary64: generic code finds the registers of the format.
    #[must_use]
    fn as_doubles(slice: &mut [Self]) -> Option<&mut [f64]>;

    /// The slice itself if the format is binary32.
    #[must_use]
    fn as_singles(slice: &mut [Self]) -> Option<&mut [f32]>;

    /// The greater of two numbers; the second if they compare equal or one is NaN.
    ///
    /// Written as a comparison because the sign of a zero that `max` returns differs by target.
    #[must_use]
    fn greater(self, other: Self) -> Self {
        if self > other { self } else { other }
    }

    /// The lesser of two numbers; the second if they compare equal or one is NaN.
    #[must_use]
    fn lesser(self, other: Self) -> Self {
        if self < other { self } else { other }
    }

    /// `x · 2^exponent` rounded once to nearest, for any exponent and any `x`.
    ///
    /// Exact unless the result is subnormal or overflows.
    #[must_use]
    fn scale_exp2(self, exponent: i32) -> Self {
        let Some(own) = self.exponent() else {
            return self;
        };
        if exponent < Self::MIN_EXPONENT {
            // 2^exponent is no number. Bring x into [1/4, 1/2), exactly, and round once: the factor is
            // zero only where the result is below ω/2 and rounds to zero.
            let rest = exponent.saturating_add(own).saturating_add(2);
            let significand = self.scale_exp2(-own) * Self::power_of_two(-2);
            return significand * Self::power_of_two(rest);
        }
        if exponent > Self::MAX_EXPONENT {
            // Three exact steps: at most MAX_EXPONENT − MIN_EXPONENT matters before overflow.
            let rest = exponent.saturating_sub(Self::MAX_EXPONENT);
            let scaled = self * Self::power_of_two(Self::MAX_EXPONENT);
            let first = rest.min(Self::MAX_EXPONENT);
            let second = rest.saturating_sub(first).min(Self::MAX_EXPONENT);
            return scaled * Self::power_of_two(first) * Self::power_of_two(second);
        }
        self * Self::power_of_two(exponent)
    }
}

macro_rules! scalar {
    ($float:ident, $bits:ident, $digits:literal, $root:path, $log:path, $allowance:literal, $own:ident, $other:ident $other_float:ident) => {
        impl Scalar for $float {
            const NAME: &'static str = stringify!($float);
            const UNIT_ROUNDOFF: Self = $float::EPSILON / 2.0;
            const MIN_SUBNORMAL: Self = $float::from_bits(1);
            const MIN_NORMAL: Self = $float::MIN_POSITIVE;
            const MAX: Self = $float::MAX;
            const INFINITY: Self = $float::INFINITY;
            const NAN: Self = $float::NAN;
            const DIGITS: i32 = $digits;
            const MAX_EXPONENT: i32 = $float::MAX_EXP - 1;
            const MIN_EXPONENT: i32 = $float::MIN_EXP - $digits;
            const UNDERFLOW_ALLOWANCE: Self = {
                let exponent: i32 = $allowance;
                $float::from_bits(((exponent + Self::MAX_EXPONENT) as $bits) << ($digits - 1))
            };

            #[inline]
            fn square_root(self) -> Self {
                $root(self)
            }

            #[inline]
            fn natural_logarithm(self) -> Self {
                $log(self)
            }

            #[inline]
            fn magnitude(self) -> Self {
                $float::from_bits(self.to_bits() & ($bits::MAX >> 1))
            }

            #[inline]
            fn next_up(self) -> Self {
                $float::next_up(self)
            }

            #[inline]
            fn next_down(self) -> Self {
                $float::next_down(self)
            }

            #[inline]
            fn is_finite(self) -> bool {
                $float::is_finite(self)
            }

            #[inline]
            fn is_nan(self) -> bool {
                $float::is_nan(self)
            }

            #[inline]
            fn power_of_two(exponent: i32) -> Self {
                if exponent > Self::MAX_EXPONENT {
                    Self::INFINITY
                } else if exponent > -Self::MAX_EXPONENT {
                    $float::from_bits(((exponent + Self::MAX_EXPONENT) as $bits) << ($digits - 1))
                } else if exponent >= Self::MIN_EXPONENT {
                    $float::from_bits(1 << (exponent - Self::MIN_EXPONENT))
                } else {
                    0.0
                }
            }

            #[inline]
            fn exponent(self) -> Option<i32> {
                if !self.is_finite() {
                    return None;
                }
                let bits = self.to_bits() & ($bits::MAX >> 1);
                let field = (bits >> ($digits - 1)) as i32;
                Some(if field == 0 {
                    // Zero has no leading bit.
                    Self::MIN_EXPONENT + bits.checked_ilog2()? as i32
                } else {
                    field - Self::MAX_EXPONENT
                })
            }

            #[inline]
            fn from_count(count: usize) -> Self {
                count as $float
            }

            #[inline]
            fn from_f64(value: f64) -> Self {
                value as $float
            }

            #[inline]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            #[inline]
            fn $own(slice: &mut [Self]) -> Option<&mut [Self]> {
                Some(slice)
            }

            #[inline]
            fn $other(_: &mut [Self]) -> Option<&mut [$other_float]> {
                None
            }

            #[inline]
            fn to_canonical_bits(self) -> u64 {
                u64::from(if self.is_nan() {
                    $float::NAN.to_bits() & ($bits::MAX >> 1)
                } else {
                    self.to_bits()
                })
            }
        }
    };
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "exponent fields are at most 11 bits, and the conversions to floating point are documented as rounding"
)]
mod implementation {
    use super::Scalar;

    scalar!(f32, u32, 24, libm::sqrtf, libm::logf, -100, as_singles, as_doubles f64);
    scalar!(f64, u64, 53, libm::sqrt, libm::log, -960, as_doubles, as_singles f32);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn constants_are_the_formats() {
        assert_eq!(f64::UNIT_ROUNDOFF.to_bits(), 0x3ca0_0000_0000_0000);
        assert_eq!(f32::UNIT_ROUNDOFF.to_bits(), 0x3380_0000);
        assert_eq!(f64::MIN_EXPONENT, -1074);
        assert_eq!(f32::MIN_EXPONENT, -149);
        assert_eq!(f64::UNDERFLOW_ALLOWANCE, f64::power_of_two(-960));
        assert_eq!(f32::UNDERFLOW_ALLOWANCE, f32::power_of_two(-100));
        assert_eq!(f64::power_of_two(-1074), f64::MIN_SUBNORMAL);
        assert_eq!(f64::power_of_two(-1075), 0.0);
        assert_eq!(f64::power_of_two(1024), f64::INFINITY);
    }

    #[test]
    fn square_root_is_correctly_rounded_on_every_perfect_square_of_a_small_integer() {
        for k in 0..4096_u16 {
            let x = f64::from(k);
            assert_eq!((x * x).square_root(), x, "{k}");
            assert_eq!((f32::from(k) * f32::from(k)).square_root(), f32::from(k), "{k}");
        }
    }

    #[test]
    fn scaling_beyond_the_exponent_range_is_exact_until_the_result_leaves_it() {
        let tiny = f64::MIN_SUBNORMAL;
        assert_eq!(tiny.scale_exp2(2097), f64::power_of_two(1023));
        assert_eq!(tiny.scale_exp2(2098), f64::INFINITY);
        assert_eq!(f64::power_of_two(1023).scale_exp2(-2097), tiny);
        assert_eq!(f64::power_of_two(1023).scale_exp2(-2099), 0.0);
        assert_eq!(f64::MAX.scale_exp2(i32::MIN), 0.0);
        assert_eq!(tiny.scale_exp2(i32::MAX), f64::INFINITY);
        assert_eq!((-1.5_f32).scale_exp2(-149), -2.0 * f32::MIN_SUBNORMAL);
    }

    proptest! {
        #[test]
        fn exponent_brackets_the_magnitude(bits in any::<u64>()) {
            let x = f64::from_bits(bits);
            if let Some(e) = x.exponent() {
                prop_assert!(f64::power_of_two(e) <= x.magnitude());
                prop_assert!(x.magnitude() < f64::power_of_two(e + 1));
            } else {
                prop_assert!(x == 0.0 || !x.is_finite());
            }
        }

        #[test]
        fn scaling_is_undone_by_the_inverse_where_it_is_exact(
            significand in 1.0_f64..2.0, negative in any::<bool>(), from in -1022_i32..1024, to in -1022_i32..1024,
        ) {
            // Any normal number to the exponent of any other: nothing is rounded on either way.
            let x = if negative { -significand } else { significand }.scale_exp2(from);
            let y = x.scale_exp2(to - from);
            prop_assert_eq!(y.exponent(), Some(to));
            prop_assert_eq!(y.scale_exp2(from - to), x);
        }

        #[test]
        fn subnormal_numbers_are_scaled_up_exactly(bits in 1_u64..1 << 52, k in 0_i32..1024) {
            let x = f64::from_bits(bits);
            let y = x.scale_exp2(k);
            prop_assert_eq!(y.exponent(), x.exponent().map(|e| e + k));
            prop_assert_eq!(y.scale_exp2(-k), x);
        }
    }
}
