// SPDX-License-Identifier: MIT OR Apache-2.0

//! The constants `γ_k = k·u / (1 − k·u)` and inflation by a counted number of roundings.
//!
//! A kernel made of non-negative terms and the operations `+ × ÷ √` returns
//! `ŷ = y · Π (1 + δ_i)^{±1}` with `k` factors, `|δ_i| ≤ u`. Then `inflate_down(k, ŷ) ≤ y ≤ inflate_up(k, ŷ)`:
//! count the roundings on the longest path (a square root halves the count of what is under it,
//! but counting it fully is always safe) and inflate once.
//!
//! # Proof
//!
//! Lemma L0: `proofs/theories/float/Gamma.v`, theorems `gamma_simple` and `gamma_bound`. Lemma L1: `proofs/theories/float/Inflate.v`,
//! theorems `inflate_up` and `inflate_down`. The hypothesis left to the caller: the result of a kernel was neither subnormal nor
//! infinite. Underflow is covered by adding [`Scalar::UNDERFLOW_ALLOWANCE`] where a kernel can meet it.

use crate::Scalar;
use crate::directed::{add_up, div_up, mul_down, mul_up, sub_down};

/// An upper bound of `γ_k = k·u / (1 − k·u)`; infinite once `k·u ≥ 1/2`.
///
/// Where `k(k + 1)u ≤ 1` it is `(k + 1)u` (Lemma L0), rounded up.
///
/// # Examples
///
/// ```
/// use widthwise_rounding::gamma_upper;
/// assert!(gamma_upper::<f64>(8) >= 8.0 * 2.0_f64.powi(-53));
/// assert!(gamma_upper::<f64>(8) <= 9.0 * 2.0_f64.powi(-53));
/// assert_eq!(gamma_upper::<f32>(1 << 24), f32::INFINITY);
/// ```
#[must_use]
pub fn gamma_upper<T: Scalar>(k: usize) -> T {
    if small_count::<T>(k) {
        return T::from_count(k + 1) * T::UNIT_ROUNDOFF;
    }
    let ku = T::from_count(k).next_up() * T::UNIT_ROUNDOFF;
    if ku >= T::power_of_two(-1) {
        return T::INFINITY;
    }
    div_up(ku, sub_down(T::one(), ku))
}

/// An upper bound of the exact `y ≥ 0` whose computed value `computed` met at most `k` roundings.
///
/// The result is `fl(computed · C)` with `C = 1 + 2u⌈(k + 2)/2⌉` where `(k + 1)(k + 2)u ≤ 1`, and falls back on
/// `γ_k` beyond, where it may become infinite. About `(k + 3)u` above `y`.
///
/// # Examples
///
/// ```
/// use widthwise_rounding::inflate_up;
/// // 0.1 is above one tenth, and the sum below was rounded twice.
/// let sum = 0.1_f64 + 0.1 + 0.1;
/// assert!(inflate_up(2, sum) > sum);
/// assert_eq!(inflate_up(2, 0.0), 0.0);
/// ```
#[must_use]
pub fn inflate_up<T: Scalar>(k: usize, computed: T) -> T {
    if small_count::<T>(k.saturating_add(1)) {
        // 2u·⌈(k+2)/2⌉ is an even multiple of u, so 1 + 2u⌈(k+2)/2⌉ is a number: nothing is rounded.
        let steps = T::from_count((k + 2).div_ceil(2));
        let factor = T::one() + (T::UNIT_ROUNDOFF + T::UNIT_ROUNDOFF) * steps;
        return computed * factor;
    }
    // No number of roundings makes zero of anything else; and zero times infinity would be no bound.
    if computed == T::zero() {
        return computed;
    }
    mul_up(computed, add_up(T::one(), gamma_upper(k)))
}

/// A lower bound of the exact `y ≥ 0` whose computed value `computed` met at most `k` roundings.
///
/// The result is `fl(computed · c)` with `c = 1 − (k + 1)u` where `(k + 1)(k + 2)u ≤ 1`; beyond, `γ_k` serves, and
/// zero once it is 1 or more. About `(k + 2)u` below `y`.
///
/// # Examples
///
/// ```
/// use widthwise_rounding::inflate_down;
/// let sum = 0.1_f64 + 0.1 + 0.1;
/// assert!(inflate_down(2, sum) < sum);
/// assert_eq!(inflate_down(1 << 30, 1.0_f32), 0.0);
/// ```
#[must_use]
pub fn inflate_down<T: Scalar>(k: usize, computed: T) -> T {
    if small_count::<T>(k.saturating_add(1)) {
        let factor = T::one() - T::UNIT_ROUNDOFF * T::from_count(k + 1);
        return computed * factor;
    }
    // ŷ ≤ y(1 + γ_k), and 1/(1 + γ) ≥ 1 − γ.
    let factor = sub_down(T::one(), gamma_upper(k));
    if factor > T::zero() && computed > T::zero() { mul_down(computed, factor) } else { T::zero() }
}

