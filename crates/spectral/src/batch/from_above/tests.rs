// SPDX-License-Identifier: MIT OR Apache-2.0

//! What pivots prove about a threshold, against exact numbers, and what each constant of the bound is for.

use super::super::kernel::{Workspace, propose};
use super::*;
use crate::exact::{Dyadic, Exact, eigenvalues_above};
use std::vec::Vec;
use widthwise_rounding::inflate_up;

/// Entries in `[−1, 1)`, one of them raised above 1.
fn example<T: Scalar, const N: usize>(state: &mut u64) -> [[One<T>; N]; N] {
    let mut uniform = || {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let digits =
            f64::from((*state >> 40) as u32) + f64::from((*state >> 11) as u32 >> 3) * f64::power_of_two(-29);
        T::from_f64(digits * f64::power_of_two(-23) - 1.0)
    };
    let mut matrix = [[One(T::zero()); N]; N];
    for column in &mut matrix {
        for entry in column {
            *entry = One(uniform());
        }
    }
    matrix[0][0] = One(T::one() + uniform().magnitude());
    matrix
}

/// `MMᵀ`, exactly.
fn exact_gram<T: Scalar, const N: usize>(matrix: &[[One<T>; N]; N]) -> Exact {
    let entry = |i: usize, k: usize| Dyadic::new(matrix[k][i].0.to_f64());
    let sum = |i, j| (0..N).fold(Dyadic::zero(), |sum, k| sum.add(&entry(i, k).mul(&entry(j, k))));
    (0..N).map(|i| (0..N).map(|j| sum(i, j)).collect()).collect()
}

/// In single precision pivots are positive for thresholds slightly below the largest eigenvalue: they prove no more than
/// the bound says, and no less than an `e` would do.
#[test]
fn positive_pivots_prove_the_threshold_up_to_the_bound_of_the_errors() {
    let (mut state, mut below) = (5, 0);
    for _ in 0..400 {
        let matrix = example::<f32, 4>(&mut state);
        let mut entries = [[One(0.0); 4]; 4];
        let gram = Gram::of(&matrix, &mut entries);
        let exact = exact_gram(&matrix);
        let values =
            nalgebra::SMatrix::<f64, 4, 4>::from_fn(|i, j| f64::from(matrix[j][i].0)).singular_values();
        let largest = values[0] * values[0];
        for step in -30..10_i32 {
            let b = f32::from_f64(largest * (1.0 + f64::from(step) * f64::from(f32::UNIT_ROUNDOFF)));
            let mut factors = [[One(0.0); 4]; 4];
            let pivot = factorize(gram.entries, &[One(0.5); 4], One(0.0), One(b), &mut factors);
            if pivot.0 >= f32::power_of_two(LEAST_PIVOT) {
                let upper = Dyadic::new(eigenvalue_upper(&gram, b).into());
                assert_eq!(eigenvalues_above(&exact, &upper).0, 0);
                below += eigenvalues_above(&exact, &Dyadic::new(b.into())).0;
            }
        }
    }
    assert!(below > 20, "{below}");
}

/// What the formula says, operation by operation.
#[test]
fn bound_of_a_threshold_has_every_term() {
    let (mut state, u, tiny) = (11, f32::UNIT_ROUNDOFF, f32::UNDERFLOW_ALLOWANCE);
    for _ in 0..50 {
        let matrix = example::<f32, 5>(&mut state);
        let mut entries = [[One(0.0); 5]; 5];
        let gram = Gram::of(&matrix, &mut entries);
        let diagonal: Vec<f32> = (0..5).map(|i| gram.entries[i][i].0).collect();
        // The first is mostly trace, the second mostly threshold, the third has nothing but the Gram matrix's error.
        for b in [gram.frobenius_square.0, 1e6, gram.frobenius_square.0 / 5.0] {
            let trace = diagonal.iter().fold(0.0, |sum, x| sum + (b - x));
            for factor in [1.0_f32, 1e9, 1e-30] {
                let error = One(gram.error.0 * factor);
                let gram = Gram { entries: gram.entries, frobenius_square: gram.frobenius_square, error };
                let sum = trace * (8.0 * u) + b * u + error.0 + tiny;
                assert_eq!(eigenvalue_upper(&gram, b), add_up(b, inflate_up(13, sum)));
            }
        }
    }
    // A threshold of the size of the allowance, on nothing.
    let (entries, b) = ([[One(0.0); 5]; 5], f32::power_of_two(-80));
    let gram = Gram { entries: &entries, frobenius_square: One(0.0), error: One(0.0) };
    let sum = 5.0 * b * (8.0 * u) + b * u + tiny;
    assert_eq!(eigenvalue_upper(&gram, b), add_up(b, inflate_up(13, sum)));
}

