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
use nalgebra::{DMatrix, DVector};
use widthwise_linalg::{
    DotAccumulator, NormAccumulator, Scaling, dot_enclosure, frobenius_norm_enclosure, matvec_enclosure,
    matvec_norm_enclosure, max_column_norm_enclosure, max_column_sum_enclosure, max_row_norm_enclosure,
    max_row_sum_enclosure,
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

/// The same losses where nothing but plain terms are summed, as the magnitudes of a row are.
#[test]
fn radius_covers_plain_terms_that_are_lost() {
    fn check<T: Scalar>() {
        for count in [10, 100, 2000] {
            let terms = terms_that_are_lost::<T>(count);
            let mut sum = DotAccumulator::new();
            terms.iter().for_each(|&(x, _)| sum.add(x));
            let value = terms.iter().fold(Dyadic::zero(), |s, &(x, _)| s.add(&exact(x)));
            assert!(contains(&sum.enclosure(), &value), "{} {count} {}", T::NAME, sum.enclosure());
            // Every term counts: the radius is that of the same terms as products.
            assert_eq!(sum.enclosure(), accumulate(&terms).0.enclosure());
        }
    }
    check::<f32>();
    check::<f64>();
}

/// `(1 + 2^(−k))²` about the size from which the error of a product is a number: its last digit is lost just below.
#[test]
fn products_about_the_least_exact_one_are_covered() {
    fn check<T: Scalar>() {
        let exact_from = T::MIN_EXPONENT + 2 * T::DIGITS;
        let mut lost = 0;
        for exponent in exact_from - 12..exact_from + 4 {
            for k in T::DIGITS / 2..T::DIGITS {
                let x = T::one() + T::power_of_two(-k);
                let terms = vec![(x.scale_exp2(exponent / 2), x.scale_exp2(exponent - exponent / 2))];
                let (sum, value) = accumulate(&terms);
                assert!(contains(&sum.enclosure(), &value), "{} {exponent} {k}", T::NAME);
                lost += usize::from(!exact(sum.value()).sub(&value).is_zero() && k > T::DIGITS - 4);
            }
        }
        assert!(lost > 0, "{} loses digits somewhere", T::NAME);
    }
    check::<f32>();
    check::<f64>();
}

/// The square of a norm as its formula says, of entries that are all error beside small ones: anywhere else the last
/// digit of the sum hides what a step leaves out.
#[test]
fn squares_of_norms_step_outward_at_every_operation() {
    let point = |x: f32| Enclosure::point(x).unwrap();
    let mut source = Source::new(7);
    for trial in 0..400 {
        // 1, 0.51u, lost terms, −1, −0.51u: nothing is left but the radius, of about 20u².
        let mut terms = terms_that_are_lost::<f32>(10 + trial % 20);
        let first = terms[1].0;
        terms.push((-first, 1.0));
        let (all_error, _) = accumulate(&terms);
        assert_eq!(all_error.value(), 0.0);
        let mut norm = NormAccumulator::new();
        norm.add(&all_error);
        let radius = norm.radius();
        let entry = radius * (4.0 * f32::from_f64(source.uniform())).magnitude();
        let mut small = DotAccumulator::new();
        small.add(entry);
        norm.add(&small);

        let mut squares = DotAccumulator::new();
        squares.add_product(0.0, 0.0);
        squares.add_product(entry, entry);
        let radius = norm.radius();
        let length = squares.enclosure().hi().next_up().square_root().next_up();
        let correction = (radius * ((length + length).next_up() + radius).next_up()).next_up();
        let (high, low) = two_prod(entry, entry);
        let own = (gamma_upper::<f32>(2) * inflate_up(3, low.magnitude())).next_up();
        let own = if low == 0.0 { 0.0 } else { own };
        let error = Enclosure::new(-own, own).unwrap() + Enclosure::new(-correction, correction).unwrap();
        let expected = point(high) + (point(low) + error);
        let square = norm.norm_squared();
        assert_eq!((square.lo(), square.hi()), (expected.lo().greater(0.0), expected.hi()), "{trial}");
    }
    // Squares that underflow, with a part of a square that is left out: 16ω for each of two products, and a step.
    let omega = f32::MIN_SUBNORMAL;
    let mut entry = DotAccumulator::new();
    entry.add(f32::power_of_two(-80));
    entry.add(f32::power_of_two(-110));
    let mut norm = NormAccumulator::new();
    norm.add(&entry);
    let own = (2.0 * 16.0 * omega).next_up().next_up();
    let length = (own + omega).next_up().square_root().next_up();
    let radius = norm.radius();
    let correction = (radius * ((length + length).next_up() + radius).next_up()).next_up();
    assert_eq!(norm.norm_squared().hi(), own + (omega + correction).next_up());
}

/// Entries that scaling turns into nothing are not nothing: on either side of a product.
#[test]
fn products_of_entries_lost_in_scaling_are_covered() {
    let (large, tiny) = (f64::power_of_two(1000), f64::power_of_two(-1000));
    let contains = |enclosure: &ScaledEnclosure<f64>, value: f64| {
        let end = |x: f64| exact(x).scaled(i64::from(enclosure.exponent()));
        let (lo, hi) = (enclosure.significand().lo(), enclosure.significand().hi());
        end(lo).is_at_most(&exact(value)) && exact(value).is_at_most(&end(hi))
    };
    let lossy = DVector::from_row_slice(&[large, tiny]);
    let unit = DVector::from_row_slice(&[0.0, 1.0]);
    for (x, y) in [(&lossy, &unit), (&unit, &lossy)] {
        assert!(contains(&dot_enclosure(x, y).unwrap(), tiny));
    }
    let matrix = DMatrix::from_row_slice(2, 2, &[large, 0.0, 0.0, tiny]);
    let single = DMatrix::from_row_slice(2, 2, &[0.0, 1.0, 0.0, 0.0]);
    for (a, x) in [(&matrix, &unit), (&single, &lossy)] {
        assert!(contains(&matvec_norm_enclosure(a, x).unwrap(), tiny));
        let mut y = DVector::from_element(2, ScaledEnclosure::zero());
        matvec_enclosure(a, x, &mut y).unwrap();
        assert!(y.iter().any(|entry| contains(entry, tiny) && !contains(entry, -large)));
    }
    // A product so small that the power of two which brings it to one is beyond the range.
    let matrix = DMatrix::from_row_slice(2, 2, &[1.0, 0.0, 0.0, f64::power_of_two(-1060)]);
    let norm = matvec_norm_enclosure(&matrix, &unit).unwrap().to_enclosure();
    assert!(norm.contains(f64::power_of_two(-1060)) && norm.width() <= f64::power_of_two(-1060), "{norm}");
}
