// SPDX-License-Identifier: MIT OR Apache-2.0

//! A number to the last bit in print: the notation of C's `%a`, on a microcontroller as on the desk.
//!
//! No decimal digit is computed, and nothing of `core`'s formatting of floating-point numbers is linked, which takes more flash than
//! a kernel.

use core::fmt;

use widthwise_rounding::Scalar;

/// The number `significand · 2^exponent`, which displays as `0x1.8p+1` for 3.
///
/// The exponent may lie beyond the range of the format, as that of a scaled enclosure may; the text is still exact.
///
/// # Examples
///
/// ```
/// use widthwise_claims::Hexadecimal;
/// let text = |significand: f64, exponent| Hexadecimal { significand, exponent }.to_string();
/// assert_eq!(text(3.0, 0), "0x1.8p+1");
/// assert_eq!(text(-0.1, 0), "-0x1.999999999999ap-4");
/// assert_eq!(text(1.5, 2000), "0x1.8p+2000");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hexadecimal<T> {
    /// The number before it is scaled.
    pub significand: T,
    /// The exponent of the power of two that scales it.
    pub exponent: i32,
}

impl<T: Scalar> fmt::Display for Hexadecimal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.significand.to_f64();
        if value.is_nan() {
            return f.write_str("NaN");
        }
        f.write_str(if value.is_sign_negative() { "-" } else { "" })?;
        let Some(own) = value.exponent() else {
            return f.write_str(if value == 0.0 { "0x0p+0" } else { "inf" });
        };
        // In [1, 2) the 52 bits behind the point are the fraction.
        let mut fraction = value.scale_exp2(-own).to_bits() & ((1 << 52) - 1);
        let mut digits = 13_usize;
        while digits > 0 && fraction % 16 == 0 {
            fraction /= 16;
            digits -= 1;
        }
        f.write_str(if digits > 0 { "0x1." } else { "0x1" })?;
        if digits > 0 {
            write!(f, "{fraction:0digits$x}")?;
        }
        write!(f, "p{:+}", i64::from(self.exponent) + i64::from(own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    fn text<T: Scalar>(significand: T) -> std::string::String {
        Hexadecimal { significand, exponent: 0 }.to_string()
    }

    #[test]
    fn the_notation_is_that_of_c() {
        assert_eq!(text(3.0_f64), "0x1.8p+1");
        assert_eq!(text(0.1_f64), "0x1.999999999999ap-4");
        assert_eq!(text(0.1_f32), "0x1.99999ap-4");
        assert_eq!(text(1.0 + f64::EPSILON), "0x1.0000000000001p+0");
        assert_eq!(text(-1.0_f64), "-0x1p+0");
        assert_eq!(text(f64::MAX), "0x1.fffffffffffffp+1023");
        assert_eq!(text(f64::from_bits(3)), "0x1.8p-1073");
        assert_eq!(text(f32::from_bits(1)), "0x1p-149");
        assert_eq!(text(-0.0_f64), "-0x0p+0");
        assert_eq!(text(f64::INFINITY), "inf");
        assert_eq!(text(f32::NEG_INFINITY), "-inf");
        assert_eq!(text(f64::NAN), "NaN");
    }
}
