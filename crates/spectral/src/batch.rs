// SPDX-License-Identifier: MIT OR Apache-2.0

//! Spectral norms of many small matrices of one shape, several at a time.
//!
//! The matrices are packed so that equal entries of several lie side by side, and one stream of instructions encloses
//! the norms of all of them (`kernel.rs`). It branches only to try again while the proof of a lane is missing. Where it stays
//! missing, as without a gap below the largest singular value, the matrix goes to the path of a single one.

#[cfg(all(feature = "std", target_arch = "x86_64"))]
mod avx2;
mod closed_form;
mod compact;
mod kernel;
mod lanes;
mod one;
mod pair;
mod products;
mod quotient;
mod registers;
mod trial;
#[cfg(any(test, all(feature = "std", target_arch = "x86_64")))]
mod twofold;

use core::array;

use nalgebra::SMatrix;
use widthwise_linalg::{KernelError, Scaling};
use widthwise_rounding::{Scalar, ScaledEnclosure};

use crate::certify::Workspace;
use crate::norm::{finish, without_workspace};
use crate::{Certificate, SpectralNorm};
pub(crate) use closed_form::spectral_norm_of_two_by_two;
pub use compact::spectral_norm_compact;
use lanes::{Lanes, WithSingles};
pub use registers::BatchScalar;

/// Larger matrices are left to the path of a single one.
const LARGEST: usize = 16;

/// Encloses the spectral norm of each matrix, several at a time, without allocation.
///
/// Every norm is proved as [`spectral_norm`](crate::spectral_norm) proves it and at most `8u` wide where there is a gap
/// below the largest singular value, but the two enclosures of one matrix need not be the same: the gap is proved by a
/// factorization here, and 2 × 2 matrices, by their closed form, are `2u` wide even where their norm is a number. A matrix whose
/// proof fails, fewer than one in a hundred Gaussian ones, gets the enclosure of `spectral_norm`.
///
/// The result for a matrix depends on that matrix alone: not on its place, its neighbours, or the processor. Matrices
/// with more than 16 rows or columns, or with one, are treated one by one. With the feature `std` on an x86-64
/// processor with AVX2 it takes a fraction of the time of `spectral_norm`.
///
/// # Errors
///
/// Fails if the slices differ in length; then nothing is written. A matrix with an entry that is NaN or infinite has its
/// error in its own place.
///
/// # Examples
///
/// ```
/// use nalgebra::Matrix3;
/// use widthwise_spectral::{SpectralNorm, spectral_norm_batch};
///
/// let matrices = [Matrix3::new(2.0, 1.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 1.0), Matrix3::from_element(f64::NAN)];
/// let mut norms = [Ok(SpectralNorm::zero()); 2];
/// spectral_norm_batch(&matrices, &mut norms)?;
///
/// let norm = norms[0]?.enclosure();
/// assert!(norm.contains(3.0) && norm.relative_width() < 1e-15);
/// assert!(norms[1].is_err());
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn spectral_norm_batch<T: BatchScalar, const M: usize, const N: usize>(
    matrices: &[SMatrix<T, M, N>],
    norms: &mut [Result<SpectralNorm<T>, KernelError>],
) -> Result<(), KernelError> {
    if matrices.len() != norms.len() {
        return Err(KernelError::shape("norms", matrices.len(), norms.len()));
    }
    if M.min(N) < 2 || M.max(N) > LARGEST {
        for (matrix, norm) in matrices.iter().zip(norms) {
            *norm = single(matrix);
        }
    } else {
        T::enclose(Groups { matrices, norms });
    }
    Ok(())
}

/// The norms of a slice of matrices, as many at a time as there are lanes.
#[derive(Debug)]
pub struct Groups<'a, T, const M: usize, const N: usize> {
    matrices: &'a [SMatrix<T, M, N>],
    norms: &'a mut [Result<SpectralNorm<T>, KernelError>],
}

impl<T: Scalar, const M: usize, const N: usize> Groups<'_, T, M, N> {
    /// Encloses the norms of `L` matrices at a time in lanes like `zero`.
    #[inline(always)]
    fn enclose<V: WithSingles<T>, const L: usize>(self, zero: V) {
        if M <= N {
            let mut packed = [[zero; M]; N];
            let mut workspace = kernel::Workspace::new(zero);
            for (matrices, norms) in self.matrices.chunks(L).zip(self.norms.chunks_mut(L)) {
                pack_columns(zero, matrices, &mut packed);
                enclose_group::<T, V, L, M, N, M, N>(&mut packed, &mut workspace, matrices, norms);
            }
        } else {
            let mut packed = [[zero; N]; M];
            let mut workspace = kernel::Workspace::new(zero);
            for (matrices, norms) in self.matrices.chunks(L).zip(self.norms.chunks_mut(L)) {
                pack_rows(zero, matrices, &mut packed);
                enclose_group::<T, V, L, N, M, M, N>(&mut packed, &mut workspace, matrices, norms);
            }
        }
    }
}

/// The matrix of a lane; a lane without one repeats the first.
#[inline(always)]
fn of_lane<A>(matrices: &[A], lane: usize) -> &A {
    &matrices[if lane < matrices.len() { lane } else { 0 }]
}