/// Whether `k(k + 1)u ≤ 1`, the hypothesis of Lemmas L0 and (with `k + 1`) L1.
#[inline]
fn small_count<T: Scalar>(k: usize) -> bool {
    // 4095·4096·2⁻²⁴ < 1 and 94 906 264·94 906 265·2⁻⁵³ < 1.
    let largest = if T::DIGITS == 24 { 4_095 } else { 94_906_264 };
    k <= largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_counts_satisfy_the_hypothesis_and_the_next_does_not() {
        fn satisfies<T: Scalar>(k: u128) -> bool {
            k * (k + 1) <= 1 << T::DIGITS
        }
        fn check<T: Scalar>(largest: u128) {
            for k in [largest - 1, largest, largest + 1, largest + 2] {
                let counted = small_count::<T>(usize::try_from(k).unwrap());
                assert!(!counted || satisfies::<T>(k), "{k}");
                assert_eq!(counted, k <= largest, "{k}");
            }
            assert!(!satisfies::<T>(largest + 2));
        }
        check::<f32>(4_095);
        check::<f64>(94_906_264);
    }

    /// The worst case of `k` roundings downward, `(1 − u)^k`, in binary64 for binary32's `u`.
    #[test]
    fn inflation_covers_the_worst_case_for_every_count() {
        let u = f64::from(f32::UNIT_ROUNDOFF);
        for k in 0..6000_usize {
            let shrunk = (0..k).fold(1.0_f64, |y, _| y * (1.0 - u));
            let grown = 1.0 / shrunk;
            for scale in [1.0_f64, 1.3, 1.999] {
                // The nearest binary32 below or above, so that the premise holds for the real value.
                let low = (scale as f32).next_up();
                let y = f64::from(low) / shrunk / (1.0 + 1e-12);
                assert!(f64::from(inflate_up(k, low)) >= y, "up {k} {scale}");
                let high = (scale as f32).next_down();
                let y = f64::from(high) / grown * (1.0 + 1e-12);
                assert!(f64::from(inflate_down(k, high)) <= y, "down {k} {scale}");
            }
        }
    }

    #[test]
    fn gamma_is_an_upper_bound_and_no_more_than_one_part_in_k_above() {
        let u = f64::from(f32::UNIT_ROUNDOFF);
        for k in 1..40_000_usize {
            let exact = k as f64 * u / (1.0 - k as f64 * u);
            let bound = f64::from(gamma_upper::<f32>(k));
            assert!(bound >= exact, "{k}");
            assert!(bound <= exact * (1.0 + 1.0 / k as f64) + 1e-9, "{k}");
        }
        assert_eq!(gamma_upper::<f32>(1 << 23), f32::INFINITY);
        assert_eq!(gamma_upper::<f64>(usize::MAX), f64::INFINITY);
    }

    #[test]
    fn counts_beyond_every_format_have_trivial_bounds() {
        for k in [1 << 30, usize::MAX - 1, usize::MAX] {
            assert_eq!(inflate_up(k, 1.0_f32), f32::INFINITY);
            assert_eq!((inflate_up(k, 0.0_f32), inflate_up(k, 0.0_f64)), (0.0, 0.0));
            assert_eq!((inflate_down(k, 1.0_f32), inflate_down(k, 0.0_f64)), (0.0, 0.0));
        }
    }

    #[test]
    fn two_roundings_need_more_than_one_plus_two_units() {
        // (1 − u)²(1 + 2u) < 1: the factor must be 1 + 4u.
        assert_eq!(inflate_up(2, 1.0_f64), 1.0 + 4.0 * f64::UNIT_ROUNDOFF);
        assert_eq!(inflate_up(0, 1.0_f64), 1.0 + 2.0 * f64::UNIT_ROUNDOFF);
        assert_eq!(inflate_down(0, 1.0_f64), 1.0 - f64::UNIT_ROUNDOFF);
    }
}
