// SPDX-License-Identifier: MIT OR Apache-2.0

//! `λ₂ ≤ b` in binary32: every error of the assembly and of the bound, for every vector and threshold.

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;
use widthwise_rounding::Scalar;
use widthwise_rounding::directed::{mul_up, square_root_up};

use super::{Source, U, exact, exact_gram, is_within, norms, single_gram};
use crate::exact::eigenvalues_above;
use crate::large::kato_temple_block::RitzBlock;
use crate::large::ritz_vector::RitzVector;
use crate::large::single::cholesky::indefiniteness;
use crate::large::single::deflation::SingleDeflation;
use crate::large::single::gram::{gram_error, round};
use crate::large::single::refine::refine;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn assembly_is_within_its_error(
        seed in any::<u64>(), threshold in -4.0_f32..4.0, weight in -4.0_f32..4.0,
    ) {
        let n = 4;
        let mut source = Source(seed);
        let gram: Vec<f32> = source.numbers(n * n).iter().map(|&x| x as f32).collect();
        let vector: Vec<f32> = source.numbers(n).iter().map(|&x| x as f32).collect();
        let deflation = SingleDeflation { threshold, weight, vector: &vector };
        let mut out = vec![f32::NAN; n * n];
        deflation.assemble(&gram, &mut out);
        let size = gram.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() * 2.0;
        let bound = exact(deflation.assembly_error(size.square_root()));
        let of = |x: f32| exact(f64::from(x));
        for j in 0..n {
            for i in j..n {
                let mut entry = of(weight).mul(&of(vector[j])).mul(&of(vector[i])).sub(&of(gram[i + j * n]));
                if i == j {
                    entry = entry.add(&of(threshold));
                }
                prop_assert!(is_within(&of(out[i + j * n]).sub(&entry), &bound));
            }
        }
    }

    /// Failure modes 4 and 15: the vector may be that of another singular value, or any; the threshold may lie anywhere;
    /// what is proved is true, and so is the bound that follows for any vector, corrected with any factor or not.
    #[test]
    fn proofs_hold_for_every_vector_and_threshold(
        seed in any::<u64>(), close in 0..40_i32, noise in 0..40_i32, which in 0..3_usize, offset in -0.2_f64..1.2,
        shift in 1..30_i32, lift in -3..4_i32, spoil in any::<bool>(),
    ) {
        let (long, short) = (7, 5);
        let mut source = Source(seed);
        let second = 1.0 - f64::power_of_two(-close);
        let values = [1.4, 1.4 * second.greater(0.3), 0.4, 0.3, 0.1];
        let mut matrix = vec![0.0; long * short];
        values.iter().enumerate().for_each(|(j, &value)| matrix[j + j * long] = value);
        matrix.iter_mut().for_each(|a| *a += source.uniform() * f64::power_of_two(-30));
        let mut x: Vec<f64> = (0..short)
            .map(|j| f64::from(u8::from(j == which)) + source.uniform() * f64::power_of_two(-noise)).collect();
        prop_assert!(crate::large::lanczos::normalize(&mut x));
        let out = single_gram(&matrix, long, 64);
        let entries = norms(&matrix, long);
        let mut vector = vec![0.0; short];
        round(&x, &mut vector);
        let between = values[1] * values[1] + offset * (values[0] * values[0] - values[1] * values[1]);
        let threshold = (between + f64::power_of_two(-shift) * source.uniform()).greater(0.01) as f32;
        let deflation = SingleDeflation { threshold, weight: f32::power_of_two(lift), vector: &vector };
        let (mut factor, mut product) = (vec![f32::NAN; 25], vec![f32::NAN; 25]);
        let sizes = (mul_up(entries.size, 1.001), gram_error(long, short, &entries));
        let Some(bound) = deflation.second_upper(&out, sizes, &mut factor, &mut product) else { return Ok(()) };
        let gram = exact_gram(&matrix, long);
        let above = eigenvalues_above(&gram, &exact(bound)).0;
        prop_assert!(above <= 1, "{above} eigenvalues above {bound}");
        if spoil {
            factor.iter_mut().for_each(|l| *l *= 1.0 + source.uniform() as f32);
        }
        let frobenius = square_root_up(entries.frobenius_square);
        let (mut image, mut residual) = (vec![f64::NAN; long], vec![f64::NAN; short]);
        for _ in 0..3 {
            let known = [RitzVector::of(&matrix, &x, frobenius, &mut image)];
            let size = known[0].residual_upper(&matrix, &x, &image, (frobenius, frobenius), &mut residual);
            let block = RitzBlock { vectors: &x, images: &image, known: &known };
            if let Some(upper) = block.upper(mul_up(size, size), bound) {
                let upper = exact(upper);
                prop_assert_eq!(eigenvalues_above(&gram, &upper.mul(&upper)).0, 0);
            }
            let gap = known[0].lower() - f64::from(threshold);
            refine(
                &factor, (gap, 1e-5), 5, (&mut x, &mut residual), &mut [f64::NAN; 25], &mut [f32::NAN; 5],
            );
            if !crate::large::lanczos::normalize(&mut x) {
                break;
            }
        }
    }
}

