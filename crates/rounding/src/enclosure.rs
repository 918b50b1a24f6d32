// SPDX-License-Identifier: MIT OR Apache-2.0

//! Closed intervals that contain an exact value in spite of rounding.
//!
//! Each operation returns an interval that contains every result of the exact operation on members of
//! its operands. Ends are rounded to nearest and moved outward by one number only if the error-free
//! transform says that rounding went the wrong way (or cannot tell), so operations that are exact in
//! floating point stay exact: the sum of two points with a representable sum is a point.

use core::ops::{Add, Div, Mul, Neg, Sub};

use crate::outward::{
    lower_product, lower_quotient, lower_root, lower_sum, upper_product, upper_quotient, upper_root,
    upper_sum,
};
use crate::{Scalar, Verdict};

/// A closed interval `[lo, hi]` that contains an exact real value.
///
/// Invariant: `lo ≤ hi`, neither is NaN, `lo < ∞` and `hi > −∞`. An infinite end says that the value is
/// not bounded on that side by a finite number.
///
/// # Examples
///
/// ```
/// use widthwise_rounding::{Enclosure, Verdict};
///
/// let tenth = Enclosure::point(1.0)? / Enclosure::point(10.0)?;
/// let sum = tenth + tenth + tenth;
/// assert!(sum.lo() < 0.3 && 0.3 < sum.hi());
/// assert_eq!(sum.is_at_most(&Enclosure::point(0.5)?), Verdict::Proved);
/// # Ok::<(), widthwise_rounding::InvalidEnclosure>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Enclosure<T> {
    lo: T,
    hi: T,
}

/// The bounds given are no interval: NaN, in the wrong order, or infinite on the wrong side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidEnclosure(());

impl core::fmt::Display for InvalidEnclosure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(
            "bounds are not an interval: they must be numbers in order, with lo below +inf and hi above -inf",
        )
    }
}

impl core::error::Error for InvalidEnclosure {}

impl<T: Scalar> Enclosure<T> {
    /// The interval `[lo, hi]`.
    ///
    /// # Errors
    ///
    /// Fails if a bound is NaN, `lo > hi`, `lo = +∞` or `hi = −∞`.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// assert!(Enclosure::new(1.0, 2.0).is_ok());
    /// assert!(Enclosure::new(2.0, 1.0).is_err());
    /// assert!(Enclosure::new(f32::NAN, 1.0).is_err());
    /// ```
    pub fn new(lo: T, hi: T) -> Result<Self, InvalidEnclosure> {
        if lo <= hi && lo < T::INFINITY && hi > -T::INFINITY {
            Ok(Self { lo, hi })
        } else {
            Err(InvalidEnclosure(()))
        }
    }

    /// The interval that holds one finite number.
    ///
    /// # Errors
    ///
    /// Fails if `value` is NaN or infinite.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// assert_eq!(Enclosure::point(0.5)?.width(), 0.0);
    /// # Ok::<(), widthwise_rounding::InvalidEnclosure>(())
    /// ```
    pub fn point(value: T) -> Result<Self, InvalidEnclosure> {
        Self::new(value, value)
    }

    /// The interval `[lo, hi]` from computed bounds, never invalid.
    ///
    /// A bound that overflowed to the wrong infinity becomes the largest finite number of its sign; bounds that are
    /// NaN or not in order give [`whole`](Self::whole), which contains every value.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// assert_eq!(Enclosure::from_bounds(f64::INFINITY, f64::INFINITY).lo(), f64::MAX);
    /// assert_eq!(Enclosure::from_bounds(f64::NAN, 1.0), Enclosure::whole());
    /// ```
    #[must_use]
    pub fn from_bounds(lo: T, hi: T) -> Self {
        if lo <= hi { Self { lo: lo.lesser(T::MAX), hi: hi.greater(-T::MAX) } } else { Self::whole() }
    }

    /// The interval of two finite ends in order.
    pub(crate) fn ordered(lo: T, hi: T) -> Self {
        Self { lo, hi }
    }

