// SPDX-License-Identifier: MIT OR Apache-2.0

//! Sums of products, and norms of vectors of them, as if in twice the working precision.
//!
//! The accumulator adds `x·y` without losing the rounding errors: it sums them beside the result (Dot2 of Ogita,
//! Rump and Oishi, SIAM J. Sci. Comput. 26, 2005), and it knows a bound of what it lost all the same. Order of
//! operations, per term: `(h, r) = two_prod(x, y)`, `(p, t) = two_sum(p, h)`, `q = q + (t + r)`, `e = e + (|t| + |r|)`.
//!
//! With `s = Σ x_i y_i` and `n` terms, `s = p + Σ (t_i + r_i)` exactly, and each `t_i`, `r_i` meets at most `n`
//! roundings on its way into `q`. Hence `|p + q − s| ≤ γ_n Σ (|t_i| + |r_i|)`, a bound that is computed from the
//! errors themselves: never above the a-priori `γ_n² Σ|x_i y_i|` (lemma L4), and zero when no operation rounded.
//! Products so small that `two_prod` is not exact add at most `16ω` a term.
//!
//! # Proof
//!
//! `proofs/theories/float/Dot2.v`, theorem `dot2_error_underflow`; for IEEE data, where a finite result is the only hypothesis on
//! overflow, `proofs/theories/float/Ieee.v`, theorem `ieee_dot2_error`.

use widthwise_rounding::directed::{add_up, mul_up, square_root_up};
use widthwise_rounding::error_free::{two_prod, two_sum};
use widthwise_rounding::{Enclosure, Scalar, gamma_upper, inflate_up};

/// Accumulates `Σ x_i y_i` with its rounding errors; about 30 operations a term.
///
/// Terms must satisfy `|x|, |y| ≤ 2²⁴` (scale them: [`Scaling`](crate::Scaling)), which rules out overflow for up
/// to 2⁶⁴ terms; if they were scaled inexactly, `|x|, |y| ≤ 2`.
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
    errors: T,
    terms: usize,
    underflowed: bool,
}

impl<T: Scalar> DotAccumulator<T> {
    /// The empty sum.
    #[must_use]
    pub fn new() -> Self {
        Self { high: T::zero(), low: T::zero(), errors: T::zero(), terms: 0, underflowed: false }
    }

    /// Adds `x · y`, for `|x|, |y| ≤ 2²⁴`.
    #[inline]
    pub fn add_product(&mut self, x: T, y: T) {
        let (h, r) = two_prod(x, y);
        let (p, t) = two_sum(self.high, h);
        self.high = p;
        self.low += t + r;
        self.errors += t.magnitude() + r.magnitude();
        self.terms += 1;
        // A product this small may have lost digits below ω, unless it has a zero factor.
        if h.magnitude() < T::power_of_two(T::MIN_EXPONENT + 2 * T::DIGITS) {
            self.underflowed = self.underflowed || !(x == T::zero() || y == T::zero());
        }
    }

    /// Adds `x`, for `|x| ≤ 2²⁴`: a term that no product rounds.
    #[inline]
    pub fn add(&mut self, x: T) {
        let (p, t) = two_sum(self.high, x);
        self.high = p;
        self.low += t;
        self.errors += t.magnitude();
        self.terms += 1;
    }

    /// Declares that the terms themselves were rounded to `ω/2` when they were scaled, so that the sum is not exact.
    pub fn assume_scaled_inexactly(&mut self) {
        self.underflowed = true;
    }

    /// The enclosure of the exact sum: about one ulp wide unless the terms cancel by more than `γ_n²`; a point when no
    /// operation rounded.
    #[must_use]
    pub fn enclosure(&self) -> Enclosure<T> {
        self.enclosure_of_sum_with(Enclosure::zero())
    }

    /// The enclosure of the exact sum plus a small `correction`.
    fn enclosure_of_sum_with(&self, correction: Enclosure<T>) -> Enclosure<T> {
        let radius = self.radius();
        let error = Enclosure::from_bounds(-radius, radius);
        let (high, low) =
            (Enclosure::from_bounds(self.high, self.high), Enclosure::from_bounds(self.low, self.low));
        high + (low + (error + correction))
    }

    /// A bound of the distance between the exact sum and `high + low`.
    fn radius(&self) -> T {
        let n = self.terms;
        let rounding = if self.errors > T::zero() {
            // The sum of magnitudes met n additions and one within each term.
            mul_up(gamma_upper(n), inflate_up(n + 1, self.errors))
        } else {
            T::zero()
        };
        if self.underflowed {
            // 5ω a term by `two_prod`, or 2ω for factors rounded to ω/2, doubled for the roundings after it.
            add_up(rounding, mul_up(T::from_count(n) * T::from_count(16), T::MIN_SUBNORMAL))
        } else {
            rounding
        }
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

/// Accumulates the two-norm of a vector whose entries are compensated sums, such as `A x`.
///
/// An entry `s` is known as `high + low`, with `|low| ≤ u|high|`, up to a radius. `Σ (high + low)²` is summed
/// compensated, and the radii are added beside it: `|‖s‖ − ‖high + low‖| ≤ Σ radius`. So the norm of a product is as
/// tight as that of a vector that is stored.
///
/// The entries must satisfy `|s| ≤ 2²⁴`, and should not all be below 2⁻⁴⁰⁰ (2⁻³⁰ in binary32), where squares underflow.
///
/// # Examples
///
/// ```
/// use widthwise_linalg::{DotAccumulator, NormAccumulator};
///
/// let mut norm = NormAccumulator::new();
/// for x in [3.0, 4.0] {
///     let mut entry = DotAccumulator::new();
///     entry.add_product(x, 1.0);
///     norm.add(&entry);
/// }
/// assert!(norm.norm().is_point() && norm.norm().contains(5.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormAccumulator<T> {
    squares: DotAccumulator<T>,
    /// `Σ low²`, at most `u² Σ high²`, left out of `squares`.
    omitted: T,
    radii: T,
    entries: usize,
}

impl<T: Scalar> NormAccumulator<T> {
    /// The norm of the empty vector.
    #[must_use]
    pub fn new() -> Self {
        Self { squares: DotAccumulator::new(), omitted: T::zero(), radii: T::zero(), entries: 0 }
    }

