// SPDX-License-Identifier: MIT OR Apache-2.0

//! The norms that are measured of a matrix and of its Gram matrix, where every sum rounds to the wrong side.

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;
use widthwise_rounding::Scalar;

use super::exact;
use crate::exact::Dyadic;
use crate::large::gram::{EntryNorms, GramNorms};

/// Just below half of the distance from 1 to the number above it.
const LOST: f64 = 0.99 * f64::UNIT_ROUNDOFF;

fn sum(terms: impl Iterator<Item = f64>) -> Dyadic {
    terms.fold(Dyadic::zero(), |sum, x| sum.add(&exact(x)))
}

fn sum_of_squares(terms: impl Iterator<Item = f64>) -> Dyadic {
    terms.fold(Dyadic::zero(), |sum, x| sum.add(&exact(x).mul(&exact(x))))
}

fn largest(numbers: impl Iterator<Item = Dyadic>) -> Dyadic {
    numbers.fold(Dyadic::zero(), |m, x| if m.is_at_most(&x) { x } else { m })
}

/// `‖M‖_1 ‖M‖_∞`, exactly.
fn product_of_sums(matrix: &[f64], long: usize) -> Dyadic {
    let columns = matrix.chunks_exact(long).map(|column| sum(column.iter().map(|a| a.magnitude())));
    let rows = (0..long).map(|i| sum(matrix.iter().skip(i).step_by(long).map(|a| a.magnitude())));
    largest(columns).mul(&largest(rows))
}

fn check_entry_norms(matrix: &[f64], long: usize) -> EntryNorms {
    let norms = EntryNorms::of(matrix, &mut vec![f64::NAN; long]);
    let square = sum_of_squares(matrix.iter().copied());
    assert!(square.is_at_most(&exact(norms.frobenius_square)));
    let size = exact(norms.size);
    assert!(square.is_at_most(&size) || product_of_sums(matrix, long).is_at_most(&size));
    let column = largest(matrix.chunks_exact(long).map(|column| sum_of_squares(column.iter().copied())));
    assert!(exact(norms.column_square).is_at_most(&column));
    norms
}

fn check_gram_norms(gram: &[f64], n: usize) {
    let norms = GramNorms::of(gram, n);
    let lower = (0..n * n).filter(|k| k % n >= k / n);
    let square = lower.fold(Dyadic::zero(), |sum, k| {
        let square = exact(gram[k]).mul(&exact(gram[k]));
        sum.add(&if k % (n + 1) == 0 { square } else { square.scaled(1) })
    });
    let bound = exact(norms.frobenius);
    assert!(square.is_at_most(&bound.mul(&bound)));
    assert!(
        norms.frobenius
            <= (1.0 + 1e-12)
                * (0..n * n)
                    .map(|k| {
                        let entry = gram[(k % n).max(k / n) + (k % n).min(k / n) * n];
                        entry * entry
                    })
                    .sum::<f64>()
                    .square_root()
                + 1e-140
    );
    assert_eq!(norms.largest, (0..n).fold(0.0_f64, |m, j| m.greater(gram[j + j * n])));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn entries_are_measured_from_the_right_side(
        entries in prop::collection::vec(-2.0_f64..2.0, 144), long in 1..40_usize, short in 1..4_usize,
    ) {
        check_entry_norms(&entries[..long * short], long);
    }

    #[test]
    fn gram_matrices_are_measured_from_above(
        entries in prop::collection::vec(-2.0_f64..2.0, 400), n in 1..21_usize,
    ) {
        // What is above the diagonal is not read.
        let gram: Vec<f64> = (0..n * n)
            .map(|k| if k % n < k / n { f64::NAN } else { entries[k] }).collect();
        check_gram_norms(&gram, n);
    }
}

/// Where the product of the sums is the lesser bound, and the largest column and the largest row both round down.
#[test]
fn sums_of_entries_that_always_round_down_are_inflated() {
    let (long, short) = (800, 100);
    let mut matrix = vec![0.0; long * short];
    (0..short).for_each(|j| matrix[j + j * long] = 0.5);
    // The column has more entries than the row and loses one in eight only, as it is summed in eight lanes.
    matrix[..long].fill(LOST);
    (0..short).for_each(|j| matrix[j * long] = LOST);
    matrix[0] = 1.0;
    let norms = check_entry_norms(&matrix, long);
    assert!(norms.size < 0.5 * norms.frobenius_square);
}

/// Each of the two sums alone, where the other is exact.
#[test]
fn a_column_or_a_row_that_rounds_down_is_inflated() {
    let n = 800;
    for by_row in [false, true] {
        let mut matrix = vec![0.0; n * n];
        for k in 0..n {
            matrix[k + k * n] = 0.5;
            matrix[if by_row { k * n } else { k }] = LOST;
        }
        matrix[0] = 1.0;
        let norms = check_entry_norms(&matrix, n);
        assert!(norms.size < 0.5 * norms.frobenius_square);
    }
}

#[test]
fn squares_that_always_round_up_or_down_are_covered() {
    for part in [0.99, 1.01] {
        // One in sixteen is added to the first square, as a column is summed in sixteen lanes.
        let mut column = vec![(part * f64::UNIT_ROUNDOFF).square_root(); 1600];
        column[0] = 1.0;
        let norms = check_entry_norms(&column, 1600);
        let square = sum_of_squares(column.iter().copied());
        let plain = exact(crate::large::products::dot(&column, &column));
        assert_eq!(square.is_at_most(&plain), part > 1.0);
        assert!(norms.frobenius_square - norms.column_square < 1e-11);
        // The same squares down a column of a Gram matrix, and along its diagonal.
        let n = 300;
        let mut gram = vec![0.0; n * n];
        gram[..n].copy_from_slice(&column[..n]);
        check_gram_norms(&gram, n);
        gram.fill(0.0);
        (0..n).for_each(|j| gram[j + j * n] = column[j]);
        check_gram_norms(&gram, n);
    }
}

/// Squares that are no numbers: what is left of the bound is its allowance.
#[test]
fn squares_that_underflow_are_covered() {
    check_gram_norms(&[f64::power_of_two(-540); 9], 3);
    check_gram_norms(&[f64::power_of_two(-538); 400], 20);
    check_entry_norms(&[f64::power_of_two(-538); 400], 20);
}