    /// The whole real line.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// assert!(Enclosure::<f32>::whole().contains(0.0));
    /// ```
    #[must_use]
    pub fn whole() -> Self {
        Self { lo: -T::INFINITY, hi: T::INFINITY }
    }

    /// The interval that holds zero alone.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// assert!(Enclosure::<f32>::zero().is_point());
    /// ```
    #[must_use]
    pub fn zero() -> Self {
        Self { lo: T::zero(), hi: T::zero() }
    }

    /// An interval that holds a count: a point up to 2²⁴ or 2⁵³.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// assert_eq!(Enclosure::<f32>::count(96).hi(), 96.0);
    /// assert!(!Enclosure::<f32>::count((1 << 24) + 1).is_point());
    /// ```
    #[must_use]
    pub fn count(count: usize) -> Self {
        let nearest = T::from_count(count);
        if nearest < T::power_of_two(T::DIGITS) {
            Self { lo: nearest, hi: nearest }
        } else {
            Self { lo: nearest.next_down(), hi: nearest.next_up() }
        }
    }

    /// The lower end.
    #[inline]
    #[must_use]
    pub fn lo(&self) -> T {
        self.lo
    }

    /// The upper end.
    #[inline]
    #[must_use]
    pub fn hi(&self) -> T {
        self.hi
    }

    /// A number in the interval near its middle: the ends averaged, or the finite end nearest to zero if
    /// the other is infinite.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// assert_eq!(Enclosure::from_bounds(1.0, 2.0).midpoint(), 1.5);
    /// assert_eq!(Enclosure::from_bounds(f64::MAX, f64::INFINITY).midpoint(), f64::MAX);
    /// ```
    #[must_use]
    pub fn midpoint(&self) -> T {
        let half = T::power_of_two(-1);
        let middle = self.lo * half + self.hi * half;
        if middle.is_finite() {
            // Rounding may leave a narrow subnormal interval.
            return middle.greater(self.lo).lesser(self.hi);
        }
        if self.lo.is_finite() {
            self.lo
        } else if self.hi.is_finite() {
            self.hi
        } else {
            T::zero()
        }
    }

    /// An upper bound of `hi − lo`.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// assert_eq!(Enclosure::from_bounds(1.0, 1.5).width(), 0.5);
    /// ```
    #[must_use]
    pub fn width(&self) -> T {
        upper_sum(self.hi, -self.lo)
    }

    /// An upper bound of the relative width `(hi − lo) / max(|lo|, |hi|)`; zero for the point zero.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// assert!(Enclosure::from_bounds(3.0, 4.0).relative_width() >= 0.25);
    /// assert_eq!(Enclosure::<f64>::zero().relative_width(), 0.0);
    /// ```
    #[must_use]
    pub fn relative_width(&self) -> T {
        let width = self.width();
        if width == T::zero() {
            return T::zero();
        }
        let scale = self.lo.magnitude().greater(self.hi.magnitude());
        if scale.is_finite() { (width / scale).next_up() } else { T::INFINITY }
    }

    /// Whether the interval holds exactly one number.
    #[must_use]
    pub fn is_point(&self) -> bool {
        self.lo == self.hi
    }

    /// Whether `value` lies in the interval.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// assert!(Enclosure::from_bounds(1.0, 2.0).contains(2.0));
    /// assert!(!Enclosure::from_bounds(1.0, 2.0).contains(f64::NAN));
    /// ```
    #[must_use]
    pub fn contains(&self, value: T) -> bool {
        self.lo <= value && value <= self.hi
    }

    /// The verdict on `self ≤ other`.
    ///
    /// ```
    /// use widthwise_rounding::{Enclosure, Verdict};
    /// let (a, b) = (Enclosure::from_bounds(1.0, 2.0), Enclosure::from_bounds(2.0, 3.0));
    /// assert_eq!(a.is_at_most(&b), Verdict::Proved);
    /// assert_eq!(b.is_at_most(&a), Verdict::Undecided);
    /// assert_eq!(b.is_at_most(&Enclosure::point(1.5)?), Verdict::Refuted);
    /// # Ok::<(), widthwise_rounding::InvalidEnclosure>(())
    /// ```
    #[must_use]
    pub fn is_at_most(&self, other: &Self) -> Verdict {
        if self.hi <= other.lo {
            Verdict::Proved
        } else if self.lo > other.hi {
            Verdict::Refuted
        } else {
            Verdict::Undecided
        }
    }

