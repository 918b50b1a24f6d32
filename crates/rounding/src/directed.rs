// SPDX-License-Identifier: MIT OR Apache-2.0

//! Arithmetic rounded towards one side, for bounds on bounds.
//!
//! Rust offers no switch of the rounding mode, so each function here rounds to nearest and then
//! steps one number outward: `x ≤ next_up(fl(x))` and `next_down(fl(x)) ≤ x` hold for every real
//! `x`, underflow and overflow included, because `fl(x)` is a number nearest to `x`.
//! A bound composed of these functions needs no count of its roundings. The price is one ulp a
//! step; use [`inflate_up`](crate::inflate_up) once at the end of a kernel where that matters.
//!
//! NaN in gives NaN out. A caller tests `bound >= value`, which is false for NaN.
//!
//! # Proof
//!
//! `proofs/theories/float/Directed.v`, theorems `next_up_bound` and `next_down_bound`, for whatever was rounded to nearest; that the
//! five operations are: `Bplus_nearest` and its like.

use crate::Scalar;

/// An upper bound of `a + b`, at most two ulps above it.
///
/// ```
/// use widthwise_rounding::directed::add_up;
/// assert!(add_up(1.0, f64::MIN_POSITIVE) > 1.0);
/// ```
#[inline]
#[must_use]
pub fn add_up<T: Scalar>(a: T, b: T) -> T {
    (a + b).next_up()
}

/// A lower bound of `a + b`, at most two ulps below it.
///
/// ```
/// use widthwise_rounding::directed::add_down;
/// assert!(add_down(1.0, -f64::MIN_POSITIVE) < 1.0);
/// ```
#[inline]
#[must_use]
pub fn add_down<T: Scalar>(a: T, b: T) -> T {
    (a + b).next_down()
}

/// An upper bound of `a − b`, at most two ulps above it.
///
/// ```
/// use widthwise_rounding::directed::sub_up;
/// assert!(sub_up(1.0, f64::MIN_POSITIVE) >= 1.0);
/// ```
#[inline]
#[must_use]
pub fn sub_up<T: Scalar>(a: T, b: T) -> T {
    (a - b).next_up()
}

/// A lower bound of `a − b`, at most two ulps below it.
///
/// ```
/// use widthwise_rounding::directed::sub_down;
/// assert!(sub_down(1.0, f64::MIN_POSITIVE) < 1.0);
/// ```
#[inline]
#[must_use]
pub fn sub_down<T: Scalar>(a: T, b: T) -> T {
    (a - b).next_down()
}

/// An upper bound of `a · b`, at most two ulps above it.
///
/// ```
/// use widthwise_rounding::directed::mul_up;
/// assert!(mul_up(1e-200_f64, 1e-200) > 0.0);
/// ```
#[inline]
#[must_use]
pub fn mul_up<T: Scalar>(a: T, b: T) -> T {
    (a * b).next_up()
}

/// A lower bound of `a · b`, at most two ulps below it.
///
/// ```
/// use widthwise_rounding::directed::mul_down;
/// assert_eq!(mul_down(1e200_f64, 1e200), f64::MAX);
/// ```
#[inline]
#[must_use]
pub fn mul_down<T: Scalar>(a: T, b: T) -> T {
    (a * b).next_down()
}

/// An upper bound of `a / b` for `b ≠ 0`, at most two ulps above it.
///
/// ```
/// use widthwise_rounding::directed::div_up;
/// assert!(3.0 * div_up(1.0_f64, 3.0) >= 1.0);
/// ```
#[inline]
#[must_use]
pub fn div_up<T: Scalar>(a: T, b: T) -> T {
    (a / b).next_up()
}

/// A lower bound of `a / b` for `b ≠ 0`, at most two ulps below it.
///
/// ```
/// use widthwise_rounding::directed::div_down;
/// assert!(3.0 * div_down(1.0_f64, 3.0) < 1.0);
/// ```
#[inline]
#[must_use]
pub fn div_down<T: Scalar>(a: T, b: T) -> T {
    (a / b).next_down()
}

/// An upper bound of `√a` for `a ≥ 0`, at most two ulps above it; NaN for `a < 0`.
///
/// ```
/// use widthwise_rounding::directed::square_root_up;
/// let r = square_root_up(2.0_f64);
/// assert!(r * r >= 2.0);
/// ```
#[inline]
#[must_use]
pub fn square_root_up<T: Scalar>(a: T) -> T {
    a.square_root().next_up()
}

/// A lower bound of `√a` for `a ≥ 0`, at most two ulps below it and never negative; NaN for `a < 0`.
///
/// ```
/// use widthwise_rounding::directed::square_root_down;
/// assert_eq!(square_root_down(0.0_f64), 0.0);
/// ```
#[inline]
#[must_use]
pub fn square_root_down<T: Scalar>(a: T) -> T {
    let root = a.square_root();
    if root > T::zero() { root.next_down() } else { root }
}
