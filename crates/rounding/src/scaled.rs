// SPDX-License-Identifier: MIT OR Apache-2.0

//! Enclosures whose exponent travels as an integer.
//!
//! The claims of this workspace are homogeneous, and their instances reach from subnormal numbers to the
//! largest: products of two norms leave the range of the format although the claim about them is plain.
//! A [`ScaledEnclosure`] is `2^exponent · [lo, hi]` with the interval's larger end in `[1, 2)`, so products, quotients and
//! roots neither overflow nor underflow, and comparing two of them is exact.

use core::cmp::Ordering;
use core::ops::{Add, Div, Mul, Neg, Sub};

use crate::{Enclosure, InvalidEnclosure, Scalar, Verdict};

/// Exponents beyond this are given up as unbounded; no product of numbers in memory comes near.
const EXPONENT_LIMIT: i32 = 1 << 28;

/// An interval `2^exponent · [lo, hi]` that contains an exact real value of any magnitude.
///
/// # Examples
///
/// ```
/// use widthwise_rounding::{ScaledEnclosure, Verdict};
///
/// let huge = ScaledEnclosure::point(3e200)?;
/// let product = huge * huge;
/// assert_eq!(product.to_enclosure().hi(), f64::INFINITY);
/// // The product itself is not lost:
/// assert!(product.square_root().is_some_and(|root| root.to_enclosure().contains(3e200)));
/// assert_eq!(huge.is_at_most(&product), Verdict::Proved);
/// # Ok::<(), widthwise_rounding::InvalidEnclosure>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScaledEnclosure<T> {
    significand: Enclosure<T>,
    exponent: i32,
}

impl<T: Scalar> ScaledEnclosure<T> {
    /// The value `2^exponent · significand`, normalised so that the larger end in magnitude lies in `[1, 2)`.
    ///
    /// ```
    /// use widthwise_rounding::{Enclosure, ScaledEnclosure};
    /// let x = ScaledEnclosure::new(Enclosure::from_bounds(3.0, 4.0), 7);
    /// assert_eq!((x.significand().lo(), x.exponent()), (0.75, 9));
    /// ```
    #[must_use]
    pub fn new(significand: Enclosure<T>, exponent: i32) -> Self {
        let largest = significand.lo().magnitude().greater(significand.hi().magnitude());
        let Some(own) = largest.exponent() else {
            // Zero, or an infinite end, which no scaling changes.
            if largest == T::zero() {
                return Self { significand, exponent: 0 };
            }
            if exponent.saturating_abs() > EXPONENT_LIMIT {
                return Self { significand: Enclosure::whole(), exponent: 0 };
            }
            return Self { significand, exponent };
        };
        let total = exponent.saturating_add(own);
        if total.saturating_abs() > EXPONENT_LIMIT {
            return Self { significand: Enclosure::whole(), exponent: 0 };
        }
        Self { significand: significand.scale_exp2(-own), exponent: total }
    }

    /// The value `2^exponent · [lo, hi]` of ends that are normalised: `0 ≤ lo ≤ hi`, `1 ≤ hi < 2`.
    ///
    /// What [`new`](Self::new) gives for such ends, in a tenth of the code, for where code is dear; the whole line for others.
    ///
    /// ```
    /// use widthwise_rounding::{Enclosure, ScaledEnclosure};
    /// let x = ScaledEnclosure::normalized(1.25, 1.5, 7);
    /// assert_eq!(x, ScaledEnclosure::new(Enclosure::from_bounds(1.25, 1.5), 7));
    /// assert_eq!(ScaledEnclosure::normalized(1.25, f64::NAN, 7).significand(), Enclosure::whole());
    /// ```
    #[must_use]
    pub fn normalized(lo: T, hi: T, exponent: i32) -> Self {
        let two = T::one() + T::one();
        if T::zero() <= lo
            && lo <= hi
            && T::one() <= hi
            && hi < two
            && exponent.saturating_abs() <= EXPONENT_LIMIT
        {
            return Self { significand: Enclosure::ordered(lo, hi), exponent };
        }
        Self { significand: Enclosure::whole(), exponent: 0 }
    }

    /// The value that is one finite number.
    ///
    /// # Errors
    ///
    /// Fails if `value` is NaN or infinite.
    ///
    /// ```
    /// use widthwise_rounding::ScaledEnclosure;
    /// assert!(ScaledEnclosure::point(f64::MIN_POSITIVE).is_ok());
    /// assert!(ScaledEnclosure::point(f64::INFINITY).is_err());
    /// ```
    pub fn point(value: T) -> Result<Self, InvalidEnclosure> {
        Enclosure::point(value).map(Self::from)
    }

    /// The value zero.
    #[must_use]
    pub fn zero() -> Self {
        Self { significand: Enclosure::zero(), exponent: 0 }
    }

    /// The value one.
    #[must_use]
    pub fn one() -> Self {
        Self::count(1)
    }

    /// A count: exact up to 2²⁴ or 2⁵³.
    ///
    /// ```
    /// use widthwise_rounding::ScaledEnclosure;
    /// assert!(ScaledEnclosure::<f32>::count(300).to_enclosure().is_point());
    /// ```
    #[must_use]
    pub fn count(count: usize) -> Self {
        Enclosure::count(count).into()
    }

