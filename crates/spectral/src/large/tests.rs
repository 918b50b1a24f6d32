// SPDX-License-Identifier: MIT OR Apache-2.0

//! Each theorem alone, against exact arithmetic, with whatever vectors and thresholds: a proposal may be bad, a bound
//! may not.

mod block;
mod complement;
mod factorization;
mod measures;
mod outward;
mod quotient;

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;
use widthwise_rounding::Scalar;
use widthwise_rounding::directed::{add_up, mul_up, square_root_up};

use super::deflation::Deflation;
use super::gram::{EntryNorms, GramNorms, gram, gram_error, pack_len};
use super::kato_temple_block::RitzBlock;
use super::ritz_vector::RitzVector;
use crate::exact::{Dyadic, Exact, eigenvalues_above};

fn exact(x: f64) -> Dyadic {
    Dyadic::new(x)
}

fn dot(x: &[Dyadic], y: &[Dyadic]) -> Dyadic {
    x.iter().zip(y).fold(Dyadic::zero(), |sum, (x, y)| sum.add(&x.mul(y)))
}

fn exact_columns(columns: &[f64], length: usize) -> Exact {
    columns.chunks_exact(length).map(|column| column.iter().map(|&x| exact(x)).collect()).collect()
}

fn exact_gram(matrix: &[f64], long: usize) -> Exact {
    let columns = exact_columns(matrix, long);
    columns.iter().map(|x| columns.iter().map(|y| dot(x, y)).collect()).collect()
}

/// Singular values, largest first, on the diagonal of a matrix that is then reflected on both sides.
fn with_values(values: &[f64], long: usize, seed: &[f64]) -> Vec<f64> {
    let short = values.len();
    let mut matrix = vec![0.0; long * short];
    values.iter().enumerate().for_each(|(j, &value)| matrix[j + j * long] = value);
    let left: Vec<f64> = (0..long).map(|i| seed[i % seed.len()] + 0.1).collect();
    let right: Vec<f64> = (0..short).map(|i| seed[(3 * i + 1) % seed.len()] - 0.2).collect();
    let (left_square, right_square) =
        (left.iter().map(|x| x * x).sum::<f64>(), right.iter().map(|x| x * x).sum::<f64>());
    for column in matrix.chunks_exact_mut(long) {
        let along = 2.0 * column.iter().zip(&left).map(|(a, x)| a * x).sum::<f64>() / left_square;
        column.iter_mut().zip(&left).for_each(|(a, x)| *a -= along * x);
    }
    for i in 0..long {
        let along = 2.0 * (0..short).map(|j| matrix[i + j * long] * right[j]).sum::<f64>() / right_square;
        (0..short).for_each(|j| matrix[i + j * long] -= along * right[j]);
    }
    matrix
}

/// Theorems T4 and T5: if the factorization succeeds, no more eigenvalues than vectors exceed the bound.
fn check_complement(matrix: &[f64], long: usize, threshold: f64, weight: f64, vectors: &[f64]) -> bool {
    let short = matrix.len() / long;
    let mut pack = vec![f64::NAN; pack_len(short)];
    let (mut g, mut factor) = (vec![f64::NAN; short * short], vec![f64::NAN; short * short]);
    gram(matrix, long, &mut g, &mut pack);
    let entries = EntryNorms::of(matrix, &mut vec![f64::NAN; long]);
    let norms = GramNorms::of(&g, short);
    let error = gram_error(long, short, entries.size);
    let deflation = Deflation { threshold, weight, vectors };
    match deflation.complement_upper(&g, &norms, error, &mut factor, &mut pack) {
        Ok(bound) => {
            let above = eigenvalues_above(&exact_gram(matrix, long), &exact(bound)).0;
            assert!(above <= vectors.len() / short, "{above} eigenvalues above {bound}");
            true
        }
        Err(_) => false,
    }
}

