// SPDX-License-Identifier: MIT OR Apache-2.0

//! Orthogonalisation by odd polynomials (Newton–Schulz): matrix products alone, no division, no square root.
//!
//! `X ↦ X q(XᵀX)` maps every singular value of `X` by the odd polynomial `p(σ) = σ q(σ²)` and keeps the singular
//! vectors, so a `p` that draws `(0, 1]` to 1 turns `X` into its polar factor. Zero singular values stay zero. The
//! polynomials (Björck and Bowie, SIAM J. Numer. Anal. 8, 1971; Jordan et al., Muon, 2024):
//!
//! | | `p(σ)` | near 1, `E = 1 − σ²` | small `σ` grow by |
//! | --- | --- | --- | --- |
//! | cubic | `(3σ − σ³)/2` | `E′ = (3E² + E³)/4` | 1.5 |
//! | quintic | `(15σ − 10σ³ + 3σ⁵)/8` | `E′ = 5E³/8 + 15E⁴/64 + 9E⁵/64` | 1.875 |
//! | Muon | `3.4445σ − 4.7750σ³ + 2.0315σ⁵` | does not converge: `[0.6818, 1.2024]` is mapped into itself | 3.4445 |
//!
//! Order of operations, for `M` the `short × long` one of `X` and `Xᵀ`: `G = MMᵀ` and `G² = GG`, entries summed
//! ascending; `Q = (cG² + bG) + a` entrywise; `M ← QM`, entries summed ascending.

use nalgebra::{DMatrixView, DMatrixViewMut, Dim, Matrix, RawStorage, RawStorageMut};
use widthwise_linalg::{KernelError, Scaling, frobenius_norm_enclosure};
use widthwise_rounding::{Scalar, ScaledEnclosure};

use crate::centered::smaller_gram;
use crate::nonnegative::{bound, widened};
use crate::spectral_norm_in;
use crate::squaring::product_with_transpose;

/// A polynomial of Newton–Schulz orthogonalisation.
///
/// ```
/// use widthwise_spectral::NewtonSchulz;
/// assert_eq!(NewtonSchulz::Cubic.coefficients::<f64>(), [1.5, -0.5, 0.0]);
/// // Fixed at one.
/// assert_eq!(NewtonSchulz::Quintic.coefficients::<f64>().iter().sum::<f64>(), 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NewtonSchulz {
    /// `(3σ − σ³)/2`: converges quadratically, monotonically on `(0, 1]`.
    Cubic,
    /// `(15σ − 10σ³ + 3σ⁵)/8`: converges cubically, monotonically on `(0, 1]`.
    Quintic,
    /// The fast, inexact polynomial of Muon: after five steps relative singular values of 0.01 or more lie in
    /// `[0.68, 1.21]`; they do not converge to 1.
    Muon,
}

impl NewtonSchulz {
    /// The coefficients of `σ`, `σ³`, `σ⁵`, rounded to the format.
    #[must_use]
    pub fn coefficients<T: Scalar>(self) -> [T; 3] {
        match self {
            Self::Cubic => [1.5, -0.5, 0.0],
            Self::Quintic => [1.875, -1.25, 0.375],
            Self::Muon => [3.4445, -4.775, 2.0315],
        }
        .map(T::from_f64)
    }
}

