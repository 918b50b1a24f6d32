// SPDX-License-Identifier: MIT OR Apache-2.0

//! The matrix-vector product `y = A x`.
//!
//! Each entry is a [`dot`](crate::dot) of a row with `x`, in ascending order of the column: the loops run over the
//! columns of nalgebra's column-major storage, and every `y_i` sees the same operations as the row-wise product.

use nalgebra::{Dim, Matrix, MatrixView, RawStorage, RawStorageMut, U1, Vector};
use widthwise_rounding::{Scalar, ScaledEnclosure};

use crate::dot::scaled_dot;
use crate::{DotAccumulator, KernelError, NormAccumulator, Scaling};

/// Computes `y = A x` into `y`: `y_i = y_i + a_ij · x_j` for `j` ascending, from `y_i = 0`.
///
/// The error is at most `γ_n |A||x| + nω` entrywise (lemma L2). `2mn` operations.
///
/// # Errors
///
/// Fails if `x` has not as many entries as `a` has columns, or `y` as it has rows.
///
/// # Examples
///
/// ```
/// use nalgebra::{Vector2, matrix, vector};
/// let mut y = Vector2::zeros();
/// widthwise_linalg::matvec(&matrix![1.0, 2.0; 3.0, 4.0], &vector![1.0, 1.0], &mut y)?;
/// assert_eq!(y, vector![3.0, 7.0]);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn matvec<T, R, C, D, E, S1, S2, S3>(
    a: &Matrix<T, R, C, S1>,
    x: &Vector<T, D, S2>,
    y: &mut Vector<T, E, S3>,
) -> Result<(), KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    E: Dim,
    S1: RawStorage<T, R, C>,
    S2: RawStorage<T, D>,
    S3: RawStorageMut<T, E>,
{
    KernelError::require("vector", a.ncols(), x.nrows())?;
    KernelError::require("result", a.nrows(), y.nrows())?;
    for y in y.iter_mut() {
        *y = T::zero();
    }
    for (column, &x) in a.column_iter().zip(x.iter()) {
        for (y, &a) in y.iter_mut().zip(column.iter()) {
            *y += a * x;
        }
    }
    Ok(())
}

/// Encloses every entry of the exact product `A x` into `y`.
///
/// Each entry as by [`dot_enclosure`](crate::dot_enclosure), under one scaling of `a` and one of `x`. About `30mn`
/// operations.
///
/// # Errors
///
/// Fails if the shapes do not fit or an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::{Vector2, matrix, vector};
/// use widthwise_rounding::ScaledEnclosure;
/// let mut y = Vector2::from_element(ScaledEnclosure::zero());
/// widthwise_linalg::matvec_enclosure(&matrix![1.0, 2.0; 3.0, 4.0], &vector![1.0, 1.0], &mut y)?;
/// assert_eq!(y[1], ScaledEnclosure::count(7));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn matvec_enclosure<T, R, C, D, E, S1, S2, S3>(
    a: &Matrix<T, R, C, S1>,
    x: &Vector<T, D, S2>,
    y: &mut Vector<ScaledEnclosure<T>, E, S3>,
) -> Result<(), KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    E: Dim,
    S1: RawStorage<T, R, C>,
    S2: RawStorage<T, D>,
    S3: RawStorageMut<ScaledEnclosure<T>, E>,
{
    KernelError::require("vector", a.ncols(), x.nrows())?;
    KernelError::require("result", a.nrows(), y.nrows())?;
    let (scale_a, scale_x) = (Scaling::of(a)?, Scaling::of(x)?);
    for (y, row) in y.iter_mut().zip(a.row_iter()) {
        *y = scaled_dot(row.iter(), &scale_a, x.iter(), &scale_x);
    }
    Ok(())
}

