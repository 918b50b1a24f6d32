// SPDX-License-Identifier: MIT OR Apache-2.0

//! One lane: a plain number, for a single matrix where code is dear.

use core::ops::{Add, Mul, Sub};

use widthwise_rounding::Scalar;

use super::lanes::{Lanes, WithSingles};

/// A number.
#[derive(Clone, Copy, Debug)]
pub(super) struct One<T>(pub(super) T);

impl<T: Scalar> Lanes<T> for One<T> {
    #[inline(always)]
    fn splat(self, x: T) -> Self {
        Self(x)
    }

    #[inline(always)]
    fn over(self, divisor: Self) -> Self {
        Self(self.0 / divisor.0)
    }

    #[inline(always)]
    fn square_root(self) -> Self {
        Self(self.0.square_root())
    }

    #[inline(always)]
    fn magnitude(self) -> Self {
        Self(self.0.magnitude())
    }

    #[inline(always)]
    fn if_greater(self, other: Self, value: Self, otherwise: Self) -> Self {
        if self.0 > other.0 { value } else { otherwise }
    }

    #[inline(always)]
    fn gather(self, x: impl Fn(usize) -> T) -> Self {
        Self(x(0))
    }

    #[inline(always)]
    fn gather_four(self, x: impl Fn(usize) -> [T; 4]) -> [Self; 4] {
        x(0).map(Self)
    }

    #[inline(always)]
    fn get(&self, _: usize) -> T {
        self.0
    }

    #[inline(always)]
    fn all_positive(self) -> bool {
        self.0 > T::zero()
    }
}

impl<T: Scalar> WithSingles<T> for One<T> {
    type Single = One<f32>;

    #[inline(always)]
    fn to_single(self) -> One<f32> {
        One(f32::from_f64(self.0.to_f64()))
    }

    #[inline(always)]
    fn with_singles(self, single: One<f32>) -> Self {
        Self(T::from_f64(single.0.to_f64()))
    }
}

impl<T: Scalar> Add for One<T> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl<T: Scalar> Sub for One<T> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl<T: Scalar> Mul for One<T> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}