/// Applies so many steps of a polynomial to `A/‖A‖_F`, in place; returns an enclosure of what is left to
/// orthogonality, `‖XᵀX − 1‖₂` (of the smaller Gram matrix), as by [`orthogonality_defect_in`].
///
/// With a defect `δ < 1` all singular values lie in `[√(1 − δ), √(1 + δ)]`. The zero matrix stays zero, and
/// powers of two in `a` change no bit of the result. No number is added to the norm to divide by it.
///
/// About `2(mn·short + short³)` operations a step, `40mn·short` for the enclosure.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite or if `work` is shorter than [`newton_schulz_workspace_len`]; then `a` has not
/// changed.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_spectral::{NewtonSchulz, newton_schulz_in};
///
/// let mut work = [0.0; 64];
/// let mut a = matrix![3.0_f64, 0.0; 0.0, 1.0];
/// let defect = newton_schulz_in(&mut a, NewtonSchulz::Muon, 5, &mut work)?.to_enclosure();
/// assert!((a[(0, 0)] - 0.75303).abs() < 1e-5 && (a[(1, 1)] - 1.13371).abs() < 1e-5);
/// // 1 − 0.75303²
/// assert!((defect.midpoint() - 0.43294).abs() < 1e-4);
///
/// let defect = newton_schulz_in(&mut a, NewtonSchulz::Quintic, 4, &mut work)?.to_enclosure();
/// assert!(defect.hi() < 1e-14);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn newton_schulz_in<T, R, C, S>(
    a: &mut Matrix<T, R, C, S>,
    polynomial: NewtonSchulz,
    steps: usize,
    work: &mut [T],
) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    let needed = newton_schulz_workspace_len(a.nrows(), a.ncols());
    if work.len() < needed {
        return Err(KernelError::shape("workspace", needed, work.len()));
    }
    let scaling = Scaling::of(a)?;
    let norm = frobenius_norm_enclosure(a)?.scale_exp2(-scaling.exponent()).to_enclosure().hi();
    if norm > T::zero() {
        let mut iterate = Iterate::load(a, &scaling, norm, work);
        for _ in 0..steps {
            iterate.square_gram();
            iterate.apply(polynomial.coefficients());
        }
        iterate.store(a);
    }
    orthogonality_defect_in(a, work)
}

/// The length of the workspace that [`newton_schulz_in`] and [`orthogonality_defect_in`] need: `mn + 4s² + 3s` for
/// `s = min(m, n)`.
///
/// ```
/// assert_eq!(widthwise_spectral::newton_schulz_workspace_len(5, 3), 15 + 36 + 9);
/// ```
#[must_use]
pub fn newton_schulz_workspace_len(rows: usize, columns: usize) -> usize {
    let short = rows.min(columns);
    rows * columns + 4 * short * short + 3 * short
}

/// Encloses `‖AᵀA − 1‖₂`, or `‖AAᵀ − 1‖₂` if there are more columns than rows: zero for a semi-orthogonal matrix only.
///
/// With `δ` its upper end, all `min(m, n)` singular values are at most `√(1 + δ)` and, if `δ < 1`, at least `√(1 − δ)`:
/// they are the roots of the eigenvalues of a matrix within `δ` of the identity. The Gram matrix is summed
/// compensated, so rounding shows as a few `u` at most. About `40mn·short` operations.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite or if `work` is shorter than [`newton_schulz_workspace_len`].
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_spectral::orthogonality_defect_in;
/// let mut work = [0.0; 64];
/// // A rotation in rational numbers of three digits.
/// let defect = orthogonality_defect_in(&matrix![0.6, -0.8; 0.8, 0.6], &mut work)?.to_enclosure();
/// assert!(defect.hi() < 3e-16);
/// let defect = orthogonality_defect_in(&matrix![0.6, -0.8], &mut work)?.to_enclosure();
/// assert!(defect.hi() < 3e-16);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn orthogonality_defect_in<T, R, C, S>(
    a: &Matrix<T, R, C, S>,
    work: &mut [T],
) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    let needed = newton_schulz_workspace_len(a.nrows(), a.ncols());
    if work.len() < needed {
        return Err(KernelError::shape("workspace", needed, work.len()));
    }
    let short = a.nrows().min(a.ncols());
    let (center, rest) = work.split_at_mut(short * short);
    let mut gram = DMatrixViewMut::from_slice(&mut *center, short, short);
    let (lack, exponent) = smaller_gram(a, true, &mut gram)?;
    let norm = spectral_norm_in(&DMatrixView::from_slice(center, short, short), rest)?.scaled();
    Ok(widened(norm, bound(lack)).scale_exp2(exponent))
}

/// The iterate `M`, the `short × long` one of `X` and `Xᵀ`, with what a step needs.
pub(crate) struct Iterate<'a, T> {
    /// `M`: columns of `short` numbers.
    matrix: &'a mut [T],
    /// `G = MMᵀ`.
    gram: &'a mut [T],
    /// `G²`.
    square: &'a mut [T],
    /// `short` numbers.
    column: &'a mut [T],
}

