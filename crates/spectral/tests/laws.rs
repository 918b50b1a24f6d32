// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the spectral norm satisfies, checked on its enclosures: invariances, inequalities, and input meant to break it.
//!
//! An inequality between exact norms is never refuted by enclosures of them.

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

use exact::{CharacteristicPolynomial, Dyadic};
use families::{FAMILIES, Source, in_format};
use nalgebra::DMatrix;
use proptest::prelude::*;
use widthwise_rounding::{Scalar, ScaledEnclosure, Verdict};
use widthwise_spectral::{KernelError, spectral_norm_in, workspace_len};

fn norm_of<T: Scalar>(a: &DMatrix<T>) -> Result<ScaledEnclosure<T>, KernelError> {
    let mut work = vec![T::NAN; workspace_len(a.nrows(), a.ncols())];
    spectral_norm_in(a, &mut work).map(|norm| norm.scaled())
}

fn is_right<T: Scalar>(a: &DMatrix<T>, norm: &ScaledEnclosure<T>) -> bool {
    let exact = a.row_iter().map(|row| row.iter().map(|x| Dyadic::new(x.to_f64())).collect()).collect();
    let polynomial = CharacteristicPolynomial::of_gram(&exact);
    let end = |x: T| Dyadic::new(x.to_f64()).scaled(i64::from(norm.exponent()));
    polynomial.largest_is_at_least(&end(norm.significand().lo()))
        && polynomial.largest_is_at_most(&end(norm.significand().hi()))
}

/// A matrix of one of the families.
fn matrix(largest: usize) -> impl Strategy<Value = DMatrix<f64>> {
    (0..FAMILIES.len(), 1..=largest, 1..=largest, any::<u64>())
        .prop_map(|(family, m, n, seed)| FAMILIES[family].1(&mut Source::new(seed), m, n))
}

/// A random order of `count` things.
fn order(count: usize, source: &mut Source) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for i in (1..count).rev() {
        order.swap(i, source.below(i + 1));
    }
    order
}

/// Neither norm excludes that the two are equal, and both are right.
fn agree<T: Scalar>(a: &DMatrix<T>, b: &DMatrix<T>) -> Result<(), TestCaseError> {
    let (norm, other) = (norm_of(a).unwrap(), norm_of(b).unwrap());
    prop_assert_ne!(norm.is_equal_to(&other), Verdict::Refuted, "{:?} {:?} {:?} {:?}", a, norm, b, other);
    prop_assert!(is_right(a, &norm) && is_right(b, &other), "{a:?} {norm:?} {b:?} {other:?}");
    Ok(())
}

/// An exponent by which every entry can be scaled without leaving the range or losing digits, `part` of the way from
/// none to the lowest (below zero) or to the highest (above).
fn exact_exponent<T: Scalar>(a: &DMatrix<T>, part: f64) -> i32 {
    let exponents = || a.iter().filter_map(|x| x.exponent());
    let room = if part < 0.0 {
        exponents().min().map_or(0, |smallest| (smallest - (T::MIN_EXPONENT + T::DIGITS - 1)).max(0))
    } else {
        exponents().max().map_or(0, |largest| T::MAX_EXPONENT - 1 - largest)
    };
    (part * f64::from(room)) as i32
}

