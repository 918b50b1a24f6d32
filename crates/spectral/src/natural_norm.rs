// SPDX-License-Identifier: MIT OR Apache-2.0

//! The RMS→RMS operator norm `√(fan-in/fan-out) ‖A‖₂`, the natural norm of a layer.
//!
//! With `RMS(x) = ‖x‖₂/√n`, the root mean square of the entries, `max RMS(Ax)/RMS(x) = √(n/m) ‖A‖₂` for an `m × n`
//! matrix (fan-out × fan-in). It is submultiplicative, 1 for the identity and for a semi-orthogonal matrix times
//! `√(m/n)`, and not invariant under transposition.

use nalgebra::allocator::Allocator;
use nalgebra::{DefaultAllocator, Dim, DimMin, DimMinimum, Matrix, RawStorage};
use widthwise_linalg::KernelError;
use widthwise_rounding::{Scalar, ScaledEnclosure};

use crate::nonnegative::root;
use crate::{spectral_norm, spectral_norm_in};

/// Encloses the RMS→RMS operator norm `max RMS(Ax)/RMS(x) = √(n/m) ‖A‖₂` of an `m × n` matrix.
///
/// The columns are the inputs of the layer (fan-in), the rows its outputs (fan-out). At most three ulps wider than the
/// [`spectral_norm`], whose cost it has; zero for a matrix without entries.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_spectral::rms_operator_norm;
///
/// // A mean of two equal inputs: the output is twice as large as each entry of the input.
/// let a = matrix![1.0, 1.0];
/// assert!(rms_operator_norm(&a)?.to_enclosure().contains(2.0));
/// assert!(rms_operator_norm(&a.transpose())?.to_enclosure().contains(1.0));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn rms_operator_norm<T, R, C, S>(a: &Matrix<T, R, C, S>) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: DimMin<C>,
    C: Dim,
    S: RawStorage<T, R, C>,
    DefaultAllocator: Allocator<R, C>
        + Allocator<R>
        + Allocator<C>
        + Allocator<DimMinimum<R, C>>
        + Allocator<DimMinimum<R, C>, DimMinimum<R, C>>,
{
    Ok(natural(spectral_norm(a)?.scaled(), a.shape()))
}

/// [`rms_operator_norm`] of a matrix of any shape in a workspace of [`workspace_len`](crate::workspace_len) numbers.
///
/// # Errors
///
/// As [`rms_operator_norm`]; and if `work` is too short.
///
/// # Examples
///
/// ```
/// use nalgebra::DMatrixView;
/// use widthwise_spectral::{rms_operator_norm_in, workspace_len};
/// let mut work = [0.0; 32];
/// assert!(workspace_len(2, 3) <= work.len());
/// // Every output is the sum of three inputs.
/// let norm = rms_operator_norm_in(&DMatrixView::from_slice(&[1.0; 6], 2, 3), &mut work)?.to_enclosure();
/// assert!(norm.contains(3.0) && norm.relative_width() < 1e-14);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn rms_operator_norm_in<T, R, C, S>(
    a: &Matrix<T, R, C, S>,
    work: &mut [T],
) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    Ok(natural(spectral_norm_in(a, work)?.scaled(), a.shape()))
}

fn natural<T: Scalar>(norm: ScaledEnclosure<T>, (rows, columns): (usize, usize)) -> ScaledEnclosure<T> {
    if norm == ScaledEnclosure::zero() || rows == columns {
        return norm;
    }
    norm * root(ScaledEnclosure::count(columns) / ScaledEnclosure::count(rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace_len;
    use nalgebra::{DMatrix, matrix};
    use proptest::prelude::*;
    use std::vec;
    use widthwise_rounding::Verdict;

    #[test]
    fn shapes_are_fan_out_by_fan_in() {
        // √(n/m)·√(mn) = n for all ones.
        for (m, n) in [(1, 4), (4, 1), (3, 7), (7, 3), (5, 5)] {
            let norm = rms_operator_norm(&DMatrix::from_element(m, n, 1.0)).unwrap().to_enclosure();
            assert!(norm.contains(n as f64) && norm.relative_width() < 1e-14, "{m} {n}");
        }
        for (m, n) in [(0, 0), (0, 3), (3, 0), (2, 2), (2, 3)] {
            assert_eq!(rms_operator_norm(&DMatrix::<f64>::zeros(m, n)), Ok(ScaledEnclosure::zero()));
        }
        assert!(rms_operator_norm(&matrix![1.0, f64::NAN; 1.0, 2.0]).unwrap_err().is_nan());
        assert!(rms_operator_norm_in(&DMatrix::from_element(3, 3, 1.0), &mut [0.0; 3]).is_err());
    }

    proptest! {
        #[test]
        fn laws_are_never_refuted(
            m in 1..6_usize, n in 1..6_usize, k in 1..6_usize,
            entries in prop::collection::vec(-1.0_f64..1.0, 60), x in prop::collection::vec(-1.0_f64..1.0, 5),
            power in -900_i32..900,
        ) {
            // Small integers, so that the product is exact.
            let round = |x: f64| (x * 64.0).round();
            let a = DMatrix::from_fn(m, n, |i, j| round(entries[i + 5 * j]));
            let b = DMatrix::from_fn(n, k, |i, j| round(entries[30 + i + 5 * j]));
            let [norm, other, product] = [&a, &b, &(&a * &b)].map(|a| rms_operator_norm(a).unwrap());
            prop_assert_ne!(product.is_at_most(&(norm * other)), Verdict::Refuted);
            let mut work = vec![f64::NAN; workspace_len(m, n)];
            prop_assert_eq!(rms_operator_norm_in(&a, &mut work).unwrap(), norm);
            prop_assert_eq!(rms_operator_norm(&a.map(|x| x.scale_exp2(power))).unwrap(), norm.scale_exp2(power));
            // nat(Aᵀ) = (m/n) nat(A).
            let ratio = ScaledEnclosure::count(m) / ScaledEnclosure::count(n);
            let transposed = rms_operator_norm(&a.transpose()).unwrap();
            prop_assert_ne!(transposed.is_equal_to(&(ratio * norm)), Verdict::Refuted);
            // RMS(Ax) ≤ nat(A) RMS(x).
            let x = nalgebra::DVector::from_fn(n, |i, _| x[i]);
            let rms = |norm: ScaledEnclosure<f64>, n| norm / root(ScaledEnclosure::count(n));
            let left = rms(widthwise_linalg::matvec_norm_enclosure(&a, &x).unwrap(), m);
            let right = norm * rms(widthwise_linalg::two_norm_enclosure(&x).unwrap(), n);
            prop_assert_ne!(left.is_at_most(&right), Verdict::Refuted);
        }
    }
}
