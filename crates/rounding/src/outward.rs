// SPDX-License-Identifier: MIT OR Apache-2.0

//! One operation rounded to nearest, and moved outward only where it rounded the wrong way.
//!
//! The error-free transforms tell on which side of the exact result the rounded one lies, so that an operation that is exact stays exact: what the
//! ends of an [`Enclosure`](crate::Enclosure) are made of. Where the transforms cannot tell (underflow, overflow), the
//! result moves. An upper bound is `0 − lower(−…)`: the difference from zero, unlike a negation, leaves no negative zero.

use crate::Scalar;
use crate::error_free::{checked_two_prod, two_sum};

/// `fl(a + b)`, or the number below if it exceeds the exact sum.
pub(crate) fn lower_sum<T: Scalar>(a: T, b: T) -> T {
    let (s, e) = two_sum(a, b);
    // The error is NaN after an overflow: then the comparison is false and the result steps outward.
    if e >= T::zero() { s } else { s.next_down() }
}

/// `fl(a + b)`, or the number above if it is below the exact sum.
pub(crate) fn upper_sum<T: Scalar>(a: T, b: T) -> T {
    T::zero() - lower_sum(-a, -b)
}

/// A lower bound of `a · b`, where `0 · ∞ = 0`: an infinite end stands for arbitrarily large numbers.
pub(crate) fn lower_product<T: Scalar>(a: T, b: T) -> T {
    if a == T::zero() || b == T::zero() {
        return T::zero();
    }
    let p = a * b;
    match checked_two_prod(a, b) {
        Some((_, e)) if e >= T::zero() => p,
        // A product of numbers of one sign is positive even if it underflows.
        _ if (a > T::zero()) == (b > T::zero()) => p.next_down().greater(T::zero()),
        _ => p.next_down(),
    }
}

/// An upper bound of `a · b`, where `0 · ∞ = 0`.
pub(crate) fn upper_product<T: Scalar>(a: T, b: T) -> T {
    T::zero() - lower_product(-a, b)
}

/// A lower bound of `a / b` for `b ≠ 0`.
pub(crate) fn lower_quotient<T: Scalar>(a: T, b: T) -> T {
    if a == T::zero() {
        return T::zero();
    }
    let q = a / b;
    // q ≤ a/b exactly if (a − q·b)/b ≥ 0. The difference a − fl(q·b) is exact: the two are within an ulp.
    let rounded_down = checked_two_prod(q, b).is_some_and(|(p, e)| {
        let remainder = (a - p) - e;
        remainder == T::zero() || (remainder > T::zero()) == (b > T::zero())
    });
    if rounded_down {
        q
    } else if (a > T::zero()) == (b > T::zero()) {
        q.next_down().greater(T::zero())
    } else {
        q.next_down()
    }
}

/// An upper bound of `a / b` for `b ≠ 0`.
pub(crate) fn upper_quotient<T: Scalar>(a: T, b: T) -> T {
    T::zero() - lower_quotient(-a, b)
}

/// The sign of `a − r²` if it is known, for `r = fl(√a)`.
fn root_remainder<T: Scalar>(a: T, r: T) -> Option<T> {
    checked_two_prod(r, r).map(|(p, e)| (a - p) - e)
}

/// A lower bound of `√a` for `a > 0`.
pub(crate) fn lower_root<T: Scalar>(a: T) -> T {
    let r = a.square_root();
    match root_remainder(a, r) {
        Some(remainder) if remainder >= T::zero() => r,
        _ => r.next_down().greater(T::zero()),
    }
}

/// An upper bound of `√a` for `a ≥ 0`.
pub(crate) fn upper_root<T: Scalar>(a: T) -> T {
    let r = a.square_root();
    match root_remainder(a, r) {
        Some(remainder) if remainder <= T::zero() => r,
        _ if a == T::zero() => T::zero(),
        _ => r.next_up(),
    }
}