/// What T1 and the bounds of a vector say, against exact arithmetic.
fn check_vector(matrix: &[f64], x: &[f64], long: usize) {
    let short = x.len();
    let entries = EntryNorms::of(matrix, &mut vec![f64::NAN; long]);
    let frobenius = square_root_up(entries.frobenius_square);
    let mut image = vec![f64::NAN; long];
    let vector = RitzVector::of(matrix, x, frobenius, &mut image);
    let (columns, exact_x) = (exact_columns(matrix, long), exact_columns(x, short).remove(0));
    let product: Vec<Dyadic> = (0..long)
        .map(|i| {
            columns.iter().zip(&exact_x).fold(Dyadic::zero(), |sum, (column, x)| sum.add(&column[i].mul(x)))
        })
        .collect();
    let (square, norm_square) = (dot(&product, &product), dot(&exact_x, &exact_x));
    let (lo, hi) = (exact(vector.root.lo()), exact(vector.root.hi()));
    assert!(lo.mul(&lo).mul(&norm_square).is_at_most(&square));
    assert!(square.is_at_most(&hi.mul(&hi).mul(&norm_square)));
    let stored: Vec<Dyadic> = image.iter().map(|&y| exact(y)).collect();
    let error: Vec<Dyadic> = stored.iter().zip(&product).map(|(y, p)| y.sub(p)).collect();
    let bound = exact(vector.image_error);
    assert!(dot(&error, &error).is_at_most(&bound.mul(&bound)));
    let bound = exact(vector.image_norm_upper);
    assert!(dot(&stored, &stored).is_at_most(&bound.mul(&bound)));
    // The computed residual is off from the exact one by no more than the bound exceeds its norm.
    let mut residual = vec![f64::NAN; short];
    let upper = vector.residual_upper(matrix, x, &image, (frobenius, frobenius), &mut residual);
    let rho = exact(vector.root.midpoint() * vector.root.midpoint());
    let off: Vec<Dyadic> = (0..short)
        .map(|j| exact(residual[j]).sub(&dot(&columns[j], &product).sub(&rho.mul(&exact_x[j]))))
        .collect();
    let computed = residual.iter().map(|r| r * r).sum::<f64>().square_root() * (1.0 - 1e-13);
    let allowed = exact(upper).sub(&exact(computed));
    assert!(dot(&off, &off).is_at_most(&allowed.mul(&allowed)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn deflated_factorization_bounds_the_rest(
        mut values in prop::collection::vec(0.01_f64..1.5, 5), seed in prop::collection::vec(-1.0_f64..1.0, 9),
        noise in 0..50_i32, shift in -52..2_i32, sign in prop::bool::ANY, q in 0..3_usize, lift in -3..4_i32, close in 0..60_i32,
    ) {
        values.sort_by(|a, b| b.partial_cmp(a).unwrap());
        values[1] = values[0] * (1.0 - f64::power_of_two(-close));
        let (long, short) = (7, 5);
        let matrix = with_values(&values, long, &seed);
        // Vectors from exact to random; a threshold about the eigenvalue number q.
        let right: Vec<f64> = (0..short).map(|i| seed[(3 * i + 1) % seed.len()] - 0.2).collect();
        let square = right.iter().map(|x| x * x).sum::<f64>();
        let vectors: Vec<f64> = (0..q * short).map(|k| {
            let (i, j) = (k % short, k / short);
            let reflected = if i == j { 1.0 } else { 0.0 } - 2.0 * right[i] * right[j] / square;
            reflected + seed[k % seed.len()] * f64::power_of_two(-noise)
        }).collect();
        let offset = f64::power_of_two(shift) * if sign { 1.0 } else { -1.0 };
        let threshold = values[q] * values[q] * (1.0 + offset);
        prop_assume!(threshold > 0.0);
        check_complement(&matrix, long, threshold, f64::power_of_two(lift), &vectors);
    }

    #[test]
    fn quotients_and_residuals_hold_for_every_vector(
        entries in prop::collection::vec(-2.0_f64..2.0, 40), x in prop::collection::vec(-1.0_f64..1.0, 5), long in 5..9_usize,
    ) {
        let mut x = x;
        x[0] = 1.0 + x[0].magnitude();
        check_vector(&entries[..5 * long], &x, long);
    }

    #[test]
    fn block_bound_holds_for_every_block_and_threshold(
        mut values in prop::collection::vec(0.01_f64..1.5, 4), x in prop::collection::vec(-1.0_f64..1.0, 16),
        noise in 0..56_i32, q in 1..4_usize, part in 0.0_f64..1.2, close in 0..60_i32,
    ) {
        values.sort_by(|a, b| b.partial_cmp(a).unwrap());
        values[1] = values[0] * (1.0 - f64::power_of_two(-close));
        values[2] = values[2].lesser(values[1]);
        let n = 4;
        let matrix: Vec<f64> = (0..n * n).map(|k| if k % (n + 1) == 0 { values[k / n] } else { 0.0 }).collect();
        let unit = |k: usize| if k % n == k / n { 1.0 } else { 0.0 };
        let vectors: Vec<f64> = (0..q * n).map(|k| unit(k) + x[k] * f64::power_of_two(-noise)).collect();
        // The complement of X: the singular values of (I − QQᵀ)G(I − QQᵀ), bounded by Weyl's inequality from below by the
        // exact case; the largest eigenvalue is always a bound, so take something between the two.
        let entries = EntryNorms::of(&matrix, &mut vec![0.0; n]);
        let frobenius = square_root_up(entries.frobenius_square);
        let mut images = vec![f64::NAN; q * n];
        let (mut known, mut residual_square) = (Vec::new(), 0.0);
        let mut residual = vec![f64::NAN; n];
        for (x, image) in vectors.chunks_exact(n).zip(images.chunks_exact_mut(n)) {
            let vector = RitzVector::of(&matrix, x, frobenius, image);
            let r = vector.residual_upper(&matrix, x, image, (frobenius, frobenius), &mut residual);
            residual_square = add_up(residual_square, mul_up(r, r));
            known.push(vector);
        }
        // Any z of the complement with ‖z‖ = 1 has |z_j| ≤ 2·√q·4·2^(−noise) in the first q entries.
        let leak = (16.0 * f64::power_of_two(-noise)).lesser(1.0);
        let rest = if q < n { values[q] * values[q] } else { 0.0 };
        let least = rest + leak * leak * values[0] * values[0];
        let top = known.iter().fold(0.0_f64, |m, v| m.greater(v.lower()));
        let complement = least + part * (top - least).greater(0.0);
        let block = RitzBlock { vectors: &vectors, images: &images, known: &known };
        if let Some(upper) = block.upper(residual_square, complement * (1.0 + 1e-14)) {
            prop_assert!(upper >= values[0], "{upper} {values:?}");
        }
        prop_assert_eq!(block.upper(residual_square, top.next_up()), None);
        prop_assert_eq!(block.upper(residual_square, f64::NAN), None);
        prop_assert_eq!(block.upper(f64::NAN, complement), None);
    }
}

#[test]
fn factorization_succeeds_where_it_should() {
    let values = [1.5, 1.0, 0.5, 0.25, 0.125];
    let seed = [0.3, -0.7, 0.2, 0.9, -0.4];
    let matrix = with_values(&values, 7, &seed);
    assert!(check_complement(&matrix, 7, 2.2501, 0.0, &[]));
    assert!(!check_complement(&matrix, 7, 2.2499, 0.0, &[]));
    assert!(check_complement(&matrix, 7, 2.25 * (1.0 + 1e-14), 0.0, &[]));
    assert!(!check_complement(&matrix, 7, f64::NAN, 0.0, &[]));
}

/// The only vector is a multiple of the first unit vector and the dependent ones are refused.
#[test]
fn dependent_vectors_give_no_bound() {
    let matrix = [1.5, 0.0, 0.0, 1.0];
    let vectors = [1.0, 0.0, 1.0, 0.0];
    let mut images = [0.0; 4];
    let known: Vec<RitzVector> = (0..2)
        .map(|k| RitzVector::of(&matrix, &vectors[2 * k..2 * k + 2], 2.0, &mut images[2 * k..2 * k + 2]))
        .collect();
    let block = RitzBlock { vectors: &vectors, images: &images, known: &known };
    assert_eq!(block.upper(0.0, 1.0), None);
}

/// All terms but the first are lost in the sum of the residual.
#[test]
fn residual_covers_the_roundings_of_its_sum() {
    let mut matrix = vec![(0.99 * f64::UNIT_ROUNDOFF).square_root(); 3000];
    matrix[0] = 1.0;
    check_vector(&matrix, &[1.0], 3000);
}

/// Two columns of which one is nearly the other: off-diagonal products must enter the bound.
#[test]
fn block_of_vectors_that_are_not_orthogonal_is_bounded() {
    for angle in [0.5, 1e-3, 1e-8] {
        let matrix = [1.0, 0.0, 0.0, 0.0, 1.0 - 1e-9, 0.0, 0.0, 0.0, 0.5];
        let vectors = [0.8, 0.6, 0.0, 0.8 * angle - 0.6, 0.6 * angle + 0.8, 0.0];
        let (mut images, mut residual) = ([0.0; 6], [0.0; 3]);
        let (mut known, mut residual_square) = (Vec::new(), 0.0);
        for k in 0..2 {
            let (x, image) = (&vectors[3 * k..3 * k + 3], &mut images[3 * k..3 * k + 3]);
            let vector = RitzVector::of(&matrix, x, 1.6, image);
            let r = vector.residual_upper(&matrix, x, image, (1.6, 1.6), &mut residual);
            residual_square = add_up(residual_square, mul_up(r, r));
            known.push(vector);
        }
        let block = RitzBlock { vectors: &vectors, images: &images, known: &known };
        if let Some(upper) = block.upper(residual_square, 0.26) {
            assert!(upper >= 1.0, "{angle} {upper}");
        }
    }
}

/// The computed Gram matrix lies below the exact one, and the threshold between the two.
#[test]
fn direct_bound_covers_the_error_of_the_gram_matrix() {
    let mut column = vec![(0.99 * f64::UNIT_ROUNDOFF).square_root(); 600];
    column[0] = 1.0;
    let (mut g, mut pack) = ([f64::NAN], vec![0.0; pack_len(1)]);
    gram(&column, 600, &mut g, &mut pack);
    assert!(check_complement(&column, 600, g[0].next_up().next_up(), 0.0, &[]));
}

/// Every square is rounded up to the smallest number, and what it lost is no number.
#[test]
fn quotient_covers_squares_that_underflow() {
    let mut matrix = vec![1.5 * f64::power_of_two(-538); 64];
    matrix.extend([1.0; 64]);
    check_vector(&matrix, &[1.0, 0.0], 64);
}
