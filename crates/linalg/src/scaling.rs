// SPDX-License-Identifier: MIT OR Apache-2.0

//! The power of two that brings the largest entry of an array into `[1, 2)`.
//!
//! Every certified kernel first looks at its input once: it refuses NaN and infinity and finds the scaling. On
//! the scaled array no square overflows and none that matters underflows, so one error bound serves from subnormal
//! numbers to the largest. The exponent is put back at the end, as an integer.

use nalgebra::{Dim, Matrix, RawStorage};
use widthwise_rounding::Scalar;

use crate::KernelError;

/// Multiplication by the power of two that brings the largest entry of an array into `[1, 2)`.
///
/// # Examples
///
/// ```
/// use nalgebra::vector;
/// use widthwise_linalg::Scaling;
///
/// let scaling = Scaling::of(&vector![3e300_f64, -5e300])?;
/// assert!((1.0..2.0).contains(&scaling.apply(5e300)));
/// // No digit changes, only the exponent.
/// assert_eq!(scaling.apply(5e300) * 2.0_f64.powi(scaling.exponent()), 5e300);
/// assert!(scaling.is_exact());
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaling<T> {
    exponent: i32,
    first: T,
    second: T,
    exact: bool,
    zero: bool,
}

impl<T: Scalar> Scaling<T> {
    /// The scaling of all entries of `a`; the identity if `a` is empty or zero. One pass.
    ///
    /// # Errors
    ///
    /// Fails on the first entry, in column-major order, that is NaN or infinite.
    #[inline]
    pub fn of<R: Dim, C: Dim, S: RawStorage<T, R, C>>(a: &Matrix<T, R, C, S>) -> Result<Self, KernelError> {
        // Four of each, so that one entry need not wait for the one before; written out, because a compiler that optimises for
        // size would keep an array of them in memory.
        let (mut first, mut second, mut third, mut fourth) =
            (Extremes::none(), Extremes::none(), Extremes::none(), Extremes::none());
        let (rows, columns) = a.shape();
        for j in 0..columns {
            let mut i = 0;
            while i + 4 <= rows {
                first.meet_entry(a, i, j);
                second.meet_entry(a, i + 1, j);
                third.meet_entry(a, i + 2, j);
                fourth.meet_entry(a, i + 3, j);
                i += 4;
            }
            while i < rows {
                first.meet_entry(a, i, j);
                i += 1;
            }
        }
        let Extremes { largest, smallest, poison } = first.with(second).with(third.with(fourth));
        if poison.is_nan() {
            return Err(first_not_finite(a));
        }
        let Some(high) = largest.exponent() else {
            return Ok(Self { exponent: 0, first: T::one(), second: T::one(), exact: true, zero: true });
        };
        let low = smallest.exponent().unwrap_or(high);
        // A power above the range needs two factors. Every entry is subnormal then, and neither product is rounded: of other
        // powers the second factor is 1, so that no entry is rounded twice.
        let wanted = -high;
        let first = wanted.min(T::MAX_EXPONENT);
        Ok(Self {
            exponent: high,
            first: T::power_of_two(first),
            second: T::power_of_two(wanted - first),
            // An entry stays a multiple of its last digit if it stays normal.
            exact: low - high > -T::MAX_EXPONENT,
            zero: false,
        })
    }

    /// `x · 2^(−exponent)`.
    ///
    /// Exact unless the result is subnormal; then the error is at most `ω/2`.
    #[inline]
    #[must_use]
    pub fn apply(&self, x: T) -> T {
        x * self.first * self.second
    }

    /// The exponent of the largest entry: `⌊log₂ max|a_ij|⌋`, zero for a zero array.
    #[must_use]
    pub fn exponent(&self) -> i32 {
        self.exponent
    }

    /// Whether there is no entry but zero.
    #[must_use]
    pub fn is_of_zero(&self) -> bool {
        self.zero
    }

    /// Whether no entry lost a digit.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.exact
    }
}

/// The largest and the smallest magnitude of some entries but zero.
#[derive(Clone, Copy)]
struct Extremes<T> {
    largest: T,
    smallest: T,
    /// Zero if all entries are finite, NaN otherwise.
    poison: T,
}

impl<T: Scalar> Extremes<T> {
    fn none() -> Self {
        Self { largest: T::zero(), smallest: T::INFINITY, poison: T::zero() }
    }

