// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lemmas of rounding on their own, against exact arithmetic: the slack of one bound must not hide an error in
//! another.
//!
//! Directed operations and interval arithmetic are compared with exact sums, products and powers for numbers of every
//! exponent; `γ_k` and the inflations with exact powers of `1 − u`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and its numbers are small"
)]

#[allow(dead_code, reason = "each test uses a part of the oracle")]
mod exact;
mod families;

use exact::Dyadic;
use families::Source;
use num_bigint::BigInt;
use widthwise_rounding::directed::{
    add_down, add_up, div_down, div_up, mul_down, mul_up, square_root_down, square_root_up, sub_down, sub_up,
};
use widthwise_rounding::{Enclosure, Scalar, gamma_upper, inflate_down, inflate_up};

fn exact<T: Scalar>(x: T) -> Dyadic {
    Dyadic::new(x.to_f64())
}

/// Whether `x ≤ y` for an end of an interval, which may be infinite.
fn is_at_most<T: Scalar>(x: T, y: &Dyadic) -> bool {
    x == -T::INFINITY || (x.is_finite() && exact(x).is_at_most(y))
}

fn is_at_least<T: Scalar>(x: T, y: &Dyadic) -> bool {
    x == T::INFINITY || (x.is_finite() && y.is_at_most(&exact(x)))
}

/// Numbers of both signs, near in magnitude, far apart, at the ends of the range, short and with all digits.
fn number<T: Scalar>(source: &mut Source) -> T {
    let digits = source.uniform();
    let digits = if source.below(4) == 0 { (digits * 8.0).round() } else { digits * 8.0 };
    let range = (T::MAX_EXPONENT - T::MIN_EXPONENT) as f64;
    let exponent = match source.below(4) {
        0 => (source.uniform() * 4.0) as i32,
        1 => (source.uniform() * T::DIGITS as f64 * 1.2) as i32,
        2 => T::MIN_EXPONENT + 2 * source.below(T::DIGITS as usize) as i32,
        _ => (source.uniform() * range / 2.0) as i32,
    };
    let x = T::from_f64(digits).scale_exp2(exponent);
    x.lesser(T::MAX).greater(-T::MAX)
}

/// `lower ≤ value ≤ upper`, and no more than two numbers apart from the nearest.
fn brackets<T: Scalar>(lower: T, upper: T, value: &Dyadic) {
    assert!(is_at_most(lower, value) && is_at_least(upper, value), "{lower:e} {upper:e} {value:?}");
    assert!(!is_at_most(lower.next_up().next_up(), value) || lower == -T::INFINITY, "{lower:e}");
    assert!(!is_at_least(upper.next_down().next_down(), value) || upper == T::INFINITY, "{upper:e}");
}

/// The same for a quotient or a root, which need not be dyadic: `is_below(x)` says whether `x` is at most the value.
fn brackets_by<T: Scalar>(lower: T, upper: T, is_below: impl Fn(T) -> bool, is_above: impl Fn(T) -> bool) {
    assert!(lower == -T::INFINITY || is_below(lower), "{lower:e}");
    assert!(upper == T::INFINITY || is_above(upper), "{upper:e}");
}

fn directed_operations_bracket_the_exact_result<T: Scalar>() {
    let mut source = Source::new(1);
    for _ in 0..20_000 {
        let (a, b) = (number::<T>(&mut source), number::<T>(&mut source));
        let (x, y) = (exact(a), exact(b));
        brackets(add_down(a, b), add_up(a, b), &x.add(&y));
        brackets(sub_down(a, b), sub_up(a, b), &x.sub(&y));
        brackets(mul_down(a, b), mul_up(a, b), &x.mul(&y));
        if b != T::zero() {
            let positive = b > T::zero();
            let below = |q: T| {
                let product = exact(q).mul(&y);
                if positive { product.is_at_most(&x) } else { x.is_at_most(&product) }
            };
            let above = |q: T| {
                let product = exact(q).mul(&y);
                if positive { x.is_at_most(&product) } else { product.is_at_most(&x) }
            };
            brackets_by(div_down(a, b), div_up(a, b), below, above);
        }
        let (a, x) = if a < T::zero() { (-a, Dyadic::zero().sub(&x)) } else { (a, x) };
        let square = |r: T| exact(r).mul(&exact(r));
        let (lower, upper) = (square_root_down(a), square_root_up(a));
        brackets_by(lower, upper, |r| square(r).is_at_most(&x), |r| x.is_at_most(&square(r)));
        assert!(lower >= T::zero());
    }
}

#[test]
fn directed_operations_bracket_the_exact_result_in_double() {
    directed_operations_bracket_the_exact_result::<f64>();
}

