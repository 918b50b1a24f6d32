// SPDX-License-Identifier: MIT OR Apache-2.0

//! What callers rely on: the same bits from every entry, errors for bad input, invariance under powers of two.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and its numbers are small"
)]

use nalgebra::{DMatrix, DMatrixView, Matrix3, Matrix3x5, SMatrix, matrix};
use proptest::prelude::*;
use widthwise_linalg::KernelError;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_spectral::{Certificate, spectral_norm, spectral_norm_in, workspace_len};

#[test]
fn bad_entries_are_refused_where_they_are() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut a = Matrix3::from_element(1.0);
        a[(1, 2)] = bad;
        assert_eq!(spectral_norm(&a).unwrap_err().position(), Some((1, 2)));
        assert!(spectral_norm(&matrix![1.0, bad]).is_err());
        assert!(spectral_norm(&matrix![1.0, 2.0; bad, 4.0]).is_err());
    }
}

#[test]
fn short_workspaces_are_refused() {
    let a = DMatrix::from_element(3, 4, 1.0);
    let needed = workspace_len(3, 4);
    let mut work = vec![0.0; needed];
    assert!(spectral_norm_in(&a, &mut work).is_ok());
    let error = spectral_norm_in(&a, &mut work[1..]).unwrap_err();
    assert_eq!(error, KernelError::shape("workspace", needed, needed - 1));
}

#[test]
fn empty_and_zero_matrices_have_norm_zero() {
    for (m, n) in [(0, 0), (0, 3), (3, 0), (1, 1), (2, 2), (3, 4)] {
        let norm = spectral_norm(&DMatrix::<f32>::zeros(m, n)).unwrap();
        assert_eq!((norm.scaled(), norm.certificate()), (ScaledEnclosure::zero(), Certificate::Zero));
    }
}

#[test]
fn rows_and_columns_have_their_two_norm() {
    let norm = spectral_norm(&matrix![3.0, 4.0, 12.0]).unwrap();
    assert_eq!((norm.scaled(), norm.certificate()), (ScaledEnclosure::count(13), Certificate::TwoNorm));
    assert_eq!(spectral_norm(&matrix![3.0; 4.0; 12.0]).unwrap(), norm);
}

#[test]
fn a_norm_above_the_largest_number_is_infinite_only_in_the_format() {
    let norm = spectral_norm(&DMatrix::from_element(4, 4, f64::MAX)).unwrap();
    assert_eq!((norm.enclosure().lo(), norm.enclosure().hi()), (f64::MAX, f64::INFINITY));
    let eighth = norm.scaled().scale_exp2(-3).to_enclosure();
    assert!(eighth.contains(f64::MAX / 2.0) && eighth.relative_width() < 1e-14);
}

#[test]
fn entries_lost_in_scaling_are_covered() {
    let (large, small) = (f64::power_of_two(1000), f64::power_of_two(-1000));
    // √(large² + small²) is greater than `large`, though nothing is left of `small` at that scale.
    let norm = spectral_norm(&matrix![large, small; 0.0, 0.0]).unwrap().enclosure();
    assert!(norm.lo() <= large && norm.hi() > large && norm.relative_width() < 1e-15);
    let norm =
        spectral_norm(&matrix![large, small, 0.0; 0.0, 0.0, 0.0; 0.0, small, 0.0]).unwrap().enclosure();
    assert!(norm.lo() <= large && norm.hi() > large && norm.relative_width() < 2e-15);
}

