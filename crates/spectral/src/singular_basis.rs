// SPDX-License-Identifier: MIT OR Apache-2.0

//! Statements about all singular values, from an approximate right singular basis and a bound of what it lacks.
//!
//! One-sided Jacobi gives a matrix `V`, nearly orthogonal, for which the columns of `B = A V` are nearly orthogonal.
//! Nothing is believed of it: the two defects are enclosed,
//!
//! - `e ≥ ‖VᵀV − 1‖_F`, so that `√(1 − e) ≤ σ_i(V) ≤ √(1 + e)`,
//! - `o ≥ ‖BᵀB − diag(‖b_j‖²)‖_F`,
//!
//! and every statement carries them. A bad basis makes an enclosure wide, never wrong.

use nalgebra::{DMatrixView, DMatrixViewMut, Dim, Dyn, Matrix, RawStorage};
use widthwise_linalg::{
    DotAccumulator, KernelError, Scaling, dot_enclosure, frobenius_norm_enclosure, orthogonalize_columns,
};
use widthwise_rounding::directed::{add_up, mul_up, square_root_up};
use widthwise_rounding::{Scalar, ScaledEnclosure};

use crate::centered::{fill_center, smaller_gram};
use crate::gram_schmidt::{length_of, orthonormalised};
use crate::nonnegative::{bound, quotient_stretched, root, stretched, upper, widened};
use crate::workspace_len;

/// Sweeps after which the basis is taken as it is; sizes met here need fewer than ten.
const SWEEPS: usize = 30;

/// An approximate right singular basis `V` of an `m × n` matrix `A`, with bounds of what it lacks.
///
/// `2^exponent (B + R) = A V` for the stored image `B`, with `‖R‖_F` at most [`image_error`](Self::image_error); `‖VᵀV
/// − 1‖_F` is at most [`orthogonality_defect`](Self::orthogonality_defect), and the part of `(B + R)ᵀ(B + R)` beside
/// the diagonal of `BᵀB` has a Frobenius norm of at most [`coupling`](Self::coupling).
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_rounding::ScaledEnclosure;
/// use widthwise_spectral::{SingularBasis, singular_basis_workspace_len};
///
/// let a = matrix![3.0, 0.0; 4.0, 5.0; 0.0, 0.0];
/// let mut work = [0.0; 64];
/// assert!(singular_basis_workspace_len(3, 2) <= work.len());
/// let mut basis = SingularBasis::of(&a, &mut work)?;
/// // Singular values √45 and √5.
/// let mut values = [ScaledEnclosure::zero(); 2];
/// basis.singular_values(&mut values)?;
/// assert!(values[0].to_enclosure().contains(45.0_f64.sqrt()) && values[1].to_enclosure().contains(5.0_f64.sqrt()));
/// assert!(basis.nuclear_norm()?.to_enclosure().contains(80.0_f64.sqrt()));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
#[derive(Debug)]
pub struct SingularBasis<'a, T> {
    vectors: DMatrixView<'a, T>,
    image: DMatrixView<'a, T>,
    image_error: T,
    exponent: i32,
    defect: ScaledEnclosure<T>,
    coupling: ScaledEnclosure<T>,
    spare: &'a mut [T],
}

/// The length of the workspace of a [`SingularBasis`] of an `m × n` matrix:
/// `n² + 2mn + m + n + workspace_len(m, n)`.
///
/// ```
/// use widthwise_spectral::{singular_basis_workspace_len, workspace_len};
/// assert_eq!(singular_basis_workspace_len(4, 3), 9 + 24 + 7 + workspace_len(4, 3));
/// ```
#[must_use]
pub fn singular_basis_workspace_len(rows: usize, columns: usize) -> usize {
    columns * columns + rows * columns + spare_len(rows, columns)
}

/// What is needed beside the vectors and the image: at least `columns · max(rows, columns)`.
fn spare_len(rows: usize, columns: usize) -> usize {
    // workspace_len is at least 2 min² + rows · columns, but the rotated copy and the Gram matrix of a wide V need
    // more.
    let dual = rows * columns + rows + columns + workspace_len(rows, columns);
    if dual < columns * columns { columns * columns } else { dual }
}

