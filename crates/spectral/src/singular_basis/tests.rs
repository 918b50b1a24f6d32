// SPDX-License-Identifier: MIT OR Apache-2.0

//! The basis against exact arithmetic, which counts the singular values above a number.

use super::*;
use crate::exact::{Dyadic, Exact, eigenvalues_above, smaller_gram};
use nalgebra::DMatrix;
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;
use widthwise_rounding::Enclosure;

fn to_exact<T: Scalar>(a: &DMatrix<T>) -> Exact {
    a.row_iter().map(|row| row.iter().map(|x| Dyadic::new(x.to_f64())).collect()).collect()
}

fn end<T: Scalar>(x: T, exponent: i32) -> Dyadic {
    Dyadic::new(x.to_f64()).scaled(i64::from(exponent))
}

/// Whether every interval contains its singular value, decided by exact inertia.
fn are_right<T: Scalar>(a: &DMatrix<T>, values: &[ScaledEnclosure<T>]) -> bool {
    let gram = smaller_gram(&to_exact(a));
    values.iter().enumerate().all(|(i, value)| {
        let lo = end(value.significand().lo(), value.exponent());
        let (above, equal) = eigenvalues_above(&gram, &lo.mul(&lo));
        let lower_holds = value.significand().lo() == T::zero() || above + equal > i;
        let hi = value.significand().hi();
        let upper_holds = !hi.is_finite() || {
            let hi = end(hi, value.exponent());
            eigenvalues_above(&gram, &hi.mul(&hi)).0 <= i
        };
        lower_holds && upper_holds && value.significand().lo() >= T::zero()
    })
}

fn values_of<T: Scalar>(a: &DMatrix<T>) -> Vec<ScaledEnclosure<T>> {
    let mut work = vec![T::NAN; singular_basis_workspace_len(a.nrows(), a.ncols())];
    let mut basis = SingularBasis::of(a, &mut work).unwrap();
    let mut values = vec![ScaledEnclosure::zero(); a.nrows().min(a.ncols())];
    basis.singular_values(&mut values).unwrap();
    values
}

fn absolute_width<T: Scalar>(values: &[ScaledEnclosure<T>]) -> f64 {
    let Some(first) = values.first() else { return 0.0 };
    let aligned = |x: &ScaledEnclosure<T>| x.scale_exp2(-first.exponent()).to_enclosure().width().to_f64();
    values.iter().map(aligned).fold(0.0_f64, |m, w| m.greater(w))
}

#[test]
fn known_singular_values_are_enclosed() {
    for (m, n) in [(3, 5), (5, 3), (1, 4), (4, 1), (6, 6)] {
        let ones = values_of(&DMatrix::from_element(m, n, 1.0));
        assert!(ones[0].to_enclosure().contains(((m * n) as f64).square_root()), "{m} {n}");
        assert!(ones[1..].iter().all(|x| x.to_enclosure().contains(0.0) && x.to_enclosure().hi() < 1e-14));
    }
    let diagonal = [2.0, -7.0, 0.0, 1e-30, 3.0];
    let values = values_of(&DMatrix::from_diagonal(&diagonal.to_vec().into()));
    for (value, exact) in values.iter().zip([7.0, 3.0, 2.0, 1e-30, 0.0]) {
        assert!(value.to_enclosure().contains(exact) && value.to_enclosure().width() < 1e-14, "{exact}");
    }
}

#[test]
fn the_error_of_the_matrix_is_carried() {
    let a = DMatrix::from_diagonal(&std::vec![4.0, 2.0].into());
    for (error, scale) in [(0.25, 1.0), (0.25, 1e-3), (0.25, 1e200)] {
        let mut work = [0.0; 64];
        let mut basis = SingularBasis::of_inexact(&(&a * scale), error * scale, &mut work).unwrap();
        let mut values = [ScaledEnclosure::zero(); 2];
        basis.singular_values(&mut values).unwrap();
        for (value, exact) in values.iter().zip([4.0, 2.0]) {
            let (lo, hi) = ((exact - error) * scale, (exact + error) * scale);
            let value = value.to_enclosure();
            assert!(
                value.contains(lo) && value.contains(hi) && value.width() < 2.001 * error * scale,
                "{value}"
            );
        }
    }
    // Unknown errors leave nothing to say.
    let mut work = [0.0; 64];
    let mut basis = SingularBasis::of_inexact(&a, f64::NAN, &mut work).unwrap();
    assert_eq!(basis.nuclear_norm().unwrap().to_enclosure().hi(), f64::INFINITY);
}

