// SPDX-License-Identifier: MIT OR Apache-2.0

//! What squaring and iterating propose may be wrong: the enclosure must then be wider, never invalid.

mod without_gap;

use super::*;
use crate::exact::{Dyadic, Exact, encloses_largest_singular_value};
use crate::tiles::product_with_transpose;
use crate::workspace_len;
use nalgebra::DMatrix;
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;

/// How `x` is spoiled before it is used.
#[derive(Clone, Copy, Debug)]
enum Vector {
    Found,
    Perturbed,
    Random,
    /// Orthogonal to the vector found: near the second singular vector.
    Second,
}

fn to_exact(a: &DMatrix<f64>) -> Exact {
    a.row_iter().map(|row| row.iter().map(|&x| Dyadic::new(x)).collect()).collect()
}

fn encloses(a: &DMatrix<f64>, norm: Enclosure<f64>) -> bool {
    let hi = if norm.hi().is_finite() { Some(Dyadic::new(norm.hi())) } else { None };
    let lo = Dyadic::new(norm.lo().greater(0.0));
    encloses_largest_singular_value(&to_exact(a), &lo, hi.as_ref())
}

/// The enclosure of `‖a‖₂` for a square `a` with entries in `[−2, 2]`, the largest at least 1, from spoiled proposals.
fn enclose_spoiled(
    a: &DMatrix<f64>,
    impurity: f64,
    vector: Vector,
    random: &[f64],
) -> (Enclosure<f64>, Certificate) {
    let n = a.nrows();
    let mut work = vec![0.0; workspace_len(n, n)];
    let (matrix, rest) = work.split_at_mut(n * n);
    let (power, rest) = rest.split_at_mut(n * n);
    let (next, rest) = rest.split_at_mut(n * n);
    let (image, rest) = rest.split_at_mut(n);
    let (x, residual) = rest.split_at_mut(n);
    matrix.copy_from_slice(a.as_slice());
    let mut workspace = Workspace { matrix, power, next, image, vector: x, residual };
    let squared = workspace.square(Portable, impurity);
    let second_square = workspace.iterate(Portable, &squared);
    let found: Vec<f64> = workspace.vector.to_vec();
    let spoiled: Vec<f64> = match vector {
        Vector::Found => found,
        Vector::Perturbed => found.iter().zip(random).map(|(x, r)| x + 1e-6 * r).collect(),
        Vector::Random => random[..n].to_vec(),
        Vector::Second => {
            let along = found.iter().zip(random).map(|(x, r)| x * r).sum::<f64>() / sum_of(&found);
            let mut x: Vec<f64> = found.iter().zip(random).map(|(x, r)| r - along * x).collect();
            // One step of the Gram matrix, and the first vector out again.
            for _ in 0..20 {
                let y = a * (a.transpose() * nalgebra::DVector::from_column_slice(&x));
                let along = found.iter().zip(y.iter()).map(|(x, y)| x * y).sum::<f64>() / sum_of(&found);
                let y: Vec<f64> = y.iter().zip(&found).map(|(y, x)| y - along * x).collect();
                let norm = sum_of(&y).square_root();
                x = y.iter().map(|y| if norm > 0.0 { y / norm } else { 1.0 }).collect();
            }
            x
        }
    };
    workspace.vector.copy_from_slice(&spoiled);
    normalize(workspace.vector);
    workspace.conclude(Portable, &squared, second_square)
}

