// SPDX-License-Identifier: MIT OR Apache-2.0

//! The factorization in binary32: how far below zero an eigenvalue may lie, and the size of the factor.

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;
use widthwise_rounding::Scalar;

use super::{Source, U, exact};
use crate::exact::{Dyadic, Exact, inertia};
use crate::large::single::cholesky::{cholesky, factor_size, indefiniteness, roundings};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn success_means_no_eigenvalue_below_the_bound(seed in any::<u64>(), n in 1..9_usize, rank in 1..9_usize, scale in 10..40_i32) {
        let mut source = Source(seed);
        let rows = source.numbers(81);
        let row = |i: usize| &rows[i * 9..i * 9 + rank.min(n)];
        for sign in [-1.0, 1.0] {
            let shift = sign * f64::power_of_two(-scale);
            let lower: Vec<f32> = (0..n * n).map(|k| {
                let (i, j) = (k % n, k / n);
                let dot: f64 = row(i).iter().zip(row(j)).map(|(x, y)| x * y).sum();
                if i == j { (dot + shift) as f32 } else if i > j { dot as f32 } else { f32::NAN }
            }).collect();
            let mut factor = lower.clone();
            if cholesky(&mut factor, n, &mut vec![f32::NAN; n * n]) {
                let bound = exact(indefiniteness(&factor, n, &mut vec![f32::NAN; n]));
                let shifted: Exact = (0..n).map(|i| (0..n).map(|j| {
                    let entry = exact(f64::from(lower[i.max(j) + i.min(j) * n]));
                    if i == j { entry.add(&bound) } else { entry }
                }).collect()).collect();
                prop_assert_eq!(inertia(&shifted).0, 0);
            }
        }
    }

    #[test]
    fn factor_is_measured_from_above(seed in any::<u64>(), n in 1..40_usize, scale in 0..20_i32) {
        let mut source = Source(seed);
        let factor: Vec<f32> = (0..n * n).map(|k| {
            let x = source.uniform() as f32;
            if k % n < k / n { f32::NAN } else if k % n == k / n { x } else { x * f32::power_of_two(-scale) }
        }).collect();
        let entry = |i: usize, j: usize| exact(f64::from(if i >= j { factor[i + j * n].magnitude() } else { 0.0 }));
        let total = |i: usize, by_row: bool| (0..n).fold(Dyadic::zero(), |sum, k| {
            sum.add(&if by_row { entry(i, k) } else { entry(k, i) })
        });
        let largest = |by_row: bool| (0..n).map(|i| total(i, by_row)).fold(Dyadic::zero(), |m, x| {
            if m.is_at_most(&x) { x } else { m }
        });
        let product = largest(true).mul(&largest(false));
        let square = (0..n * n).fold(Dyadic::zero(), |sum, k| {
            let x = entry(k % n, k / n);
            sum.add(&x.mul(&x))
        });
        let bound = exact(factor_size(&factor, n, &mut vec![f32::NAN; n]));
        prop_assert!(product.is_at_most(&bound) || square.is_at_most(&bound));
        prop_assert!(bound.is_at_most(&product.mul(&exact(1.001))) && bound.is_at_most(&square.mul(&exact(1.001))));
    }
}

/// Numbers so small that every product vanishes: what is left of each bound is its allowance.
#[test]
fn bounds_cover_products_that_underflow() {
    let tiny = f32::power_of_two(-80);
    let square = exact(f64::from(tiny)).mul(&exact(f64::from(tiny)));
    assert!(square.is_at_most(&exact(factor_size(&[tiny], 1, &mut [f32::NAN]))));
    // An arrow whose last pivot loses squares of 0.44 of the smallest number each: −zᵀM̂z = 0.44(n − 1)ω − ω.
    for n in [12, 33] {
        let mut lower = vec![0.0_f32; n * n];
        for j in 0..n {
            lower[j + j * n] = f32::power_of_two(-140);
            lower[n - 1 + j * n] = 15.0 * f32::MIN_SUBNORMAL;
        }
        lower[n * n - 1] = f32::MIN_SUBNORMAL;
        let mut factor = lower.clone();
        assert!(cholesky(&mut factor, n, &mut vec![f32::NAN; n * n]));
        let bound = exact(indefiniteness(&factor, n, &mut vec![f32::NAN; n]));
        let shifted: Exact = (0..n)
            .map(|i| {
                (0..n)
                    .map(|j| {
                        let entry = exact(f64::from(lower[i.max(j) + i.min(j) * n]));
                        if i == j { entry.add(&bound) } else { entry }
                    })
                    .collect()
            })
            .collect();
        assert_eq!(inertia(&shifted).0, 0, "{n}");
    }
}