#[test]
fn bad_input_is_refused() {
    let a = DMatrix::from_element(3, 2, 1.0);
    let needed = singular_basis_workspace_len(3, 2);
    let mut work = vec![0.0; needed];
    let error = SingularBasis::of(&a, &mut work[1..]).unwrap_err();
    assert_eq!(error, KernelError::shape("workspace", needed, needed - 1));
    let error = SingularBasis::with_vectors(&a, 0.0, &DMatrix::identity(3, 3), &mut work).unwrap_err();
    assert_eq!(error, KernelError::shape("vectors", 2, 3));
    let mut basis = SingularBasis::of(&a, &mut work).unwrap();
    let error = basis.singular_values(&mut [ScaledEnclosure::zero(); 3]).unwrap_err();
    assert_eq!(error, KernelError::shape("singular values", 2, 3));
    let nan = DMatrix::from_element(3, 2, f64::NAN);
    assert!(SingularBasis::of(&nan, &mut work).unwrap_err().is_nan());
    assert!(
        SingularBasis::with_vectors(&a, 0.0, &DMatrix::from_element(2, 2, f64::INFINITY), &mut work).is_err()
    );
    for (m, n) in [(0, 0), (0, 3), (3, 0)] {
        assert!(values_of(&DMatrix::<f64>::zeros(m, n)).is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn singular_values_are_enclosed_whatever_the_rank_and_the_grading(
        m in 1..7_usize, n in 1..7_usize, entries in prop::collection::vec(-1.0_f64..1.0, 36),
        rank in 1..7_usize, grade in 0..20_i32, k in -900_i32..900,
    ) {
        let grade = |j: usize| -grade * i32::try_from(j).unwrap();
        let a = DMatrix::from_fn(m, n, |i, j| entries[i + 6 * (j % rank)].scale_exp2(grade(j)));
        let values = values_of(&a);
        prop_assert!(are_right(&a, &values));
        prop_assert!(absolute_width(&values) < (16 * (m + n)) as f64 * f64::UNIT_ROUNDOFF, "{:e}", absolute_width(&values));
        let scaled = a.map(|x| x.scale_exp2(k));
        if scaled.iter().zip(a.iter()).all(|(s, x)| s.scale_exp2(-k) == *x && (s.magnitude() > 1e-280 || *s == 0.0)) {
            let expected: Vec<_> = values.iter().map(|x| x.scale_exp2(k)).collect();
            prop_assert_eq!(values_of(&scaled), expected);
        }
        let single = a.map(|x| x as f32);
        prop_assert!(are_right(&single, &values_of(&single)));
    }

    #[test]
    fn any_directions_give_true_statements_of_the_image(
        entries in prop::collection::vec(-1.0_f64..1.0, 12), lack in prop::collection::vec(-1.0_f64..1.0, 12),
        near in 0..50_i32, coherence in 0..3_usize,
    ) {
        // Columns that are nearly those of the image, some of which point nearly the same way.
        let b = DMatrix::from_fn(4, 3, |i, j| entries[i + 4 * if coherence == 0 { j } else { j % coherence }]);
        prop_assume!(b.column_iter().all(|c| c.norm() > 1e-3));
        let z = DMatrix::from_fn(4, 3, |i, j| {
            b[(i, j)] / b.column(j).norm() + lack[i + 4 * j].scale_exp2(-near)
        });
        let view = |x: &DMatrix<f64>| x.as_slice().to_vec();
        let (entries, directions) = (view(&b), view(&z));
        let mut values = [ScaledEnclosure::zero(); 3];
        let (image, dual) = (DMatrixView::from_slice(&entries, 4, 3), DMatrixView::from_slice(&directions, 4, 3));
        singular_values_through(&image, &dual, 0.0, &mut values).unwrap();
        prop_assert!(are_right(&b, &values));
    }

    #[test]
    fn any_vectors_give_true_statements(
        entries in prop::collection::vec(-1.0_f64..1.0, 12), v in prop::collection::vec(-1.0_f64..1.0, 9),
        near in 0..40_i32, k in -30_i32..30,
    ) {
        let a = DMatrix::from_column_slice(4, 3, &entries);
        let mut identity = DMatrix::identity(3, 3);
        identity += DMatrix::from_column_slice(3, 3, &v).map(|x| x.scale_exp2(-near));
        let vectors = identity.map(|x: f64| x.scale_exp2(if near < 5 { k } else { 0 }));
        let mut work = vec![f64::NAN; singular_basis_workspace_len(4, 3)];
        let mut basis = SingularBasis::with_vectors(&a, 0.0, &vectors, &mut work).unwrap();
        let mut values = [ScaledEnclosure::zero(); 3];
        basis.singular_values(&mut values).unwrap();
        prop_assert!(are_right(&a, &values));
        let nuclear = basis.nuclear_norm().unwrap();
        let exact = crate::nuclear_norm(&a).unwrap();
        prop_assert_ne!(nuclear.is_equal_to(&exact), widthwise_rounding::Verdict::Refuted);
        let _: Enclosure<f64> = nuclear.to_enclosure();
    }
}
