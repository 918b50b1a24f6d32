// SPDX-License-Identifier: MIT OR Apache-2.0

//! Access to the arrays of a kernel that cannot panic.
//!
//! The kernels know that their indices are in range; a compiler that optimises for size often does not, and then every `x[i]`
//! brings a panic into firmware. Here an index out of range, which would be an error of this crate, is caught where debug
//! assertions are on, so in every test; without them it reads infinity, which no finite bound survives.

use core::slice::{ChunksExact, ChunksExactMut};

use widthwise_rounding::Scalar;

/// `x[i]`.
#[inline(always)]
pub(crate) fn at<T: Scalar>(x: &[T], i: usize) -> T {
    debug_assert!(i < x.len(), "entry {i} of {}", x.len());
    x.get(i).copied().unwrap_or(T::INFINITY)
}

/// `x[i] = value`.
#[inline(always)]
pub(crate) fn put<T: Scalar>(x: &mut [T], i: usize, value: T) {
    debug_assert!(i < x.len(), "entry {i} of {}", x.len());
    if let Some(entry) = x.get_mut(i) {
        *entry = value;
    }
}

/// `&x[start..]`.
#[inline(always)]
pub(crate) fn from<T>(x: &[T], start: usize) -> &[T] {
    debug_assert!(start <= x.len(), "from {start} of {}", x.len());
    x.get(start..).unwrap_or_default()
}

/// `&mut x[start..]`.
#[inline(always)]
pub(crate) fn from_mut<T>(x: &mut [T], start: usize) -> &mut [T] {
    debug_assert!(start <= x.len(), "from {start} of {}", x.len());
    x.get_mut(start..).unwrap_or_default()
}

/// The columns of a matrix, of `rows` numbers each. To be counted, not zipped: zipped chunks are divided by their length, whose
/// check for zero a compiler that optimises for size may keep.
#[inline(always)]
pub(crate) fn columns<T>(matrix: &[T], rows: usize) -> ChunksExact<'_, T> {
    debug_assert!(rows > 0, "columns of no numbers");
    matrix.chunks_exact(rows.max(1))
}

/// The columns of a matrix, of `rows` numbers each, to be written.
#[inline(always)]
pub(crate) fn columns_mut<T>(matrix: &mut [T], rows: usize) -> ChunksExactMut<'_, T> {
    debug_assert!(rows > 0, "columns of no numbers");
    matrix.chunks_exact_mut(rows.max(1))
}
