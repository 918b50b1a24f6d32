// SPDX-License-Identifier: MIT OR Apache-2.0

//! Error-free transforms: a rounded result together with its exact error.
//!
//! `two_sum` is Knuth's (six operations, no condition on the magnitudes); `two_prod` is Veltkamp's
//! splitting with Dekker's product (seventeen operations), which needs no fused multiply-add and
//! therefore costs the same few instructions on a target that lacks one.
//!
//! # Proof
//!
//! `proofs/theories/float/ErrorFree.v`, theorems `two_sum` and `two_prod`; for IEEE data `ieee_two_sum` and `ieee_two_prod` in
//! `proofs/theories/float/Ieee.v`. What they leave to the
//! caller is written at each function: no overflow, and for the product no underflow.

use crate::Scalar;

/// Computes `(s, e)` with `s = fl(a + b)` and `s + e = a + b` exactly.
///
/// Exact, underflow included, unless an operation overflows; then `e` is not finite.
/// Six operations.
///
/// # Examples
///
/// ```
/// use widthwise_rounding::error_free::two_sum;
/// let (s, e) = two_sum(1e16_f64, 1.0);
/// assert_eq!((s, e), (1e16, 1.0));
/// ```
#[inline]
#[must_use]
pub fn two_sum<T: Scalar>(a: T, b: T) -> (T, T) {
    let s = a + b;
    let b_virtual = s - a;
    let a_virtual = s - b_virtual;
    let b_error = b - b_virtual;
    let a_error = a - a_virtual;
    (s, a_error + b_error)
}

/// Splits `a` into `high + low` exactly, each with at most half the digits of the format.
///
/// Exact for `|a| ≤ 2^(MAX_EXPONENT − 28)` (binary64) or `2^(MAX_EXPONENT − 13)` (binary32): above, the
/// multiplication by `2^s + 1` overflows and the parts are not finite. Four operations.
///
/// # Examples
///
/// ```
/// use widthwise_rounding::error_free::split;
/// let (high, low) = split(0.1_f64);
/// assert_eq!(high + low, 0.1);
/// assert_eq!((high * high).to_bits() & 1, 0);
/// ```
#[inline]
#[must_use]
pub fn split<T: Scalar>(a: T) -> (T, T) {
    let factor = T::power_of_two((T::DIGITS + 1) / 2) + T::one();
    let c = factor * a;
    let high = c - (c - a);
    (high, a - high)
}

/// Computes `(p, e)` with `p = fl(a · b)` and `p + e = a · b` exactly.
///
/// Exact if `|a|` and `|b|` satisfy the condition of [`split`], the product does not overflow, and it is
/// zero or at least `2^(MIN_EXPONENT + 2·DIGITS)` in magnitude. If the product underflows, the error
/// of `e` is at most `5ω`. Seventeen operations.
///
/// # Examples
///
/// ```
/// use widthwise_rounding::error_free::two_prod;
/// let a = 1.0 + f64::EPSILON;
/// assert_eq!(two_prod(a, a), (1.0 + 2.0 * f64::EPSILON, f64::EPSILON * f64::EPSILON));
/// ```
#[inline]
#[must_use]
pub fn two_prod<T: Scalar>(a: T, b: T) -> (T, T) {
    let p = a * b;
    let (a_high, a_low) = split(a);
    let (b_high, b_low) = split(b);
    let e = a_low * b_low - (((p - a_high * b_high) - a_low * b_high) - a_high * b_low);
    (p, e)
}

/// [`two_prod`] where it is proved exact, `None` where its conditions may fail.
///
/// # Examples
///
/// ```
/// use widthwise_rounding::error_free::checked_two_prod;
/// assert_eq!(checked_two_prod(3.0, 0.5), Some((1.5, 0.0)));
/// assert_eq!(checked_two_prod(1e-200, 1e-200), None);
/// ```
#[inline]
#[must_use]
pub fn checked_two_prod<T: Scalar>(a: T, b: T) -> Option<(T, T)> {
    if a == T::zero() || b == T::zero() {
        return if a.is_finite() && b.is_finite() { Some((a * b, T::zero())) } else { None };
    }
    let largest = T::power_of_two(T::MAX_EXPONENT - (T::DIGITS + 1) / 2 - 1);
    let smallest = T::power_of_two(T::MIN_EXPONENT + 2 * T::DIGITS);
    let product = (a * b).magnitude();
    let safe =
        a.magnitude() <= largest && b.magnitude() <= largest && product >= smallest && product <= largest;
    if safe { Some(two_prod(a, b)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Exact product of two binary32 numbers, which binary64 holds whenever nothing underflows.
    fn exact(a: f32, b: f32) -> f64 {
        f64::from(a) * f64::from(b)
    }

    #[test]
    fn split_halves_the_significand() {
        for a in [1.0 / 3.0, -1.0 / 7.0, 1.0 + f64::EPSILON, 1e300, -0.0] {
            let (high, low) = split(a);
            assert_eq!(high + low, a);
            assert_eq!(high.to_bits() & ((1 << 26) - 1), 0, "{a}: the high part has 27 digits at most");
        }
    }

    #[test]
    fn two_prod_error_agrees_with_integers_beyond_the_format() {
        for (a, b) in
            [(0x1f_ffff_ffff_ffff_u64, 0x1f_ffff_ffff_fffd_u64), (0x15_5555_5555_5555, 3), (12345, 1 << 40)]
        {
            let (p, e) = two_prod(a as f64, b as f64);
            let exact = i128::from(a) * i128::from(b);
            assert_eq!(p as i128 + e as i128, exact);
        }
    }

    proptest! {
        #[test]
        fn two_sum_is_exact_in_single_precision(
            x in -2.0_f32..2.0, y in -2.0_f32..2.0, exponent in -149..=126_i32, apart in -28..=28_i32,
        ) {
            // Exact in binary64, since the exponents are at most 29 apart.
            let (a, b) = (x.scale_exp2(exponent), y.scale_exp2((exponent + apart).min(126)));
            let (s, e) = two_sum(a, b);
            prop_assert_eq!(f64::from(s) + f64::from(e), f64::from(a) + f64::from(b));
            prop_assert_eq!(s, a + b);
        }

        #[test]
        fn two_prod_is_exact_in_single_precision(a in -1e15_f32..1e15, b in -1e15_f32..1e15) {
            if let Some((p, e)) = checked_two_prod(a, b) {
                prop_assert_eq!(f64::from(p) + f64::from(e), exact(a, b));
                prop_assert_eq!(p, a * b);
            } else {
                prop_assert!(exact(a, b).abs() < f64::power_of_two(-100) || exact(a, b).abs() > f64::power_of_two(114));
            }
        }

        #[test]
        fn two_prod_of_underflowing_numbers_errs_by_at_most_five_subnormals(a in -1e-18_f32..1e-18, b in -1e-18_f32..1e-18) {
            let (p, e) = two_prod(a, b);
            let error = (f64::from(p) + f64::from(e) - exact(a, b)).abs();
            prop_assert!(error <= 5.0 * f64::from(f32::MIN_SUBNORMAL), "{error:e}");
        }

        #[test]
        fn two_prod_agrees_with_the_fused_product(a in -1e100_f64..1e100, b in -1e100_f64..1e100) {
            if let Some((p, e)) = checked_two_prod(a, b) {
                prop_assert_eq!(e, libm::fma(a, b, -p));
            }
        }
    }
}