    /// Adds the entry that `entry` has summed.
    #[inline]
    pub fn add(&mut self, entry: &DotAccumulator<T>) {
        self.add_scaled(entry, T::one());
    }

    /// [`add`](Self::add) of the entry times a power of two.
    #[inline]
    pub(crate) fn add_scaled(&mut self, entry: &DotAccumulator<T>, power: T) {
        let (high, low) = two_sum(entry.high * power, entry.low * power);
        self.squares.add_product(high, high);
        if low != T::zero() {
            self.squares.add_product(high + high, low);
            // A square that underflows is still covered: no number is below ω but zero.
            self.omitted += low * low + T::MIN_SUBNORMAL;
        }
        let radius = entry.radius();
        if radius > T::zero() {
            self.radii += radius * power + T::MIN_SUBNORMAL;
        }
        self.entries += 1;
    }

    /// An upper bound of the distance between the vector of exact sums and that of their `high + low`, in the two-norm.
    #[must_use]
    pub fn radius(&self) -> T {
        inflate_up(self.entries + 2, self.radii)
    }

    /// The enclosure of the squared norm.
    ///
    /// From `|‖s‖ − n| ≤ r` follows `|‖s‖² − n²| ≤ 2rn + r²`, which enters the sum as a correction far below its last
    /// digit.
    #[must_use]
    pub fn norm_squared(&self) -> Enclosure<T> {
        let omitted = inflate_up(self.entries + 2, self.omitted);
        let radius = self.radius();
        let correction = if radius > T::zero() {
            let norm = square_root_up(add_up(self.squares.enclosure().hi(), omitted));
            mul_up(radius, add_up(add_up(norm, norm), radius))
        } else {
            T::zero()
        };
        let correction = Enclosure::from_bounds(-correction, add_up_unless_zero(omitted, correction));
        let square = self.squares.enclosure_of_sum_with(correction);
        // A square is not negative.
        Enclosure::from_bounds(square.lo().greater(T::zero()), square.hi())
    }

    /// The enclosure of the norm.
    #[must_use]
    pub fn norm(&self) -> Enclosure<T> {
        self.norm_squared().square_root().unwrap_or_else(Enclosure::whole)
    }
}

/// `add_up`, but exact where a term is zero.
fn add_up_unless_zero<T: Scalar>(a: T, b: T) -> T {
    if a == T::zero() {
        b
    } else if b == T::zero() {
        a
    } else {
        add_up(a, b)
    }
}

impl<T: Scalar> Default for NormAccumulator<T> {
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
        fn encloses_the_exact_integer_sum(
            raw in prop::collection::vec((-(1_i64 << 53)..1 << 53, -(1_i64 << 53)..1 << 53), 0..20),
            cancel in any::<bool>(),
        ) {
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
            // Multiply out: lo ≤ exact·2⁻¹⁰⁶ ≤ hi. The ends are rounded towards the value for the comparison of
            // integers.
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

        #[test]
        fn norm_of_products_in_single_precision_encloses_the_double_one(
            terms in prop::collection::vec((-2.0_f32..2.0, -2.0_f32..2.0, -2.0_f32..2.0, -2.0_f32..2.0), 1..60),
        ) {
            let mut norm = NormAccumulator::<f32>::new();
            let mut squares = 0.0_f64;
            for &(a, b, c, d) in &terms {
                let mut entry = DotAccumulator::new();
                entry.add_product(a, b);
                entry.add_product(c, d);
                norm.add(&entry);
                let exact = f64::from(a) * f64::from(b) + f64::from(c) * f64::from(d);
                squares += exact * exact;
            }
            let exact = squares.square_root();
            let norm = norm.norm();
            prop_assert!(f64::from(norm.lo()) <= exact * (1.0 + 1e-13), "{norm} {exact}");
            prop_assert!(f64::from(norm.hi()) >= exact * (1.0 - 1e-13), "{norm} {exact}");
            prop_assert!(norm.relative_width() <= 4.0 * f32::EPSILON, "{norm}");
        }
    }

    #[test]
    fn norm_covers_what_is_lost_of_its_entries() {
        // A sum that cancels to the size of the errors: the norm must reach both ends of its enclosure.
        let third = 1.0 / 3.0;
        let mut entry = DotAccumulator::new();
        for (x, y) in
            [(third, third), (third, -third), (third, third * 0.1), (-0.1 * third, third), (third, 1e-20)]
        {
            entry.add_product(x, y);
        }
        let enclosure = entry.enclosure().magnitude();
        assert!(enclosure.width() > 0.0);
        let mut norm = NormAccumulator::new();
        norm.add(&entry);
        assert!(norm.norm().hi() >= enclosure.hi() && norm.norm().lo() <= enclosure.lo());

        // (1 + 2⁻⁵³)² = 1 + 2⁻⁵² + 2⁻¹⁰⁶, of which the first two terms are a number.
        let mut entry = DotAccumulator::new();
        entry.add(1.0);
        entry.add(f64::UNIT_ROUNDOFF);
        let mut norm = NormAccumulator::new();
        norm.add(&entry);
        let square = norm.norm_squared();
        assert!(square.lo() <= 1.0 + f64::EPSILON && square.hi() > 1.0 + f64::EPSILON, "{square}");
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
