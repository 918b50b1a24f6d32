// SPDX-License-Identifier: MIT OR Apache-2.0

//! The enclosure of the spectral norm `‖A‖₂`, the largest singular value.
//!
//! A tight upper bound does not need a tight certificate. It is enough to prove crudely that the second eigenvalue of
//! the Gram matrix lies below some `b` in the gap; then the Kato-Temple inequality turns an accurate Rayleigh
//! quotient into an upper bound that is as accurate. The crude statement comes from repeated squaring, with a bound
//! of every rounding. Where there is no gap, as for orthogonal matrices, the squarings themselves give the upper
//! bound.
//!
//! Steps for an `m × n` matrix, `short = min(m, n)`, `long = max(m, n)`:
//!
//! 1. refuse NaN and infinity, scale by a power of two;
//! 2. zero: exact. One row or column: its two-norm. 2 × 2: the closed form;
//! 3. `G = MMᵀ` for `M` the `short × long` one of `A` and `Aᵀ`; square it until one eigenvalue dominates, or until it
//!    is a multiple of a projector;
//! 4. a column of the last power, multiplied by it a few times, is the vector `x` of the Rayleigh quotient;
//! 5. a gap proved: the Kato-Temple bound. Otherwise the chain of the squarings.
//!
//! Steps 3 and 4 only propose: whatever they find, the bounds of step 5 hold.

use nalgebra::allocator::Allocator;
use nalgebra::{DefaultAllocator, Dim, DimMin, DimMinimum, Matrix, OMatrix, OVector, RawStorage};
use widthwise_linalg::{KernelError, Scaling, frobenius_norm_enclosure};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};

use crate::batch::spectral_norm_of_two_by_two;
use crate::certify::Workspace;

/// How the upper bound of a spectral norm was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certificate {
    /// The matrix is zero or has no entries: its norm is zero.
    Zero,
    /// The matrix is one row or one column: its norm is the two-norm.
    TwoNorm,
    /// The closed form of the 2 × 2 case (theorem T8).
    ClosedForm2x2,
    /// A gap below the largest singular value was proved after so many squarings of the Gram matrix (theorem T3(b)),
    /// and the Kato-Temple inequality bounds the largest eigenvalue (theorem T2). A few `u` wide.
    KatoTemple {
        /// The number of squarings.
        squarings: usize,
    },
    /// The bounds of so many squarings of the Gram matrix, which need no gap (theorem T3(a)). About `n²u` wide or
    /// better.
    SquaringChain {
        /// The number of squarings.
        squarings: usize,
    },
    /// Sums of entries, of the matrix or of its Gram matrix (theorem T7). Up to a factor of `√min(m, n)` wide.
    EntryNorms,
    /// A Cholesky factorization proved that the rest of the spectrum lies below so many vectors (theorem T4), and the
    /// Kato-Temple inequality for them bounds the largest eigenvalue (theorems T2 and T6). A few `u` wide.
    DeflatedCholesky {
        /// The number of vectors: that of the singular values that could not be told apart.
        vectors: usize,
    },
    /// A Cholesky factorization of `cI − AᵀA` succeeded (theorem T5). About `n²u` wide.
    DirectCholesky,
}

/// A rigorous enclosure of the spectral norm of a matrix, and how it was proved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpectralNorm<T> {
    value: ScaledEnclosure<T>,
    certificate: Certificate,
    matrix_vector_products: usize,
    factorizations: usize,
}

impl<T: Scalar> SpectralNorm<T> {
    /// The enclosure and its certificate, at no cost in products or factorizations.
    pub(crate) fn new(value: ScaledEnclosure<T>, certificate: Certificate) -> Self {
        Self { value, certificate, matrix_vector_products: 0, factorizations: 0 }
    }

    /// The same, with the work it took.
    pub(crate) fn with_work(self, matrix_vector_products: usize, factorizations: usize) -> Self {
        Self { matrix_vector_products, factorizations, ..self }
    }

    /// The norm of a matrix of zeros: what a place for a norm holds before there is one.
    ///
    /// ```
    /// use nalgebra::Matrix2;
    /// use widthwise_spectral::{SpectralNorm, spectral_norm};
    /// assert_eq!(spectral_norm(&Matrix2::<f64>::zeros())?, SpectralNorm::zero());
    /// # Ok::<(), widthwise_linalg::KernelError>(())
    /// ```
    #[must_use]
    pub fn zero() -> Self {
        Self::new(ScaledEnclosure::zero(), Certificate::Zero)
    }

