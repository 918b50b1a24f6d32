// SPDX-License-Identifier: MIT OR Apache-2.0

//! Several numbers that undergo the same operations: one entry of as many matrices at once.
//!
//! Every operation acts on each lane alone, so a lane's result does not depend on its neighbours, on the number of
//! lanes, or on the registers. Nothing is fused or reassociated.

use core::array;
use core::ops::{Add, Mul, Sub};

use widthwise_rounding::Scalar;

/// Numbers side by side. A value is made from another one, which knows the registers.
pub(super) trait Lanes<T: Scalar>:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self>
{
    /// The same number in every lane.
    fn splat(self, x: T) -> Self;

    /// The quotients.
    fn over(self, divisor: Self) -> Self;

    /// The roots, correctly rounded.
    fn square_root(self) -> Self;

    /// The magnitudes.
    fn magnitude(self) -> Self;

    /// `value` where `self > other`, `otherwise` elsewhere and where one is NaN.
    fn if_greater(self, other: Self, value: Self, otherwise: Self) -> Self;

    /// `x(lane)` for every lane.
    fn gather(self, x: impl Fn(usize) -> T) -> Self;

    /// Four numbers for every lane, `x(lane)`, transposed.
    fn gather_four(self, x: impl Fn(usize) -> [T; 4]) -> [Self; 4];

    /// The number in a lane.
    fn get(&self, lane: usize) -> T;

    /// Whether every number is positive.
    fn all_positive(self) -> bool;

    /// `self · factor`.
    #[inline(always)]
    fn scale(self, factor: T) -> Self {
        self * self.splat(factor)
    }

    /// The greater of two numbers, as [`Scalar::greater`].
    #[inline(always)]
    fn greater(self, other: Self) -> Self {
        self.if_greater(other, self, other)
    }

    /// The number above a positive normal one: `x/(1 − u)` lies between a half and one unit above `x`, exclusively below,
    /// so it rounds there.
    #[inline(always)]
    fn next_up_of_normal(self) -> Self {
        self.over(self.splat(T::one() - T::UNIT_ROUNDOFF))
    }

    /// The number below a positive normal one: `(1 − u)x` is nearest to it.
    #[inline(always)]
    fn next_down_of_normal(self) -> Self {
        self.scale(T::one() - T::UNIT_ROUNDOFF)
    }

    /// `2^(−⌊log₂ x⌋)` for `x` between `2^−100` and `2^100` (Rump, Ogita and Oishi, SIAM J. Sci. Comput. 31, 2008, "unit in
    /// the first place").
    ///
    /// A power of two for every normal `q`: the distance of two neighbours is one, subtracted and inverted exactly.
    #[inline(always)]
    fn reciprocal_power_of_two(self) -> Self {
        let one = T::one();
        let q = self.scale(T::power_of_two(T::DIGITS - 1) + one);
        self.splat(one).over(q - q.next_down_of_normal())
    }
}

/// Lanes that come with as many in single precision, for what need not be accurate.
pub(super) trait WithSingles<T: Scalar>: Lanes<T> {
    /// The lanes in single precision.
    type Single: Lanes<f32>;

    /// The numbers rounded to single precision.
    fn to_single(self) -> Self::Single;

    /// The numbers of `single`, exactly.
    fn with_singles(self, single: Self::Single) -> Self;
}

/// Lanes of any target.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable<T, const L: usize>(pub(super) [T; L]);

impl<T: Scalar, const L: usize> Lanes<T> for Portable<T, L> {
    #[inline(always)]
    fn splat(self, x: T) -> Self {
        Self([x; L])
    }

    #[inline(always)]
    fn over(self, divisor: Self) -> Self {
        Self(array::from_fn(|l| self.0[l] / divisor.0[l]))
    }

    #[inline(always)]
    fn square_root(self) -> Self {
        Self(self.0.map(Scalar::square_root))
    }

    #[inline(always)]
    fn magnitude(self) -> Self {
        Self(self.0.map(Scalar::magnitude))
    }

    #[inline(always)]
    fn if_greater(self, other: Self, value: Self, otherwise: Self) -> Self {
        Self(array::from_fn(|l| if self.0[l] > other.0[l] { value.0[l] } else { otherwise.0[l] }))
    }

    #[inline(always)]
    fn gather(self, x: impl Fn(usize) -> T) -> Self {
        Self(array::from_fn(x))
    }

    #[inline(always)]
    fn gather_four(self, x: impl Fn(usize) -> [T; 4]) -> [Self; 4] {
        let lanes: [[T; 4]; L] = array::from_fn(x);
        array::from_fn(|k| Self(array::from_fn(|l| lanes[l][k])))
    }

    #[inline(always)]
    fn get(&self, lane: usize) -> T {
        self.0[lane]
    }

    #[inline(always)]
    fn all_positive(self) -> bool {
        let mut positive = true;
        for x in self.0 {
            positive &= x > T::zero();
        }
        positive
    }
}

impl<T: Scalar, const L: usize> WithSingles<T> for Portable<T, L> {
    type Single = Portable<f32, L>;

    #[inline(always)]
    fn to_single(self) -> Portable<f32, L> {
        Portable(self.0.map(|x| f32::from_f64(x.to_f64())))
    }

    #[inline(always)]
    fn with_singles(self, single: Portable<f32, L>) -> Self {
        Self(single.0.map(|x| T::from_f64(x.to_f64())))
    }
}

impl<T: Scalar, const L: usize> Add for Portable<T, L> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(array::from_fn(|l| self.0[l] + other.0[l]))
    }
}

impl<T: Scalar, const L: usize> Sub for Portable<T, L> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(array::from_fn(|l| self.0[l] - other.0[l]))
    }
}

impl<T: Scalar, const L: usize> Mul for Portable<T, L> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(array::from_fn(|l| self.0[l] * other.0[l]))
    }
}
