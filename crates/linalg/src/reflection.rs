// SPDX-License-Identifier: MIT OR Apache-2.0

//! Householder reflections `H = I − 2vvᵀ/(vᵀv)` applied in place.
//!
//! Every orthogonal matrix is a product of reflections, and a product of reflections in random vectors is a random
//! orthogonal matrix (Stewart, SIAM J. Numer. Anal. 17, 1980). Nothing is stored but the matrix that is reflected.
//!
//! Order of operations, for `v` scaled by a power of two: `t = Σ v_i²` ascending; for each column (or row) `c` the sum
//! `s = Σ v_i · c_i` ascending, `f = (s + s)/t`, `c_i = c_i − f · v_i`.

use nalgebra::{Dim, Matrix, RawStorage, RawStorageMut, Vector};
use widthwise_rounding::Scalar;

use crate::{KernelError, Scaling};

/// Reflects every column: `A ← (I − 2vvᵀ/(vᵀv)) A`, for `v` with as many entries as `a` has rows.
///
/// A zero `v` is the identity. `v` may have any scale. Each column `c` of `m` entries is off by at most `γ_{4m+8}‖c‖`
/// in the two-norm if nothing overflows, which holds for entries up to `MAX/(8m)`. NaN and infinite entries of `a`
/// propagate as in plain arithmetic. `4mn` operations.
///
/// # Errors
///
/// Fails if the lengths differ or an entry of `v` is not finite; `a` is then unchanged.
///
/// # Examples
///
/// ```
/// use nalgebra::{Matrix2, matrix, vector};
/// let mut a = Matrix2::identity();
/// widthwise_linalg::reflect_columns(&vector![1.0, 1.0], &mut a)?;
/// assert_eq!(a, matrix![0.0, -1.0; -1.0, 0.0]);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn reflect_columns<T, D, R, C, S1, S2>(
    v: &Vector<T, D, S1>,
    a: &mut Matrix<T, R, C, S2>,
) -> Result<(), KernelError>
where
    T: Scalar,
    D: Dim,
    R: Dim,
    C: Dim,
    S1: RawStorage<T, D>,
    S2: RawStorageMut<T, R, C>,
{
    KernelError::require("entries of the reflection's vector", a.nrows(), v.nrows())?;
    let Some((scaling, square)) = scaled_square(v)? else {
        return Ok(());
    };
    for mut column in a.column_iter_mut() {
        let mut sum = T::zero();
        for (&v, &entry) in v.iter().zip(column.iter()) {
            sum += scaling.apply(v) * entry;
        }
        let factor = (sum + sum) / square;
        for (&v, entry) in v.iter().zip(column.iter_mut()) {
            *entry -= factor * scaling.apply(v);
        }
    }
    Ok(())
}

/// Reflects every row: `A ← A (I − 2vvᵀ/(vᵀv))`, for `v` with as many entries as `a` has columns.
///
/// As [`reflect_columns`] of the transpose, bit for bit.
///
/// # Errors
///
/// Fails if the lengths differ or an entry of `v` is not finite; `a` is then unchanged.
///
/// # Examples
///
/// ```
/// use nalgebra::{Matrix1x2, matrix, vector};
/// let mut a = matrix![3.0, 4.0];
/// widthwise_linalg::reflect_rows(&vector![1.0, 0.0], &mut a)?;
/// assert_eq!(a, matrix![-3.0, 4.0]);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn reflect_rows<T, D, R, C, S1, S2>(
    v: &Vector<T, D, S1>,
    a: &mut Matrix<T, R, C, S2>,
) -> Result<(), KernelError>
where
    T: Scalar,
    D: Dim,
    R: Dim,
    C: Dim,
    S1: RawStorage<T, D>,
    S2: RawStorageMut<T, R, C>,
{
    KernelError::require("entries of the reflection's vector", a.ncols(), v.nrows())?;
    let Some((scaling, square)) = scaled_square(v)? else {
        return Ok(());
    };
    for mut row in a.row_iter_mut() {
        let mut sum = T::zero();
        for (&v, &entry) in v.iter().zip(row.iter()) {
            sum += scaling.apply(v) * entry;
        }
        let factor = (sum + sum) / square;
        for (&v, entry) in v.iter().zip(row.iter_mut()) {
            *entry -= factor * scaling.apply(v);
        }
    }
    Ok(())
}

/// The scaling of `v` and its scaled square, which is at least 1; `None` if `v` is zero.
fn scaled_square<T: Scalar, D: Dim, S: RawStorage<T, D>>(
    v: &Vector<T, D, S>,
) -> Result<Option<(Scaling<T>, T)>, KernelError> {
    let scaling = Scaling::of(v)?;
    let mut square = T::zero();
    for &v in v.iter() {
        let v = scaling.apply(v);
        square += v * v;
    }
    Ok(if square > T::zero() { Some((scaling, square)) } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DMatrixViewMut, DVector};
    use proptest::prelude::*;

    #[test]
    fn zero_vector_is_the_identity_and_shapes_must_fit() {
        let mut a = DMatrix::from_fn(3, 2, |i, j| (i + 3 * j) as f64);
        let before = a.clone();
        reflect_columns(&DVector::zeros(3), &mut a).unwrap();
        reflect_rows(&DVector::zeros(2), &mut a).unwrap();
        assert_eq!(a, before);
        assert!(reflect_columns(&DVector::zeros(2), &mut a).is_err());
        assert!(reflect_rows(&DVector::zeros(3), &mut a).is_err());
        assert!(reflect_rows(&DVector::from_element(2, f64::NAN), &mut a).is_err());
        assert_eq!(a, before);
    }

    #[test]
    fn views_and_empty_matrices_are_served() {
        let mut data = [1.0, 2.0, 3.0, 4.0];
        let mut view = DMatrixViewMut::from_slice(&mut data, 2, 2);
        reflect_columns(&DVector::from_element(2, 1.0), &mut view).unwrap();
        assert_eq!(data, [-2.0, -1.0, -4.0, -3.0]);
        reflect_columns(&DVector::<f64>::zeros(0), &mut DMatrix::zeros(0, 3)).unwrap();
    }

    proptest! {
        #[test]
        fn a_reflection_keeps_norms_and_undoes_itself(
            v in prop::collection::vec(-1.0_f64..1.0, 5),
            entries in prop::collection::vec(-1.0_f64..1.0, 15), k in -900_i32..900,
        ) {
            let v = DVector::from_vec(v);
            let before = DMatrix::from_column_slice(5, 3, &entries);
            let mut a = before.clone();
            reflect_columns(&v, &mut a).unwrap();
            prop_assert!((a.norm() - before.norm()).abs() <= 1e-14);
            // Twice the identity, whatever the scale of v.
            reflect_columns(&v.map(|x| x.scale_exp2(k)), &mut a).unwrap();
            prop_assert!((a - before).norm() <= 1e-14);
        }

        #[test]
        fn rows_are_the_columns_of_the_transpose(
            v in prop::collection::vec(-1.0_f32..1.0, 4), entries in prop::collection::vec(-1.0_f32..1.0, 12),
        ) {
            let v = DVector::from_vec(v);
            let mut rows = DMatrix::from_column_slice(3, 4, &entries);
            let mut columns = rows.transpose();
            reflect_rows(&v, &mut rows).unwrap();
            reflect_columns(&v, &mut columns).unwrap();
            prop_assert_eq!(rows.transpose(), columns);
        }
    }
}
