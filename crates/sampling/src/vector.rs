// SPDX-License-Identifier: MIT OR Apache-2.0

//! Drawing a vector from a family, beside the matrix that it will be multiplied by.
//!
//! The singular vector comes from power iteration on `AᵀA` (each step costs `4mn` operations), scaled so that nothing
//! overflows and nothing that matters underflows. It is good enough to make `‖A x‖ = ‖A‖‖x‖` hold to a few digits before
//! the last, which is what an inequality has to be tried on; where the singular values crowd together it is some vector
//! with nearly that property. Nothing here is an enclosure.

use nalgebra::{Dim, Matrix, RawStorage, RawStorageMut};
use widthwise_linalg::{KernelError, Scaling};
use widthwise_rounding::Scalar;

use crate::{Stream, VectorFamily, workspace_len};

/// Steps after which power iteration ends, converged or not.
const MOST_STEPS: usize = 64;

/// Draws a vector of a family into `x`, whose entries are filled in column-major order whatever its orientation.
///
/// `matrix` is the one that [`VectorFamily::TopSingular`] and [`VectorFamily::OrthogonalToTopSingular`] refer to. The former is
/// scaled so that its largest entry has magnitude one. Without a matrix, and for a zero matrix, it is the first
/// coordinate vector. The latter is exactly orthogonal to it (each pair of coordinates is swapped and one sign
/// changed), and zero only in one dimension.
///
/// # Errors
///
/// Fails, before any draw, if `x` has not as many entries as the matrix has columns, if `work` is shorter than
/// [`workspace_len`] of the matrix (or of `x` as a row, without a matrix), or if an entry of the matrix is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::{Vector2, matrix};
/// use widthwise_sampling::{Stream, VectorFamily, fill_vector};
///
/// let a = matrix![2.0, 0.0; 0.0, 1.0_f64];
/// let mut x = Vector2::zeros();
/// let mut stream = Stream::new(1, "example", 0);
/// fill_vector(&mut stream, VectorFamily::TopSingular, Some(&a), &mut x, &mut [0.0; 4])?;
/// assert!((x[0].abs() - 1.0).abs() < 1e-15 && x[1].abs() < 1e-15);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn fill_vector<T, R, C, D, E, S1, S2>(
    stream: &mut Stream,
    family: VectorFamily,
    matrix: Option<&Matrix<T, R, C, S1>>,
    x: &mut Matrix<T, D, E, S2>,
    work: &mut [T],
) -> Result<(), KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    E: Dim,
    S1: RawStorage<T, R, C>,
    S2: RawStorageMut<T, D, E>,
{
    let (rows, columns) = matrix.map_or((1, x.len()), |a| a.shape());
    if x.len() != columns {
        return Err(KernelError::shape("vector", columns, x.len()));
    }
    let needed = workspace_len(rows, columns);
    let found = work.len();
    let Some((v, w)) = work.get_mut(..needed).and_then(|work| work.split_at_mut_checked(columns)) else {
        return Err(KernelError::shape("workspace", needed, found));
    };
    match family {
        VectorFamily::Zero => fill(x, |_| T::zero()),
        VectorFamily::Coordinate => {
            let place = stream.position(columns);
            fill(x, |position| if position == place { T::one() } else { T::zero() });
        }
        VectorFamily::Graded => fill(x, |_| T::from_f64(stream.normal() * stream.power_of_ten(-8.0, 8.0))),
        VectorFamily::Ones => fill(x, |_| T::one()),
        VectorFamily::Gaussian => fill(x, |_| T::from_f64(stream.normal())),
        VectorFamily::TopSingular => {
            top_singular(stream, matrix, v, w)?;
            for (x, &v) in x.iter_mut().zip(v.iter()) {
                *x = v;
            }
        }
        VectorFamily::OrthogonalToTopSingular => {
            top_singular(stream, matrix, v, w)?;
            orthogonal_vector(stream, v, x);
        }
    }
    Ok(())
}

/// Fills every entry, given its position.
fn fill<T, D: Dim, E: Dim, S: RawStorageMut<T, D, E>>(
    x: &mut Matrix<T, D, E, S>,
    mut entry: impl FnMut(usize) -> T,
) {
    for (position, target) in x.iter_mut().enumerate() {
        *target = entry(position);
    }
}

/// Power iteration into `v` from a Gaussian vector, with `A v` in `w`.
fn top_singular<T, R, C, S>(
    stream: &mut Stream,
    matrix: Option<&Matrix<T, R, C, S>>,
    v: &mut [T],
    w: &mut [T],
) -> Result<(), KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    let scaling = matrix.map(Scaling::of).transpose()?;
    for v in v.iter_mut() {
        *v = T::from_f64(stream.normal());
    }
    if let (Some(a), Some(scaling)) = (matrix, scaling)
        && power_iteration(a, &scaling, v, w)
    {
        return Ok(());
    }
    for (position, v) in v.iter_mut().enumerate() {
        *v = if position == 0 { T::one() } else { T::zero() };
    }
    Ok(())
}

/// Replaces `v` by a multiple of `(AᵀA)^k v` with largest entry ±1; false if that is zero.
///
/// Stops when a step changes no entry of `v` by more than a few units, or after a fixed number of steps.
fn power_iteration<T, R, C, S>(a: &Matrix<T, R, C, S>, scaling: &Scaling<T>, v: &mut [T], w: &mut [T]) -> bool
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    let tolerance = T::UNIT_ROUNDOFF * T::from_count(4);
    // The last factor by which a step multiplied the largest entry; it converges to σ².
    let mut growth = T::zero();
    for _ in 0..MOST_STEPS {
        for w in w.iter_mut() {
            *w = T::zero();
        }
        for (column, &v) in a.column_iter().zip(v.iter()) {
            for (w, &entry) in w.iter_mut().zip(column.iter()) {
                *w += scaling.apply(entry) * v;
            }
        }
        let (mut most, mut change) = (T::zero(), T::zero());
        for (column, v) in a.column_iter().zip(v.iter_mut()) {
            let mut dot = T::zero();
            for (&w, &entry) in w.iter().zip(column.iter()) {
                dot += scaling.apply(entry) * w;
            }
            change = change.greater((dot - growth * *v).magnitude());
            most = most.greater(dot.magnitude());
            *v = dot;
        }
        if most == T::zero() {
            return false;
        }
        for v in v.iter_mut() {
            *v /= most;
        }
        if change <= tolerance * most {
            break;
        }
        growth = most;
    }
    true
}

/// Fills `x` with a vector exactly orthogonal to `v ≠ 0`: `(±v_2, ∓v_1, ±v_4, ∓v_3, …)`, each pair with its own sign.
fn orthogonal_vector<T, D, E, S>(stream: &mut Stream, v: &[T], x: &mut Matrix<T, D, E, S>)
where
    T: Scalar,
    D: Dim,
    E: Dim,
    S: RawStorageMut<T, D, E>,
{
    fill(x, |_| T::zero());
    let mut nonzero = false;
    let mut target = x.iter_mut();
    for pair in v.chunks_exact(2) {
        let sign = stream.sign::<T>();
        if let (&[first, second], Some(x), Some(y)) = (pair, target.next(), target.next()) {
            *x = sign * second;
            *y = -(sign * first);
            nonzero |= first != T::zero() || second != T::zero();
        }
    }
    // Only the last of an odd number of coordinates is left: any other coordinate vector will do.
    if !nonzero
        && v.len() > 1
        && let Some(x) = x.iter_mut().next()
    {
        *x = T::one();
    }
}