    /// The verdict on `self = other`: proved only for two equal points, refuted if the intervals are disjoint.
    ///
    /// ```
    /// use widthwise_rounding::{Enclosure, Verdict};
    /// let one = Enclosure::point(1.0)?;
    /// assert_eq!(one.is_equal_to(&one), Verdict::Proved);
    /// assert_eq!(one.is_equal_to(&Enclosure::from_bounds(0.5, 1.5)), Verdict::Undecided);
    /// assert_eq!(one.is_equal_to(&Enclosure::point(2.0)?), Verdict::Refuted);
    /// # Ok::<(), widthwise_rounding::InvalidEnclosure>(())
    /// ```
    #[must_use]
    pub fn is_equal_to(&self, other: &Self) -> Verdict {
        if self.hi < other.lo || other.hi < self.lo {
            Verdict::Refuted
        } else if self.is_point() && other.is_point() {
            Verdict::Proved
        } else {
            Verdict::Undecided
        }
    }

    /// The smallest interval that contains both.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// let hull = Enclosure::from_bounds(1.0, 2.0).hull(&Enclosure::from_bounds(4.0, 5.0));
    /// assert_eq!((hull.lo(), hull.hi()), (1.0, 5.0));
    /// ```
    #[must_use]
    pub fn hull(&self, other: &Self) -> Self {
        Self { lo: self.lo.lesser(other.lo), hi: self.hi.greater(other.hi) }
    }

    /// The enclosure of the greater of two values.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// let max = Enclosure::from_bounds(1.0, 4.0).maximum(&Enclosure::from_bounds(2.0, 3.0));
    /// assert_eq!((max.lo(), max.hi()), (2.0, 4.0));
    /// ```
    #[must_use]
    pub fn maximum(&self, other: &Self) -> Self {
        Self { lo: self.lo.greater(other.lo), hi: self.hi.greater(other.hi) }
    }

    /// The enclosure of the lesser of two values.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// let min = Enclosure::from_bounds(1.0, 4.0).minimum(&Enclosure::from_bounds(2.0, 3.0));
    /// assert_eq!((min.lo(), min.hi()), (1.0, 3.0));
    /// ```
    #[must_use]
    pub fn minimum(&self, other: &Self) -> Self {
        Self { lo: self.lo.lesser(other.lo), hi: self.hi.lesser(other.hi) }
    }