/// Where nothing is proved the trace is left, and it is never exceeded: for a matrix of rank one it is the norm.
#[test]
fn the_trace_is_a_bound_whatever_the_thresholds_prove() {
    fn check<T: Scalar>() {
        let mut state = 37;
        for _ in 0..40 {
            let mut matrix = example::<T, 4>(&mut state);
            let column = matrix[0];
            for (k, other) in matrix.iter_mut().enumerate() {
                for (entry, first) in other.iter_mut().zip(column) {
                    entry.0 = first.0 * T::power_of_two(-i32::try_from(k).unwrap());
                }
            }
            let mut entries = [[One(T::zero()); 4]; 4];
            let gram = Gram::of(&matrix, &mut entries);
            let trace = square_root_up(gram.frobenius_square.0);
            let mut factors = [[One(T::zero()); 4]; 4];
            assert_eq!(descend(&gram, &mut [One(T::NAN); 4], &mut factors), trace);
            assert!(descend(&gram, &mut column.clone(), &mut factors) <= trace);
        }
    }
    check::<f32>();
    check::<f64>();
}

/// The least pivot that counts is the least threshold above a matrix of zeros.
#[test]
fn thresholds_end_at_the_least_pivot() {
    let (entries, mut factors) = ([[One(0.0_f64); 3]; 3], [[One(0.0); 3]; 3]);
    let frobenius_square = One(f64::power_of_two(LEAST_PIVOT + 2));
    let gram = Gram { entries: &entries, frobenius_square, error: One(0.0) };
    let upper = descend(&gram, &mut [1.0, 0.0, 0.0].map(One), &mut factors);
    let least = f64::power_of_two(LEAST_PIVOT / 2);
    assert!(upper >= least && upper <= least * 1.000_001, "{upper:e}");
}

/// Any vector to begin with, even none, leaves an upper bound; a fair one a tight bound and a vector that attains it.
#[test]
fn thresholds_come_down_on_the_norm_from_any_vector() {
    fn check<T: Scalar>() {
        let mut state = 23;
        for k in 0..60 {
            let mut matrix = example::<T, 6>(&mut state);
            if k % 3 == 0 {
                // All singular values are 1.5.
                for (j, column) in matrix.iter_mut().enumerate() {
                    for (i, entry) in column.iter_mut().enumerate() {
                        let value = if i == (j + k) % 6 { T::from_f64(1.5) } else { T::zero() };
                        *entry = One(value);
                    }
                }
            }
            let exact = exact_gram(&matrix);
            let mut workspace = Workspace::new(One(T::zero()));
            let Workspace { gram, factors, powers } = &mut workspace;
            let gram = Gram::of(&matrix, gram);
            let proposed = propose(gram.entries, powers);
            let mut unit = [One(T::zero()); 6];
            unit[k % 6] = One(T::one());
            for mut x in [proposed, unit, [One(T::NAN); 6], [One(T::zero()); 6], [One(T::INFINITY); 6]] {
                let fair = x[0].0.is_finite() && x[k % 6].0 != T::zero();
                let upper = descend(&gram, &mut x, factors);
                let square = Dyadic::new(upper.to_f64()).mul(&Dyadic::new(upper.to_f64()));
                assert_eq!(eigenvalues_above(&exact, &square).0, 0);
                if fair {
                    let image = dot(&x, &symmetric_product(gram.entries, &x)).0 / sum_of_squares(&x).0;
                    let width = upper * upper - image;
                    assert!(width <= T::from_count(150) * T::UNIT_ROUNDOFF * image, "{k} {}", width / image);
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}