/// Lays equal entries of the matrices side by side.
#[inline(always)]
fn pack_columns<T: Scalar, V: Lanes<T>, const M: usize, const N: usize>(
    zero: V,
    matrices: &[SMatrix<T, M, N>],
    packed: &mut [[V; M]; N],
) {
    let (fours, rest) = packed.as_flattened_mut().as_chunks_mut::<4>();
    let start = 4 * fours.len();
    for (index, four) in fours.iter_mut().enumerate() {
        *four = zero.gather_four(|lane| {
            let (fours, _) = of_lane(matrices, lane).as_slice().as_chunks::<4>();
            fours[index]
        });
    }
    for (index, entry) in rest.iter_mut().enumerate() {
        *entry = zero.gather(|lane| of_lane(matrices, lane).as_slice()[start + index]);
    }
}

/// The same for the transposes.
#[inline(always)]
fn pack_rows<T: Scalar, V: Lanes<T>, const M: usize, const N: usize>(
    zero: V,
    matrices: &[SMatrix<T, M, N>],
    packed: &mut [[V; N]; M],
) {
    for (i, row) in packed.iter_mut().enumerate() {
        for (j, entry) in row.iter_mut().enumerate() {
            *entry = zero.gather(|lane| of_lane(matrices, lane)[(i, j)]);
        }
    }
}

#[inline(always)]
fn enclose_group<
    T: Scalar,
    V: WithSingles<T>,
    const L: usize,
    const SHORT: usize,
    const LONG: usize,
    const M: usize,
    const N: usize,
>(
    packed: &mut [[V; SHORT]; LONG],
    workspace: &mut kernel::Workspace<V, V::Single, SHORT>,
    matrices: &[SMatrix<T, M, N>],
    norms: &mut [Result<SpectralNorm<T>, KernelError>],
) {
    let exponents = scale::<T, V, L, SHORT, LONG>(packed);
    let (bounds, certificate) = if SHORT == 2 && LONG == 2 {
        (
            closed_form::enclose([packed[0][0], packed[0][1], packed[1][0], packed[1][1]]),
            Certificate::ClosedForm2x2,
        )
    } else {
        (kernel::enclose(packed, workspace), Certificate::DeflatedCholesky { vectors: 1 })
    };
    for (lane, (matrix, norm)) in matrices.iter().zip(norms).enumerate() {
        *norm = match bounds.proved(lane) {
            Some(value) => Ok(SpectralNorm::new(ScaledEnclosure::new(value, exponents[lane]), certificate)),
            None => single(matrix),
        };
    }
}

/// Brings the largest entry of each lane into `[1, 2)` and returns the exponents. A lane that is zero, subnormal or not
/// finite becomes zero or NaN, which the kernel does not prove.
///
/// Entries that become subnormal are rounded to `ω/2`; the kernel's radius allows for it.
#[inline(always)]
fn scale<T: Scalar, V: Lanes<T>, const L: usize, const SHORT: usize, const LONG: usize>(
    packed: &mut [[V; SHORT]; LONG],
) -> [i32; L] {
    let mut largest = packed[0][0].magnitude();
    for column in packed.iter() {
        for entry in column {
            // NaN is never greater and stays in its place.
            largest = entry.magnitude().greater(largest);
        }
    }
    let exponents = array::from_fn(|lane| largest.get(lane).exponent().unwrap_or(0));
    let factors = largest.gather(|lane| {
        if largest.get(lane) >= T::MIN_NORMAL { T::power_of_two(-exponents[lane]) } else { T::zero() }
    });
    for column in packed.iter_mut() {
        for entry in column {
            *entry = *entry * factors;
        }
    }
    exponents
}

/// [`spectral_norm`](crate::spectral_norm) of a matrix of fixed size, to the bit.
#[inline(never)]
fn single<T: Scalar, const M: usize, const N: usize>(
    a: &SMatrix<T, M, N>,
) -> Result<SpectralNorm<T>, KernelError> {
    if M <= N { single_in_shape::<T, M, N, M, N>(a) } else { single_in_shape::<T, N, M, M, N>(a) }
}

fn single_in_shape<T: Scalar, const SHORT: usize, const LONG: usize, const M: usize, const N: usize>(
    a: &SMatrix<T, M, N>,
) -> Result<SpectralNorm<T>, KernelError> {
    let scaling = Scaling::of(a)?;
    if let Some(norm) = without_workspace(a, &scaling)? {
        return Ok(norm);
    }
    let mut matrix = [[T::zero(); SHORT]; LONG];
    let [mut power, mut next] = [[[T::zero(); SHORT]; SHORT]; 2];
    let mut workspace = Workspace {
        matrix: matrix.as_flattened_mut(),
        power: power.as_flattened_mut(),
        next: next.as_flattened_mut(),
        image: &mut [T::zero(); LONG],
        vector: &mut [T::zero(); SHORT],
        residual: &mut [T::zero(); SHORT],
    };
    workspace.load(a, &scaling);
    Ok(finish(workspace.enclose(), &scaling))
}

#[cfg(test)]
mod tests;
