// SPDX-License-Identifier: MIT OR Apache-2.0

//! The alignment `α(A, x) = ‖A x‖₂ / (‖A‖₂ ‖x‖₂)` of a matrix with a vector.
//!
//! It says how much of the matrix's norm the vector sees: `0 ≤ α ≤ 1`, with 1 for a top right singular vector and
//! about `√(sr(A)/n)` for a random vector. The enclosure is not cut to `[0, 1]`: whoever tests `‖Ax‖ ≤ ‖A‖‖x‖` must
//! not find it assumed.

use nalgebra::allocator::Allocator;
use nalgebra::{DefaultAllocator, Dim, DimMin, DimMinimum, Matrix, RawStorage, Vector};
use widthwise_linalg::{KernelError, matvec_norm_enclosure, two_norm_enclosure};
use widthwise_rounding::{Scalar, ScaledEnclosure};

use crate::{SpectralNorm, spectral_norm, spectral_norm_in};

/// Encloses the alignment `‖A x‖₂ / (‖A‖₂ ‖x‖₂)` of a matrix and a vector that are not zero.
///
/// # Errors
///
/// Fails if the shapes do not fit, an entry is NaN or infinite, or `a` or `x` is zero or empty
/// ([`KernelError::is_undefined_for_zero`]).
///
/// # Examples
///
/// ```
/// use nalgebra::{matrix, vector};
/// use widthwise_spectral::alignment;
///
/// let a = matrix![3.0, 0.0; 0.0, 1.0];
/// assert!(alignment(&a, &vector![1.0, 0.0])?.to_enclosure().contains(1.0));
/// assert!(alignment(&a, &vector![0.0, 1.0])?.to_enclosure().contains(1.0 / 3.0));
/// assert!(alignment(&a, &vector![0.0, 0.0]).is_err());
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn alignment<T, R, C, D, S1, S2>(
    a: &Matrix<T, R, C, S1>,
    x: &Vector<T, D, S2>,
) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: DimMin<C>,
    C: Dim,
    D: Dim,
    S1: RawStorage<T, R, C>,
    S2: RawStorage<T, D>,
    DefaultAllocator: Allocator<R, C>
        + Allocator<R>
        + Allocator<C>
        + Allocator<DimMinimum<R, C>>
        + Allocator<DimMinimum<R, C>, DimMinimum<R, C>>,
{
    from_spectral_norm(a, x, &spectral_norm(a)?)
}

/// [`alignment`] for a matrix of any shape in a workspace of [`workspace_len`](crate::workspace_len) numbers.
///
/// # Errors
///
/// As [`alignment`]; and if `work` is too short.
///
/// # Examples
///
/// ```
/// use nalgebra::{DMatrixView, DVectorView};
/// use widthwise_spectral::{alignment_in, workspace_len};
/// let mut work = [0.0; 32];
/// assert!(workspace_len(2, 3) <= work.len());
/// let (a, x) = (DMatrixView::from_slice(&[1.0; 6], 2, 3), DVectorView::from_slice(&[1.0, 1.0, -2.0], 3));
/// // Orthogonal to the only singular vector of a matrix of ones.
/// assert!(alignment_in(&a, &x, &mut work)?.to_enclosure().contains(0.0));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn alignment_in<T, R, C, D, S1, S2>(
    a: &Matrix<T, R, C, S1>,
    x: &Vector<T, D, S2>,
    work: &mut [T],
) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    S1: RawStorage<T, R, C>,
    S2: RawStorage<T, D>,
{
    from_spectral_norm(a, x, &spectral_norm_in(a, work)?)
}

fn from_spectral_norm<T, R, C, D, S1, S2>(
    a: &Matrix<T, R, C, S1>,
    x: &Vector<T, D, S2>,
    norm: &SpectralNorm<T>,
) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    S1: RawStorage<T, R, C>,
    S2: RawStorage<T, D>,
{
    let product = matvec_norm_enclosure(a, x)?;
    if norm.scaled() == ScaledEnclosure::zero() {
        return Err(KernelError::undefined_for_zero("matrix"));
    }
    let length = two_norm_enclosure(x)?;
    if length == ScaledEnclosure::zero() {
        return Err(KernelError::undefined_for_zero("vector"));
    }
    Ok(product / (norm.scaled() * length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace_len;
    use nalgebra::{DMatrix, DVector};
    use proptest::prelude::*;
    use std::string::ToString;
    use std::vec;

    #[test]
    fn zero_has_no_direction() {
        let (a, x) = (DMatrix::from_element(2, 3, 1.0), DVector::from_element(3, 1.0));
        let error = alignment(&DMatrix::zeros(2, 3), &x).unwrap_err();
        assert_eq!(error.to_string(), "matrix: undefined for zero");
        let error = alignment(&a, &DVector::zeros(3)).unwrap_err();
        assert_eq!(error.to_string(), "vector: undefined for zero");
        assert!(
            alignment(&DMatrix::<f64>::zeros(2, 0), &DVector::zeros(0)).unwrap_err().is_undefined_for_zero()
        );
        assert!(alignment(&a, &DVector::zeros(2)).is_err());
        assert!(alignment(&a, &DVector::from_element(3, f64::NAN)).unwrap_err().is_nan());
    }

    proptest! {
        #[test]
        fn never_refutes_that_it_is_at_most_one(
            entries in prop::collection::vec(-1.0_f64..1.0, 12),
            x in prop::collection::vec(-1.0_f64..1.0, 3), k in -900_i32..900, l in -900_i32..900,
        ) {
            let (a, x) = (DMatrix::from_column_slice(4, 3, &entries), DVector::from_vec(x));
            prop_assume!(a.norm() > 1e-3 && x.norm() > 1e-3);
            let (a, x) = (a.map(|y| y.scale_exp2(k)), x.map(|y| y.scale_exp2(l)));
            let alignment = alignment(&a, &x).unwrap();
            prop_assert_ne!(alignment.is_at_most(&ScaledEnclosure::one()), widthwise_rounding::Verdict::Refuted);
            let mut work = vec![0.0; workspace_len(4, 3)];
            prop_assert_eq!(alignment_in(&a, &x, &mut work).unwrap(), alignment);
        }
    }
}
