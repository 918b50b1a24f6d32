// SPDX-License-Identifier: MIT OR Apache-2.0

//! Products and sums of the kernel, in lanes. Every sum runs in ascending order in one scalar a lane.

use widthwise_rounding::Scalar;

use super::lanes::Lanes;

#[expect(clippy::needless_range_loop, reason = "an index below a constant needs no check in firmware")]
#[inline(always)]
pub(super) fn trace_of<T: Scalar, V: Lanes<T>, const N: usize>(h: &[[V; N]; N]) -> V {
    let mut trace = h[0][0];
    for i in 1..N {
        trace = trace + h[i][i];
    }
    trace
}

#[inline(always)]
pub(super) fn sum_of_squares<T: Scalar, V: Lanes<T>, const N: usize>(x: &[V; N]) -> V {
    let mut sum = x[0] * x[0];
    for &x in &x[1..] {
        sum = sum + x * x;
    }
    sum
}

/// The column with the largest diagonal entry.
#[inline(always)]
pub(super) fn column_of_largest_diagonal<T: Scalar, V: Lanes<T>, const N: usize>(h: &[[V; N]; N]) -> [V; N] {
    let mut largest = h[0][0];
    let mut x = h[0];
    for j in 1..N {
        let diagonal = h[j][j];
        for (x, &h) in x.iter_mut().zip(&h[j]) {
            *x = diagonal.if_greater(largest, h, *x);
        }
        largest = diagonal.greater(largest);
    }
    x
}

/// `H x`, each entry summed in ascending order.
#[inline(always)]
pub(super) fn symmetric_product<T: Scalar, V: Lanes<T>, const N: usize>(
    h: &[[V; N]; N],
    x: &[V; N],
) -> [V; N] {
    let mut y = h[0];
    for y in &mut y {
        *y = *y * x[0];
    }
    for (column, &x) in h.iter().zip(x).skip(1) {
        for (y, &h) in y.iter_mut().zip(column) {
            *y = *y + h * x;
        }
    }
    y
}

/// Computes `M Mᵀ`: entry `(i, j)` is `Σ_k m_ik m_jk`, `k` ascending, in one scalar a lane.
#[inline(always)]
pub(super) fn product_with_transpose<T: Scalar, V: Lanes<T>, const SHORT: usize, const LONG: usize>(
    matrix: &[[V; SHORT]; LONG],
    out: &mut [[V; SHORT]; SHORT],
) {
    if SHORT <= 4 {
        for j in 0..SHORT {
            for i in 0..=j {
                let mut sum = matrix[0][i] * matrix[0][j];
                for column in &matrix[1..] {
                    sum = sum + column[i] * column[j];
                }
                out[j][i] = sum;
                out[i][j] = sum;
            }
        }
        return;
    }
    // Blocks of two by two, which use every number loaded twice; the last ones overlap if the number is odd.
    let zero = matrix[0][0].splat(T::zero());
    for j in 0..SHORT.div_ceil(2) {
        let right = (2 * j).min(SHORT - 2);
        for i in 0..=j {
            let top = (2 * i).min(SHORT - 2);
            let (mut first, mut second, mut third, mut fourth) = (zero, zero, zero, zero);
            for column in matrix {
                let (a, b) = (column[top], column[top + 1]);
                let (x, y) = (column[right], column[right + 1]);
                first = first + a * x;
                second = second + b * x;
                third = third + a * y;
                fourth = fourth + b * y;
            }
            out[right][top] = first;
            out[right][top + 1] = second;
            out[right + 1][top] = third;
            out[right + 1][top + 1] = fourth;
            out[top][right] = first;
            out[top + 1][right] = second;
            out[top][right + 1] = third;
            out[top + 1][right + 1] = fourth;
        }
    }
}

#[inline(always)]
pub(super) fn dot<T: Scalar, V: Lanes<T>, const N: usize>(x: &[V; N], y: &[V; N]) -> V {
    let mut sum = x[0] * y[0];
    for (&x, &y) in x[1..].iter().zip(&y[1..]) {
        sum = sum + x * y;
    }
    sum
}
