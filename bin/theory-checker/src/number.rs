// SPDX-License-Identifier: MIT OR Apache-2.0

//! Numbers in print: shortest decimal and exact hexadecimal.
//!
//! The decimal text is the shortest that reads back as the same number of its format. The hexadecimal text is that of C's `%a`,
//! `0x1.8p+1` for 3. An end of a scaled enclosure may lie beyond the range of the format; its hexadecimal text is still exact.

use widthwise_rounding::{Scalar, ScaledEnclosure};

/// A number in print.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Number {
    /// The value; infinite where it is beyond the range of binary64.
    pub(crate) value: f64,
    /// The shortest decimal text.
    pub(crate) decimal: String,
    /// The exact hexadecimal text.
    pub(crate) hexadecimal: String,
}

impl Number {
    /// The number `significand · 2^exponent`.
    pub(crate) fn new<T: Scalar>(significand: T, exponent: i32) -> Self {
        let scaled = significand.scale_exp2(exponent);
        let in_range = scaled.is_finite() && scaled.scale_exp2(-exponent) == significand;
        let decimal = if in_range || !significand.is_finite() {
            format!("{scaled:?}")
        } else {
            format!("{significand:?}·2^{exponent}")
        };
        let value = if in_range { scaled.to_f64() } else { significand.to_f64().scale_exp2(exponent) };
        Self { value, decimal, hexadecimal: hexadecimal(significand, exponent) }
    }
}

/// Both ends of an enclosure in print.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Interval {
    /// The lower end.
    pub(crate) lo: Number,
    /// The upper end.
    pub(crate) hi: Number,
}

impl<T: Scalar> From<&ScaledEnclosure<T>> for Interval {
    fn from(enclosure: &ScaledEnclosure<T>) -> Self {
        let (significand, exponent) = (enclosure.significand(), enclosure.exponent());
        Self { lo: Number::new(significand.lo(), exponent), hi: Number::new(significand.hi(), exponent) }
    }
}

/// `significand · 2^exponent` in the notation of C's `%a`.
fn hexadecimal<T: Scalar>(significand: T, exponent: i32) -> String {
    let value = significand.to_f64();
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let Some(own) = value.exponent() else {
        return if value == 0.0 { format!("{sign}0x0p+0") } else { format!("{value}") };
    };
    // In [1, 2) the 52 bits behind the point are the fraction.
    let fraction = value.scale_exp2(-own).to_bits() & ((1 << 52) - 1);
    let digits = format!("{fraction:013x}");
    let digits = digits.trim_end_matches('0');
    let point = if digits.is_empty() { "" } else { "." };
    format!("{sign}0x1{point}{digits}p{:+}", i64::from(exponent) + i64::from(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_is_that_of_c() {
        assert_eq!(hexadecimal(3.0_f64, 0), "0x1.8p+1");
        assert_eq!(hexadecimal(0.1_f64, 0), "0x1.999999999999ap-4");
        assert_eq!(hexadecimal(0.1_f32, 0), "0x1.99999ap-4");
        assert_eq!(hexadecimal(-1.0_f64, 0), "-0x1p+0");
        assert_eq!(hexadecimal(f64::MAX, 0), "0x1.fffffffffffffp+1023");
        assert_eq!(hexadecimal(f64::from_bits(3), 0), "0x1.8p-1073");
        assert_eq!(hexadecimal(f32::from_bits(1), 0), "0x1p-149");
        assert_eq!(hexadecimal(-0.0_f64, 0), "-0x0p+0");
        assert_eq!(hexadecimal(f64::INFINITY, 0), "inf");
    }

    #[test]
    fn numbers_beyond_the_format_keep_their_exponent() {
        let number = Number::new(1.5_f64, 2000);
        assert_eq!((number.decimal.as_str(), number.hexadecimal.as_str()), ("1.5·2^2000", "0x1.8p+2000"));
        assert_eq!(number.value, f64::INFINITY);
        let number = Number::new(1.5_f32, 200);
        assert_eq!(number.decimal, "1.5·2^200");
        assert_eq!(number.value, 1.5 * f64::power_of_two(200));
        // The last bit of this one would be lost in a subnormal number.
        assert_eq!(Number::new(1.0 + f64::EPSILON, -1030).decimal, "1.0000000000000002·2^-1030");
    }

    #[test]
    fn decimal_is_the_shortest_of_the_format() {
        assert_eq!(Number::new(0.1_f32, 0).decimal, "0.1");
        assert_eq!(Number::new(0.75_f64, 2).decimal, "3.0");
        assert_eq!(Number::new(1e300, 0).decimal, "1e300");
    }
}