/// Where nalgebra 0.34 is wrong: its singular value decomposition with vectors gives 4.5415 for the ones, and its 2 × 2 and
/// 3 × 3 cases overflow or underflow.
#[test]
fn known_defects_of_other_libraries_are_absent() {
    let ones = spectral_norm(&Matrix3x5::from_element(1.0)).unwrap().enclosure();
    assert!(ones.contains(15.0_f64.square_root()) && ones.relative_width() < 2e-15, "{ones}");

    for seed in 0..200_usize {
        let entry = |i: usize| ((i * 7919 + seed * 104_729) % 1009) as f64 / 504.5 - 1.0;
        let a = DMatrix::from_fn(12, 2, |i, j| entry(i + 12 * j))
            * DMatrix::from_fn(2, 8, |i, j| entry(40 + i + 2 * j));
        let norm = spectral_norm(&a).unwrap().enclosure();
        // Two singular values: σ₁² + σ₂² and σ₁⁴ + σ₂⁴ determine the larger.
        let (square, fourth) = (a.norm_squared(), (a.transpose() * &a).norm_squared());
        let sigma = ((square + (2.0 * fourth - square * square).square_root()) / 2.0).square_root();
        assert!((norm.midpoint() / sigma - 1.0).abs() < 1e-12, "{seed} {norm} {sigma}");
        assert!(norm.relative_width() < 2e-15, "{seed} {norm}");
    }

    for scale in [1e200, 1e-200] {
        let norm = spectral_norm(&matrix![0.0, 3.0 * scale; scale, 0.0]).unwrap().enclosure();
        assert!(norm.contains(3.0 * scale) && norm.relative_width() < 1e-15);
        let a = matrix![0.0, 3.0 * scale, 0.0; scale, 0.0, 0.0; 0.0, 0.0, 2.0 * scale];
        let norm = spectral_norm(&a).unwrap().enclosure();
        assert!(norm.contains(3.0 * scale) && norm.relative_width() < 1e-15);
    }
}

macro_rules! same_bits {
    ($entries:expr, $($m:literal x $n:literal),+) => {$(
        let fixed = SMatrix::<f64, $m, $n>::from_column_slice(&$entries[..$m * $n]);
        let expected = spectral_norm(&fixed).unwrap();
        let dynamic = DMatrixView::from_slice(&$entries, $m, $n);
        prop_assert_eq!(spectral_norm(&dynamic.into_owned()).unwrap(), expected);
        let mut work = vec![f64::NAN; workspace_len($m, $n)];
        prop_assert_eq!(spectral_norm_in(&dynamic, &mut work).unwrap(), expected);
        // A view with strides, over entries that do not matter.
        let mut padded = DMatrix::from_element(2 * $m, $n + 1, f64::NAN);
        padded.view_with_steps_mut((0, 0), ($m, $n), (1, 0)).copy_from(&dynamic);
        let strided = padded.view_with_steps((0, 0), ($m, $n), (1, 0));
        prop_assert_eq!(spectral_norm_in(&strided, &mut work).unwrap(), expected);
    )+};
}

proptest! {
    #[test]
    fn every_entry_gives_the_same_bits(entries in prop::collection::vec(-1.0_f64..1.0, 40)) {
        same_bits!(entries, 1 x 3, 2 x 2, 2 x 5, 3 x 3, 4 x 4, 5 x 5, 7 x 3, 5 x 8);
    }

    #[test]
    fn powers_of_two_scale_the_enclosure_exactly(
        m in 1..6_usize, n in 1..6_usize, entries in prop::collection::vec(-1.0_f64..1.0, 25), k in -900_i32..1000,
    ) {
        let a = DMatrix::from_fn(m, n, |i, j| entries[i + 5 * j]);
        let scaled = a.map(|x| x.scale_exp2(k));
        // No entry may lose digits.
        prop_assume!(scaled.iter().zip(a.iter()).all(|(s, a)| s.scale_exp2(-k) == *a));
        let (expected, norm) = (spectral_norm(&a).unwrap(), spectral_norm(&scaled).unwrap());
        prop_assert_eq!(norm.scaled(), expected.scaled().scale_exp2(k));
        prop_assert_eq!(norm.certificate(), expected.certificate());
    }

    #[test]
    fn transposition_gives_the_same_bits_unless_the_matrix_is_square(
        m in 1..6_usize, n in 1..6_usize, entries in prop::collection::vec(-1.0_f32..1.0, 25),
    ) {
        let a = DMatrix::from_fn(m, n, |i, j| entries[i + 5 * j]);
        let (norm, transposed) = (spectral_norm(&a).unwrap(), spectral_norm(&a.transpose()).unwrap());
        if m == n {
            prop_assert_ne!(norm.scaled().is_equal_to(&transposed.scaled()), widthwise_rounding::Verdict::Refuted);
        } else {
            prop_assert_eq!(norm, transposed);
        }
    }
}
