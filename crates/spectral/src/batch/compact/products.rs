// SPDX-License-Identifier: MIT OR Apache-2.0

//! Products of little code: a few sums at a time, which keep an FPU busy, in loops that are there once.
//!
//! Eight sums and six factors are all registers that a function on a Cortex-M4F need not save. The loops over them are written
//! out, because a compiler that optimises for size would leave them in memory. Every entry is one sum in ascending order, so
//! a matrix of products is symmetric to the bit.

use widthwise_rounding::Scalar;

use super::super::one::One;

/// `out = c·M Mᵀ`, for a power of two `c`.
#[inline(never)]
pub(super) fn multiple_of_gram<T: Scalar, const SHORT: usize, const LONG: usize>(
    matrix: &[[One<T>; SHORT]; LONG],
    c: T,
    out: &mut [[One<T>; SHORT]; SHORT],
) {
    let zero = One(T::zero());
    let c = One(c);
    if SHORT < 4 {
        for j in 0..SHORT {
            for i in 0..SHORT {
                let mut sum = zero;
                for column in matrix {
                    sum = sum + column[i] * column[j];
                }
                out[j][i] = sum * c;
            }
        }
        return;
    }
    // The last blocks overlap if the number of rows is no multiple of four, or odd.
    for j in 0..SHORT.div_ceil(2) {
        let right = (2 * j).min(SHORT - 2);
        for i in 0..=j / 2 {
            let top = (4 * i).min(SHORT - 4);
            let mut sums = ([zero; 4], [zero; 4]);
            let (pairs, rest) = matrix.as_chunks::<2>();
            for [column, next] in pairs {
                add_products(&mut sums, column, top, right);
                add_products(&mut sums, next, top, right);
            }
            for column in rest {
                add_products(&mut sums, column, top, right);
            }
            let (first, second) = sums;
            let (first, second) = (multiple(first, c), multiple(second, c));
            set_four(&mut out[right], top, first);
            set_four(&mut out[right + 1], top, second);
            // The entries on the other side of the diagonal are the same numbers.
            set_two(&mut out[top], right, first[0], second[0]);
            set_two(&mut out[top + 1], right, first[1], second[1]);
            set_two(&mut out[top + 2], right, first[2], second[2]);
            set_two(&mut out[top + 3], right, first[3], second[3]);
        }
    }
}

/// `out = M x`.
#[inline(never)]
pub(super) fn image<T: Scalar, const ROWS: usize, const COLUMNS: usize>(
    matrix: &[[One<T>; ROWS]; COLUMNS],
    x: &[One<T>; COLUMNS],
    out: &mut [One<T>; ROWS],
) {
    let zero = One(T::zero());
    if ROWS < 4 {
        for i in 0..ROWS {
            let mut sum = zero;
            for (column, &x) in matrix.iter().zip(x) {
                sum = sum + column[i] * x;
            }
            out[i] = sum;
        }
        return;
    }
    for i in 0..ROWS.div_ceil(4) {
        let top = (4 * i).min(ROWS - 4);
        let mut sums = [zero; 4];
        for (column, &x) in matrix.iter().zip(x) {
            add_multiple(&mut sums, four(column, top), x);
        }
        set_four(out, top, sums);
    }
}

#[inline(always)]
fn multiple<T: Scalar>([first, second, third, fourth]: [One<T>; 4], c: One<T>) -> [One<T>; 4] {
    [first * c, second * c, third * c, fourth * c]
}

#[inline(always)]
fn set_four<T: Scalar, const N: usize>(
    out: &mut [One<T>; N],
    top: usize,
    [first, second, third, fourth]: [One<T>; 4],
) {
    out[top] = first;
    out[top + 1] = second;
    out[top + 2] = third;
    out[top + 3] = fourth;
}

#[inline(always)]
fn set_two<T: Scalar, const N: usize>(out: &mut [One<T>; N], top: usize, first: One<T>, second: One<T>) {
    out[top] = first;
    out[top + 1] = second;
}

#[inline(always)]
fn four<T: Scalar, const N: usize>(column: &[One<T>; N], top: usize) -> [One<T>; 4] {
    [column[top], column[top + 1], column[top + 2], column[top + 3]]
}

#[inline(always)]
fn add_products<T: Scalar, const N: usize>(
    (first, second): &mut ([One<T>; 4], [One<T>; 4]),
    column: &[One<T>; N],
    top: usize,
    right: usize,
) {
    let a = four(column, top);
    add_multiple(first, a, column[right]);
    add_multiple(second, a, column[right + 1]);
}

#[inline(always)]
fn add_multiple<T: Scalar>(sums: &mut [One<T>; 4], a: [One<T>; 4], x: One<T>) {
    sums[0] = sums[0] + a[0] * x;
    sums[1] = sums[1] + a[1] * x;
    sums[2] = sums[2] + a[2] * x;
    sums[3] = sums[3] + a[3] * x;
}
