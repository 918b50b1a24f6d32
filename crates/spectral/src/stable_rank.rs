// SPDX-License-Identifier: MIT OR Apache-2.0

//! The stable rank `sr(A) = ‖A‖_F² / ‖A‖₂²`.
//!
//! It counts how many singular values matter: `1 ≤ sr(A) ≤ rank(A)`, and unlike the rank it moves little when the
//! matrix does. The enclosure is the quotient of two enclosures and is not cut to `[1, min(m, n)]`: whoever tests
//! that law must not find it assumed.

use nalgebra::allocator::Allocator;
use nalgebra::{DefaultAllocator, Dim, DimMin, DimMinimum, Matrix, RawStorage};
use widthwise_linalg::{KernelError, frobenius_norm_squared_enclosure};
use widthwise_rounding::{Scalar, ScaledEnclosure};

use crate::{SpectralNorm, spectral_norm, spectral_norm_in};

/// Encloses the stable rank `‖A‖_F² / ‖A‖₂²` of a matrix that is not zero.
///
/// About twice as wide as the [`spectral_norm`], whose cost it has.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite, or if `a` is zero or empty ([`KernelError::is_undefined_for_zero`]).
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_spectral::stable_rank;
///
/// // (2² + 1²)/2²: no integer.
/// let rank = stable_rank(&matrix![2.0, 0.0; 0.0, 1.0])?.to_enclosure();
/// assert!(rank.is_point() && rank.contains(1.25));
/// assert!(stable_rank(&matrix![0.0, 0.0; 0.0, 0.0]).is_err());
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn stable_rank<T, R, C, S>(a: &Matrix<T, R, C, S>) -> Result<ScaledEnclosure<T>, KernelError>
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
    from_spectral_norm(a, &spectral_norm(a)?)
}

/// [`stable_rank`] of a matrix of any shape in a workspace of [`workspace_len`](crate::workspace_len) numbers.
///
/// # Errors
///
/// As [`stable_rank`]; and if `work` is too short.
///
/// # Examples
///
/// ```
/// use nalgebra::DMatrixView;
/// use widthwise_spectral::{stable_rank_in, workspace_len};
/// let mut work = [0.0; 32];
/// assert!(workspace_len(2, 3) <= work.len());
/// let rank = stable_rank_in(&DMatrixView::from_slice(&[1.0; 6], 2, 3), &mut work)?.to_enclosure();
/// assert!(rank.contains(1.0) && rank.relative_width() < 1e-14);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn stable_rank_in<T, R, C, S>(
    a: &Matrix<T, R, C, S>,
    work: &mut [T],
) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    from_spectral_norm(a, &spectral_norm_in(a, work)?)
}

fn from_spectral_norm<T, R, C, S>(
    a: &Matrix<T, R, C, S>,
    norm: &SpectralNorm<T>,
) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    if norm.scaled() == ScaledEnclosure::zero() {
        return Err(KernelError::undefined_for_zero("matrix"));
    }
    Ok(frobenius_norm_squared_enclosure(a)? / norm.scaled().square())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace_len;
    use nalgebra::DMatrix;
    use proptest::prelude::*;
    use std::vec;

    #[test]
    fn zero_and_empty_matrices_have_none() {
        for a in [DMatrix::<f64>::zeros(3, 2), DMatrix::zeros(0, 2), DMatrix::zeros(2, 0)] {
            assert!(stable_rank(&a).unwrap_err().is_undefined_for_zero());
        }
        assert!(stable_rank(&DMatrix::from_element(2, 3, f64::NAN)).unwrap_err().is_nan());
        assert_eq!(
            stable_rank_in(&DMatrix::from_element(3, 3, 1.0), &mut [0.0; 5]),
            Err(KernelError::shape("workspace", 36, 5))
        );
    }

    #[test]
    fn orthogonal_matrices_have_full_stable_rank() {
        let hadamard =
            DMatrix::from_fn(
                8,
                8,
                |i: usize, j: usize| if (i & j).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 },
            );
        let rank = stable_rank(&hadamard).unwrap().to_enclosure();
        assert!(rank.contains(8.0) && rank.relative_width() < 1e-13);
    }

    proptest! {
        #[test]
        fn does_not_depend_on_the_scale(entries in prop::collection::vec(-1.0_f64..1.0, 12), k in -1000_i32..1000) {
            prop_assume!(entries.iter().any(|&x| x != 0.0) && entries.iter().all(|&x| x == 0.0 || x.magnitude() > 1e-6));
            let a = DMatrix::from_column_slice(4, 3, &entries);
            let rank = stable_rank(&a).unwrap();
            prop_assert_eq!(stable_rank(&a.map(|x| x.scale_exp2(k))).unwrap(), rank);
            let mut work = vec![0.0; workspace_len(4, 3)];
            prop_assert_eq!(stable_rank_in(&a, &mut work).unwrap(), rank);
        }
    }
}