impl<'a, T: Scalar> SingularBasis<'a, T> {
    /// The basis that one-sided Jacobi rotations find for `a`, in a workspace of [`singular_basis_workspace_len`]
    /// numbers.
    ///
    /// A matrix with fewer rows than columns is served, but its transpose is cheaper. About `7mn²` operations for
    /// each of 5 to 10 sweeps and `60mn²` for the bounds.
    ///
    /// # Errors
    ///
    /// Fails if an entry is NaN or infinite or `work` is too short.
    pub fn of<R: Dim, C: Dim, S: RawStorage<T, R, C>>(
        a: &Matrix<T, R, C, S>,
        work: &'a mut [T],
    ) -> Result<Self, KernelError> {
        Self::of_inexact(a, T::zero(), work)
    }

    /// The basis of a matrix that is known up to an error: every statement holds for every `A` with
    /// `‖A − a‖_F ≤ error`.
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of).
    ///
    /// # Examples
    ///
    /// ```
    /// use nalgebra::Matrix2;
    /// use widthwise_spectral::SingularBasis;
    /// let mut work = [0.0; 64];
    /// let norm = SingularBasis::of_inexact(&Matrix2::identity(), 0.125, &mut work)?.nuclear_norm()?.to_enclosure();
    /// // diag(1 + 1/16, 1 + 1/16) is one of them.
    /// assert!(norm.contains(2.125));
    /// # Ok::<(), widthwise_linalg::KernelError>(())
    /// ```
    pub fn of_inexact<R: Dim, C: Dim, S: RawStorage<T, R, C>>(
        a: &Matrix<T, R, C, S>,
        error: T,
        work: &'a mut [T],
    ) -> Result<Self, KernelError> {
        let scaling = Scaling::of(a)?;
        let (rows, columns) = a.shape();
        let parts = Parts::of(work, rows, columns)?;
        let mut vectors = DMatrixViewMut::from_slice(parts.vectors, columns, columns);
        vectors.fill_with_identity();
        {
            let (rotated, _) = parts.spare.split_at_mut(rows * columns);
            let mut rotated = DMatrixViewMut::from_slice(rotated, rows, columns);
            for (to, &from) in rotated.iter_mut().zip(a.iter()) {
                *to = scaling.apply(from);
            }
            // A basis that has not converged has a large coupling: the statements become wide.
            let _ = orthogonalize_columns(&mut rotated, &mut vectors, SWEEPS);
        }
        Self::certified(a, &scaling, error, parts)
    }

    /// The basis that the caller proposes, which may be anything: the statements hold, however wide.
    ///
    /// Vectors with entries of 2 or more are scaled down by a power of two.
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of), for both matrices; and if `vectors` is not `n × n`.
    ///
    /// # Examples
    ///
    /// ```
    /// use nalgebra::{Matrix2, matrix};
    /// use widthwise_spectral::SingularBasis;
    /// let a = matrix![2.0, 0.0; 0.0, 1.0];
    /// let mut work = [0.0; 64];
    /// // Not quite orthogonal.
    /// let vectors = Matrix2::new(1.0, 0.125, 0.0, 1.0);
    /// let norm = SingularBasis::with_vectors(&a, 0.0, &vectors, &mut work)?.nuclear_norm()?.to_enclosure();
    /// assert!(norm.contains(3.0) && norm.width() > 0.1);
    /// # Ok::<(), widthwise_linalg::KernelError>(())
    /// ```
    pub fn with_vectors<R, C, S, D, S2>(
        a: &Matrix<T, R, C, S>,
        error: T,
        vectors: &Matrix<T, D, D, S2>,
        work: &'a mut [T],
    ) -> Result<Self, KernelError>
    where
        R: Dim,
        C: Dim,
        S: RawStorage<T, R, C>,
        D: Dim,
        S2: RawStorage<T, D, D>,
    {
        let scaling = Scaling::of(a)?;
        if vectors.nrows() != a.ncols() {
            return Err(KernelError::shape("vectors", a.ncols(), vectors.nrows()));
        }
        let scale = Scaling::of(vectors)?;
        let parts = Parts::of(work, a.nrows(), a.ncols())?;
        for (to, &from) in parts.vectors.iter_mut().zip(vectors.iter()) {
            *to = if scale.exponent() > 0 { scale.apply(from) } else { from };
        }
        Self::certified(a, &scaling, error, parts)
    }

    /// Encloses the defects of the vectors in `parts`.
    fn certified<R: Dim, C: Dim, S: RawStorage<T, R, C>>(
        a: &Matrix<T, R, C, S>,
        scaling: &Scaling<T>,
        error: T,
        parts: Parts<'a, T>,
    ) -> Result<Self, KernelError> {
        let (rows, columns) = a.shape();
        let Parts { vectors, image, spare } = parts;
        let vectors: &'a [T] = vectors;
        let vectors = DMatrixView::from_slice(vectors, columns, columns);
        let mut product = DMatrixViewMut::from_slice(&mut *image, rows, columns);
        let rounding = fill_center(&mut product, |i, j| {
            let mut sum = DotAccumulator::new();
            for (&a, &v) in a.row(i).iter().zip(vectors.column(j).iter()) {
                sum.add_product(scaling.apply(a), v);
            }
            sum.enclosure()
        });
        let image: &'a [T] = image;
        let image = DMatrixView::from_slice(image, rows, columns);
        let defect = {
            let (gram, _) = spare.split_at_mut(columns * columns);
            let mut center = DMatrixViewMut::from_slice(gram, columns, columns);
            let (lack, exponent) = smaller_gram(&vectors, true, &mut center)?;
            upper(widened(frobenius_norm_enclosure(&center)?, bound(lack)).scale_exp2(exponent))
        };
        // ‖(A − a) V‖_F ≤ ‖A − a‖_F √(1 + e).
        let inexact = upper(scaled_error(error, scaling) * root(ScaledEnclosure::one() + defect));
        let inexact = inexact.to_enclosure().hi();
        let image_error = if inexact > T::zero() { add_up(rounding, inexact) } else { rounding };
        let coupling = coupling(&image, image_error)?;
        Ok(Self { vectors, image, image_error, exponent: scaling.exponent(), defect, coupling, spare })
    }

    /// The approximate right singular vectors `V`, as columns.
    #[must_use]
    pub fn vectors(&self) -> DMatrixView<'_, T> {
        self.vectors
    }

    /// The image `B`: `A V` without its power of two. Columns in descending order of length, if Jacobi found them.
    #[must_use]
    pub fn image(&self) -> DMatrixView<'_, T> {
        self.image
    }

    /// A bound of the Frobenius norm of what the image lacks, without the power of two.
    #[must_use]
    pub fn image_error(&self) -> T {
        self.image_error
    }

    /// The exponent of the power of two of the image, its error and the root of the coupling.
    #[must_use]
    pub fn exponent(&self) -> i32 {
        self.exponent
    }

    /// A bound of `‖VᵀV − 1‖_F`.
    #[must_use]
    pub fn orthogonality_defect(&self) -> ScaledEnclosure<T> {
        self.defect
    }

    /// A bound of `‖(B + R)ᵀ(B + R) − diag(‖b_j‖²)‖_F`.
    #[must_use]
    pub fn coupling(&self) -> ScaledEnclosure<T> {
        self.coupling
    }

    /// Working memory that the basis does not occupy.
    pub(crate) fn split_spare(&mut self) -> (DMatrixView<'_, T>, &mut [T]) {
        (self.image, self.spare)
    }

    /// Encloses all singular values, in descending order; to about `5n^(3/2)u‖A‖₂` for the basis of Jacobi.
    ///
    /// For a nearly orthonormal `Z`, found by Gram–Schmidt, and a diagonal `D` of lengths, `B = Z D + E`. With `‖ZᵀZ −
    /// 1‖_F ≤ ζ` the singular values of `Z D` are within factors `√(1 ± ζ)` of the lengths (Ostrowski); `E` and the
    /// error of the image move them by at most their norms (Weyl); and those of `A V` are within factors `√(1 ± e)` of
    /// those of `A` (Ostrowski). Columns of rounding errors count as zero and are left to `E`.
    ///
    /// About `50mn²` operations.
    ///
    /// # Errors
    ///
    /// Fails if `out` has not `min(m, n)` entries.
    pub fn singular_values(&mut self, out: &mut [ScaledEnclosure<T>]) -> Result<(), KernelError> {
        let (rows, columns) = self.image.shape();
        let count = rows.min(columns);
        if out.len() != count {
            return Err(KernelError::shape("singular values", count, out.len()));
        }
        let (dual, _) = orthonormalised(&self.image, self.spare);
        singular_values_through(&self.image, &dual, self.image_error, out)?;
        for value in out.iter_mut() {
            *value = quotient_stretched(*value, self.defect).scale_exp2(self.exponent);
        }
        Ok(())
    }
}