    /// The interval that is scaled by `2^exponent`.
    #[must_use]
    pub fn significand(&self) -> Enclosure<T> {
        self.significand
    }

    /// The exponent of the power of two that scales the interval.
    #[must_use]
    pub fn exponent(&self) -> i32 {
        self.exponent
    }

    /// The value times `2^shift`, exact.
    ///
    /// ```
    /// use widthwise_rounding::ScaledEnclosure;
    /// let x = ScaledEnclosure::<f64>::one().scale_exp2(5000).scale_exp2(-5000);
    /// assert_eq!(x, ScaledEnclosure::one());
    /// ```
    #[must_use]
    pub fn scale_exp2(&self, shift: i32) -> Self {
        Self::new(self.significand, self.exponent.saturating_add(shift))
    }

    /// The value as an interval of the format: an end out of range becomes infinite above, the largest number below.
    ///
    /// ```
    /// use widthwise_rounding::ScaledEnclosure;
    /// let x = ScaledEnclosure::<f64>::one().scale_exp2(5000).to_enclosure();
    /// assert_eq!((x.lo(), x.hi()), (f64::MAX, f64::INFINITY));
    /// ```
    #[must_use]
    pub fn to_enclosure(&self) -> Enclosure<T> {
        self.significand.scale_exp2(self.exponent)
    }

    /// The enclosure of `|x|`.
    #[must_use]
    pub fn magnitude(&self) -> Self {
        Self { significand: self.significand.magnitude(), exponent: self.exponent }
    }

    /// The enclosure of `x²`.
    #[must_use]
    pub fn square(&self) -> Self {
        Self::new(self.significand.square(), self.exponent.saturating_mul(2))
    }

    /// The enclosure of `√x` for a value known to be non-negative; `None` if the whole interval is negative.
    #[must_use]
    pub fn square_root(&self) -> Option<Self> {
        let odd = self.exponent.rem_euclid(2);
        let root = self.significand.scale_exp2(odd).square_root()?;
        Some(Self::new(root, (self.exponent - odd) / 2))
    }

    /// The enclosure of the greater of two values.
    #[must_use]
    pub fn maximum(&self, other: &Self) -> Self {
        let (a, b, exponent) = self.aligned(other);
        Self::new(a.maximum(&b), exponent)
    }

    /// The enclosure of the lesser of two values.
    #[must_use]
    pub fn minimum(&self, other: &Self) -> Self {
        let (a, b, exponent) = self.aligned(other);
        Self::new(a.minimum(&b), exponent)
    }

    /// An interval that contains both.
    ///
    /// ```
    /// use widthwise_rounding::ScaledEnclosure;
    /// let hull = ScaledEnclosure::<f64>::one().hull(&ScaledEnclosure::count(3));
    /// assert_eq!((hull.to_enclosure().lo(), hull.to_enclosure().hi()), (1.0, 3.0));
    /// ```
    #[must_use]
    pub fn hull(&self, other: &Self) -> Self {
        let (a, b, exponent) = self.aligned(other);
        Self::new(a.hull(&b), exponent)
    }

    /// The verdict on `self ≤ other`, exact: no end is rounded for the comparison.
    ///
    /// ```
    /// use widthwise_rounding::{ScaledEnclosure, Verdict};
    /// let (one, huge) = (ScaledEnclosure::<f32>::one(), ScaledEnclosure::<f32>::one().scale_exp2(1000));
    /// assert_eq!(one.is_at_most(&huge), Verdict::Proved);
    /// assert_eq!(huge.is_at_most(&one), Verdict::Refuted);
    /// ```
    #[must_use]
    pub fn is_at_most(&self, other: &Self) -> Verdict {
        if compare(self.upper(), other.lower()).is_le() {
            Verdict::Proved
        } else if compare(self.lower(), other.upper()).is_gt() {
            Verdict::Refuted
        } else {
            Verdict::Undecided
        }
    }

    /// The verdict on `self = other`: proved only for two equal points, refuted if the intervals are disjoint.
    #[must_use]
    pub fn is_equal_to(&self, other: &Self) -> Verdict {
        let below = compare(self.upper(), other.lower()).is_lt();
        let above = compare(other.upper(), self.lower()).is_lt();
        if below || above {
            Verdict::Refuted
        } else if self.significand.is_point() && other.significand.is_point() {
            Verdict::Proved
        } else {
            Verdict::Undecided
        }
    }

