// SPDX-License-Identifier: MIT OR Apache-2.0

//! Numbers in print: shortest decimal and exact hexadecimal.
//!
//! The decimal text is the shortest that reads back as the same number of its format. The hexadecimal text is that of C's `%a`,
//! `0x1.8p+1` for 3. An end of a scaled enclosure may lie beyond the range of the format; its hexadecimal text is still exact.

use widthwise_claims::Hexadecimal;
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
        Self { value, decimal, hexadecimal: Hexadecimal { significand, exponent }.to_string() }
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

#[cfg(test)]
mod tests {
    use super::*;

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
