// SPDX-License-Identifier: MIT OR Apache-2.0

//! Compensated sums and the norms made of them, against exact arithmetic, on terms chosen to lose what can be lost.

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
use nalgebra::DMatrix;
use widthwise_linalg::{
    DotAccumulator, NormAccumulator, Scaling, frobenius_norm_enclosure, max_column_norm_enclosure,
    max_column_sum_enclosure, max_row_norm_enclosure, max_row_sum_enclosure,
};
use widthwise_rounding::error_free::{two_prod, two_sum};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure, gamma_upper, inflate_up};

fn exact<T: Scalar>(x: T) -> Dyadic {
    Dyadic::new(x.to_f64())
}

fn contains<T: Scalar>(enclosure: &Enclosure<T>, value: &Dyadic) -> bool {
    let finite = enclosure.lo().is_finite() && enclosure.hi().is_finite();
    finite && exact(enclosure.lo()).is_at_most(value) && value.is_at_most(&exact(enclosure.hi()))
}

type Terms<T> = Vec<(T, T)>;

fn accumulate<T: Scalar>(terms: &Terms<T>) -> (DotAccumulator<T>, Dyadic) {
    let mut sum = DotAccumulator::new();
    terms.iter().for_each(|&(x, y)| sum.add_product(x, y));
    let value = terms.iter().fold(Dyadic::zero(), |s, &(x, y)| s.add(&exact(x).mul(&exact(y))));
    (sum, value)
}

/// Terms of every size, of which some cancel.
fn random_terms<T: Scalar>(source: &mut Source) -> Terms<T> {
    let spread = [1, 20, 60, 300][source.below(4)].min(T::MAX_EXPONENT / 4);
    let draw = |source: &mut Source| {
        T::from_f64(source.uniform()).scale_exp2(-(source.below(spread as usize) as i32))
    };
    let mut terms: Terms<T> = (0..source.below(30)).map(|_| (draw(source), draw(source))).collect();
    if source.below(2) == 0 {
        let negated: Vec<_> = terms.iter().rev().map(|&(x, y)| (-y, x)).collect();
        terms.extend(negated);
        if let Some(last) = terms.last_mut() {
            last.0 = last.0.next_up();
        }
    }
    terms
}

fn sums_contain_the_exact_value<T: Scalar>() {
    let mut source = Source::new(1);
    for _ in 0..6000 {
        let terms = random_terms::<T>(&mut source);
        let (sum, value) = accumulate(&terms);
        assert!(contains(&sum.enclosure(), &value), "{terms:?} {}", sum.enclosure());
    }
}

#[test]
fn sums_contain_the_exact_value_in_double() {
    sums_contain_the_exact_value::<f64>();
}

#[test]
fn sums_contain_the_exact_value_in_single() {
    sums_contain_the_exact_value::<f32>();
}

/// The sum of errors holds `first` when `count` errors a little below half an ulp of it come: all are lost. The high
/// parts cancel, so that nothing hides the loss.
fn terms_that_are_lost<T: Scalar>(count: usize) -> Terms<T> {
    let u = T::UNIT_ROUNDOFF;
    // 1 + 0.51u: the sum is 1 and the error 0.51u, of which half an ulp is 0.5u².
    let first = u * T::from_f64(0.51);
    let small = u * u * T::from_f64(0.49);
    let mut terms = vec![(T::one(), T::one()), (first, T::one())];
    terms.extend((0..count).map(|_| (small, T::one())));
    terms.push((-T::one(), T::one()));
    terms
}

#[test]
fn radius_covers_errors_that_are_lost_and_little_more() {
    for count in [10, 100, 2000] {
        let (sum, value) = accumulate(&terms_that_are_lost::<f32>(count));
        assert!(contains(&sum.enclosure(), &value), "{count} {}", sum.enclosure());
        // Lost: count times 0.49u², where the bound is the number of terms times 0.51u².
        let lost = value.sub(&exact(sum.value()));
        let radius = exact(sum.enclosure().hi()).sub(&exact(sum.value()));
        assert!(lost.is_at_most(&radius) && !lost.scaled(1).is_at_most(&radius), "{count}");
        let (sum, value) = accumulate(&terms_that_are_lost::<f64>(count));
        assert!(contains(&sum.enclosure(), &value), "{count} {}", sum.enclosure());
    }
}

