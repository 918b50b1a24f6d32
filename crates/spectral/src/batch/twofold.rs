// SPDX-License-Identifier: MIT OR Apache-2.0

//! Lanes in two registers.
//!
//! An addition takes several cycles, and much of the kernel waits for the one before. Two groups of matrices that do not wait
//! for each other nearly halve the time of small ones.

use core::ops::{Add, Mul, Sub};

use widthwise_rounding::Scalar;

use super::lanes::Lanes;

/// Lanes in two registers with `HALF` lanes each, so that two independent operations are always under way: the latency of one hides behind the
/// other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Twofold<V, const HALF: usize>(pub(super) V, pub(super) V);

impl<T: Scalar, V: Lanes<T>, const HALF: usize> Lanes<T> for Twofold<V, HALF> {
    #[inline(always)]
    fn splat(self, x: T) -> Self {
        let value = self.0.splat(x);
        Self(value, value)
    }

    #[inline(always)]
    fn over(self, divisor: Self) -> Self {
        Self(self.0.over(divisor.0), self.1.over(divisor.1))
    }

    #[inline(always)]
    fn square_root(self) -> Self {
        Self(self.0.square_root(), self.1.square_root())
    }

    #[inline(always)]
    fn magnitude(self) -> Self {
        Self(self.0.magnitude(), self.1.magnitude())
    }

    #[inline(always)]
    fn if_greater(self, other: Self, value: Self, otherwise: Self) -> Self {
        Self(
            self.0.if_greater(other.0, value.0, otherwise.0),
            self.1.if_greater(other.1, value.1, otherwise.1),
        )
    }

    #[inline(always)]
    fn gather(self, x: impl Fn(usize) -> T) -> Self {
        Self(self.0.gather(&x), self.1.gather(|lane| x(lane + HALF)))
    }

    #[inline(always)]
    fn gather_four(self, x: impl Fn(usize) -> [T; 4]) -> [Self; 4] {
        let [a, b, c, d] = self.0.gather_four(&x);
        let [e, f, g, h] = self.1.gather_four(|lane| x(lane + HALF));
        [Self(a, e), Self(b, f), Self(c, g), Self(d, h)]
    }

    #[inline(always)]
    fn reciprocal_power_of_two(self) -> Self {
        Self(self.0.reciprocal_power_of_two(), self.1.reciprocal_power_of_two())
    }

    #[inline(always)]
    fn get(&self, lane: usize) -> T {
        if lane < HALF { self.0.get(lane) } else { self.1.get(lane - HALF) }
    }

    #[inline(always)]
    fn all_positive(self) -> bool {
        self.0.all_positive() && self.1.all_positive()
    }
}

impl<V: Add<Output = V>, const HALF: usize> Add for Twofold<V, HALF> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1)
    }
}

impl<V: Sub<Output = V>, const HALF: usize> Sub for Twofold<V, HALF> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0, self.1 - other.1)
    }
}

impl<V: Mul<Output = V>, const HALF: usize> Mul for Twofold<V, HALF> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0, self.1 * other.1)
    }
}