    /// How far `self` may exceed `other`, relative to the larger of the two magnitudes: an upper bound of
    /// `(self.hi − other.lo) / max(|self|, |other|)`, zero if it cannot exceed it.
    ///
    /// For an undecided inequality this is the relative width of the overlap.
    ///
    /// ```
    /// use widthwise_rounding::{Enclosure, ScaledEnclosure};
    /// let a = ScaledEnclosure::from(Enclosure::from_bounds(1.0, 1.5));
    /// let b = ScaledEnclosure::from(Enclosure::from_bounds(1.25, 2.0));
    /// assert!((a.relative_excess(&b) - 0.125).abs() < 1e-12);
    /// assert_eq!(a.relative_excess(&b.scale_exp2(4)), 0.0);
    /// ```
    #[must_use]
    pub fn relative_excess(&self, other: &Self) -> f64 {
        let (a, b, _) = self.aligned(other);
        let excess = (a - b).hi().to_f64();
        if excess <= 0.0 {
            return 0.0;
        }
        let ends = [a.lo(), a.hi(), b.lo(), b.hi()];
        let scale = ends.iter().fold(0.0_f64, |m, end| m.greater(end.magnitude().to_f64()));
        if scale.is_finite() { (excess / scale).next_up() } else { f64::INFINITY }
    }

    /// How far the two values may differ, relative to the larger magnitude: the greater of the two
    /// [`relative_excess`](Self::relative_excess)es.
    #[must_use]
    pub fn relative_difference(&self, other: &Self) -> f64 {
        self.relative_excess(other).greater(other.relative_excess(self))
    }

    /// The ratio of the midpoints, for reports; NaN for `0/0`.
    ///
    /// ```
    /// use widthwise_rounding::ScaledEnclosure;
    /// let one = ScaledEnclosure::<f32>::one();
    /// assert_eq!(one.ratio(&one.scale_exp2(3)), 0.125);
    /// ```
    #[must_use]
    pub fn ratio(&self, other: &Self) -> f64 {
        let quotient = self.significand.midpoint().to_f64() / other.significand.midpoint().to_f64();
        quotient.scale_exp2(self.exponent.saturating_sub(other.exponent))
    }

    fn lower(&self) -> (T, i32) {
        (self.significand.lo(), self.exponent)
    }

    fn upper(&self) -> (T, i32) {
        (self.significand.hi(), self.exponent)
    }

    /// Both intervals at the larger exponent; the ends of the smaller one round outward if they become subnormal.
    fn aligned(&self, other: &Self) -> (Enclosure<T>, Enclosure<T>, i32) {
        // Zero has no exponent of its own.
        let exponent = if self.significand == Enclosure::zero() {
            other.exponent
        } else if other.significand == Enclosure::zero() {
            self.exponent
        } else {
            self.exponent.max(other.exponent)
        };
        let shifted = |x: &Self| x.significand.scale_exp2(x.exponent.saturating_sub(exponent));
        (shifted(self), shifted(other), exponent)
    }
}

/// Compares `a · 2^i` with `b · 2^j` exactly.
fn compare<T: Scalar>((a, i): (T, i32), (b, j): (T, i32)) -> Ordering {
    let sign = |x: T| {
        if x > T::zero() {
            1
        } else if x < T::zero() {
            -1
        } else {
            0
        }
    };
    let by_sign = sign(a).cmp(&sign(b));
    if by_sign != Ordering::Equal || a == T::zero() {
        return by_sign;
    }
    let by_magnitude = match (a.exponent(), b.exponent()) {
        (Some(own_a), Some(own_b)) => {
            // Saturation cannot make two different exponents equal: both are below the limit.
            let by_exponent = i.saturating_add(own_a).cmp(&j.saturating_add(own_b));
            by_exponent.then_with(|| {
                let (a, b) = (a.scale_exp2(-own_a).magnitude(), b.scale_exp2(-own_b).magnitude());
                a.partial_cmp(&b).unwrap_or(Ordering::Equal)
            })
        }
        // An infinite end is beyond every number.
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (None, None) => Ordering::Equal,
    };
    if a > T::zero() { by_magnitude } else { by_magnitude.reverse() }
}

impl<T: Scalar> From<Enclosure<T>> for ScaledEnclosure<T> {
    fn from(value: Enclosure<T>) -> Self {
        Self::new(value, 0)
    }
}

impl<T: Scalar> Neg for ScaledEnclosure<T> {
    type Output = Self;

    fn neg(self) -> Self {
        Self { significand: -self.significand, exponent: self.exponent }
    }
}

impl<T: Scalar> Add for ScaledEnclosure<T> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let (a, b, exponent) = self.aligned(&other);
        Self::new(a + b, exponent)
    }
}

impl<T: Scalar> Sub for ScaledEnclosure<T> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + (-other)
    }
}

impl<T: Scalar> Mul for ScaledEnclosure<T> {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self::new(self.significand * other.significand, self.exponent.saturating_add(other.exponent))
    }
}

impl<T: Scalar> Div for ScaledEnclosure<T> {
    type Output = Self;

    /// The enclosure of the quotient: the whole line if the divisor may be zero.
    fn div(self, other: Self) -> Self {
        Self::new(self.significand / other.significand, self.exponent.saturating_sub(other.exponent))
    }
}

impl<T: Scalar> core::fmt::Display for ScaledEnclosure<T> {
    /// The interval in the format's range, with `· 2^exponent` behind it where it leaves that range.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let plain = self.to_enclosure();
        if plain.scale_exp2(-self.exponent) == self.significand {
            write!(f, "{plain}")
        } else {
            write!(f, "{} * 2^{}", self.significand, self.exponent)
        }
    }
}