    /// The part that two enclosures of one value share, `None` if they are disjoint (then one of them is wrong).
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// let shared = Enclosure::from_bounds(1.0, 4.0).intersection(&Enclosure::from_bounds(2.0, 5.0));
    /// assert_eq!(shared, Some(Enclosure::from_bounds(2.0, 4.0)));
    /// ```
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let lo = self.lo.greater(other.lo);
        let hi = self.hi.lesser(other.hi);
        if lo <= hi { Some(Self { lo, hi }) } else { None }
    }

    /// The enclosure of `|x|`.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// let magnitude = Enclosure::from_bounds(-3.0, 2.0).magnitude();
    /// assert_eq!((magnitude.lo(), magnitude.hi()), (0.0, 3.0));
    /// ```
    #[must_use]
    pub fn magnitude(&self) -> Self {
        if self.lo >= T::zero() {
            *self
        } else if self.hi <= T::zero() {
            -*self
        } else {
            Self { lo: T::zero(), hi: self.hi.greater(-self.lo) }
        }
    }

    /// The enclosure of `x²`, never negative.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// let square = Enclosure::from_bounds(-3.0, 2.0).square();
    /// assert_eq!((square.lo(), square.hi()), (0.0, 9.0));
    /// ```
    #[must_use]
    pub fn square(&self) -> Self {
        let m = self.magnitude();
        Self { lo: lower_product(m.lo, m.lo).lesser(T::MAX), hi: upper_product(m.hi, m.hi) }
    }

    /// The enclosure of `√x` for a value known to be non-negative; `None` if the whole interval is negative.
    ///
    /// A negative lower end counts as zero.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// let root = Enclosure::from_bounds(-1e-30, 4.0).square_root();
    /// assert_eq!(root, Some(Enclosure::from_bounds(0.0, 2.0)));
    /// assert_eq!(Enclosure::from_bounds(-2.0, -1.0).square_root(), None);
    /// ```
    #[must_use]
    pub fn square_root(&self) -> Option<Self> {
        if self.hi < T::zero() {
            return None;
        }
        let lo = if self.lo > T::zero() { lower_root(self.lo) } else { T::zero() };
        Some(Self { lo, hi: upper_root(self.hi) })
    }

    /// The enclosure of `x · 2^exponent`, exact unless an end leaves the range of the format.
    ///
    /// ```
    /// use widthwise_rounding::Enclosure;
    /// let x = Enclosure::from_bounds(1.0, 3.0);
    /// assert_eq!(x.scale_exp2(-1), Enclosure::from_bounds(0.5, 1.5));
    /// assert_eq!(x.scale_exp2(1023).hi(), f64::INFINITY);
    /// ```
    #[must_use]
    pub fn scale_exp2(&self, exponent: i32) -> Self {
        let lo = self.lo.scale_exp2(exponent);
        let hi = self.hi.scale_exp2(exponent);
        let exact = |before: T, after: T| after.scale_exp2(exponent.saturating_neg()) == before;
        Self {
            lo: if exact(self.lo, lo) { lo } else { lo.next_down().lesser(T::MAX) },
            hi: if exact(self.hi, hi) { hi } else { hi.next_up().greater(-T::MAX) },
        }
    }
}

impl<T: Scalar> Neg for Enclosure<T> {
    type Output = Self;

    fn neg(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo }
    }
}

impl<T: Scalar> Add for Enclosure<T> {
    type Output = Self;

    /// The enclosure of the sum; both ends within one ulp of the best.
    fn add(self, other: Self) -> Self {
        Self::from_bounds(lower_sum(self.lo, other.lo), upper_sum(self.hi, other.hi))
    }
}

impl<T: Scalar> Sub for Enclosure<T> {
    type Output = Self;

    /// The enclosure of the difference of two values that need not be related.
    fn sub(self, other: Self) -> Self {
        self + (-other)
    }
}

impl<T: Scalar> Mul for Enclosure<T> {
    type Output = Self;

    /// The enclosure of the product.
    fn mul(self, other: Self) -> Self {
        let ends = [(self.lo, other.lo), (self.lo, other.hi), (self.hi, other.lo), (self.hi, other.hi)];
        let (mut lo, mut hi) = (T::INFINITY, -T::INFINITY);
        for (a, b) in ends {
            lo = lo.lesser(lower_product(a, b));
            hi = hi.greater(upper_product(a, b));
        }
        Self::from_bounds(lo, hi)
    }
}

impl<T: Scalar> Div for Enclosure<T> {
    type Output = Self;

    /// The enclosure of the quotient: the whole line if the divisor may be zero.
    fn div(self, other: Self) -> Self {
        if other.contains(T::zero()) || other.lo == -T::INFINITY || other.hi == T::INFINITY {
            return Self::whole();
        }
        if self.lo == -T::INFINITY || self.hi == T::INFINITY {
            return Self::whole();
        }
        let ends = [(self.lo, other.lo), (self.lo, other.hi), (self.hi, other.lo), (self.hi, other.hi)];
        let (mut lo, mut hi) = (T::INFINITY, -T::INFINITY);
        for (a, b) in ends {
            lo = lo.lesser(lower_quotient(a, b));
            hi = hi.greater(upper_quotient(a, b));
        }
        Self::from_bounds(lo, hi)
    }
}

impl<T: Scalar> core::fmt::Display for Enclosure<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "[{:e}, {:e}]", self.lo, self.hi)
    }
}