/// Encloses `‖A x‖₂` of the exact product, without storing it.
///
/// About `γ_n²·κ + 4u` wide relatively, where `κ = ‖|A||x|‖ / ‖A x‖` measures cancellation: a point when no operation
/// rounded. About `60mn` operations.
///
/// # Errors
///
/// Fails if the shapes do not fit or an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::{matrix, vector};
/// use widthwise_rounding::ScaledEnclosure;
/// let norm = widthwise_linalg::matvec_norm_enclosure(&matrix![3.0, 0.0; 0.0, 4.0], &vector![1.0, 1.0])?;
/// assert_eq!(norm, ScaledEnclosure::count(5));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn matvec_norm_enclosure<T, R, C, D, S1, S2>(
    a: &Matrix<T, R, C, S1>,
    x: &Vector<T, D, S2>,
) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    S1: RawStorage<T, R, C>,
    S2: RawStorage<T, D>,
{
    KernelError::require("vector", a.ncols(), x.nrows())?;
    let (scale_a, scale_x) = (Scaling::of(a)?, Scaling::of(x)?);
    let exponent = scale_a.exponent() + scale_x.exponent();
    let entry = |row: MatrixView<'_, T, U1, C, S1::RStride, S1::CStride>| {
        let mut sum = DotAccumulator::new();
        if !(scale_a.is_exact() && scale_x.is_exact()) {
            sum.assume_scaled_inexactly();
        }
        for (&a, &x) in row.iter().zip(x.iter()) {
            sum.add_product(scale_a.apply(a), scale_x.apply(x));
        }
        sum
    };
    // The product may be far smaller than its factors: its own largest entry decides how it is scaled for squaring.
    let mut largest = T::zero();
    for row in a.row_iter() {
        largest = largest.greater(entry(row).value().magnitude());
    }
    let shift = largest.exponent().unwrap_or(0).max(-T::MAX_EXPONENT);
    let mut norm = NormAccumulator::new();
    for row in a.row_iter() {
        norm.add_scaled(&entry(row), T::power_of_two(-shift));
    }
    Ok(ScaledEnclosure::new(norm.norm(), exponent + shift))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector, Vector2, matrix, vector};
    use proptest::prelude::*;

    #[test]
    fn shapes_must_fit() {
        let a = DMatrix::<f64>::zeros(2, 3);
        let mut y = DVector::zeros(2);
        assert!(matvec(&a, &DVector::zeros(2), &mut y).is_err());
        assert!(matvec(&a, &DVector::zeros(3), &mut DVector::zeros(3)).is_err());
        assert!(matvec_norm_enclosure(&a, &DVector::zeros(2)).is_err());
        assert!(matvec(&a, &DVector::zeros(3), &mut y).is_ok());
    }

    #[test]
    fn norm_survives_overflow_and_underflow_of_its_squares() {
        for scale in [1e300, 1e-300, 5e-324] {
            let a = matrix![3.0 * scale, 0.0; 0.0, 4.0 * scale];
            let norm = matvec_norm_enclosure(&a, &vector![1.0, 1.0]).unwrap().to_enclosure();
            assert!(norm.contains(5.0 * scale), "{scale:e} {norm}");
            assert!(norm.relative_width() < 1e-15);
        }
    }

    #[test]
    fn norm_of_a_product_far_below_its_factors_is_tight() {
        let a = matrix![1.0, 0.0; 0.0, 1e-300];
        let norm = matvec_norm_enclosure(&a, &vector![0.0, 1.0]).unwrap().to_enclosure();
        assert!(norm.contains(1e-300) && norm.relative_width() < 1e-15, "{norm}");
        // Cancellation beyond the digits of the compensated sum: zero is not excluded, and the bound stays small.
        let a = matrix![1.0 + f64::EPSILON, -1.0 - 2.0 * f64::EPSILON];
        let norm = matvec_norm_enclosure(&a, &vector![1.0, 1.0]).unwrap().to_enclosure();
        assert!(norm.contains(f64::EPSILON) && norm.relative_width() < 1e-14, "{norm}");
    }

    #[test]
    fn norm_is_a_few_ulps_wide_whatever_the_number_of_rows() {
        let a = DMatrix::from_fn(200, 50, |i, j| (((31 * i + 17 * j) % 23) as f64 - 9.5) / 7.0);
        let x = DVector::from_fn(50, |i, _| 1.0 / (i as f64 + 3.0));
        let norm = matvec_norm_enclosure(&a, &x).unwrap().significand();
        assert!(norm.relative_width() <= 8.0 * f64::UNIT_ROUNDOFF, "{}", norm.relative_width());
    }

    #[test]
    fn not_finite_is_refused() {
        let mut y = Vector2::from_element(ScaledEnclosure::zero());
        assert!(matvec_enclosure(&matrix![1.0, f64::NAN; 0.0, 0.0], &vector![1.0, 1.0], &mut y).is_err());
        assert!(matvec_norm_enclosure(&matrix![1.0, 0.0; 0.0, 0.0], &vector![f64::INFINITY, 1.0]).is_err());
    }

    proptest! {
        #[test]
        fn three_ways_agree(
            entries in prop::collection::vec(-10.0_f64..10.0, 12),
            x in prop::collection::vec(-10.0_f64..10.0, 3),
        ) {
            let a = DMatrix::from_column_slice(4, 3, &entries);
            let x = DVector::from_column_slice(&x);
            let mut plain = DVector::zeros(4);
            matvec(&a, &x, &mut plain).unwrap();
            let mut enclosed = DVector::from_element(4, ScaledEnclosure::zero());
            matvec_enclosure(&a, &x, &mut enclosed).unwrap();
            let mut squares = ScaledEnclosure::zero();
            for (plain, enclosed) in plain.iter().zip(enclosed.iter()) {
                let e = enclosed.to_enclosure();
                prop_assert!((plain - e.midpoint()).abs() <= 1e-13 && e.width() <= 1e-12);
                squares = squares + enclosed.square();
            }
            let norm = matvec_norm_enclosure(&a, &x).unwrap();
            prop_assert_ne!(norm.square().is_equal_to(&squares), widthwise_rounding::Verdict::Refuted);
        }
    }
}
