// SPDX-License-Identifier: MIT OR Apache-2.0

//! The nuclear norm `‖A‖_* = Σ σ_i`, the Schatten 1-norm, dual to the spectral norm.
//!
//! Both bounds come from an image `B = A V` under an approximate singular basis: `Σ_j ‖b_j‖` from above (triangle
//! inequality) and `⟨B, Z⟩ / ‖Z‖₂` for a nearly orthogonal `Z` from below (duality).

use nalgebra::allocator::Allocator;
use nalgebra::{DMatrixView, DMatrixViewMut, DefaultAllocator, Dim, Matrix, OMatrix, RawStorage};
use widthwise_linalg::{KernelError, Scaling, dot_enclosure, two_norm_enclosure};
use widthwise_rounding::{Scalar, ScaledEnclosure};

use crate::gram_schmidt::orthonormalised;
use crate::nonnegative::{between, bound, quotient_stretched, root, widened};
use crate::{SingularBasis, singular_basis_workspace_len, spectral_norm_in};

/// Encloses the nuclear norm `Σ σ_i`, the sum of all singular values.
///
/// The workspace of 12 numbers an entry lies on the stack for matrices of fixed size; for dynamic sizes it is allocated
/// (feature `alloc`). The result is that of [`nuclear_norm_in`], bit for bit.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_spectral::nuclear_norm;
///
/// let norm = nuclear_norm(&matrix![3.0, 0.0; 4.0, 5.0])?.to_enclosure();
/// assert!(norm.contains(80.0_f64.sqrt()) && norm.relative_width() < 1e-14);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn nuclear_norm<T, R, C, S>(a: &Matrix<T, R, C, S>) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    if a.is_empty() {
        return Ok(ScaledEnclosure::zero());
    }
    let (rows, columns) = a.shape_generic();
    // For short = s ≤ l = long: 3s² + 4sl + 3s + 2l ≤ 12sl.
    let mut work = OMatrix::<[T; 12], R, C>::from_element_generic(rows, columns, [T::zero(); 12]);
    nuclear_norm_in(a, work.as_mut_slice().as_flattened_mut())
}

/// Encloses the nuclear norm `Σ σ_i` of a matrix of any shape in a workspace of [`nuclear_norm_workspace_len`] numbers.
///
/// About `5s^(3/2)u` wide relatively for `s = min(m, n)`, small singular values included. About `100 max(m, n) min(m,
/// n)²` operations.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite or if `work` is too short. Its contents do not matter.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_spectral::{nuclear_norm_in, nuclear_norm_workspace_len};
///
/// let mut work = [0.0; 128];
/// assert!(nuclear_norm_workspace_len(2, 3) <= work.len());
/// // Singular values 4 and 3.
/// let norm = nuclear_norm_in(&matrix![0.0, 0.0, 3.0; -4.0, 0.0, 0.0], &mut work)?.to_enclosure();
/// assert!(norm.contains(7.0) && norm.relative_width() < 1e-14);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn nuclear_norm_in<T, R, C, S>(
    a: &Matrix<T, R, C, S>,
    work: &mut [T],
) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    let (rows, columns) = a.shape();
    let needed = nuclear_norm_workspace_len(rows, columns);
    if work.len() < needed {
        return Err(KernelError::shape("workspace", needed, work.len()));
    }
    if rows >= columns {
        return SingularBasis::of(a, work)?.nuclear_norm();
    }
    let (copy, work) = work.split_at_mut(rows * columns);
    let mut transpose = DMatrixViewMut::from_slice(&mut *copy, columns, rows);
    for (j, column) in a.column_iter().enumerate() {
        for (to, &from) in transpose.row_mut(j).iter_mut().zip(column.iter()) {
            *to = from;
        }
    }
    // An entry that is not finite is reported by its place in `a`.
    Scaling::of(a)?;
    SingularBasis::of(&DMatrixView::from_slice(copy, columns, rows), work)?.nuclear_norm()
}

/// The length of the workspace that [`nuclear_norm_in`] needs: that of the [`SingularBasis`] of the matrix or, if it
/// has more columns than rows, of its transpose and a copy.
///
/// ```
/// use widthwise_spectral::{nuclear_norm_workspace_len, singular_basis_workspace_len};
/// assert_eq!(nuclear_norm_workspace_len(5, 3), singular_basis_workspace_len(5, 3));
/// assert_eq!(nuclear_norm_workspace_len(3, 5), 15 + singular_basis_workspace_len(5, 3));
/// ```
#[must_use]
pub fn nuclear_norm_workspace_len(rows: usize, columns: usize) -> usize {
    if rows >= columns {
        singular_basis_workspace_len(rows, columns)
    } else {
        rows * columns + singular_basis_workspace_len(columns, rows)
    }
}

impl<T: Scalar> SingularBasis<'_, T> {
    /// Encloses the nuclear norm `Σ σ_i`.
    ///
    /// Of the image `B`, it is at most `Σ_j ‖b_j‖` and at least `⟨B, Z⟩ / ‖Z‖₂` for any `Z`. `Z` is `B` with its
    /// columns orthonormalised, the longest first, so that a short column, whose direction is inexact, disturbs no long
    /// one. The error of the image moves it by at most `√min(m, n)` times its Frobenius norm, and the singular values
    /// of `A V` are within `√(1 ± e)` of those of `A` (Ostrowski).
    ///
    /// # Errors
    ///
    /// None: the image is finite.
    pub fn nuclear_norm(&mut self) -> Result<ScaledEnclosure<T>, KernelError> {
        let (image, spare) = self.split_spare();
        let (rows, columns) = image.shape();
        let (dual, spare) = orthonormalised(&image, spare);
        let (mut upper_sum, mut inner) = (ScaledEnclosure::zero(), ScaledEnclosure::zero());
        for (b, z) in image.column_iter().zip(dual.column_iter()) {
            upper_sum = upper_sum + two_norm_enclosure(&b)?;
            inner = inner + dot_enclosure(&b, &z)?;
        }
        let dual_norm = spectral_norm_in(&dual, spare)?.scaled();
        let lower = if dual_norm == ScaledEnclosure::zero() { dual_norm } else { inner / dual_norm };
        let of_center = between(lower, upper_sum);
        // ‖X‖_nuc ≤ √r ‖X‖_F.
        let error = bound(self.image_error()) * root(ScaledEnclosure::count(rows.min(columns)));
        let of_image = widened(of_center, error);
        Ok(quotient_stretched(of_image, self.orthogonality_defect()).scale_exp2(self.exponent()))
    }
}

#[cfg(test)]
mod tests;