/// Where the error of a product is below the smallest number.
#[test]
fn products_that_underflow_are_covered() {
    fn check<T: Scalar>() {
        let mut source = Source::new(2);
        for product in T::MIN_EXPONENT - 4..T::MIN_EXPONENT + 3 * T::DIGITS {
            for _ in 0..8 {
                let mut number =
                    |exponent: i32| T::from_f64(1.5 + source.uniform() / 2.0).scale_exp2(exponent);
                let half = product / 2;
                let terms = vec![(number(half), number(product - half))];
                let (sum, value) = accumulate(&terms);
                assert!(contains(&sum.enclosure(), &value), "{product} {terms:?} {}", sum.enclosure());
            }
        }
    }
    check::<f32>();
    check::<f64>();
    // Not flagged where a factor is zero: then nothing is lost.
    let (sum, _) = accumulate(&vec![(0.0_f64, 1.0), (3.0, 5.0)]);
    assert!(sum.enclosure().is_point());
}

/// Terms rounded by `ω/2` before they are summed.
#[test]
fn terms_declared_inexact_are_covered() {
    let mut sum = DotAccumulator::<f64>::new();
    sum.assume_scaled_inexactly();
    let mut value = Dyadic::zero();
    let half_omega = exact(f64::MIN_SUBNORMAL).scaled(-1);
    for _ in 0..5 {
        sum.add_product(2.0, 1.5 * f64::power_of_two(-1060));
        value = value.add(&exact(1.5 * f64::power_of_two(-1060)).add(&half_omega).mul(&exact(2.0)));
    }
    assert!(contains(&sum.enclosure(), &value));
}

fn norms_of_sums_contain_the_exact_value<T: Scalar>() {
    let mut source = Source::new(3);
    for trial in 0..1500 {
        let mut norm = NormAccumulator::new();
        let mut square = Dyadic::zero();
        for entry in 0..1 + source.below(6) {
            let terms = match trial % 3 {
                // The entry is all error.
                0 if entry == 0 => terms_that_are_lost::<T>(20),
                1 => terms_that_are_lost::<T>(entry),
                _ => random_terms(&mut source),
            };
            let (sum, value) = accumulate(&terms);
            norm.add(&sum);
            square = square.add(&value.mul(&value));
        }
        let (of_square, root) = (norm.norm_squared(), norm.norm());
        assert!(contains(&of_square, &square), "{of_square}");
        assert!(exact(root.lo()).mul(&exact(root.lo())).is_at_most(&square), "{root}");
        assert!(square.is_at_most(&exact(root.hi()).mul(&exact(root.hi()))), "{root}");
    }
}

#[test]
fn norms_of_sums_contain_the_exact_value_in_double() {
    norms_of_sums_contain_the_exact_value::<f64>();
}

#[test]
fn norms_of_sums_contain_the_exact_value_in_single() {
    norms_of_sums_contain_the_exact_value::<f32>();
}

/// What the formulas of the radius say, operation by operation: the next step hides what one leaves out.
#[test]
fn radii_step_outward_at_every_operation() {
    let omega = f32::MIN_SUBNORMAL;
    let mut source = Source::new(6);
    for trial in 0..400 {
        let mut norm = NormAccumulator::<f32>::new();
        let mut radii = 0.0;
        let entries = 1 + trial % 7;
        for _ in 0..entries {
            let count = 2 + source.below(12);
            let mut sum = DotAccumulator::new();
            let (mut high, mut errors) = (0.0, 0.0);
            for _ in 0..count {
                let (x, y) = (f32::from_f64(source.uniform()), f32::from_f64(source.uniform()));
                sum.add_product(x, y);
                let (product, lost) = two_prod(x, y);
                let (total, rest) = two_sum(high, product);
                high = total;
                errors += rest.magnitude() + lost.magnitude();
            }
            let mut radius = (gamma_upper::<f32>(count) * inflate_up(count + 1, errors)).next_up();
            if trial % 2 == 0 {
                sum.assume_scaled_inexactly();
                radius = (radius + (count as f32 * 16.0 * omega).next_up()).next_up();
            }
            norm.add(&sum);
            radii += radius + omega;
        }
        assert_eq!(norm.radius(), inflate_up(entries + 2, radii));
    }
    // Underflow alone.
    let mut sum = DotAccumulator::<f32>::new();
    sum.assume_scaled_inexactly();
    sum.add_product(1.0, 1.0);
    let mut norm = NormAccumulator::new();
    norm.add(&sum);
    let radius = (16.0 * omega).next_up().next_up();
    assert_eq!(norm.radius(), inflate_up(3, radius + omega));
}

