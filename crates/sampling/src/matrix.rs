// SPDX-License-Identifier: MIT OR Apache-2.0

//! Drawing a matrix from a family.
//!
//! Entries are drawn column by column. What a family computes from its draws is computed in the format of the matrix;
//! the draws, and so the decisions, are the same in both formats.

use nalgebra::{Dim, Matrix, RawStorageMut};
use widthwise_linalg::KernelError;
use widthwise_rounding::Scalar;

use crate::orthogonal::{rotate_from_left, rotate_from_right};
use crate::{MatrixFamily, Stream};

/// Numbers of workspace that [`fill_matrix`] and [`fill_vector`](crate::fill_vector) need for an `m×n` matrix: `m + n`.
///
/// ```
/// assert_eq!(widthwise_sampling::workspace_len(3, 5), 8);
/// ```
#[must_use]
pub const fn workspace_len(rows: usize, columns: usize) -> usize {
    rows.saturating_add(columns)
}

/// Draws a matrix of a family into `a`.
///
/// An empty matrix takes no draws. At most `4mn·min(m, n)` operations and about `2.6 (m + n)·min(m, n)` words.
///
/// # Errors
///
/// Fails, before any draw, if `work` is shorter than [`workspace_len`]. Its contents do not matter.
///
/// # Examples
///
/// ```
/// use nalgebra::Matrix3x2;
/// use widthwise_sampling::{MatrixFamily, Stream, fill_matrix};
///
/// let mut q = Matrix3x2::zeros();
/// let mut stream = Stream::new(1, "example", 0);
/// fill_matrix(&mut stream, MatrixFamily::SemiOrthogonal, &mut q, &mut [0.0; 5])?;
/// assert!((q.tr_mul(&q) - nalgebra::Matrix2::<f64>::identity()).amax() < 1e-15);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn fill_matrix<T, R, C, S>(
    stream: &mut Stream,
    family: MatrixFamily,
    a: &mut Matrix<T, R, C, S>,
    work: &mut [T],
) -> Result<(), KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    let (rows, columns) = a.shape();
    let needed = workspace_len(rows, columns);
    let found = work.len();
    let Some((left, right)) = work.get_mut(..needed).and_then(|work| work.split_at_mut_checked(rows)) else {
        return Err(KernelError::shape("workspace", needed, found));
    };
    match family {
        MatrixFamily::Zero => fill(a, T::zero),
        MatrixFamily::Gaussian => fill(a, || T::from_f64(stream.normal())),
        MatrixFamily::LowRank => sum_of_outer_products(stream, rows.min(columns).div_ceil(2), a, left, right),
        MatrixFamily::GradedSpectrum => {
            fill_diagonal(a, |_| stream.sign::<T>() * T::from_f64(stream.power_of_ten(-16.0, 0.0)));
            rotate_from_left(stream, a, left)?;
            rotate_from_right(stream, a, right)?;
        }
        MatrixFamily::GradedRows => {
            for scale in left.iter_mut() {
                *scale = T::from_f64(stream.power_of_ten(-8.0, 8.0));
            }
            for mut column in a.column_iter_mut() {
                for (entry, &scale) in column.iter_mut().zip(left.iter()) {
                    *entry = T::from_f64(stream.normal()) * scale;
                }
            }
        }
        MatrixFamily::Integers => fill(a, || T::from_f64(f64::from(stream.below(7)) - 3.0)),
        MatrixFamily::OuterProduct => sum_of_outer_products(stream, 1, a, left, right),
        MatrixFamily::Signs => fill(a, || stream.sign()),
        MatrixFamily::Ones => fill(a, T::one),
        MatrixFamily::SemiOrthogonal => {
            fill_diagonal(a, |_| stream.sign());
            // One side suffices: a Haar-distributed matrix times a fixed orthogonal one is Haar-distributed.
            if rows >= columns {
                rotate_from_left(stream, a, left)?;
            } else {
                rotate_from_right(stream, a, right)?;
            }
        }
        MatrixFamily::TwinSingularValues => {
            let gap =
                if T::DIGITS == <f64 as Scalar>::DIGITS { T::from_f64(1e-9) } else { T::power_of_two(-20) };
            fill_diagonal(a, |position| {
                let (sign, other) = (stream.sign::<T>(), stream.uniform_in(0.0, 0.5));
                sign * match position {
                    0 => T::one(),
                    1 => T::one() - gap,
                    _ => T::from_f64(other),
                }
            });
            rotate_from_left(stream, a, left)?;
            rotate_from_right(stream, a, right)?;
        }
        MatrixFamily::SingleEntry => {
            let place = stream.position(rows.saturating_mul(columns));
            let value = stream.sign::<T>() * T::from_f64(stream.uniform_in(1.0, 2.0));
            fill(a, T::zero);
            if let Some(entry) = a.iter_mut().nth(place) {
                *entry = value;
            }
        }
        MatrixFamily::Hilbert => {
            for (j, mut column) in a.column_iter_mut().enumerate() {
                for (i, entry) in column.iter_mut().enumerate() {
                    *entry = T::one() / T::from_count(i + j + 1);
                }
            }
        }
    }
    Ok(())
}

/// Fills every entry, column by column.
fn fill<T, R, C, S>(a: &mut Matrix<T, R, C, S>, mut entry: impl FnMut() -> T)
where
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    for target in a.iter_mut() {
        *target = entry();
    }
}

/// Fills the diagonal from its top, and zero elsewhere.
fn fill_diagonal<T, R, C, S>(a: &mut Matrix<T, R, C, S>, mut entry: impl FnMut(usize) -> T)
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    for (j, mut column) in a.column_iter_mut().enumerate() {
        for (i, target) in column.iter_mut().enumerate() {
            *target = if i == j { entry(i) } else { T::zero() };
        }
    }
}

/// `Σ u vᵀ` over `rank` pairs of Gaussian vectors, added in the order in which they are drawn.
fn sum_of_outer_products<T, R, C, S>(
    stream: &mut Stream,
    rank: usize,
    a: &mut Matrix<T, R, C, S>,
    u: &mut [T],
    v: &mut [T],
) where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    fill(a, T::zero);
    for _ in 0..rank {
        for factor in u.iter_mut().chain(v.iter_mut()) {
            *factor = T::from_f64(stream.normal());
        }
        for (mut column, &v) in a.column_iter_mut().zip(v.iter()) {
            for (entry, &u) in column.iter_mut().zip(u.iter()) {
                *entry += u * v;
            }
        }
    }
}
