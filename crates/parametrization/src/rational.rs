// SPDX-License-Identifier: MIT OR Apache-2.0

//! Exact rational numbers, for exponents of width and depth.
//!
//! A statement about exponents ("this layer moves as `n^{-1/2}`") is decided by exact arithmetic: `0.1 + 0.2` has no
//! place in it. The numbers are fractions of `i64` in lowest terms; an operation whose result is not such a fraction
//! gives `None`.

use core::cmp::Ordering;
use core::fmt;

/// A fraction of two `i64` in lowest terms, its denominator positive.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::Rational;
///
/// let half = Rational::new(2, 4).ok_or("zero denominator")?;
/// assert_eq!(half, Rational::halves(1));
/// assert_eq!(half.checked_add(Rational::integer(-2)).map(Rational::to_f64), Some(-1.5));
/// assert!(Rational::new(1, 3) < Some(half));
/// assert_eq!(half.to_string(), "1/2");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rational {
    numerator: i64,
    denominator: i64,
}

impl Rational {
    /// The number 0.
    pub const ZERO: Self = Self::integer(0);

    /// The fraction `numerator/denominator`; `None` for denominator zero, and for the few fractions with `i64::MIN`
    /// that have no positive denominator.
    ///
    /// ```
    /// use widthwise_parametrization::Rational;
    /// assert_eq!(Rational::new(3, -6), Some(Rational::halves(-1)));
    /// assert_eq!(Rational::new(3, 0), None);
    /// ```
    #[must_use]
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        Self::reduced(i128::from(numerator), i128::from(denominator))
    }

    /// The whole number.
    ///
    /// ```
    /// assert_eq!(widthwise_parametrization::Rational::integer(-2).to_f64(), -2.0);
    /// ```
    #[must_use]
    pub const fn integer(value: i64) -> Self {
        Self { numerator: value, denominator: 1 }
    }

    /// So many halves.
    ///
    /// ```
    /// assert_eq!(widthwise_parametrization::Rational::halves(3).to_string(), "3/2");
    /// ```
    #[must_use]
    pub const fn halves(count: i32) -> Self {
        let count = count as i64;
        if count % 2 == 0 { Self::integer(count / 2) } else { Self { numerator: count, denominator: 2 } }
    }

    /// The numerator; it carries the sign.
    ///
    /// ```
    /// assert_eq!(widthwise_parametrization::Rational::halves(-3).numerator(), -3);
    /// ```
    #[must_use]
    pub const fn numerator(self) -> i64 {
        self.numerator
    }

    /// The denominator, positive and coprime to the numerator.
    ///
    /// ```
    /// assert_eq!(widthwise_parametrization::Rational::halves(-4).denominator(), 1);
    /// ```
    #[must_use]
    pub const fn denominator(self) -> i64 {
        self.denominator
    }

    /// The sum, exact; `None` if it is no fraction of two `i64`.
    ///
    /// ```
    /// use widthwise_parametrization::Rational;
    /// let half = Rational::halves(1);
    /// assert_eq!(half.checked_add(half), Some(Rational::integer(1)));
    /// assert_eq!(Rational::integer(i64::MAX).checked_add(half), None);
    /// ```
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (a, b) = (i128::from(self.numerator), i128::from(self.denominator));
        let (c, d) = (i128::from(other.numerator), i128::from(other.denominator));
        // |a d + c b| < 2¹²⁷.
        Self::reduced(a * d + c * b, b * d)
    }

    /// The difference, exact; `None` if it is no fraction of two `i64`.
    ///
    /// ```
    /// use widthwise_parametrization::Rational;
    /// assert_eq!(Rational::integer(1).checked_sub(Rational::halves(3)), Some(Rational::halves(-1)));
    /// ```
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let (a, b) = (i128::from(self.numerator), i128::from(self.denominator));
        let (c, d) = (i128::from(other.numerator), i128::from(other.denominator));
        Self::reduced(a * d - c * b, b * d)
    }

    /// The product, exact; `None` if it is no fraction of two `i64`.
    ///
    /// ```
    /// use widthwise_parametrization::Rational;
    /// assert_eq!(Rational::integer(6).checked_mul(Rational::halves(-1)), Some(Rational::integer(-3)));
    /// ```
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        Self::reduced(
            i128::from(self.numerator) * i128::from(other.numerator),
            i128::from(self.denominator) * i128::from(other.denominator),
        )
    }

    /// The nearest binary64 number if numerator and denominator are below 2⁵³, else within three roundings of the
    /// value.
    ///
    /// ```
    /// assert_eq!(widthwise_parametrization::Rational::halves(3).to_f64(), 1.5);
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "documented as rounding")]
    pub const fn to_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    fn reduced(numerator: i128, denominator: i128) -> Option<Self> {
        let divisor = i128::try_from(greatest_common_divisor(numerator, denominator)).ok()?;
        if denominator == 0 {
            return None;
        }
        let divisor = if denominator < 0 { -divisor } else { divisor };
        Some(Self {
            numerator: i64::try_from(numerator / divisor).ok()?,
            denominator: i64::try_from(denominator / divisor).ok()?,
        })
    }
}

fn greatest_common_divisor(a: i128, b: i128) -> u128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Ord for Rational {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = i128::from(self.numerator) * i128::from(other.denominator);
        left.cmp(&(i128::from(other.numerator) * i128::from(self.denominator)))
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == 1 {
            write!(f, "{}", self.numerator)
        } else {
            write!(f, "{}/{}", self.numerator, self.denominator)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_fraction_of_two_i64_is_none() {
        assert_eq!(Rational::new(1, 0), None);
        assert_eq!(Rational::new(0, 0), None);
        assert_eq!(Rational::new(i64::MIN, -1), None);
        assert_eq!(Rational::new(i64::MIN, i64::MIN), Some(Rational::integer(1)));
        let large = Rational::integer(i64::MAX);
        assert_eq!(large.checked_add(Rational::integer(1)), None);
        assert_eq!(Rational::integer(i64::MIN).checked_sub(Rational::integer(1)), None);
        assert_eq!(large.checked_mul(large), None);
        assert_eq!(Rational::integer(i64::MIN).checked_mul(Rational::integer(-1)), None);
    }

    fn rational() -> impl Strategy<Value = Rational> {
        (-99_i64..100, 1_i64..100).prop_map(|(n, d)| Rational::new(n, d).unwrap())
    }

    proptest! {
        #[test]
        fn the_field_laws_hold_exactly(x in rational(), y in rational(), z in rational()) {
            let sum = x.checked_add(y).unwrap();
            prop_assert_eq!(sum.checked_sub(y), Some(x));
            prop_assert_eq!(y.checked_add(x), Some(sum));
            let distributed = x.checked_mul(z).unwrap().checked_add(y.checked_mul(z).unwrap());
            prop_assert_eq!(sum.checked_mul(z), distributed);
            prop_assert_eq!(x.cmp(&y), x.checked_sub(y).unwrap().cmp(&Rational::ZERO));
            prop_assert_eq!(x.to_f64() < y.to_f64(), x < y);
        }

        #[test]
        fn extreme_operands_never_panic(a in any::<i64>(), b in any::<i64>(), c in any::<i64>(), d in any::<i64>()) {
            if let (Some(x), Some(y)) = (Rational::new(a, b), Rational::new(c, d)) {
                let _ = (x.checked_add(y), x.checked_sub(y), x.checked_mul(y), x.cmp(&y));
            }
        }
    }
}