/// Encloses the singular values of `B + R`, `‖R‖_F ≤ error`, through `B = Z D + E` for any `Z`; `out` has `min(m, n)`
/// entries.
fn singular_values_through<T: Scalar>(
    image: &DMatrixView<'_, T>,
    dual: &DMatrixView<'_, T>,
    error: T,
    out: &mut [ScaledEnclosure<T>],
) -> Result<(), KernelError> {
    let one = ScaledEnclosure::one();
    let (mut defect, mut rest) = (ScaledEnclosure::zero(), T::zero());
    let mut kept = 0;
    for (j, (b, z)) in image.column_iter().zip(dual.column_iter()).enumerate() {
        // More columns than rows cannot all be orthonormal.
        let is_kept = kept < out.len() && z.iter().any(|&z| z != T::zero());
        let length = if is_kept { length_of(&b) } else { T::zero() };
        for (&b, &z) in b.iter().zip(z.iter()) {
            let mut difference = DotAccumulator::new();
            difference.add(b);
            difference.add_product(-length, z);
            let lack = difference.enclosure().magnitude().hi();
            if lack > T::zero() {
                rest = add_up(rest, mul_up(lack, lack));
            }
        }
        if !is_kept {
            continue;
        }
        defect = defect + (dot_enclosure(&z, &z)? - one).square();
        for other in dual.column_iter().take(j) {
            // Zero columns add nothing.
            defect = defect + dot_enclosure(&other, &z)?.square().scale_exp2(1);
        }
        // Sorted by exchange.
        let mut new = bound(length);
        for value in out.iter_mut().take(kept) {
            let larger = value.maximum(&new);
            new = value.minimum(&new);
            *value = larger;
        }
        if let Some(value) = out.get_mut(kept) {
            *value = new;
        }
        kept += 1;
    }
    let defect = upper(root(defect));
    let rest = if rest > T::zero() { square_root_up(rest) } else { T::zero() };
    let rest = upper(bound(rest) + bound(error));
    for (i, value) in out.iter_mut().enumerate() {
        let of_dual = if i < kept { stretched(*value, defect) } else { ScaledEnclosure::zero() };
        *value = widened(of_dual, rest).maximum(&ScaledEnclosure::zero());
    }
    Ok(())
}

