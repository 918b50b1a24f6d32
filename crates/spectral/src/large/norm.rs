// SPDX-License-Identifier: MIT OR Apache-2.0

//! The public functions of the large path.

use nalgebra::{Dim, Matrix, RawStorage, Vector2};
use widthwise_linalg::{KernelError, Scaling};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};

use super::effort::Effort;
use super::enclose::Workspace;
use super::gram::pack_len;
use super::lanczos::BLOCK_LIMIT;
use super::vectorized::vectorized;
use crate::norm::{Certificate, SpectralNorm, without_workspace};

/// Encloses the spectral norm `‖A‖₂ = max ‖Ax‖/‖x‖`, the largest singular value, of a large matrix.
///
/// The value is that of [`spectral_norm`](crate::spectral_norm), for sizes from about 32 to thousands. The interval
/// contains the exact value for the stored entries, rounding included. If at most eight singular values are close to
/// the largest it is a few `u` wide, otherwise about `n²u` for the smaller dimension `n`. Entries of type `f32`
/// are converted to `f64`, exactly, and the ends rounded outward.
///
/// All arithmetic is `f64`, and without the feature `faer` the result is the same bits on every target. With it,
/// products and factorizations come from that crate, in an order that depends on the processor, so the last bits may
/// differ, the validity does not; that is why this function has a name of its own. Then the gap below the largest
/// singular value, of which a crude bound is enough, is proved in `f32` if it is not too narrow for that, and in `f64`
/// otherwise.
///
/// The workspace is [`large_workspace_len`] long; its contents do not matter, and [`Effort::Cheap`] needs none. Nothing
/// is allocated, except by the crate faer if it is used. About `mn² + n³/3` operations.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite, or if `work` is too short.
///
/// # Examples
///
/// ```
/// use nalgebra::DMatrix;
/// use widthwise_spectral::{Certificate, Effort, large_workspace_len, spectral_norm_large_in};
///
/// // 1/(i + j + 1), 48 × 48: a Hilbert matrix.
/// let hilbert = DMatrix::from_fn(48, 48, |i, j| 1.0 / (i + j + 1) as f64);
/// let mut work = vec![0.0; large_workspace_len(48, 48)];
/// let norm = spectral_norm_large_in(&hilbert, Effort::Standard, &mut work)?;
/// assert!(norm.enclosure().relative_width() < 2e-15);
/// assert_eq!(norm.certificate(), Certificate::DeflatedCholesky { vectors: 1 });
/// assert_eq!(norm.factorizations(), 1);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn spectral_norm_large_in<T, R, C, S>(
    a: &Matrix<T, R, C, S>,
    effort: Effort,
    work: &mut [f64],
) -> Result<SpectralNorm<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    let needed = large_workspace_len(a.nrows(), a.ncols());
    if effort != Effort::Cheap && work.len() < needed {
        return Err(KernelError::shape("workspace", needed, work.len()));
    }
    if effort == Effort::Cheap {
        if let Some(norm) = without_workspace(a, &Scaling::of(a)?)? {
            return Ok(norm);
        }
        let value = crate::spectral_norm_bounds(a)?;
        return Ok(SpectralNorm::new(value, Certificate::EntryNorms));
    }
    let mut workspace = partition(a.nrows(), a.ncols(), work);
    load(a, workspace.matrix);
    let scaling = match extremes(workspace.matrix) {
        Some(extremes) => Scaling::of(&Vector2::from(extremes.map(T::from_f64)))?,
        // It knows where the entry is that is not finite.
        None => Scaling::of(a)?,
    };
    if let Some(norm) = without_workspace(a, &scaling)? {
        return Ok(norm);
    }
    let exact = scale(&scaling, workspace.matrix);
    let (norm, certificate, spent) = workspace.enclose(effort.limits());
    // Entries that were rounded to multiples of ω move the norm, at least 1, by less than √(mn)·ω: far less than an ulp.
    let norm = if exact { norm } else { Enclosure::from_bounds(norm.lo().next_down(), norm.hi().next_up()) };
    let value = ScaledEnclosure::new(rounded_outward(norm), scaling.exponent());
    Ok(SpectralNorm::new(value, certificate).with_work(spent.products, spent.factorizations))
}

/// [`spectral_norm_large_in`] with a workspace of its own.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite.
///
/// # Examples
///
/// ```
/// use nalgebra::DMatrix;
/// use widthwise_spectral::{Effort, spectral_norm_large};
///
/// let a = DMatrix::from_fn(100, 60, |i, j| if i == j { 3.0 - j as f64 / 60.0 } else { 0.0 });
/// assert!(spectral_norm_large(&a, Effort::Standard)?.enclosure().contains(3.0));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
#[cfg(feature = "alloc")]
pub fn spectral_norm_large<T, R, C, S>(
    a: &Matrix<T, R, C, S>,
    effort: Effort,
) -> Result<SpectralNorm<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    let length = if effort == Effort::Cheap { 0 } else { large_workspace_len(a.nrows(), a.ncols()) };
    spectral_norm_large_in(a, effort, &mut alloc::vec![0.0; length])
}

