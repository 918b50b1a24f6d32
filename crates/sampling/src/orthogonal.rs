// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random orthogonal factors, applied in place.
//!
//! A product `H_1 ⋯ H_m` of Householder reflections, the i-th of which acts on the coordinates from `i` on and maps a
//! Gaussian vector to a multiple of the first of them, times a diagonal matrix of random signs, is Haar-distributed
//! (G. W. Stewart, *The efficient generation of random orthogonal matrices*, 1980). The matrix it is applied to is
//! diagonal at first, so reflections past its last entry change nothing and are left out, and the signs belong to
//! the diagonal.
//!
//! With `v = x + sgn(x_1)‖x‖e_1` the reflection is `I − β v vᵀ`, `β = 2/vᵀv`. Rounding moves it away from orthogonality by a
//! few `u` per reflection, whatever the vector.

use nalgebra::{Dim, Matrix, RawStorageMut};
use widthwise_rounding::Scalar;

use crate::Stream;

/// Replaces a diagonal matrix `D` by `Q D`; `v` holds as many numbers as `D` has rows.
pub(crate) fn rotate_rows<T, R, C, S>(stream: &mut Stream, a: &mut Matrix<T, R, C, S>, v: &mut [T])
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    // The last reflection comes first.
    for first in (0..reflections(a.nrows(), a.ncols())).rev() {
        let Some(v) = v.get_mut(first..) else { return };
        let beta = draw_reflection(stream, v);
        // Columns before `first` are still zero in the rows that the reflection moves.
        for mut column in a.column_iter_mut().skip(first) {
            let mut dot = T::zero();
            for (&entry, &v) in column.iter().skip(first).zip(v.iter()) {
                dot += entry * v;
            }
            let step = beta * dot;
            for (entry, &v) in column.iter_mut().skip(first).zip(v.iter()) {
                *entry -= step * v;
            }
        }
    }
}

/// Replaces `A` by `A P`, where `A` is a diagonal matrix times anything from the left.
///
/// `w` holds as many numbers as `A` has rows, `v` as many as it has columns.
pub(crate) fn rotate_columns<T, R, C, S>(
    stream: &mut Stream,
    a: &mut Matrix<T, R, C, S>,
    w: &mut [T],
    v: &mut [T],
) where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    for first in (0..reflections(a.ncols(), a.nrows())).rev() {
        let Some(v) = v.get_mut(first..) else { return };
        let beta = draw_reflection(stream, v);
        for w in w.iter_mut() {
            *w = T::zero();
        }
        for (column, &v) in a.column_iter().skip(first).zip(v.iter()) {
            for (w, &entry) in w.iter_mut().zip(column.iter()) {
                *w += entry * v;
            }
        }
        for (mut column, &v) in a.column_iter_mut().skip(first).zip(v.iter()) {
            let step = beta * v;
            for (entry, &w) in column.iter_mut().zip(w.iter()) {
                *entry -= w * step;
            }
        }
    }
}

/// How many reflections of `length` coordinates change a diagonal matrix with `other` entries in the other direction.
fn reflections(length: usize, other: usize) -> usize {
    // A reflection of the last coordinate alone is a sign.
    other.min(length.saturating_sub(1))
}

/// Draws the vector of a reflection and returns its `β`.
fn draw_reflection<T: Scalar>(stream: &mut Stream, v: &mut [T]) -> T {
    let mut square = T::zero();
    for v in v.iter_mut() {
        *v = T::from_f64(stream.normal());
        square += *v * *v;
    }
    let length = square.square_root();
    let Some(head) = v.first_mut() else { return T::zero() };
    let old = *head;
    *head = if old < T::zero() { old - length } else { old + length };
    // vᵀv without a second sum: the head is the only entry that changed.
    let norm_squared = square - old * old + *head * *head;
    if norm_squared > T::zero() { (T::one() + T::one()) / norm_squared } else { T::zero() }
}
