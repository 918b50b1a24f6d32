// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Gram matrix in binary32: its error and its size.

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;
use widthwise_rounding::Scalar;

use super::{Source, U, dot, exact, exact_gram, is_within, negative, norms, single_gram};
use crate::exact::{Exact, eigenvalues_above};
use crate::large::gram::EntryNorms;
use crate::large::single::gamma;
use crate::large::single::gram::{gram_error, gram_height, gram_size};

/// Lemma L2 for every entry, on shapes of more than one tile, piece and slice: a product by a fast algorithm, or with
/// fewer digits, does not pass.
#[test]
fn products_of_the_crate_faer_keep_to_the_lemma() {
    let mut source = Source(1);
    for (long, short, rows) in [
        (1, 1, 1),
        (70, 33, 70),
        (70, 33, 64),
        (300, 150, 300),
        (1100, 65, 1100),
        (1500, 32, 128),
        (131, 131, 300),
    ] {
        for positive in [false, true] {
            let matrix: Vec<f64> = source.numbers(long * short);
            let matrix: Vec<f64> = matrix
                .iter()
                .map(|&x| if positive { x.magnitude() } else { x })
                .map(|x| f64::from(x as f32))
                .collect();
            let out = single_gram(&matrix, long, rows);
            let allowed = gamma(gram_height(long, short));
            for (j, y) in matrix.chunks_exact(long).enumerate() {
                for (i, x) in matrix.chunks_exact(long).enumerate().skip(j) {
                    // Binary64 is 29 digits finer.
                    let (mut sum, mut size) = (0.0, 0.0);
                    for (x, y) in x.iter().zip(y) {
                        sum += x * y;
                        size += (x * y).magnitude();
                    }
                    let error = (f64::from(out[i + j * short]) - sum).magnitude();
                    assert!(error <= 1.0001 * allowed * size, "{long} {short} {i} {j} {error:e} {size:e}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn gram_error_bounds_the_two_norm(seed in any::<u64>(), long in 1..90_usize, short in 1..8_usize, positive in any::<bool>()) {
        let short = short.min(long);
        let matrix: Vec<f64> = Source(seed)
            .numbers(long * short).iter().map(|&x| if positive { x.magnitude() } else { x }).collect();
        let out = single_gram(&matrix, long, 64);
        let bound = exact(gram_error(long, short, &norms(&matrix, long)));
        let gram = exact_gram(&matrix, long);
        let difference: Exact = (0..short).map(|i| (0..short).map(|j| {
            exact(f64::from(out[i.max(j) + i.min(j) * short])).sub(&gram[i][j])
        }).collect()).collect();
        let negated: Exact = difference.iter().map(|row| row.iter().map(negative).collect()).collect();
        prop_assert_eq!(eigenvalues_above(&difference, &bound).0, 0);
        prop_assert_eq!(eigenvalues_above(&negated, &bound).0, 0);
        let magnitudes: Exact = (0..short).map(|i| (0..short).map(|j| {
            exact(f64::from(out[i.max(j) + i.min(j) * short].magnitude()))
        }).collect()).collect();
        let size = gram_size(long, short, &norms(&matrix, long));
        prop_assert_eq!(eigenvalues_above(&magnitudes, &exact(size)).0, 0);
    }
}

/// A product of 1 and pieces that are each just too small to change it.
#[test]
fn gram_error_covers_sums_that_always_round_down() {
    // In a piece: 63 terms, each just below half a unit of the first.
    let small = (0.99 * U).square_root();
    let piece = f64::from((0.99 * U / 64.0).square_root() as f32);
    for (entry, long) in [(f64::from(small as f32), 64), (piece, 64 * 400)] {
        let mut column = vec![entry; long];
        column[..64.min(long)].fill(0.0);
        if long == 64 {
            column.fill(entry);
        }
        column[0] = 1.0;
        let out = single_gram(&column, long, long);
        let error = dot(&column, &column).sub(&exact(f64::from(out[0])));
        let bound = gram_error(long, 1, &norms(&column, long));
        assert!(is_within(&error, &exact(bound)), "{long}");
    }
    // The lost pieces alone are more than a bound that counts the terms of a piece only.
    let mut column = vec![piece; 64 * 400];
    column[..64].fill(0.0);
    column[0] = 1.0;
    let out = single_gram(&column, 64 * 400, 64 * 400);
    let lost = dot(&column, &column).sub(&exact(f64::from(out[0])));
    assert!(exact(300.0 * U).is_at_most(&lost));
}

/// Numbers so small that every product vanishes: what is left of each bound is its allowance.
#[test]
fn sizes_cover_products_that_underflow() {
    let tiny = f32::power_of_two(-80);
    let column = vec![f64::from(tiny); 300];
    let sizes = norms(&column, 300);
    assert_eq!(single_gram(&column, 300, 300), [0.0]);
    assert!(dot(&column, &column).is_at_most(&exact(gram_error(300, 1, &sizes))));
    // Or that are rounded up to the smallest number, each of them.
    let column = vec![1.22 * f64::power_of_two(-75); 300];
    let size = gram_size(300, 1, &norms(&column, 300));
    assert!(f64::from(single_gram(&column, 300, 300)[0]) <= size);
}

/// The entries are rounded as well: all of them up.
#[test]
fn gram_error_is_no_less_than_its_formula() {
    for (long, short, height) in [
        (1, 1, 2),
        (40, 33, 41),
        (64, 64, 65),
        (1024, 64, 64 + 16),
        (1024, 128, 256 + 4),
        (1025, 1025, 64 + 17),
        (2048, 512, 64 + 32),
    ] {
        assert_eq!(gram_height(long, short), height);
        // s = 16; and e beyond what a matrix has, so that its every use is seen.
        for frobenius in [64.0, f64::power_of_two(28)] {
            let norms =
                EntryNorms { frobenius_square: frobenius * frobenius, size: 256.0, column_square: 1.0 };
            let (s, e) = (exact(16.0), exact(frobenius * U));
            let outer = s.add(&e);
            // γ_h ≥ hu(1 + hu).
            let hu = height as f64 * U;
            let gamma = exact(hu).mul(&exact(1.0 + hu));
            let least = gamma.mul(&outer.mul(&outer)).add(&e.mul(&outer.add(&s)));
            let bound = exact(gram_error(long, short, &norms));
            assert!(least.is_at_most(&bound), "{long}");
            assert!(bound.is_at_most(&least.mul(&exact(1.0 + 1.0 / height as f64 + 1e-5))), "{long}");
            let size = exact(1.0).add(&gamma).mul(&outer.mul(&outer));
            assert!(size.is_at_most(&exact(gram_size(long, short, &norms))), "{long}");
        }
    }
}