    #[inline]
    fn meet(&mut self, entry: T) {
        let magnitude = entry.magnitude();
        // 0·x is zero for a finite x and NaN otherwise: one accumulator finds both, where a running maximum would
        // ignore a NaN.
        self.poison += magnitude * T::zero();
        self.largest = magnitude.greater(self.largest);
        let counted = if magnitude > T::zero() { magnitude } else { T::INFINITY };
        self.smallest = counted.lesser(self.smallest);
    }

    #[inline(always)]
    fn meet_entry<R: Dim, C: Dim, S: RawStorage<T, R, C>>(
        &mut self,
        a: &Matrix<T, R, C, S>,
        row: usize,
        column: usize,
    ) {
        // Always there; an index would keep its panic in firmware.
        if let Some(&entry) = a.get((row, column)) {
            self.meet(entry);
        }
    }

    #[inline]
    fn with(self, other: Self) -> Self {
        Self {
            largest: self.largest.greater(other.largest),
            smallest: self.smallest.lesser(other.smallest),
            poison: self.poison + other.poison,
        }
    }
}

#[cold]
fn first_not_finite<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    a: &Matrix<T, R, C, S>,
) -> KernelError {
    let rows = a.nrows();
    let index = a.iter().position(|entry| !entry.is_finite()).unwrap_or(0);
    let nan = a.iter().nth(index).is_some_and(|entry| entry.is_nan());
    let rows = if rows == 0 { 1 } else { rows };
    KernelError::not_finite(index % rows, index / rows, nan)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{matrix, vector};
    use proptest::prelude::*;

    #[test]
    fn extremes_of_the_range_are_scaled_exactly() {
        for x in [f64::MAX, f64::MIN_POSITIVE, f64::MIN_SUBNORMAL, 7.0 * f64::MIN_SUBNORMAL, 1.0] {
            let scaling = Scaling::of(&vector![x]).unwrap();
            let scaled = scaling.apply(x);
            assert!((1.0..2.0).contains(&scaled), "{x:e} {scaled}");
            assert_eq!(scaled.scale_exp2(scaling.exponent()), x);
            assert!(scaling.is_exact());
        }
    }

    #[test]
    fn entries_that_would_become_subnormal_are_reported() {
        assert!(!Scaling::of(&vector![1e300, 3e-300]).unwrap().is_exact());
        assert!(Scaling::of(&vector![1e300, 0.0]).unwrap().is_exact());
        assert!(Scaling::of(&vector![1.0_f64, f64::MIN_POSITIVE]).unwrap().is_exact());
    }

    /// 11/8 of the last digit of the range is next to one, though half of 11 is next to 6.
    #[test]
    fn entries_that_become_subnormal_are_rounded_once() {
        let scaling = Scaling::of(&vector![8.0, 11.0 * f64::MIN_SUBNORMAL]).unwrap();
        assert_eq!(scaling.apply(11.0 * f64::MIN_SUBNORMAL), f64::MIN_SUBNORMAL);
        let scaling = Scaling::of(&vector![f32::MAX, f32::MIN_NORMAL]).unwrap();
        assert_eq!((scaling.apply(f32::MAX), scaling.apply(f32::MIN_NORMAL)), (2.0 - f32::EPSILON, 0.0));
    }

    #[test]
    fn not_finite_entries_are_found_where_they_are() {
        let a = matrix![1.0, 2.0, f64::INFINITY; 3.0, f64::NEG_INFINITY, 5.0];
        let error = Scaling::of(&a).unwrap_err();
        assert_eq!(error.position(), Some((1, 1)));
        assert!(error.is_infinite());
        let error = Scaling::of(&vector![0.0_f32, f32::NAN]).unwrap_err();
        assert!(error.is_nan() && error.position() == Some((1, 0)));
    }

    proptest! {
        #[test]
        fn largest_entry_lands_in_the_unit_binade(x in proptest::array::uniform4(any::<f32>())) {
            prop_assume!(x.iter().all(|x| x.is_finite()) && x.iter().any(|&x| x != 0.0));
            let v = nalgebra::Vector4::from(x);
            let scaling = Scaling::of(&v).unwrap();
            let largest = v.iter().fold(0.0_f32, |m, &x| m.greater(scaling.apply(x).magnitude()));
            prop_assert!((1.0..2.0).contains(&largest));
        }
    }
}