    /// The enclosure with its exponent beside it, which neither overflows nor underflows.
    ///
    /// ```
    /// use nalgebra::Matrix4;
    /// let norm = widthwise_spectral::spectral_norm(&Matrix4::from_element(f64::MAX))?;
    /// // The norm is 4·MAX.
    /// assert_eq!(norm.enclosure().hi(), f64::INFINITY);
    /// assert!(norm.scaled().significand().relative_width() < 1e-14);
    /// # Ok::<(), widthwise_linalg::KernelError>(())
    /// ```
    #[must_use]
    pub fn scaled(&self) -> ScaledEnclosure<T> {
        self.value
    }

    /// The enclosure in the format of the entries: the upper end is infinite if the norm may exceed the largest number.
    #[must_use]
    pub fn enclosure(&self) -> Enclosure<T> {
        self.value.to_enclosure()
    }

    /// How the upper bound was proved. The lower bound is a Rayleigh quotient (theorem T1) in every case.
    #[must_use]
    pub fn certificate(&self) -> Certificate {
        self.certificate
    }

    /// The products of the matrix, its transpose or its Gram matrix with a vector that
    /// [`spectral_norm_large_in`](crate::spectral_norm_large_in) spent; zero for the other functions, which multiply
    /// matrices.
    #[must_use]
    pub fn matrix_vector_products(&self) -> usize {
        self.matrix_vector_products
    }

    /// The Cholesky factorizations that [`spectral_norm_large_in`](crate::spectral_norm_large_in) spent, those that
    /// failed included; zero for the other functions.
    #[must_use]
    pub fn factorizations(&self) -> usize {
        self.factorizations
    }
}

/// Encloses the spectral norm `‖A‖₂ = max ‖Ax‖/‖x‖`, the largest singular value of `a`.
///
/// It is neither the Frobenius norm, which is larger, nor the spectral radius, which is smaller. The interval
/// contains the exact value for the stored entries, rounding included. It is a few `u` wide if the largest singular
/// value is apart from the second by more than about `n²u`, relatively, and about `n²u` wide otherwise.
///
/// The workspace lies on the stack for matrices of fixed size; for dynamic sizes it is allocated (feature `alloc`). The
/// result is that of [`spectral_norm_in`], bit for bit. About 3 to 40 squarings at `short³` operations each.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_spectral::spectral_norm;
///
/// let norm = spectral_norm(&matrix![2.0, 0.0; 0.0, -3.0])?;
/// assert!(norm.enclosure().is_point() && norm.enclosure().contains(3.0));
///
/// let hilbert = matrix![1.0, 1.0/2.0, 1.0/3.0; 1.0/2.0, 1.0/3.0, 1.0/4.0; 1.0/3.0, 1.0/4.0, 1.0/5.0];
/// let norm = spectral_norm(&hilbert)?.enclosure();
/// assert!(norm.contains(1.408318927123654) && norm.relative_width() < 3e-15);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn spectral_norm<T, R, C, S>(a: &Matrix<T, R, C, S>) -> Result<SpectralNorm<T>, KernelError>
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
    let scaling = Scaling::of(a)?;
    if let Some(norm) = without_workspace(a, &scaling)? {
        return Ok(norm);
    }
    let (rows, columns) = a.shape_generic();
    let short = rows.min(columns);
    let mut matrix = OMatrix::<T, R, C>::zeros_generic(rows, columns);
    let mut power = OMatrix::<T, DimMinimum<R, C>, DimMinimum<R, C>>::zeros_generic(short, short);
    let mut next = OMatrix::<T, DimMinimum<R, C>, DimMinimum<R, C>>::zeros_generic(short, short);
    let mut row_vector = OVector::<T, R>::zeros_generic(rows, nalgebra::U1);
    let mut column_vector = OVector::<T, C>::zeros_generic(columns, nalgebra::U1);
    let mut residual = OVector::<T, DimMinimum<R, C>>::zeros_generic(short, nalgebra::U1);
    let (vector, image) = if a.nrows() <= a.ncols() {
        (row_vector.as_mut_slice(), column_vector.as_mut_slice())
    } else {
        (column_vector.as_mut_slice(), row_vector.as_mut_slice())
    };
    let mut workspace = Workspace {
        matrix: matrix.as_mut_slice(),
        power: power.as_mut_slice(),
        next: next.as_mut_slice(),
        image,
        vector,
        residual: residual.as_mut_slice(),
    };
    workspace.load(a, &scaling);
    Ok(finish(workspace.enclose_of_shape(rows, columns), &scaling))
}