/// The parts of a workspace.
struct Parts<'a, T> {
    vectors: &'a mut [T],
    image: &'a mut [T],
    spare: &'a mut [T],
}

impl<'a, T> Parts<'a, T> {
    fn of(work: &'a mut [T], rows: usize, columns: usize) -> Result<Self, KernelError> {
        let needed = singular_basis_workspace_len(rows, columns);
        if work.len() < needed {
            return Err(KernelError::shape("workspace", needed, work.len()));
        }
        let (vectors, rest) = work.split_at_mut(columns * columns);
        let (image, spare) = rest.split_at_mut(rows * columns);
        Ok(Self { vectors, image, spare })
    }
}

/// A bound of the error of the scaled matrix: that of the matrix, and what scaling rounds.
fn scaled_error<T: Scalar>(error: T, scaling: &Scaling<T>) -> ScaledEnclosure<T> {
    let error = upper(bound(error).scale_exp2(-scaling.exponent()));
    // Entries at their own scale stay as they are, even subnormal ones.
    if scaling.is_exact() || scaling.exponent() == 0 {
        error
    } else {
        upper(error + bound(T::UNDERFLOW_ALLOWANCE))
    }
}

/// A bound of the Frobenius norm of `(B + R)ᵀ(B + R)` beside the diagonal of `BᵀB`, for `‖R‖_F ≤ error`.
fn coupling<T: Scalar>(image: &DMatrixView<'_, T>, error: T) -> Result<ScaledEnclosure<T>, KernelError> {
    let mut squares = ScaledEnclosure::zero();
    for (j, right) in image.column_iter().enumerate() {
        for left in image.column_iter().take(j) {
            squares = squares + dot_enclosure(&left, &right)?.square().scale_exp2(1);
        }
    }
    // ‖(B + R)ᵀ(B + R) − BᵀB‖ ≤ 2 ‖B‖ ‖R‖ + ‖R‖².
    let error = bound(error);
    let frobenius = frobenius_norm_enclosure::<T, Dyn, Dyn, _>(image)?;
    Ok(upper(root(squares) + error * frobenius.scale_exp2(1) + error.square()))
}

#[cfg(test)]
mod tests;