proptest! {
    #[test]
    fn powers_of_two_scale_the_enclosure_exactly(a in matrix(9), part in -1.0_f64..=1.0) {
        let k = exact_exponent(&a, part);
        let scaled = a.map(|x| x.scale_exp2(k));
        prop_assert_eq!(scaled.map(|x| x.scale_exp2(-k)), a.clone());
        prop_assert_eq!(norm_of(&scaled).unwrap(), norm_of(&a).unwrap().scale_exp2(k));
    }

    #[test]
    fn powers_of_two_scale_the_enclosure_exactly_in_single(a in matrix(9), part in -1.0_f64..=1.0) {
        let a: DMatrix<f32> = in_format(&a);
        let k = exact_exponent(&a, part);
        let scaled = a.map(|x| x.scale_exp2(k));
        prop_assert_eq!(scaled.map(|x| x.scale_exp2(-k)), a.clone());
        prop_assert_eq!(norm_of(&scaled).unwrap(), norm_of(&a).unwrap().scale_exp2(k));
    }

    #[test]
    fn orders_signs_and_transposition_leave_the_norm(a in matrix(7), seed in any::<u64>()) {
        let (m, n) = a.shape();
        let mut source = Source::new(seed);
        let (rows, columns) = (order(m, &mut source), order(n, &mut source));
        let mut signs = |count| -> Vec<f64> {
            (0..count).map(|_| if source.uniform() < 0.0 { -1.0 } else { 1.0 }).collect()
        };
        let (row_signs, column_signs) = (signs(m), signs(n));
        let moved = DMatrix::from_fn(m, n, |i, j| row_signs[i] * column_signs[j] * a[(rows[i], columns[j])]);
        agree(&a, &moved)?;
        agree(&a, &moved.transpose())?;
        agree(&in_format::<f32>(&a), &in_format::<f32>(&moved))?;
    }

    #[test]
    fn rows_and_columns_of_zeros_leave_the_norm(a in matrix(6), row in 0..7_usize, column in 0..7_usize) {
        let (row, column) = (row.min(a.nrows()), column.min(a.ncols()));
        agree(&a, &a.clone().insert_row(row, 0.0).insert_column(column, 0.0))?;
    }

    #[test]
    fn submatrices_have_no_larger_norm(a in matrix(12), cut in prop::array::uniform4(0.0_f64..1.0)) {
        let part = |count: usize, start: f64, length: f64| {
            let start = (start * count as f64) as usize;
            (start, 1 + (length * (count - start) as f64) as usize)
        };
        let (i, rows) = part(a.nrows(), cut[0], cut[1]);
        let (j, columns) = part(a.ncols(), cut[2], cut[3]);
        let b = a.view((i, j), (rows.min(a.nrows() - i), columns.min(a.ncols() - j))).into_owned();
        prop_assert_ne!(norm_of(&b).unwrap().is_at_most(&norm_of(&a).unwrap()), Verdict::Refuted);
    }

    /// For sums and products that are exact, or whose rounding has an enclosure of its own.
    #[test]
    fn triangle_and_submultiplicative_inequalities_are_never_refuted(
        m in 1..7_usize, k in 1..7_usize, n in 1..7_usize, seed in any::<u64>(), parallel in any::<bool>(),
    ) {
        let mut source = Source::new(seed);
        // Eleven bits: sums and products of these are exact in binary64.
        let mut draw = |m: usize, n: usize| source.matrix(m, n).map(|x| (x * 2048.0).round());
        let (a, b) = (draw(m, k), draw(k, n));
        // Parallel summands and factors reach equality.
        let c = if parallel { &a * 3.0 } else { draw(m, k) };
        let b = if parallel { a.transpose() } else { b };
        let (of_a, of_b, of_c) = (norm_of(&a).unwrap(), norm_of(&b).unwrap(), norm_of(&c).unwrap());
        prop_assert_ne!(norm_of(&(&a + &c)).unwrap().is_at_most(&(of_a + of_c)), Verdict::Refuted);
        prop_assert_ne!(norm_of(&(&a * &b)).unwrap().is_at_most(&(of_a * of_b)), Verdict::Refuted);
        if parallel {
            prop_assert_ne!((of_a + of_c).is_at_most(&norm_of(&(&a + &c)).unwrap()), Verdict::Refuted);
            prop_assert_ne!((of_a * of_b).is_at_most(&norm_of(&(&a * &b)).unwrap()), Verdict::Refuted);
        }
    }

    #[test]
    fn any_bits_at_all_give_an_enclosure_or_the_place_of_a_bad_entry(
        m in 1..6_usize, n in 1..6_usize, bits in prop::collection::vec(any::<u64>(), 25),
    ) {
        let a = DMatrix::from_fn(m, n, |i, j| f64::from_bits(bits[i + 5 * j]));
        match norm_of(&a) {
            Ok(norm) => prop_assert!(a.iter().all(|x| x.is_finite()) && is_right(&a, &norm), "{a:?} {norm:?}"),
            Err(error) => {
                let (i, j) = error.position().expect("an entry is bad");
                prop_assert!(!a[(i, j)].is_finite());
            }
        }
        let single = DMatrix::from_fn(m, n, |i, j| f32::from_bits(bits[i + 5 * j] as u32));
        match norm_of(&single) {
            Ok(norm) => prop_assert!(is_right(&single, &norm), "{single:?} {norm:?}"),
            Err(error) => {
                let (i, j) = error.position().expect("an entry is bad");
                prop_assert!(!single[(i, j)].is_finite());
            }
        }
    }

    #[test]
    fn a_bad_entry_is_found_wherever_it_is(
        a in matrix(9), place in any::<prop::sample::Index>(), which in 0..3_usize,
    ) {
        let mut a = a;
        let index = place.index(a.len());
        a[index] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY][which];
        let error = norm_of(&a).unwrap_err();
        prop_assert_eq!(error.position(), Some((index % a.nrows(), index / a.nrows())));
        prop_assert_eq!((error.is_nan(), error.is_infinite()), (which == 0, which != 0));
    }
}

/// Numbers at every end of both ranges side by side, in every shape up to four.
#[test]
fn extreme_numbers_side_by_side_are_enclosed() {
    let extremes = [
        0.0,
        -0.0,
        f64::MIN_SUBNORMAL,
        f64::MIN_NORMAL.next_down(),
        f64::MIN_NORMAL,
        f64::power_of_two(-538),
        f64::power_of_two(-300),
        1.0_f64.next_down(),
        1.0,
        f64::power_of_two(300),
        f64::power_of_two(512),
        f64::MAX,
        -f64::MAX,
    ];
    let mut source = Source::new(17);
    for trial in 0..800 {
        let (m, n) = (1 + trial % 4, 1 + trial / 4 % 4);
        let some = 1 + source.below(extremes.len());
        let a = DMatrix::from_fn(m, n, |_, _| extremes[(source.below(some) + trial) % extremes.len()]);
        let norm = norm_of(&a).unwrap();
        assert!(is_right(&a, &norm), "{a:?} {norm:?}");
        let a: DMatrix<f32> = in_format(&a);
        let norm = norm_of(&a).unwrap();
        assert!(is_right(&a, &norm), "{a:?} {norm:?}");
    }
}
