// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel of the batches for one matrix of fixed size: little code, little stack, no vector registers.
//!
//! Where the kernel proves nothing, as without a gap below the largest singular value, thresholds come down on the norm
//! (`from_above.rs`) instead of the squarings of [`spectral_norm`](crate::spectral_norm), which would be most of the code.

use nalgebra::SMatrix;
use widthwise_linalg::{KernelError, Scaling};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};

use super::from_above::descend;
use super::kernel::{Gram, TRIALS, Workspace, conclude, propose, search};
use super::one::One;
use super::{LARGEST, closed_form, single};
use crate::{Certificate, SpectralNorm};

/// Encloses the spectral norm of a matrix of fixed size in little code: the function for a microcontroller.
///
/// If the largest singular value is apart from the second by more than about a hundredth, relatively, the enclosure is at
/// most `8u` wide, and it is the one that [`spectral_norm_batch`](crate::spectral_norm_batch) gives, bit for bit. Otherwise it
/// may rest on [`Certificate::DirectCholesky`] and be about `n²u` wide.
///
/// [`spectral_norm`](crate::spectral_norm) is narrow for smaller gaps, accepts every storage, and uses vector registers
/// where there are some; for an 8 × 8 matrix in binary32 on a Cortex-M4F it takes twice the flash and, optimised for size,
/// nearly twice the instructions. Matrices with more than 16 rows or columns are left to it. No allocation; about `3s³ + 3s²l`
/// operations for `s ≤ l` rows and columns, without a gap up to ten times as many.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite.
///
/// # Examples
///
/// ```
/// use nalgebra::{Matrix3, matrix};
/// use widthwise_spectral::{Certificate, spectral_norm_compact};
///
/// let norm = spectral_norm_compact(&matrix![2.0_f32, 1.0, 0.0; 1.0, 2.0, 0.0; 0.0, 0.0, 1.0])?;
/// assert_eq!(norm.certificate(), Certificate::DeflatedCholesky { vectors: 1 });
/// assert!(norm.enclosure().contains(3.0) && norm.enclosure().relative_width() < 5e-7);
///
/// // All singular values are 1: there is no gap.
/// let norm = spectral_norm_compact(&Matrix3::<f32>::identity())?;
/// assert_eq!(norm.certificate(), Certificate::DirectCholesky);
/// assert!(norm.enclosure().contains(1.0) && norm.enclosure().relative_width() < 1e-6);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn spectral_norm_compact<T: Scalar, const M: usize, const N: usize>(
    a: &SMatrix<T, M, N>,
) -> Result<SpectralNorm<T>, KernelError> {
    if M.min(N) < 2 || M.max(N) > LARGEST {
        return single(a);
    }
    let scaling = Scaling::of(a)?;
    if scaling.is_of_zero() {
        return Ok(SpectralNorm::zero());
    }
    // What the scaling rounds is allowed for by the radii of the kernel.
    let (norm, certificate) = if M <= N {
        let mut matrix = [[One(T::zero()); M]; N];
        for (column, entries) in matrix.iter_mut().zip(a.as_slice().chunks_exact(M)) {
            for (entry, &x) in column.iter_mut().zip(entries) {
                *entry = One(scaling.apply(x));
            }
        }
        enclose(&matrix)
    } else {
        let mut matrix = [[One(T::zero()); N]; M];
        for (j, entries) in a.as_slice().chunks_exact(M).enumerate() {
            for (column, &x) in matrix.iter_mut().zip(entries) {
                column[j] = One(scaling.apply(x));
            }
        }
        enclose(&matrix)
    };
    Ok(SpectralNorm::new(ScaledEnclosure::new(norm, scaling.exponent()), certificate))
}

/// Encloses `‖M‖₂` for entries of magnitude below 2, the largest at least 1.
fn enclose<T: Scalar, const SHORT: usize, const LONG: usize>(
    matrix: &[[One<T>; SHORT]; LONG],
) -> (Enclosure<T>, Certificate) {
    if SHORT == 2 && LONG == 2 {
        // Holds for every such matrix.
        let bounds = closed_form::enclose([matrix[0][0], matrix[0][1], matrix[1][0], matrix[1][1]]);
        return (Enclosure::from_bounds(bounds.lower.0, bounds.upper.0), Certificate::ClosedForm2x2);
    }
    let mut workspace = Workspace::new(One(T::zero()));
    let Workspace { gram, factors, powers } = &mut workspace;
    let gram = Gram::of(matrix, gram);
    let mut near = propose(gram.entries, powers);
    // The largest entry is a lower bound.
    let (mut lower, mut upper) = (T::one(), T::INFINITY);
    // From the vector proposed; from the one that the thresholds leave, as the first trials may have ended at another
    // singular vector, which they keep; and that one as it is. One loop, so that the code is there once.
    for trials in [TRIALS, TRIALS, 1] {
        let mut x = near;
        let trial = search::<T, _, SHORT, LONG>(&gram, &mut x, factors, trials);
        let bounds = conclude(matrix, &x, &trial);
        if let Some(norm) = bounds.proved(0) {
            return (norm, Certificate::DeflatedCholesky { vectors: 1 });
        }
        // A quotient above 1 counts, and NaN is not above.
        lower = bounds.lower.0.greater(lower);
        if upper == T::INFINITY {
            upper = descend(&gram, &mut near, factors);
        }
    }
    (Enclosure::from_bounds(lower, upper), Certificate::DirectCholesky)
}
