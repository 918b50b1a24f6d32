// SPDX-License-Identifier: MIT OR Apache-2.0

//! Sums of products as if in twice the working precision.
//!
//! The accumulator adds `x·y` without losing the rounding errors: it sums them beside the result (Dot2 of Ogita,
//! Rump and Oishi, SIAM J. Sci. Comput. 26, 2005), and it knows a bound of what it lost all the same. Order of operations, per term:
//! `(h, r) = two_prod(x, y)`, `(p, t) = two_sum(p, h)`, `q = q + (t + r)`, `T = T + |h|`.
//!
//! With `s = Σ x_i y_i` and `n` terms, `|p + q − s| ≤ γ_n² Σ|x_i y_i| + 16 n ω` (lemma L4). The bound is zero when no operation rounded.

use widthwise_rounding::directed::{add_up, mul_up};
use widthwise_rounding::error_free::{two_prod, two_sum};
use widthwise_rounding::{Enclosure, Scalar, gamma_upper, inflate_up};

/// Accumulates `Σ x_i y_i` with its rounding errors; about 30 operations a term.
///
/// The terms must satisfy `|x|, |y| ≤ 2` (scale them: [`Scaling`](crate::Scaling)), which rules out overflow for up to 2⁶⁴ terms.
///
/// # Examples
///
/// ```
/// use widthwise_linalg::DotAccumulator;
///
/// let mut sum = DotAccumulator::new();
/// sum.add_product(1.0, 1.0);
/// sum.add_product(2.0_f64.powi(-80), 1.0);
/// sum.add_product(-1.0, 1.0);
/// // Plain summation would lose the small term.
/// assert!(sum.enclosure().contains(2.0_f64.powi(-80)));
/// assert!(sum.enclosure().width() < 2.0_f64.powi(-100));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DotAccumulator<T> {
    high: T,
    low: T,
    absolute: T,
    terms: usize,
    exact: bool,
}

impl<T: Scalar> DotAccumulator<T> {
    /// The empty sum.
    #[must_use]
    pub fn new() -> Self {
        Self { high: T::zero(), low: T::zero(), absolute: T::zero(), terms: 0, exact: true }
    }

    /// Adds `x · y`, for `|x|, |y| ≤ 2`.
    #[inline]
    pub fn add_product(&mut self, x: T, y: T) {
        let (h, r) = two_prod(x, y);
        let (p, t) = two_sum(self.high, h);
        self.high = p;
        self.low += t + r;
        self.absolute += h.magnitude();
        self.terms += 1;
        // A product this small may have lost digits below ω; one that is zero must have a zero factor.
        let kept = if h == T::zero() {
            x == T::zero() || y == T::zero()
        } else {
            h.magnitude() >= T::power_of_two(T::MIN_EXPONENT + 2 * T::DIGITS)
        };
        self.exact = self.exact && kept && t == T::zero() && r == T::zero();
    }

    /// Declares that the terms themselves were rounded to `ω/2` when they were scaled, so that the sum is not exact.
    pub fn assume_scaled_inexactly(&mut self) {
        self.exact = false;
    }

    /// The enclosure of the exact sum: about one ulp wide unless the terms cancel by more than `γ_n²`.
    #[must_use]
    pub fn enclosure(&self) -> Enclosure<T> {
        if self.exact {
            return Enclosure::from_bounds(self.high, self.high);
        }
        let n = self.terms;
        let gamma = gamma_upper::<T>(n);
        // T met n − 1 additions and a rounding of each product.
        let total = add_up(inflate_up(n + 1, self.absolute), T::UNDERFLOW_ALLOWANCE);
        let rounding = mul_up(mul_up(gamma, gamma), total);
        let underflow = mul_up(T::from_count(n) * T::from_count(16), T::MIN_SUBNORMAL);
        let radius = add_up(rounding, underflow);
        let error = Enclosure::from_bounds(-radius, radius);
        let (high, low) =
            (Enclosure::from_bounds(self.high, self.high), Enclosure::from_bounds(self.low, self.low));
        high + (low + error)
    }