impl<'a, T: Scalar> Iterate<'a, T> {
    /// `A/divisor`, scaled before; takes `mn + 2s² + s` numbers of `work`.
    pub(crate) fn load<R: Dim, C: Dim, S: RawStorage<T, R, C>>(
        a: &Matrix<T, R, C, S>,
        scaling: &Scaling<T>,
        divisor: T,
        work: &'a mut [T],
    ) -> Self {
        let (short, long) = (a.nrows().min(a.ncols()), a.nrows().max(a.ncols()));
        let (matrix, rest) = work.split_at_mut(short * long);
        let (gram, rest) = rest.split_at_mut(short * short);
        let (square, rest) = rest.split_at_mut(short * short);
        let (column, _) = rest.split_at_mut(short);
        let wide = a.nrows() <= a.ncols();
        for (j, from) in a.column_iter().enumerate() {
            for (i, &from) in from.iter().enumerate() {
                let place = if wide { i + j * short } else { j + i * short };
                if let Some(to) = matrix.get_mut(place) {
                    *to = scaling.apply(from) / divisor;
                }
            }
        }
        Self { matrix, gram, square, column }
    }

    /// Writes `X` back.
    pub(crate) fn store<R: Dim, C: Dim, S: RawStorageMut<T, R, C>>(&self, a: &mut Matrix<T, R, C, S>) {
        let short = self.column.len();
        let wide = a.nrows() <= a.ncols();
        for (j, mut to) in a.column_iter_mut().enumerate() {
            for (i, to) in to.iter_mut().enumerate() {
                let place = if wide { i + j * short } else { j + i * short };
                if let Some(&from) = self.matrix.get(place) {
                    *to = from;
                }
            }
        }
    }

    /// Computes `G` and `G²`.
    pub(crate) fn square_gram(&mut self) {
        let short = self.column.len();
        product_with_transpose(self.matrix, short, T::one(), self.gram);
        product_with_transpose(self.gram, short, T::one(), self.square);
    }

    /// `M ← (a + bG + cG²) M`, after [`square_gram`](Self::square_gram); returns the Frobenius norm of the change, a
    /// heuristic.
    pub(crate) fn apply(&mut self, [a, b, c]: [T; 3]) -> T {
        let short = self.column.len();
        for (j, (square, gram)) in
            self.square.chunks_exact_mut(short).zip(self.gram.chunks_exact(short)).enumerate()
        {
            for (i, (square, &gram)) in square.iter_mut().zip(gram).enumerate() {
                let entry = c * *square + b * gram;
                *square = if i == j { entry + a } else { entry };
            }
        }
        let mut change = T::zero();
        for column in self.matrix.chunks_exact_mut(short) {
            multiply(self.square, column, self.column);
            for (x, &new) in column.iter_mut().zip(self.column.iter()) {
                change += (new - *x) * (new - *x);
                *x = new;
            }
        }
        change.square_root()
    }

    /// `‖G − 1‖_F`, computed: a heuristic.
    pub(crate) fn distance_from_identity(&self) -> T {
        let short = self.column.len();
        let mut sum = T::zero();
        for (j, column) in self.gram.chunks_exact(short).enumerate() {
            for (i, &x) in column.iter().enumerate() {
                let difference = if i == j { x - T::one() } else { x };
                sum += difference * difference;
            }
        }
        sum.square_root()
    }

    /// `‖G² − G‖_F`, computed, after [`square_gram`](Self::square_gram): a heuristic.
    pub(crate) fn distance_from_projector(&self) -> T {
        let mut sum = T::zero();
        for (&square, &gram) in self.square.iter().zip(self.gram.iter()) {
            sum += (square - gram) * (square - gram);
        }
        sum.square_root()
    }
}

/// `out = Q x` for `Q` given as columns; entry `i` is `Σ_k q_ik x_k`, `k` ascending, four entries at a time.
fn multiply<T: Scalar>(q: &[T], x: &[T], out: &mut [T]) {
    const ROWS: usize = 4;
    let n = x.len();
    if n < ROWS {
        for (i, out) in out.iter_mut().enumerate() {
            let mut sum = T::zero();
            for (column, &x) in q.chunks_exact(n).zip(x) {
                sum += column[i] * x;
            }
            *out = sum;
        }
        return;
    }
    let mut i = 0;
    while i < n {
        // The last block overlaps the one before: the entries they share are computed twice, to the same bits.
        let top = i.min(n - ROWS);
        let mut sums = [T::zero(); ROWS];
        for (column, &x) in q.chunks_exact(n).zip(x) {
            let rows = &column[top..top + ROWS];
            for lane in 0..ROWS {
                sums[lane] += rows[lane] * x;
            }
        }
        out[top..top + ROWS].copy_from_slice(&sums);
        i += ROWS;
    }
}

#[cfg(test)]
mod tests;
