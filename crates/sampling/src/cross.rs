// SPDX-License-Identifier: MIT OR Apache-2.0

//! Cross approximation: a matrix of low rank that agrees with a given one in some rows and columns.
//!
//! Each step takes the row and the column through the largest entry of the remainder (full pivoting; Bebendorf,
//! *Approximation of boundary element matrices*, 2000). Here it makes counterexamples simpler, so the factors are rounded to
//! half of the digits of the format: the sum of their products is then exact, and the result has the rank it claims.

use nalgebra::DMatrixViewMut;
use widthwise_rounding::Scalar;

use crate::Instance;
use crate::simplicity::round_to_multiple;

/// Writes the instance with one part replaced by a cross approximation; false if the part has no greater rank, or an
/// entry that is not finite.
///
/// `scratch` holds as many numbers as the instance, then the rows and columns of the part.
pub(crate) fn approximate<T: Scalar>(
    current: &Instance<'_, T>,
    position: usize,
    rank: usize,
    scratch: &mut [T],
) -> bool {
    let a = current.part(position);
    let (rows, columns) = a.shape();
    let Some((candidate, work)) = scratch.split_at_mut_checked(current.data().len()) else { return false };
    let Some((u, v)) = work.split_at_mut_checked(rows) else { return false };
    candidate.copy_from_slice(current.data());
    let start = Instance::<T>::len(current.layout().get(..position).unwrap_or_default(), &current.sizes());
    let Some(b) = candidate.get_mut(start..).and_then(|rest| rest.get_mut(..a.len())) else { return false };
    let mut b = DMatrixViewMut::from_slice(b, rows, columns);

    let largest = a.iter().fold(T::zero(), |most, x| most.greater(x.magnitude()));
    let (Some(exponent), true) = (largest.exponent(), a.iter().all(|x| x.is_finite())) else { return false };
    let remainder = |a: T, b: T| a.scale_exp2(-exponent) - b;
    // With two factors of this many digits, and the growth of the remainder, a sum stays within the format.
    let digits = T::DIGITS / 2 - 2;
    let round = |x: T| {
        let rounded = round_to_multiple(x.magnitude(), -digits);
        if x < T::zero() { -rounded } else { rounded }
    };
    b.fill(T::zero());
    for _ in 0..rank {
        let (mut pivot, mut place) = (T::zero(), 0);
        for (k, (&a, &b)) in a.iter().zip(b.iter()).enumerate() {
            let remainder = remainder(a, b);
            if remainder.magnitude() > pivot.magnitude() {
                (pivot, place) = (remainder, k);
            }
        }
        if round(pivot) == T::zero() {
            return false;
        }
        let (row, column) = (place % rows, place / rows);
        for ((u, &a), &b) in u.iter_mut().zip(a.column(column).iter()).zip(b.column(column).iter()) {
            *u = round(remainder(a, b));
        }
        for ((v, &a), &b) in v.iter_mut().zip(a.row(row).iter()).zip(b.row(row).iter()) {
            *v = round(remainder(a, b) / pivot);
        }
        for (mut column, &v) in b.column_iter_mut().zip(v.iter()) {
            for (b, &u) in column.iter_mut().zip(u.iter()) {
                *b += u * v;
            }
        }
    }
    for b in b.iter_mut() {
        *b = b.scale_exp2(exponent);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dimension, MatrixFamily, Part, Sizes, Stream};
    use std::vec::Vec;

    static LAYOUT: [Part; 1] = [Part::matrix("A", Dimension::M, Dimension::N)];

    #[test]
    fn cross_approximation_has_exactly_the_rank_it_claims() {
        // All 2×2 (3×3) minors vanish in exact arithmetic: they are computed in 128-bit integers.
        for index in 0..50 {
            let sizes = Sizes { m: 3, n: 3, ..Sizes::ONES };
            let mut data = [0.0_f64; 9];
            let mut work = [0.0; 6];
            crate::fill_matrix(
                &mut Stream::new(4, "rank", index),
                MatrixFamily::Gaussian,
                &mut DMatrixViewMut::from_slice(&mut data, 3, 3),
                &mut work,
            )
            .unwrap();
            let instance = Instance::new(&LAYOUT, sizes, &mut data).unwrap();
            let mut scratch = [0.0; 15];
            assert!(approximate(&instance, 0, 1, &mut scratch));
            // Entries are multiples of 2⁻⁴⁸ times a power of two, below 2^3.
            let a: Vec<i128> = scratch[..9].iter().map(|x| x.scale_exp2(50) as i128).collect();
            for (x, y) in a.iter().zip(&scratch[..9]) {
                assert_eq!(*x as f64, y.scale_exp2(50));
            }
            for (i, j) in [(0, 1), (0, 2), (1, 2)] {
                for (k, l) in [(0, 1), (0, 2), (1, 2)] {
                    assert_eq!(a[i + 3 * k] * a[j + 3 * l], a[i + 3 * l] * a[j + 3 * k]);
                }
            }
            // It agrees with the matrix in the cross of the pivot, to half of the digits.
            let data = instance.data();
            let pivot = (0..9).max_by(|&i, &j| data[i].magnitude().total_cmp(&data[j].magnitude())).unwrap();
            for (k, (x, y)) in scratch.iter().zip(data).enumerate() {
                if k % 3 == pivot % 3 || k / 3 == pivot / 3 {
                    assert!((x - y).magnitude() < 1e-6);
                }
            }
        }
    }
}