#[test]
fn directed_operations_bracket_the_exact_result_in_single() {
    directed_operations_bracket_the_exact_result::<f32>();
}

/// An interval of random ends, often a point, seldom with an infinite end.
fn interval<T: Scalar>(source: &mut Source) -> Enclosure<T> {
    let a = number::<T>(source);
    let b = match source.below(4) {
        0 => a,
        1 => a.next_up().lesser(T::MAX),
        2 if source.below(8) == 0 => T::INFINITY,
        _ => number(source),
    };
    Enclosure::new(a.lesser(b), a.greater(b)).unwrap()
}

/// Members of an interval: its finite ends, and one between them.
fn members<T: Scalar>(interval: &Enclosure<T>) -> Vec<T> {
    let all = [interval.lo(), interval.midpoint(), interval.hi()];
    all.into_iter().filter(|x| x.is_finite()).collect()
}

fn interval_operations_contain_every_exact_result<T: Scalar>() {
    let mut source = Source::new(2);
    for _ in 0..10_000 {
        let (a, b) = (interval::<T>(&mut source), interval::<T>(&mut source));
        let (sum, difference, product, quotient) = (a + b, a - b, a * b, a / b);
        let (square, scaled) = (a.square(), a.scale_exp2(-30));
        let root = a.square_root();
        for x in members(&a) {
            let exact_x = exact(x);
            let contains = |e: &Enclosure<T>, v: &Dyadic| is_at_most(e.lo(), v) && is_at_least(e.hi(), v);
            assert!(contains(&square, &exact_x.mul(&exact_x)), "{a} {square}");
            assert!(contains(&scaled, &exact_x.clone().scaled(-30)), "{a} {scaled}");
            if x >= T::zero() {
                let root = root.unwrap();
                let square = |r: T| exact(r).mul(&exact(r));
                assert!(root.lo() >= T::zero() && square(root.lo()).is_at_most(&exact_x), "{a} {root}");
                assert!(!root.hi().is_finite() || exact_x.is_at_most(&square(root.hi())), "{a} {root}");
            }
            for y in members(&b) {
                let exact_y = exact(y);
                assert!(contains(&sum, &exact_x.add(&exact_y)), "{a} {b} {sum}");
                assert!(contains(&difference, &exact_x.sub(&exact_y)), "{a} {b} {difference}");
                assert!(contains(&product, &exact_x.mul(&exact_y)), "{a} {b} {product}");
                if y != T::zero() {
                    // lo ≤ x/y ≤ hi, multiplied by y.
                    let times = |end: T| exact(end).mul(&exact_y);
                    let (lo, hi) = (quotient.lo(), quotient.hi());
                    let (small, large) = if y > T::zero() { (lo, hi) } else { (hi, lo) };
                    assert!(!small.is_finite() || times(small).is_at_most(&exact_x), "{a} {b} {quotient}");
                    assert!(!large.is_finite() || exact_x.is_at_most(&times(large)), "{a} {b} {quotient}");
                }
            }
        }
        if let (true, true) = (a.lo().is_finite(), a.hi().is_finite()) {
            let width = exact(a.hi()).sub(&exact(a.lo()));
            assert!(is_at_least(a.width(), &width), "{a} {}", a.width());
            let scale = exact(a.lo().magnitude().greater(a.hi().magnitude()));
            let relative = a.relative_width();
            assert!(!relative.is_finite() || width.is_at_most(&exact(relative).mul(&scale)), "{a}");
        }
    }
}

#[test]
fn interval_operations_contain_every_exact_result_in_double() {
    interval_operations_contain_every_exact_result::<f64>();
}

#[test]
fn interval_operations_contain_every_exact_result_in_single() {
    interval_operations_contain_every_exact_result::<f32>();
}

/// Quotients, products and roots of points are as tight as the format allows: a point exactly if the result is a number.
#[test]
fn operations_on_points_step_only_where_they_must() {
    let mut source = Source::new(3);
    for _ in 0..20_000 {
        let mut point = || Enclosure::point(f32::from_f64((source.uniform() * 64.0).round() + 64.5)).unwrap();
        let (a, b) = (point(), point());
        let neighbours = |e: Enclosure<f32>| e.lo() == e.hi() || e.lo().next_up() == e.hi();
        assert!((a + b).is_point() && (a * b).is_point() && ((a * b) / b).is_point());
        assert_eq!((a * a).square_root(), Some(a));
        assert!(neighbours(a / b) && neighbours(a.square_root().unwrap()));
    }
}

