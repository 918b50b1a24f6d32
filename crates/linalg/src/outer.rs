// SPDX-License-Identifier: MIT OR Apache-2.0

//! The outer product `u vᵀ`: the shape of every single-example gradient.

use nalgebra::{Dim, Matrix, RawStorage, RawStorageMut, Vector};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};

use crate::{KernelError, Scaling};

/// Computes `u vᵀ` into `out`: `out_ij = u_i · v_j`, one rounding an entry.
///
/// # Errors
///
/// Fails if `out` is not `m × n`.
///
/// # Examples
///
/// ```
/// use nalgebra::{Matrix2, matrix, vector};
/// let mut out = Matrix2::zeros();
/// widthwise_linalg::outer_product(&vector![1.0, 2.0], &vector![3.0, 4.0], &mut out)?;
/// assert_eq!(out, matrix![3.0, 4.0; 6.0, 8.0]);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn outer_product<T, M, N, D, E, S1, S2, S3>(
    u: &Vector<T, M, S1>,
    v: &Vector<T, N, S2>,
    out: &mut Matrix<T, D, E, S3>,
) -> Result<(), KernelError>
where
    T: Scalar,
    M: Dim,
    N: Dim,
    D: Dim,
    E: Dim,
    S1: RawStorage<T, M>,
    S2: RawStorage<T, N>,
    S3: RawStorageMut<T, D, E>,
{
    KernelError::require("rows of the result", u.nrows(), out.nrows())?;
    KernelError::require("columns of the result", v.nrows(), out.ncols())?;
    for (mut column, &v) in out.column_iter_mut().zip(v.iter()) {
        for (out, &u) in column.iter_mut().zip(u.iter()) {
            *out = u * v;
        }
    }
    Ok(())
}

/// Encloses every entry of the exact outer product into `out`: points where a product is a number, else one ulp wide.
///
/// # Errors
///
/// Fails if `out` is not `m × n` or an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::{Matrix1, vector};
/// use widthwise_rounding::ScaledEnclosure;
/// let mut out = Matrix1::from_element(ScaledEnclosure::zero());
/// widthwise_linalg::outer_product_enclosure(&vector![1e-200], &vector![1e-200], &mut out)?;
/// // The product underflows; its enclosure does not.
/// assert!(out[0].significand().lo() > 0.0);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn outer_product_enclosure<T, M, N, D, E, S1, S2, S3>(
    u: &Vector<T, M, S1>,
    v: &Vector<T, N, S2>,
    out: &mut Matrix<ScaledEnclosure<T>, D, E, S3>,
) -> Result<(), KernelError>
where
    T: Scalar,
    M: Dim,
    N: Dim,
    D: Dim,
    E: Dim,
    S1: RawStorage<T, M>,
    S2: RawStorage<T, N>,
    S3: RawStorageMut<ScaledEnclosure<T>, D, E>,
{
    KernelError::require("rows of the result", u.nrows(), out.nrows())?;
    KernelError::require("columns of the result", v.nrows(), out.ncols())?;
    Scaling::of(u)?;
    Scaling::of(v)?;
    let point = |x: T| ScaledEnclosure::from(Enclosure::from_bounds(x, x));
    for (mut column, &v) in out.column_iter_mut().zip(v.iter()) {
        for (out, &u) in column.iter_mut().zip(u.iter()) {
            *out = point(u) * point(v);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector, vector};

    #[test]
    fn shapes_must_fit() {
        let (u, v) = (DVector::<f64>::zeros(2), DVector::zeros(3));
        assert!(outer_product(&u, &v, &mut DMatrix::zeros(3, 2)).is_err());
        assert!(outer_product(&u, &v, &mut DMatrix::zeros(2, 3)).is_ok());
    }

    #[test]
    fn enclosures_are_points_where_the_product_is_exact() {
        let mut out = DMatrix::from_element(2, 2, ScaledEnclosure::zero());
        outer_product_enclosure(&vector![3.0, 0.1], &vector![5.0, 0.1], &mut out).unwrap();
        assert_eq!(out[(0, 0)], ScaledEnclosure::count(15));
        assert!(!out[(1, 1)].significand().is_point());
        assert!(outer_product_enclosure(&vector![3.0, f64::NAN], &vector![5.0, 0.1], &mut out).is_err());
    }
}
