// SPDX-License-Identifier: MIT OR Apache-2.0

//! Gram–Schmidt orthonormalisation of columns that are nearly orthogonal already.
//!
//! A proposal, in plain arithmetic: whoever uses it bounds what it lacks.

use nalgebra::{DMatrixView, DMatrixViewMut, DVectorViewMut, Dyn, RawStorage, Vector};
use widthwise_rounding::Scalar;

/// The columns of `b` orthonormalised by Gram–Schmidt, twice, the longest first; columns of rounding errors become
/// zero.
///
/// The result and the rest of the memory, of which it takes `mn + m + n` numbers for a while and `mn` for good.
pub(crate) fn orthonormalised<'a, T: Scalar>(
    b: &DMatrixView<'_, T>,
    memory: &'a mut [T],
) -> (DMatrixView<'a, T>, &'a mut [T]) {
    let (rows, columns) = b.shape();
    let (dual, rest) = memory.split_at_mut(rows * columns);
    {
        let (lengths, spare) = rest.split_at_mut(columns);
        let (candidate, _) = spare.split_at_mut(rows);
        let mut z = DMatrixViewMut::from_slice(&mut *dual, rows, columns);
        let mut candidate = DVectorViewMut::from_slice(candidate, rows);
        fill(b, &mut z, lengths, &mut candidate);
    }
    (DMatrixView::from_slice(dual, rows, columns), rest)
}

fn fill<T: Scalar>(
    b: &DMatrixView<'_, T>,
    z: &mut DMatrixViewMut<'_, T>,
    lengths: &mut [T],
    candidate: &mut DVectorViewMut<'_, T>,
) {
    let columns = b.ncols();
    z.fill(T::zero());
    for (length, column) in lengths.iter_mut().zip(b.column_iter()) {
        *length = length_of(&column);
    }
    let mut noise = T::zero();
    for _ in 0..columns {
        let mut longest = 0;
        for j in 0..columns {
            if lengths[j] > lengths[longest] {
                longest = j;
            }
        }
        let length = lengths[longest];
        if noise == T::zero() {
            // Below, a column is rounding error of the longest one.
            noise = length * T::UNIT_ROUNDOFF * T::from_count(4 * columns);
        }
        if length <= noise {
            break;
        }
        lengths[longest] = -T::one();
        candidate.copy_from(&b.column(longest));
        *candidate /= length;
        for _ in 0..2 {
            for other in z.column_iter() {
                let cosine = sequential_dot(&other, candidate);
                for (candidate, &other) in candidate.iter_mut().zip(other.iter()) {
                    *candidate -= cosine * other;
                }
            }
        }
        let rest = length_of(candidate);
        if rest > T::power_of_two(-1) {
            for (z, &candidate) in z.column_mut(longest).iter_mut().zip(candidate.iter()) {
                *z = candidate / rest;
            }
        }
    }
}

/// `xᵀy` of two vectors of one length, ascending.
fn sequential_dot<T: Scalar, S1: RawStorage<T, Dyn>, S2: RawStorage<T, Dyn>>(
    x: &Vector<T, Dyn, S1>,
    y: &Vector<T, Dyn, S2>,
) -> T {
    x.iter().zip(y.iter()).fold(T::zero(), |sum, (&x, &y)| sum + x * y)
}

/// The two-norm, in plain arithmetic.
pub(crate) fn length_of<T: Scalar, S: RawStorage<T, Dyn>>(x: &Vector<T, Dyn, S>) -> T {
    sequential_dot(x, x).square_root()
}
