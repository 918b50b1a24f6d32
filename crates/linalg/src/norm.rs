// SPDX-License-Identifier: MIT OR Apache-2.0

//! Norms of vectors and the norms of matrices that are sums and maxima of entries.
//!
//! Every function returns an interval that contains the exact norm of the stored entries: they are scaled by a power
//! of two, squares and magnitudes are summed compensated, and the root is rounded outward. Intervals are a few `u`
//! wide from subnormal numbers to the largest, and a point where no operation rounded. A `0 × n` or `m × 0` matrix
//! has norm zero.
//!
//! None of them is the spectral norm, which is the largest singular value.

use nalgebra::{Dim, Matrix, RawStorage, Vector};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};

use crate::{DotAccumulator, KernelError, Scaling};

/// Encloses the two-norm `‖x‖ = √(Σ x_i²)` of a vector. About `30n` operations.
///
/// # Errors
///
/// Fails if an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::vector;
/// let norm = widthwise_linalg::two_norm_enclosure(&vector![3e200, 4e200])?;
/// assert!(norm.to_enclosure().contains(5e200));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn two_norm_enclosure<T: Scalar, D: Dim, S: RawStorage<T, D>>(
    x: &Vector<T, D, S>,
) -> Result<ScaledEnclosure<T>, KernelError> {
    frobenius_norm_enclosure(x)
}

/// Encloses the squared two-norm `Σ x_i²` of a vector. About `30n` operations.
///
/// # Errors
///
/// Fails if an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::vector;
/// use widthwise_rounding::ScaledEnclosure;
/// let square = widthwise_linalg::two_norm_squared_enclosure(&vector![3.0, 4.0])?;
/// assert_eq!(square, ScaledEnclosure::count(25));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn two_norm_squared_enclosure<T: Scalar, D: Dim, S: RawStorage<T, D>>(
    x: &Vector<T, D, S>,
) -> Result<ScaledEnclosure<T>, KernelError> {
    frobenius_norm_squared_enclosure(x)
}

/// Encloses the Frobenius norm `‖A‖_F = √(Σ a_ij²)`, the root of the sum of the squared singular values.
/// About `30mn` operations.
///
/// # Errors
///
/// Fails if an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_rounding::ScaledEnclosure;
/// let norm = widthwise_linalg::frobenius_norm_enclosure(&matrix![1.0, 1.0; -1.0, 1.0])?;
/// assert_eq!(norm, ScaledEnclosure::count(2));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn frobenius_norm_enclosure<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    a: &Matrix<T, R, C, S>,
) -> Result<ScaledEnclosure<T>, KernelError> {
    frobenius_norm_squared_enclosure(a).map(|square| root(&square))
}

/// Encloses the squared Frobenius norm `‖A‖_F² = Σ a_ij² = tr(AᵀA)`. About `30mn` operations.
///
/// # Errors
///
/// Fails if an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// let square = widthwise_linalg::frobenius_norm_squared_enclosure(&matrix![1e-300, 2e-300])?;
/// // The square underflows binary64; its enclosure does not.
/// assert!(square.significand().lo() > 0.0 && square.exponent() < -1990);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn frobenius_norm_squared_enclosure<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    a: &Matrix<T, R, C, S>,
) -> Result<ScaledEnclosure<T>, KernelError> {
    let scaling = Scaling::of(a)?;
    Ok(sum_of_squares(a.iter(), &scaling))
}

/// Encloses the largest two-norm of a column, a lower bound of the spectral norm. About `30mn` operations.
///
/// # Errors
///
/// Fails if an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_rounding::ScaledEnclosure;
/// let norm = widthwise_linalg::max_column_norm_enclosure(&matrix![3.0, 1.0; 4.0, 1.0])?;
/// assert_eq!(norm, ScaledEnclosure::count(5));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn max_column_norm_enclosure<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    a: &Matrix<T, R, C, S>,
) -> Result<ScaledEnclosure<T>, KernelError> {
    let scaling = Scaling::of(a)?;
    Ok(root(&maximum(a.column_iter().map(|column| sum_of_squares(column.iter(), &scaling)))))
}