fn sum_of(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

/// Two nearly equal singular values, a random matrix, one of low rank, or a reflection.
fn matrix(n: usize, kind: usize, random: &[f64]) -> DMatrix<f64> {
    let entry = |i: usize| random[i % random.len()];
    let mut a = match kind {
        0 => DMatrix::from_fn(n, n, |i, j| entry(i + n * j)),
        1 => DMatrix::from_fn(n, n, |i, j| {
            (entry(i) + 0.01) * (entry(j + n) + 0.02) + 1e-9 * entry(i + n * j + 2 * n)
        }),
        _ => {
            let v = nalgebra::DVector::from_fn(n, |i, _| entry(i) + 0.01);
            let h = DMatrix::identity(n, n) - &v * v.transpose() * (2.0 / v.norm_squared());
            let gap = [0.0, 1e-3, 1e-9, 1e-14][kind % 4];
            let values = nalgebra::DVector::from_fn(n, |i, _| {
                if i == 0 {
                    1.0
                } else if i == 1 {
                    1.0 - gap
                } else {
                    0.5
                }
            });
            &h * DMatrix::from_diagonal(&values) * h.transpose()
        }
    };
    a[(0, 0)] += if a[(0, 0)] < 0.0 { -1.0 } else { 1.0 };
    a
}

/// An upper bound of `‖M‖_1 ‖M‖_∞`.
fn sums(matrix: &mut [f32], short: usize) -> f32 {
    let long = matrix.len() / short;
    let (mut image, mut vector, mut residual) = (vec![0.0; long], vec![0.0; short], vec![0.0; short]);
    let mut workspace = Workspace {
        matrix,
        power: &mut [],
        next: &mut [],
        image: &mut image,
        vector: &mut vector,
        residual: &mut residual,
    };
    workspace.product_of_max_sums_upper()
}

#[test]
fn product_of_sums_is_an_upper_bound() {
    // Rows of five ones: ‖M‖_1 = 2 and ‖M‖_∞ = 5.
    assert!((10.0..10.0 + 1e-4).contains(&sums(&mut [1.0; 10], 2)));
    // Terms below half an ulp of the first are lost.
    let small = 0.9 * f32::UNIT_ROUNDOFF;
    let exact = 1.0 + 2.0 * f64::from(small);
    assert!(f64::from(sums(&mut [1.0, 0.0, small, 0.0, small, 0.0], 2)) >= exact);
    assert!(f64::from(sums(&mut [1.0, small, small, 0.0, 0.0, 0.0], 3)) >= exact);
}

/// What the formula says, operation by operation.
#[test]
fn product_of_sums_steps_outward_at_every_operation() {
    for seed in 0..40 {
        let mut matrix: Vec<f32> =
            (0..15).map(|i: usize| f32::from_count((i * 7919 + seed * 409) % 1009) / 505.0 - 1.0).collect();
        let (mut rows, mut column_sum) = ([0.0_f32; 3], 0.0_f32);
        for column in matrix.chunks_exact(3) {
            column_sum = column_sum.greater(column.iter().fold(0.0, |s, x| s + x.magnitude()));
            rows.iter_mut().zip(column).for_each(|(sum, x)| *sum += x.magnitude());
        }
        let row_sum = rows.iter().fold(0.0_f32, |m, &s| m.greater(s));
        let product = (inflate_up(3, column_sum) * inflate_up(5, row_sum)).next_up();
        assert_eq!(sums(&mut matrix, 3), product);
    }
}

/// The history that squaring keeps is that of the powers in the workspace.
#[test]
fn squaring_records_the_error_of_every_product() {
    let a = DMatrix::from_fn(4, 4, |i, j| ((3 * i + 5 * j) % 7) as f64 / 4.0 + 0.25);
    let mut work = vec![0.0; workspace_len(4, 4)];
    let (matrix, rest) = work.split_at_mut(16);
    let (power, rest) = rest.split_at_mut(16);
    let (next, rest) = rest.split_at_mut(16);
    let (image, rest) = rest.split_at_mut(4);
    let (x, residual) = rest.split_at_mut(4);
    matrix.copy_from_slice(a.as_slice());
    let mut workspace = Workspace { matrix, power, next, image, vector: x, residual };
    let size = inflate_up(4, workspace.matrix.iter().fold(0.0, |s: f64, x| s + x * x));
    let squared = workspace.square(Portable, 1.0 / 64.0);
    let squarings = squared.chain.squarings();
    assert!(squarings > 0);
    // The bound from the last power is larger than the eigenvalue by all errors on the way, at least that of the Gram
    // matrix; a chain without errors would say less.
    let without = SquaringChain::new(0, product_error(4, size) * 0.99);
    assert!(squared.chain.largest_eigenvalue_upper(0, 1.0) >= without.largest_eigenvalue_upper(0, 1.0));
    let levels: Vec<f64> =
        (0..=squarings).map(|level| squared.chain.largest_eigenvalue_upper(level, 0.0)).collect();
    // From nothing, every level must still give back the error recorded there.
    assert!(levels.iter().all(|&bound| bound >= product_error(4, size) * 0.99));
    assert!(levels[1..].iter().all(|&bound| bound > 1e-9), "{levels:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn spoiled_proposals_never_make_an_enclosure_invalid(
        n in 3..7_usize, kind in 0..6_usize, which in 0..4_usize,
        impurity in prop::sample::select(vec![1.0 / 64.0, 0.25, 0.45, 0.6]),
        random in prop::collection::vec(-0.9_f64..0.9, 64),
    ) {
        let a = matrix(n, kind, &random);
        let vector = [Vector::Found, Vector::Perturbed, Vector::Random, Vector::Second][which];
        let (norm, certificate) = enclose_spoiled(&a, impurity, vector, &random);
        prop_assert!(encloses(&a, norm), "{vector:?} {certificate:?} {norm}");
    }
}

/// With the second singular vector for `x` the gap test must refuse: no bound near the second value is proved.
#[test]
fn a_second_singular_vector_is_never_taken_for_the_first() {
    let values = nalgebra::DVector::from_row_slice(&[1.0, 0.75, 0.5]);
    let a = DMatrix::from_diagonal(&values);
    let mut work = [0.0; 64];
    let (matrix, rest) = work.split_at_mut(9);
    let (power, rest) = rest.split_at_mut(9);
    let (next, rest) = rest.split_at_mut(9);
    let (image, rest) = rest.split_at_mut(3);
    let (x, rest) = rest.split_at_mut(3);
    let (residual, _) = rest.split_at_mut(3);
    matrix.copy_from_slice(a.as_slice());
    let mut workspace = Workspace { matrix, power, next, image, vector: x, residual };
    let squared = workspace.square(Portable, 1.0 / 64.0);
    let second_square = workspace.iterate(Portable, &squared);
    workspace.vector.copy_from_slice(&[0.0, 1.0, 0.0]);
    let (norm, certificate) = workspace.conclude(Portable, &squared, second_square);
    assert!(matches!(certificate, Certificate::SquaringChain { .. }));
    assert!(norm.contains(1.0) && norm.lo() == 1.0, "{norm}");
}

/// The gap test on its own cannot see a wrong `second_square`; the largest value that it may have proves nothing.
#[test]
fn without_a_bound_of_the_second_eigenvalue_the_chain_decides() {
    let a = DMatrix::from_fn(4, 4, |i, j| ((3 * i + 5 * j) % 7) as f64 / 4.0 + 0.25);
    let mut work = vec![0.0; workspace_len(4, 4)];
    let (matrix, rest) = work.split_at_mut(16);
    let (power, rest) = rest.split_at_mut(16);
    let (next, rest) = rest.split_at_mut(16);
    let (image, rest) = rest.split_at_mut(4);
    let (x, residual) = rest.split_at_mut(4);
    matrix.copy_from_slice(a.as_slice());
    let mut workspace = Workspace { matrix, power, next, image, vector: x, residual };
    let squared = workspace.square(Portable, 1.0 / 64.0);
    workspace.iterate(Portable, &squared);
    for second_square in [f64::INFINITY, f64::NAN, 4.0] {
        let (norm, certificate) = workspace.conclude(Portable, &squared, second_square);
        assert!(matches!(certificate, Certificate::SquaringChain { .. }));
        assert!(encloses(&a, norm), "{norm}");
    }
}

/// The enclosure in numbers one by one and in the registers of this processor.
fn registers_agree<T: Scalar>(rows: usize, columns: usize, entry: impl Fn(usize) -> f64) {
    let a = DMatrix::from_fn(rows, columns, |i, j| T::from_f64(entry(i + rows * j)));
    let scaling = Scaling::of(&a).unwrap();
    if scaling.is_of_zero() {
        return;
    }
    let (short, long) = (rows.min(columns), rows.max(columns));
    let norms = [true, false].map(|portable| {
        let mut work = vec![T::NAN; workspace_len(rows, columns)];
        let (matrix, rest) = work.split_at_mut(short * long);
        let (power, rest) = rest.split_at_mut(short * short);
        let (next, rest) = rest.split_at_mut(short * short);
        let (image, rest) = rest.split_at_mut(long);
        let (vector, residual) = rest.split_at_mut(short);
        let mut workspace = Workspace { matrix, power, next, image, vector, residual };
        workspace.load(&a, &scaling);
        if portable {
            Enclose { workspace, registers: Portable, rows: Dyn(rows), columns: Dyn(columns) }.run()
        } else {
            workspace.enclose()
        }
    });
    assert_eq!(norms[0], norms[1], "{rows} {columns} {a:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn registers_do_not_matter(
        rows in 2..20_usize, columns in 2..20_usize, spread in prop::sample::select(vec![0, 0, 8, 60, 900]),
        entries in prop::collection::vec(-1.0_f64..1.0, 61),
    ) {
        // Some entries, or most of them, so small that their products underflow.
        let entry = |index: usize| {
            let x = entries[index % 61];
            let exponent = if index.is_multiple_of(7) { 0.0 } else { entries[(index * 5 + 3) % 61].magnitude() };
            x.scale_exp2(-(exponent * f64::from(spread)) as i32)
        };
        registers_agree::<f64>(rows, columns, entry);
        registers_agree::<f32>(rows, columns, entry);
    }
}

/// The history is that of the powers, computed here again: every exponent and every error.
#[test]
fn the_history_of_squaring_is_that_of_its_powers() {
    let mut without_gap = 0;
    // The last matrices are nearly orthogonal: their squaring hardly helps.
    for (short, long, diagonal) in
        [(3, 3, 0.0), (4, 4, 0.0), (5, 9, 0.0), (8, 8, 0.0), (3, 3, 60.0), (6, 7, 60.0)]
    {
        let entry = |i: usize| f64::from_count((i * 7919 + 409) % 1009) / 505.0 - 1.0;
        let m: Vec<f64> = (0..short * long)
            .map(|i| (entry(i) + if i % (short + 1) == 0 { diagonal } else { 0.0 }) / (1.0 + diagonal))
            .collect();
        let mut work = vec![0.0; workspace_len(short, long)];
        let (matrix, rest) = work.split_at_mut(short * long);
        let (power, rest) = rest.split_at_mut(short * short);
        let (next, rest) = rest.split_at_mut(short * short);
        let (image, rest) = rest.split_at_mut(long);
        let (vector, residual) = rest.split_at_mut(short);
        matrix.copy_from_slice(&m);
        let mut workspace = Workspace { matrix, power, next, image, vector, residual };
        let squared = workspace.square(Portable, 1.0 / 64.0);
        let squarings = squared.chain.squarings();
        assert!(squarings > 1, "{short} {long} {squarings}");

        let (mut h, mut next) = (vec![0.0; short * short], vec![0.0; short * short]);
        product_with_transpose(&m, short, 1.0, &mut h);
        let mut h_trace = trace(&h, short);
        let size = (inflate_up(short + long, h_trace) + f64::UNDERFLOW_ALLOWANCE).next_up();
        assert_eq!(squared.frobenius_square, size);
        let mut chain = SquaringChain::new(0, product_error(long, size));
        let mut last_purity = 0.0;
        for level in 0..squarings {
            // From nothing the bound is made of the errors alone; from one it shows the exponents.
            for bound in [0.0, 1.0] {
                let found = squared.chain.largest_eigenvalue_upper(level, bound);
                assert_eq!(found, chain.largest_eigenvalue_upper(level, bound), "{short} {long} {level}");
            }
            let half = h_trace.exponent().unwrap();
            product_with_transpose(&h, short, f64::power_of_two(-2 * half), &mut next);
            let next_trace = trace(&next, short);
            let mut size = square_upper(next_trace * f64::power_of_two(2 * half), short);
            let frobenius =
                h.iter().fold(Dyadic::zero(), |sum, &x| sum.add(&Dyadic::new(x).mul(&Dyadic::new(x))));
            assert!(frobenius.is_at_most(&Dyadic::new(size)));
            let scaled = h_trace * f64::power_of_two(-half);
            let purity = next_trace / (scaled * scaled);
            let impurity = 1.0 - sum_of(&next) / (next_trace * next_trace);
            if impurity > 1.0 / 64.0 && purity <= last_purity * 1.125 {
                size = Measure::of(&h, short).size_upper().lesser(size);
                without_gap += 1;
            }
            chain.push(i16::try_from(2 * half).unwrap(), product_error(short, size));
            core::mem::swap(&mut h, &mut next);
            (h_trace, last_purity) = (next_trace, purity);
        }
        for bound in [0.0, 1.0] {
            let found = squared.chain.largest_eigenvalue_upper(squarings, bound);
            assert_eq!(found, chain.largest_eigenvalue_upper(squarings, bound), "{short} {long}");
        }
    }
    assert!(without_gap > 0);
}