/// [`spectral_norm`] of a matrix of any shape in a workspace of the caller's, without allocation.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite, or if `work` is shorter than [`workspace_len`]. Its contents do not matter.
///
/// # Examples
///
/// ```
/// use nalgebra::DMatrixView;
/// use widthwise_spectral::{spectral_norm_in, workspace_len};
///
/// let entries = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0_f64];
/// let mut work = [0.0; 64];
/// assert!(workspace_len(3, 5) <= work.len());
/// let norm = spectral_norm_in(&DMatrixView::from_slice(&entries, 3, 5), &mut work)?.enclosure();
/// assert!(norm.contains(15.0_f64.sqrt()) && norm.relative_width() < 2e-15);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn spectral_norm_in<T, R, C, S>(
    a: &Matrix<T, R, C, S>,
    work: &mut [T],
) -> Result<SpectralNorm<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    let needed = workspace_len(a.nrows(), a.ncols());
    if work.len() < needed {
        return Err(KernelError::shape("workspace", needed, work.len()));
    }
    let scaling = Scaling::of(a)?;
    if let Some(norm) = without_workspace(a, &scaling)? {
        return Ok(norm);
    }
    let (short, long) = (a.nrows().min(a.ncols()), a.nrows().max(a.ncols()));
    let (matrix, rest) = work.split_at_mut(short * long);
    let (power, rest) = rest.split_at_mut(short * short);
    let (next, rest) = rest.split_at_mut(short * short);
    let (image, rest) = rest.split_at_mut(long);
    let (vector, rest) = rest.split_at_mut(short);
    let (residual, _) = rest.split_at_mut(short);
    let mut workspace = Workspace { matrix, power, next, image, vector, residual };
    workspace.load(a, &scaling);
    Ok(finish(workspace.enclose(), &scaling))
}

/// The length of the workspace that [`spectral_norm_in`] needs: `mn + 2s² + 2s + max(m, n)` for `s = min(m, n)`.
///
/// ```
/// assert_eq!(widthwise_spectral::workspace_len(96, 96), 3 * 96 * 96 + 3 * 96);
/// ```
#[must_use]
pub fn workspace_len(rows: usize, columns: usize) -> usize {
    let (short, long) = (rows.min(columns), rows.max(columns));
    short * long + 2 * short * short + 2 * short + long
}

/// The norm of the shapes that need no workspace.
pub(crate) fn without_workspace<T, R, C, S>(
    a: &Matrix<T, R, C, S>,
    scaling: &Scaling<T>,
) -> Result<Option<SpectralNorm<T>>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    if a.nrows().min(a.ncols()) <= 1 || scaling.is_of_zero() {
        let value = frobenius_norm_enclosure(a)?;
        let zero = value == ScaledEnclosure::zero();
        let certificate = if zero { Certificate::Zero } else { Certificate::TwoNorm };
        return Ok(Some(SpectralNorm::new(value, certificate)));
    }
    if a.shape() == (2, 2) {
        let entry = |i, j| a.get((i, j)).map_or(T::INFINITY, |&entry| scaling.apply(entry));
        let norm = spectral_norm_of_two_by_two([entry(0, 0), entry(0, 1), entry(1, 0), entry(1, 1)]);
        return Ok(Some(finish((norm, Certificate::ClosedForm2x2), scaling)));
    }
    Ok(None)
}

/// Undoes the scaling.
pub(crate) fn finish<T: Scalar>(
    (norm, certificate): (Enclosure<T>, Certificate),
    scaling: &Scaling<T>,
) -> SpectralNorm<T> {
    let norm = if scaling.is_exact() {
        norm
    } else {
        // Entries were rounded to multiples of ω, which moves the norm, at least 1, by less than √(mn)·ω: far less
        // than an ulp.
        Enclosure::from_bounds(norm.lo().next_down(), norm.hi().next_up())
    };
    SpectralNorm::new(ScaledEnclosure::new(norm, scaling.exponent()), certificate)
}
