// SPDX-License-Identifier: MIT OR Apache-2.0

//! The nuclear norm where it is known, and its laws.

use super::*;
use nalgebra::{DMatrix, Matrix3x4, matrix};
use proptest::prelude::*;
use std::vec;
use widthwise_linalg::frobenius_norm_enclosure;
use widthwise_rounding::{Enclosure, Verdict};

/// In a workspace that is not zero: its contents must not matter.
fn norm_of<T: Scalar>(a: &DMatrix<T>) -> ScaledEnclosure<T> {
    let mut work = vec![T::NAN; nuclear_norm_workspace_len(a.nrows(), a.ncols())];
    let norm = nuclear_norm_in(a, &mut work).unwrap();
    assert_eq!(nuclear_norm(a).unwrap(), norm);
    norm
}

fn nuclear(entries: &[f64], rows: usize, columns: usize) -> Enclosure<f64> {
    norm_of(&DMatrix::from_column_slice(rows, columns, entries)).to_enclosure()
}

#[test]
fn sums_the_singular_values() {
    assert!(nuclear(&[0.0, 3.0, 0.0, -4.0, 0.0, 0.0], 3, 2).contains(7.0));
    assert!(nuclear(&[0.0, 3.0, 0.0, 0.0, -4.0, 0.0], 2, 3).contains(7.0));
    // All ones: rank one, √(mn).
    let ones = nuclear(&[1.0; 12], 3, 4);
    assert!(ones.contains(12.0_f64.square_root()) && ones.relative_width() < 1e-13, "{ones}");
    // Hadamard: four singular values 2.
    let h = [1.0, 1.0, 1.0, 1.0, 1.0, -1.0, 1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -1.0, -1.0, 1.0];
    let hadamard = nuclear(&h, 4, 4);
    assert!(hadamard.contains(8.0) && hadamard.relative_width() < 1e-13, "{hadamard}");
    // σ₁σ₂ = |det| = 1 and σ₁² + σ₂² = 2 + 10¹⁶: the small one counts with its digits.
    let skewed = nuclear(&[1.0, 0.0, 1e8, 1.0], 2, 2);
    let exact = (1e16_f64 + 4.0).square_root();
    assert!(skewed.contains(exact) && skewed.relative_width() < 1e-14, "{skewed}");
}

#[test]
fn degenerate_input_is_served_or_refused() {
    for (m, n) in [(0, 0), (0, 3), (3, 0), (1, 1), (2, 3)] {
        assert_eq!(norm_of(&DMatrix::<f64>::zeros(m, n)), ScaledEnclosure::zero());
    }
    for bad in [f64::NAN, f64::INFINITY] {
        let mut a = Matrix3x4::from_element(1.0);
        a[(2, 1)] = bad;
        assert_eq!(nuclear_norm(&a).unwrap_err().position(), Some((2, 1)));
        assert_eq!(nuclear_norm(&a.transpose()).unwrap_err().position(), Some((1, 2)));
    }
    let needed = nuclear_norm_workspace_len(2, 3);
    let error =
        nuclear_norm_in(&matrix![1.0, 2.0, 3.0; 4.0, 5.0, 6.0], &mut vec![0.0; needed - 1]).unwrap_err();
    assert_eq!(error, KernelError::shape("workspace", needed, needed - 1));
    for x in [f64::MAX, f64::MIN_SUBNORMAL, 1e300] {
        let norm = norm_of(&DMatrix::from_element(3, 3, x));
        let three = ScaledEnclosure::count(3) * ScaledEnclosure::point(x).unwrap();
        assert_ne!(norm.is_equal_to(&three), Verdict::Refuted, "{x:e}");
        assert!(norm.significand().relative_width() < 1e-13, "{x:e}");
    }
    // What scaling loses is covered.
    let spread = norm_of(&matrix![1e300, 0.0; 0.0, 1e-300].resize(2, 2, 0.0)).to_enclosure();
    assert!(spread.lo() <= 1e300 && spread.hi() > 1e300);
}

#[test]
fn the_error_of_the_matrix_counts_as_often_as_the_rank() {
    // Every singular value of the identity may be δ higher or lower: ‖R‖_F = 2δ.
    let mut work = [0.0; 256];
    let identity = DMatrix::<f64>::identity(4, 4);
    let norm = SingularBasis::of_inexact(&identity, 0.25, &mut work).unwrap().nuclear_norm().unwrap();
    let norm = norm.to_enclosure();
    assert!(norm.contains(4.5) && norm.contains(3.5) && norm.width() < 1.001, "{norm}");
}

/// `12 mn` numbers hold the workspace of every shape.
#[test]
fn twelve_numbers_an_entry_are_enough() {
    for m in 1..40 {
        for n in 1..40 {
            assert!(nuclear_norm_workspace_len(m, n) <= 12 * m * n, "{m} {n}");
        }
    }
}

proptest! {
    #[test]
    fn laws_are_never_refuted(
        m in 1..7_usize, n in 1..7_usize, entries in prop::collection::vec(-1.0_f64..1.0, 72),
        rank in 1..7_usize, k in -1000_i32..1000, single in any::<bool>(),
    ) {
        // Repeated columns make it rank deficient.
        let entry = |i: usize, j: usize| entries[i + 6 * (j % rank)];
        let round = |x: f64| if single { f64::from(x as f32) } else { x };
        let a = DMatrix::from_fn(m, n, |i, j| round(entry(i, j)));
        let norm = norm_of(&a);
        prop_assert!(norm.significand().relative_width() < 1e-13);
        prop_assert_ne!(norm.is_equal_to(&norm_of(&a.transpose())), Verdict::Refuted);
        let permuted = DMatrix::from_fn(m, n, |i, j| -a[(m - 1 - i, (j + 1) % n)]);
        prop_assert_ne!(norm.is_equal_to(&norm_of(&permuted)), Verdict::Refuted);
        // σ₁ ≤ ‖·‖_F ≤ Σσ ≤ √r ‖·‖_F.
        let frobenius = frobenius_norm_enclosure(&a).unwrap();
        prop_assert_ne!(frobenius.is_at_most(&norm), Verdict::Refuted);
        let root = root(ScaledEnclosure::count(m.min(n)));
        prop_assert_ne!(norm.is_at_most(&(root * frobenius)), Verdict::Refuted);
        // The triangle inequality.
        let b = DMatrix::from_fn(m, n, |i, j| round(entries[36 + i + 6 * j]));
        let exact = DMatrix::from_fn(m, n, |i, j| (a[(i, j)] + b[(i, j)]).scale_exp2(0));
        let sum = norm_of(&exact);
        let slack = ScaledEnclosure::point(1e-14).unwrap();
        prop_assert_ne!(sum.is_at_most(&(norm + norm_of(&b) + slack)), Verdict::Refuted);
        // Scaling by a power of two changes no bit.
        let scaled = a.map(|x| x.scale_exp2(k));
        if scaled.iter().zip(a.iter()).all(|(s, x)| s.scale_exp2(-k) == *x) {
            prop_assert_eq!(norm_of(&scaled), norm.scale_exp2(k));
        }
        // In binary32 the enclosure of the same matrix is wider and contains it.
        if single {
            let norm32 = norm_of(&a.map(|x| x as f32)).to_enclosure();
            let norm = norm.to_enclosure();
            prop_assert!(f64::from(norm32.lo()) <= norm.hi() && norm.lo() <= f64::from(norm32.hi()));
            prop_assert!(norm32.relative_width() < 1e-4);
        }
    }
}