/// The length of the workspace that [`spectral_norm_large_in`] needs: about `mn + 2s² + 50s + 9 max(m, n)` for
/// `s = min(m, n)`.
///
/// ```
/// let n = 1000;
/// let length = widthwise_spectral::large_workspace_len(n, n);
/// assert!(length > 3 * n * n && length < 3 * n * n + 60 * n);
/// ```
#[must_use]
pub fn large_workspace_len(rows: usize, columns: usize) -> usize {
    let (short, long) = (rows.min(columns), rows.max(columns));
    let small = (BLOCK_LIMIT + 4) * short + scratch_len(short) + pack_len(short);
    short
        .saturating_mul(long)
        .saturating_add(short.saturating_mul(short).saturating_mul(2))
        .saturating_add(small)
        .saturating_add(long.saturating_mul(BLOCK_LIMIT + 1))
}

fn scratch_len(short: usize) -> usize {
    5 * short + 5 * BLOCK_LIMIT
}

/// Cuts the workspace, which is long enough.
fn partition(rows: usize, columns: usize, work: &mut [f64]) -> Workspace<'_> {
    let (short, long) = (rows.min(columns), rows.max(columns));
    let (matrix, rest) = work.split_at_mut(short * long);
    let (gram, rest) = rest.split_at_mut(short * short);
    let (factor, rest) = rest.split_at_mut(short * short);
    let (vectors, rest) = rest.split_at_mut(BLOCK_LIMIT * short);
    let (images, rest) = rest.split_at_mut((BLOCK_LIMIT + 1) * long);
    let (diagonal, rest) = rest.split_at_mut(short);
    let (beside, rest) = rest.split_at_mut(short);
    let (next, rest) = rest.split_at_mut(short);
    let (residual, rest) = rest.split_at_mut(short);
    let (scratch, rest) = rest.split_at_mut(scratch_len(short));
    let (pack, _) = rest.split_at_mut(pack_len(short));
    Workspace { matrix, gram, factor, vectors, images, diagonal, beside, next, residual, scratch, pack }
}

/// Copies the matrix, transposed if it has fewer rows than columns.
fn load<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(a: &Matrix<T, R, C, S>, out: &mut [f64]) {
    let (rows, columns) = a.shape();
    for j in 0..columns {
        let column = a.column(j);
        if rows >= columns {
            for (i, out) in out[j * rows..(j + 1) * rows].iter_mut().enumerate() {
                *out = column[i].to_f64();
            }
        } else {
            for (i, out) in out.iter_mut().skip(j).step_by(columns).enumerate() {
                *out = column[i].to_f64();
            }
        }
    }
}

/// The magnitudes of the largest entry and of the smallest that is not zero (zero if all are); `None` if an entry is not
/// finite.
///
/// The bits of magnitudes are in the order of the magnitudes, with infinity and NaN last, and integers have a maximum
/// that the compiler vectorises.
fn extremes(entries: &[f64]) -> Option<[f64; 2]> {
    let (largest, smallest) = vectorized(
        #[inline(always)]
        || {
            let (mut largest, mut smallest) = (0_i64, i64::MAX);
            for x in entries {
                let bits = x.magnitude().to_bits().cast_signed();
                largest = if bits > largest { bits } else { largest };
                let bits = if bits == 0 { i64::MAX } else { bits };
                smallest = if bits < smallest { bits } else { smallest };
            }
            (largest, smallest.min(largest))
        },
    );
    let found = [largest, smallest].map(|bits| f64::from_bits(bits.cast_unsigned()));
    found.iter().all(|x| x.is_finite()).then_some(found)
}

/// Scales by a power of two; whether no entry lost a digit.
fn scale<T: Scalar>(scaling: &Scaling<T>, entries: &mut [f64]) -> bool {
    // binary32 reaches nowhere near the ends of binary64, so that its entries are scaled exactly there.
    let wider = T::DIGITS < <f64 as Scalar>::DIGITS;
    let factor = f64::power_of_two(-scaling.exponent());
    if scaling.exponent() != 0 {
        vectorized(
            #[inline(always)]
            || {
                for x in entries.iter_mut() {
                    *x = if wider { *x * factor } else { scaling.apply(T::from_f64(*x)).to_f64() };
                }
            },
        );
    }
    wider || scaling.is_exact()
}

/// The narrowest interval of the format that contains one of binary64.
fn rounded_outward<T: Scalar>(x: Enclosure<f64>) -> Enclosure<T> {
    let (lo, hi) = (T::from_f64(x.lo()), T::from_f64(x.hi()));
    let lo = if lo.to_f64() > x.lo() { lo.next_down() } else { lo };
    let hi = if hi.to_f64() < x.hi() { hi.next_up() } else { hi };
    Enclosure::from_bounds(lo, hi)
}