/// Encloses the largest two-norm of a row, a lower bound of the spectral norm. About `30mn` operations.
///
/// # Errors
///
/// Fails if an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_rounding::ScaledEnclosure;
/// let norm = widthwise_linalg::max_row_norm_enclosure(&matrix![3.0, 4.0; 1.0, 1.0])?;
/// assert_eq!(norm, ScaledEnclosure::count(5));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn max_row_norm_enclosure<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    a: &Matrix<T, R, C, S>,
) -> Result<ScaledEnclosure<T>, KernelError> {
    let scaling = Scaling::of(a)?;
    Ok(root(&maximum(a.row_iter().map(|row| sum_of_squares(row.iter(), &scaling)))))
}

/// Encloses `‖A‖_1`, the largest sum of magnitudes of a column. About `10mn` operations.
///
/// # Errors
///
/// Fails if an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_rounding::ScaledEnclosure;
/// let norm = widthwise_linalg::max_column_sum_enclosure(&matrix![1.0, -3.0; 2.0, 4.0])?;
/// assert_eq!(norm, ScaledEnclosure::count(7));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn max_column_sum_enclosure<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    a: &Matrix<T, R, C, S>,
) -> Result<ScaledEnclosure<T>, KernelError> {
    let scaling = Scaling::of(a)?;
    Ok(maximum(a.column_iter().map(|column| sum_of_magnitudes(column.iter(), &scaling))))
}

/// Encloses `‖A‖_∞`, the largest sum of magnitudes of a row. About `10mn` operations.
///
/// # Errors
///
/// Fails if an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_rounding::ScaledEnclosure;
/// let norm = widthwise_linalg::max_row_sum_enclosure(&matrix![1.0, -3.0; 2.0, 4.0])?;
/// assert_eq!(norm, ScaledEnclosure::count(6));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn max_row_sum_enclosure<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    a: &Matrix<T, R, C, S>,
) -> Result<ScaledEnclosure<T>, KernelError> {
    let scaling = Scaling::of(a)?;
    Ok(maximum(a.row_iter().map(|row| sum_of_magnitudes(row.iter(), &scaling))))
}

/// The largest magnitude of an entry, `max |a_ij|`, exact; zero for an empty matrix.
///
/// # Errors
///
/// Fails if an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// assert_eq!(widthwise_linalg::max_entry(&matrix![1.0, -3.0; 2.0, 0.5])?, 3.0);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn max_entry<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    a: &Matrix<T, R, C, S>,
) -> Result<T, KernelError> {
    Scaling::of(a)?;
    Ok(a.iter().fold(T::zero(), |largest, entry| largest.greater(entry.magnitude())))
}

/// The root of a value that is a sum of squares.
fn root<T: Scalar>(sum_of_squares: &ScaledEnclosure<T>) -> ScaledEnclosure<T> {
    sum_of_squares.square_root().unwrap_or_else(|| ScaledEnclosure::new(Enclosure::whole(), 0))
}

fn maximum<T: Scalar>(values: impl Iterator<Item = ScaledEnclosure<T>>) -> ScaledEnclosure<T> {
    values.fold(ScaledEnclosure::zero(), |largest, value| largest.maximum(&value))
}

fn sum_of_squares<'a, T: Scalar>(
    entries: impl Iterator<Item = &'a T>,
    scaling: &Scaling<T>,
) -> ScaledEnclosure<T> {
    let sum = accumulate(entries, scaling, |sum, x| sum.add_product(x, x));
    ScaledEnclosure::new(not_negative(sum), 2 * scaling.exponent())
}

fn sum_of_magnitudes<'a, T: Scalar>(
    entries: impl Iterator<Item = &'a T>,
    scaling: &Scaling<T>,
) -> ScaledEnclosure<T> {
    let sum = accumulate(entries, scaling, |sum, x| sum.add(x.magnitude()));
    ScaledEnclosure::new(not_negative(sum), scaling.exponent())
}

fn accumulate<'a, T: Scalar>(
    entries: impl Iterator<Item = &'a T>,
    scaling: &Scaling<T>,
    mut add: impl FnMut(&mut DotAccumulator<T>, T),
) -> Enclosure<T> {
    let mut sum = DotAccumulator::new();
    if !scaling.is_exact() {
        sum.assume_scaled_inexactly();
    }
    for &entry in entries {
        add(&mut sum, scaling.apply(entry));
    }
    sum.enclosure()
}