/// Four roundings of a diagonal entry, each by nearly half a unit and downward.
#[test]
fn assembly_error_covers_four_roundings_of_one_sign() {
    let unit = f32::EPSILON;
    let (weight, v) = (1.0 + 1448.0 * unit, [1.0 + 2896.0 * unit]);
    let (gram, threshold) = ([-0.49 * unit], 0.49 * unit);
    let deflation = SingleDeflation { threshold, weight, vector: &v };
    let mut out = [f32::NAN];
    deflation.assemble(&gram, &mut out);
    let of = |x: f32| exact(f64::from(x));
    let entry = of(weight).mul(&of(v[0])).mul(&of(v[0])).sub(&of(gram[0])).add(&of(threshold));
    let lost = entry.sub(&of(out[0]));
    assert!(exact(3.9 * U).is_at_most(&lost));
    assert!(lost.is_at_most(&exact(deflation.assembly_error(f64::from(unit)))));
}

/// Of a large number and a small one, the small one is lost: the large one must be counted, whichever it is.
#[test]
fn assembly_error_counts_every_part() {
    let lost = 0.49 * f32::EPSILON;
    for (v, gram, threshold) in [(1.0, -lost, 0.0), (0.0, -1.0, lost), (0.0, -lost, 1.0)] {
        let deflation = SingleDeflation { threshold, weight: 1.0, vector: &[v] };
        let mut out = [f32::NAN];
        deflation.assemble(&[gram], &mut out);
        assert_eq!(out, [1.0]);
        assert!(f64::from(lost) <= deflation.assembly_error(f64::from(gram.magnitude())));
    }
}

/// The bound is the threshold and every error, exactly added.
#[test]
fn bound_of_the_second_eigenvalue_adds_every_error() {
    let gram = [0.5_f32, 0.1, f32::NAN, 0.25];
    let deflation = SingleDeflation { threshold: 1.0, weight: 2.0, vector: &[0.8, 0.6] };
    let (mut factor, mut product) = ([f32::NAN; 4], [f32::NAN; 4]);
    let (gram_size, gram_error) = (0.75, 0.001);
    let bound = deflation.second_upper(&gram, (gram_size, gram_error), &mut factor, &mut product).unwrap();
    let errors =
        [deflation.assembly_error(gram_size), indefiniteness(&factor, 2, &mut [f32::NAN; 2]), gram_error];
    let sum = errors.iter().fold(exact(1.0), |sum, &error| sum.add(&exact(error)));
    assert!(errors.iter().all(|&error| error > 1e-8) && sum.is_at_most(&exact(bound)));
}

/// Numbers so small that every product vanishes: what is left of the bound is its allowance.
#[test]
fn assembly_error_covers_products_that_underflow() {
    let tiny = f32::power_of_two(-80);
    let square = exact(f64::from(tiny)).mul(&exact(f64::from(tiny)));
    let deflation = SingleDeflation { threshold: 0.0, weight: 1.0, vector: &[tiny] };
    assert!(square.is_at_most(&exact(deflation.assembly_error(0.0))));
}

/// Failure mode 7.
#[test]
fn garbage_above_the_diagonal_changes_nothing() {
    let mut source = Source(5);
    for n in [3, 40, 150, 300] {
        let matrix = source.numbers(n * n);
        let zero: Vec<f32> = (0..n * n)
            .map(|k| match (k % n, k / n) {
                (i, j) if i == j => 2.0 * (n as f32),
                (i, j) if i > j => matrix[k] as f32,
                _ => 0.0,
            })
            .collect();
        let vector: Vec<f32> = source.numbers(n).iter().map(|&x| x as f32).collect();
        let deflation = SingleDeflation { threshold: 6.0 * n as f32, weight: 0.5, vector: &vector };
        let bound_of = |garbage: f32| {
            let gram: Vec<f32> =
                zero.iter().enumerate().map(|(k, &g)| if k % n < k / n { garbage } else { g }).collect();
            let mut factor = vec![garbage; n * n];
            deflation.second_upper(&gram, (0.0, 0.0), &mut factor, &mut vec![f32::NAN; n * n])
        };
        let expected = bound_of(0.0);
        assert!(expected.is_some());
        for garbage in [f32::NAN, f32::INFINITY, 1e30, -1.0] {
            assert_eq!(bound_of(garbage), expected, "{n} {garbage}");
        }
    }
}