    /// An upper bound of `Σ|x_i y_i|`.
    #[must_use]
    pub fn absolute_sum_upper(&self) -> T {
        add_up(inflate_up(self.terms + 1, self.absolute), T::UNDERFLOW_ALLOWANCE)
    }

    /// The nearest number to the compensated sum: `fl(p + q)`.
    #[must_use]
    pub fn value(&self) -> T {
        self.high + self.low
    }
}

impl<T: Scalar> Default for DotAccumulator<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    /// The exact sum as an integer multiple of 2⁻¹⁰⁶, for factors that are multiples of 2⁻⁵³ in [−2, 2].
    fn exact(terms: &[(f64, f64)]) -> i128 {
        let integer = |x: f64| (x * f64::power_of_two(53)) as i128;
        terms.iter().map(|&(x, y)| integer(x) * integer(y)).sum()
    }

    fn as_integer(x: f64) -> Option<i128> {
        let scaled = x * f64::power_of_two(106);
        (scaled.fract() == 0.0 && scaled.abs() < 1.7e38).then_some(scaled as i128)
    }

    proptest! {
        #[test]
        fn encloses_the_exact_integer_sum(raw in prop::collection::vec((-(1_i64 << 53)..1 << 53, -(1_i64 << 53)..1 << 53), 0..20), cancel in any::<bool>()) {
            let unit = f64::power_of_two(-53);
            let mut terms: Vec<(f64, f64)> = raw.iter().map(|&(x, y)| (x as f64 * unit, y as f64 * unit)).collect();
            if cancel {
                // The same products with the other sign, slightly perturbed: the sum is of the size of the errors.
                let mut negated: Vec<_> = terms.iter().map(|&(x, y)| (-x, y)).collect();
                if let Some(first) = negated.first_mut() {
                    first.1 += unit;
                }
                terms.extend(negated);
            }
            let mut sum = DotAccumulator::new();
            terms.iter().for_each(|&(x, y)| sum.add_product(x, y));
            let enclosure = sum.enclosure();
            let exact = exact(&terms);
            // Multiply out: lo ≤ exact·2⁻¹⁰⁶ ≤ hi. The ends are rounded towards the value for the comparison of integers.
            let scaled = |x: f64| x * f64::power_of_two(106);
            let lo = scaled(enclosure.lo()).floor();
            let hi = scaled(enclosure.hi()).ceil();
            prop_assert!((lo as i128) <= exact && exact <= hi as i128, "{enclosure} {exact}");
            if let Some(value) = as_integer(sum.value()) {
                let scale = terms.iter().map(|t| (t.0 * t.1).abs()).sum::<f64>();
                prop_assert!(enclosure.width() <= 4.0 * f64::EPSILON * sum.value().abs() + 1e-28 * scale + 1e-300, "{value}");
            }
        }

        #[test]
        fn sums_of_small_integers_are_points(terms in prop::collection::vec((-8_i8..8, -8_i8..8), 0..40)) {
            let mut sum = DotAccumulator::new();
            let scale = 1.0_f32 / 8.0;
            terms.iter().for_each(|&(x, y)| sum.add_product(f32::from(x) * scale, f32::from(y) * scale));
            let exact: i32 = terms.iter().map(|&(x, y)| i32::from(x) * i32::from(y)).sum();
            prop_assert!(sum.enclosure().is_point());
            prop_assert_eq!(sum.enclosure().lo() * 64.0, exact as f32);
        }
    }

    #[test]
    fn underflowing_products_are_covered() {
        let x = f64::power_of_two(-600) * 1.1;
        let mut sum = DotAccumulator::new();
        (0..10).for_each(|_| sum.add_product(x, x));
        assert!(!sum.enclosure().is_point());
        assert!(sum.enclosure().contains(0.0));
        assert!(sum.enclosure().hi() > 0.0);
    }
}