/// A long vector of which every square but the first is lost in a plain sum.
#[test]
fn norms_keep_squares_below_the_last_digit() {
    let small = (0.49 * f32::UNIT_ROUNDOFF).square_root();
    let mut a = DMatrix::from_element(1, 3000, small);
    a[0] = 1.0;
    let square = a.iter().fold(Dyadic::zero(), |s, &x| s.add(&exact(x).mul(&exact(x))));
    let norm = frobenius_norm_enclosure(&a).unwrap().to_enclosure();
    let (lo, hi) = (exact(norm.lo()), exact(norm.hi()));
    assert!(lo.mul(&lo).is_at_most(&square) && square.is_at_most(&hi.mul(&hi)));
    assert!(norm.relative_width() <= 4.0 * f32::UNIT_ROUNDOFF);
}

/// The entries of the norms of rows, columns and all, exactly.
#[test]
fn norms_of_entries_contain_the_exact_value_at_every_scale() {
    let mut source = Source::new(4);
    let ends = |norm: &ScaledEnclosure<f64>| {
        let end = |x: f64| exact(x).scaled(i64::from(norm.exponent()));
        (end(norm.significand().lo()), end(norm.significand().hi()))
    };
    for trial in 0..600 {
        let (m, n) = (1 + source.below(5), 1 + source.below(5));
        let spread = [1.0, 40.0, 900.0][trial % 3];
        let a =
            DMatrix::from_fn(m, n, |_, _| source.uniform().scale_exp2((source.uniform() * spread) as i32));
        let largest = |values: Vec<Dyadic>| {
            values.into_iter().reduce(|a, b| if a.is_at_most(&b) { b } else { a }).unwrap()
        };
        let magnitude = |x: &f64| exact(x.magnitude());
        let sum = |values: &mut dyn Iterator<Item = Dyadic>| values.fold(Dyadic::zero(), |s, x| s.add(&x));
        let squares = |x: &f64| exact(*x).mul(&exact(*x));

        let exact_square = sum(&mut a.iter().map(squares));
        let row_square = largest(a.row_iter().map(|r| sum(&mut r.iter().map(squares))).collect());
        let column_square = largest(a.column_iter().map(|c| sum(&mut c.iter().map(squares))).collect());
        for (norm, square) in [
            (frobenius_norm_enclosure(&a), exact_square),
            (max_row_norm_enclosure(&a), row_square),
            (max_column_norm_enclosure(&a), column_square),
        ] {
            let (lo, hi) = ends(&norm.unwrap());
            assert!(lo.mul(&lo).is_at_most(&square) && square.is_at_most(&hi.mul(&hi)), "{a:?}");
        }
        let row_sum = largest(a.row_iter().map(|r| sum(&mut r.iter().map(magnitude))).collect());
        let column_sum = largest(a.column_iter().map(|c| sum(&mut c.iter().map(magnitude))).collect());
        for (norm, value) in
            [(max_row_sum_enclosure(&a), row_sum), (max_column_sum_enclosure(&a), column_sum)]
        {
            let (lo, hi) = ends(&norm.unwrap());
            assert!(lo.is_at_most(&value) && value.is_at_most(&hi), "{a:?}");
        }
    }
}

/// `x · 2^(−exponent)` is exact whenever the scaling says so, and off by half the smallest number at most.
#[test]
fn scalings_are_exact_where_they_say_so() {
    fn check<T: Scalar>() {
        let mut source = Source::new(5);
        let range = T::MAX_EXPONENT - T::MIN_EXPONENT;
        for _ in 0..20_000 {
            let mut number = || {
                let exponent = T::MIN_EXPONENT + source.below(range as usize + 1) as i32;
                T::from_f64(1.5 + source.uniform() / 2.0).scale_exp2(exponent).lesser(T::MAX)
            };
            let (x, y) = (number(), number());
            let scaling = Scaling::of(&DMatrix::from_column_slice(2, 1, &[x, y])).unwrap();
            let scaled = scaling.apply(y);
            let error = exact(scaled).sub(&exact(y).scaled(-i64::from(scaling.exponent())));
            let omega = exact(T::MIN_SUBNORMAL);
            assert!(error.is_zero() || !scaling.is_exact(), "{x:e} {y:e}");
            assert!(error.clone().scaled(1).is_at_most(&omega), "{x:e} {y:e}");
            assert!(Dyadic::zero().sub(&omega).is_at_most(&error.scaled(1)), "{x:e} {y:e}");
        }
    }
    check::<f32>();
    check::<f64>();
}