/// The part of an enclosure where a sum of squares or magnitudes can lie.
fn not_negative<T: Scalar>(sum: Enclosure<T>) -> Enclosure<T> {
    Enclosure::from_bounds(sum.lo().greater(T::zero()), sum.hi())
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector, matrix, vector};
    use proptest::prelude::*;

    type NormOf = fn(&DMatrix<f64>) -> Result<ScaledEnclosure<f64>, KernelError>;
    const NORMS: [(NormOf, f64); 6] = [
        (frobenius_norm_enclosure, 5.477_225_575_051_661),
        (max_column_norm_enclosure, 4.472_135_954_999_58),
        (max_row_norm_enclosure, 5.0),
        (max_column_sum_enclosure, 6.0),
        (max_row_sum_enclosure, 7.0),
        (frobenius_norm_squared_enclosure, 30.0),
    ];

    #[test]
    fn values_of_a_small_matrix_at_every_scale() {
        for exponent in [0, 600, -600, 1020, -1074] {
            let a =
                DMatrix::from_row_slice(2, 2, &[1.0, -2.0, 3.0, 4.0]).map(|x: f64| x.scale_exp2(exponent));
            for (index, (norm, value)) in NORMS.iter().enumerate() {
                let power = if index == 5 { 2 * exponent } else { exponent };
                let norm = norm(&a).unwrap().scale_exp2(-power).to_enclosure();
                assert!(norm.lo() <= value.next_up() && value.next_down() <= norm.hi(), "{index} {norm}");
                assert!(norm.relative_width() <= 4.0 * f64::UNIT_ROUNDOFF, "{index} {norm}");
            }
        }
    }

    #[test]
    fn two_by_two_and_three_by_three_at_extreme_scales() {
        for scale in [1e200, 1e-200] {
            let a = matrix![3.0 * scale, 4.0 * scale; 0.0, 0.0];
            assert!(frobenius_norm_enclosure(&a).unwrap().to_enclosure().contains(5.0 * scale));
            let a = matrix![2.0 * scale, 0.0, 0.0; scale, 0.0, 0.0; 2.0 * scale, 0.0, 0.0];
            assert!(max_column_norm_enclosure(&a).unwrap().to_enclosure().contains(3.0 * scale));
        }
    }

    #[test]
    fn empty_matrices_have_norm_zero() {
        for a in [DMatrix::<f64>::zeros(0, 3), DMatrix::zeros(3, 0), DMatrix::zeros(2, 2)] {
            assert!(NORMS.iter().all(|(norm, _)| norm(&a) == Ok(ScaledEnclosure::zero())));
            assert_eq!(max_entry(&a), Ok(0.0));
        }
    }

    #[test]
    fn not_finite_entries_are_refused() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let a = DMatrix::from_row_slice(2, 2, &[1.0, 2.0, bad, 4.0]);
            for (norm, _) in NORMS {
                assert_eq!(norm(&a).unwrap_err().position(), Some((1, 0)));
            }
            assert!(max_entry(&a).is_err() && two_norm_enclosure(&vector![bad]).is_err());
        }
    }

    proptest! {
        #[test]
        fn norm_of_single_precision_encloses_the_double_one(x in prop::collection::vec(-1e10_f32..1e10, 1..100)) {
            let x = DVector::from_vec(x);
            let exact = x.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>();
            let norm = two_norm_squared_enclosure(&x).unwrap().to_enclosure();
            prop_assert!(f64::from(norm.lo()) <= exact * (1.0 + 1e-13) && exact * (1.0 - 1e-13) <= f64::from(norm.hi()));
            prop_assert!(norm.relative_width() <= 3.0 * f32::EPSILON);
            let sum = x.iter().map(|&x| f64::from(x.magnitude())).sum::<f64>();
            let norm = max_column_sum_enclosure(&x).unwrap().to_enclosure();
            prop_assert!(f64::from(norm.lo()) <= sum * (1.0 + 1e-13) && sum * (1.0 - 1e-13) <= f64::from(norm.hi()));
        }

        #[test]
        fn transposition_exchanges_rows_and_columns(entries in prop::collection::vec(-10.0_f64..10.0, 12)) {
            let a = DMatrix::from_column_slice(4, 3, &entries);
            prop_assert_eq!(max_row_norm_enclosure(&a), max_column_norm_enclosure(&a.transpose()));
            prop_assert_eq!(max_row_sum_enclosure(&a), max_column_sum_enclosure(&a.transpose()));
        }
    }
}