#[test]
fn counts_above_the_digits_of_the_format_are_enclosed() {
    for base in [1_usize << 24, 3 << 24, 1 << 30] {
        for count in base..base + 300 {
            let (enclosure, count) = (Enclosure::<f32>::count(count), Dyadic::new(count as f64));
            assert!(is_at_most(enclosure.lo(), &count) && is_at_least(enclosure.hi(), &count));
        }
    }
}

#[test]
fn scaling_into_the_subnormal_range_and_out_of_the_range_is_outward() {
    let x = Enclosure::point(1.0 + f64::EPSILON).unwrap();
    for exponent in [-1074, -1073, -1060, -1022, 1023, 1024, 3000, -3000] {
        let scaled = x.scale_exp2(exponent);
        let value = exact(x.lo()).scaled(i64::from(exponent));
        assert!(is_at_most(scaled.lo(), &value) && is_at_least(scaled.hi(), &value), "{exponent} {scaled}");
        let negative = (-x).scale_exp2(exponent);
        assert_eq!((negative.lo(), negative.hi()), (-scaled.hi(), -scaled.lo()));
    }
}

/// `γ(1 − ku) ≥ ku`, in integers.
#[test]
fn gamma_is_an_upper_bound_for_every_count() {
    let check = |k: u32| {
        let gamma = exact(gamma_upper::<f32>(k as usize));
        let rest = Dyadic::new(f64::from((1_u32 << 24) - k));
        assert!(Dyadic::new(f64::from(k)).is_at_most(&gamma.mul(&rest)), "{k}");
    };
    (1..20_000).for_each(check);
    let mut source = Source::new(4);
    (0..20_000).map(|_| source.below((1 << 23) - 1) as u32 + 1).for_each(check);
}

/// A value that met `k` roundings, all of `1 − u` or all of `1/(1 − u)`, on both sides of the count from which another
/// formula serves.
#[test]
fn inflation_outweighs_the_worst_roundings_exactly() {
    let mut source = Source::new(5);
    for k in (0..40).chain((4085..4110).step_by(1)).chain([4500, 6000, 9000]) {
        let shrink = BigInt::from((1 << 24) - 1).pow(k);
        let shrink = Dyadic { mantissa: shrink, exponent: -24 * i64::from(k) };
        for _ in 0..if k < 40 { 200 } else { 40 } {
            let computed = f32::from_f64(1.5 + source.uniform() / 2.0);
            let k = k as usize;
            // ŷ = y(1 − u)^k, and ŷ = y/(1 − u)^k.
            let (upper, lower) = (exact(inflate_up(k, computed)), exact(inflate_down(k, computed)));
            assert!(exact(computed).is_at_most(&upper.mul(&shrink)), "{k} {computed}");
            assert!(lower.is_at_most(&exact(computed).mul(&shrink)), "{k} {computed}");
        }
    }
}

/// What the formulas say beyond the counts that Lemma L1 serves, operation by operation: the next step hides what one
/// leaves out.
#[test]
fn bounds_of_large_counts_step_outward_at_every_operation() {
    let mut source = Source::new(6);
    for k in (4096..4200).chain([10_000, 1 << 20]) {
        let ku = (k as f32).next_up() * f32::UNIT_ROUNDOFF;
        let gamma = (ku / (1.0 - ku).next_down()).next_up();
        assert_eq!(gamma_upper::<f32>(k), gamma);
        for _ in 0..20 {
            let computed = f32::from_f64(1.5 + source.uniform() / 2.0);
            assert_eq!(inflate_up(k, computed), (computed * (1.0 + gamma).next_up()).next_up());
            assert_eq!(inflate_down(k, computed), (computed * (1.0 - gamma).next_down()).next_down());
        }
    }
    // The last count for which one multiplication serves, and the first for which it does not.
    let gamma = gamma_upper::<f32>(4095);
    assert_eq!(inflate_up(4094, 1.0_f32), 1.0 + 4096.0 * f32::UNIT_ROUNDOFF);
    assert_eq!(inflate_up(4095, 1.5_f32), (1.5 * (1.0 + gamma).next_up()).next_up());
    assert_eq!(inflate_down(4094, 1.0_f32), 1.0 - 4095.0 * f32::UNIT_ROUNDOFF);
    assert_eq!(inflate_down(4095, 1.5_f32), (1.5 * (1.0 - gamma).next_down()).next_down());
}

/// Where nothing is known of what was rounded, the lower bound is zero, as for zero itself, whatever the formula.
#[test]
fn lower_bounds_end_at_zero() {
    assert_eq!(inflate_down(1 << 23, 1.0_f32), 0.0);
    for k in [0, 5, 4094, 4095, 10_000, 1 << 30] {
        assert_eq!(inflate_down(k, 0.0_f32).to_bits(), 0);
    }
}