/// Every rounding in one direction, in the last pivot of a matrix that is not positive definite.
#[test]
fn bound_covers_radicands_that_always_round_up() {
    for n in [12_usize, 40, 131, 300] {
        for step in 0..12 {
            // An arrow: the last row holds t, and the last diagonal entry is just below the n − 1 squares of it.
            let t = 0.37 + 0.017 * step as f32;
            let mut lower = vec![0.0; n * n];
            for j in 0..n {
                lower[j + j * n] = 1.0;
                lower[n - 1 + j * n] = t;
            }
            let squares = (n - 1) as f64 * f64::from(t) * f64::from(t);
            let attempt = |last: f32| {
                let mut factor = lower.clone();
                factor[n * n - 1] = last;
                cholesky(&mut factor, n, &mut vec![f32::NAN; n * n]).then_some(factor)
            };
            // The least that succeeds, by bisection.
            let (mut low, mut high) = ((squares * 0.999) as f32, (squares * 1.001) as f32);
            while low.next_up() < high {
                let middle = low + 0.5 * (high - low);
                if attempt(middle).is_some() { high = middle } else { low = middle }
            }
            let factor = attempt(high).unwrap();
            // M̂ + s is positive semidefinite if and only if (last + s)(1 + s) ≥ (n − 1)t², exactly.
            let s = exact(indefiniteness(&factor, n, &mut vec![0.0; n]));
            let left = exact(f64::from(high)).add(&s).mul(&exact(1.0).add(&s));
            let t = exact(f64::from(t));
            assert!(exact((n - 1) as f64).mul(&t.mul(&t)).is_at_most(&left), "{n} {step}");
        }
    }
}

#[test]
fn roundings_are_those_of_the_proof() {
    for (n, count) in [(1, 3), (12, 14), (127, 129), (128, 130), (300, 132), (512, 133), (2048, 145)] {
        assert_eq!(roundings(n), count);
    }
    // γ of one row and column: 3 roundings, at least; the size of the factor and no more.
    let bound = indefiniteness(&[2.0], 1, &mut [f32::NAN]);
    assert!((12.0 * U..16.4 * U).contains(&bound), "{bound:e}");
}

/// Sums of a factor that always round down.
#[test]
fn factor_is_measured_from_above_although_its_sums_round_down() {
    let n = 600;
    for tiny in [0.99 * U, 0.49 * U] {
        // A column, then a row, of a large entry and of tiny ones; squares likewise.
        for (first, entry) in [(1.0, tiny), (1.0, tiny.square_root())] {
            for by_row in [false, true] {
                let mut factor = vec![0.0_f32; n * n];
                for k in 0..n {
                    factor[if by_row { n - 1 + k * n } else { k }] = entry as f32;
                }
                factor[if by_row { n - 1 } else { 0 }] = first as f32;
                let entry = exact(f64::from(entry as f32));
                let rest = entry.mul(&exact((n - 1) as f64));
                let product = exact(1.0).add(&rest);
                let square = exact(1.0).add(&rest.mul(&entry));
                let bound = exact(factor_size(&factor, n, &mut vec![f32::NAN; n]));
                assert!(product.is_at_most(&bound) || square.is_at_most(&bound), "{tiny:e} {by_row}");
            }
        }
    }
}

/// The product of the two sums is the lesser one, and the largest column and the largest row both round down.
#[test]
fn factor_is_measured_from_above_by_a_column_and_a_row_that_round_down() {
    let n = 601;
    let tiny = (0.99 * U) as f32;
    let mut factor = vec![0.0_f32; n * n];
    for k in 0..n {
        factor[k + k * n] = 0.5;
        factor[k] = tiny;
        factor[n - 1 + k * n] = tiny;
    }
    factor[n - 1] = 1.0;
    let sum = exact(1.0).add(&exact(f64::from(tiny)).mul(&exact((n - 1) as f64)));
    let bound = exact(factor_size(&factor, n, &mut vec![f32::NAN; n]));
    assert!(sum.mul(&sum).is_at_most(&bound));
}

#[test]
fn what_is_not_finite_is_not_positive() {
    for n in [1, 2, 5, 40, 150] {
        for bad in [f32::NAN, f32::INFINITY, -1.0, 0.0] {
            let mut lower = vec![0.0; n * n];
            (0..n).for_each(|j| lower[j + j * n] = 1.0);
            let succeeds = |lower: &[f32]| cholesky(&mut lower.to_vec(), n, &mut vec![f32::NAN; n * n]);
            assert!(succeeds(&lower));
            lower[n * n - 1] = bad;
            assert!(!succeeds(&lower), "{n} {bad}");
            if n > 1 && !bad.is_finite() {
                lower[n * n - 1] = 1.0;
                lower[n - 1] = bad;
                assert!(!succeeds(&lower), "{n} {bad}");
            }
        }
    }
}
