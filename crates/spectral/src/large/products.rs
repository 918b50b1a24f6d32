// SPDX-License-Identifier: MIT OR Apache-2.0

//! Products of a large matrix with a vector.
//!
//! `M` has `long` rows and `short` columns, stored by columns. `Mx` runs over many rows at once, each with its own
//! sums; `Mᵀy` gives each column [`LANES`] sums. The products that only serve the search for a vector have no bound;
//! the two that a bound rests on say theirs.

use core::array;

use widthwise_rounding::Scalar;
use widthwise_rounding::error_free::{two_prod, two_sum};

use super::vectorized::vectorized;

/// Sums that a dot product of columns is split into: entry `k` goes to sum `k mod LANES`, and the sums are added in
/// pairs at half the distance, eight, four, two, one.
pub(super) const LANES: usize = 16;
/// Rows of [`compensated_product`] at a time: a fair part of a page of each column, and sums that stay in the first
/// cache.
const ROWS: usize = 256;

/// The most roundings that a product meets on its way into [`dot`] of `length` terms: its own, `⌈length/16⌉ − 1`
/// additions in its lane (the first, to zero, is exact) and four of the lanes.
pub(super) fn dot_height(length: usize) -> usize {
    length.div_ceil(LANES) + 4
}

/// `xᵀy` in [`LANES`] sums.
#[inline(always)]
pub(super) fn lanes_dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let ((x_chunks, x_rest), (y_chunks, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
    for (sum, (x, y)) in sums.iter_mut().zip(x_rest.iter().zip(y_rest)) {
        *sum = x * y;
    }
    for (x, y) in x_chunks.iter().zip(y_chunks) {
        sums = array::from_fn(|lane| sums[lane] + x[lane] * y[lane]);
    }
    for half in [8, 4, 2, 1] {
        let (left, right) = sums.split_at_mut(half);
        for (left, right) in left.iter_mut().zip(right) {
            *left += *right;
        }
    }
    sums[0]
}

/// `xᵀy`; its error is at most `γ_h Σ|x_i y_i|` and underflow, `h` the [`dot_height`].
pub(super) fn dot(x: &[f64], y: &[f64]) -> f64 {
    #[cfg(all(feature = "faer", target_arch = "x86_64"))]
    if let Some(processor) = pulp::x86::V3::try_new() {
        return processor.vectorize(
            #[inline(always)]
            || super::lanes::dot(processor, x, y),
        );
    }
    vectorized(
        #[inline(always)]
        || lanes_dot(x, y),
    )
}

/// `Mᵀy` into `out`, each entry as by [`dot`].
pub(super) fn transposed_product(matrix: &[f64], y: &[f64], out: &mut [f64]) {
    #[cfg(all(feature = "faer", target_arch = "x86_64"))]
    if let Some(processor) = pulp::x86::V3::try_new() {
        processor.vectorize(
            #[inline(always)]
            || {
                for (out, column) in out.iter_mut().zip(matrix.chunks_exact(y.len())) {
                    *out = super::lanes::dot(processor, column, y);
                }
            },
        );
        return;
    }
    vectorized(
        #[inline(always)]
        || {
            for (out, column) in out.iter_mut().zip(matrix.chunks_exact(y.len())) {
                *out = lanes_dot(column, y);
            }
        },
    );
}

/// `out + factor · (columns) · x` into `out`, for columns of `out.len()` numbers, four at a time.
pub(super) fn add_product(columns: &[f64], x: &[f64], factor: f64, out: &mut [f64]) {
    let rows = out.len();
    vectorized(
        #[inline(always)]
        || {
            let mut groups = columns.chunks_exact(4 * rows);
            let mut factors = x.chunks_exact(4);
            for (group, x) in (&mut groups).zip(&mut factors) {
                let (first, second) = group.split_at(2 * rows);
                let ((a, b), (c, d)) = (first.split_at(rows), second.split_at(rows));
                let [p, q, r, s] = [factor * x[0], factor * x[1], factor * x[2], factor * x[3]];
                for ((((out, a), b), c), d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                    *out += (a * p + b * q) + (c * r + d * s);
                }
            }
            for (column, x) in groups.remainder().chunks_exact(rows).zip(factors.remainder()) {
                let x = factor * x;
                for (out, a) in out.iter_mut().zip(column) {
                    *out += a * x;
                }
            }
        },
    );
}

/// `Mx` as unevaluated sums `high + low`, by Dot2 in every row: the error of each is at most `γ_n² Σ|m_ij x_j|` and
/// underflow, for `n` columns (lemma L4).
///
/// Order of operations in each row, `j` ascending: `(h, r) = two_prod(m_ij, x_j)`, `(p, t) = two_sum(p, h)`,
/// `q = q + (t + r)`; at the end `(high, low) = two_sum(p, q)`.
pub(super) fn compensated_product(
    matrix: &[f64],
    x: &[f64],
    rows: usize,
    mut row: impl FnMut(usize, f64, f64),
) {
    let mut start = 0;
    while start < rows {
        let mut high = [0.0; ROWS];
        let mut low = [0.0; ROWS];
        // The last block overlaps the one before rather than being short; its common rows are skipped below.
        let first = if rows >= ROWS { start.min(rows - ROWS) } else { start };
        let count = ROWS.min(rows - first);
        vectorized(
            #[inline(always)]
            || {
                for (column, &x) in matrix.chunks_exact(rows).zip(x) {
                    let entries = &column[first..first + count];
                    for ((&entry, high), low) in entries.iter().zip(&mut high).zip(&mut low) {
                        let (h, r) = two_prod(entry, x);
                        let (p, t) = two_sum(*high, h);
                        *high = p;
                        *low += t + r;
                    }
                }
            },
        );
        for lane in start - first..count {
            let (high, low) = two_sum(high[lane], low[lane]);
            row(first + lane, high, low);
        }
        start = first + count;
    }
}

/// `√(Σ x_i²)`, for vectors whose squares neither overflow nor vanish.
pub(super) fn two_norm(x: &[f64]) -> f64 {
    dot(x, x).square_root()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Dyadic;
    use proptest::prelude::*;
    use std::vec;
    use std::vec::Vec;
    use widthwise_rounding::gamma_upper;

    fn exact_dot(x: &[f64], y: &[f64]) -> Dyadic {
        x.iter().zip(y).fold(Dyadic::zero(), |sum, (&x, &y)| sum.add(&Dyadic::new(x).mul(&Dyadic::new(y))))
    }

    fn magnitudes(x: &[f64]) -> Vec<f64> {
        x.iter().map(|x| x.magnitude()).collect()
    }

    proptest! {
        #[test]
        fn dot_is_within_its_height(terms in prop::collection::vec((-1.0_f64..1.0, -1.0_f64..1.0), 0..80)) {
            let (x, y): (Vec<f64>, Vec<f64>) = terms.into_iter().unzip();
            let error = Dyadic::new(dot(&x, &y)).sub(&exact_dot(&x, &y));
            let allowed = Dyadic::new(gamma_upper(dot_height(x.len()))).mul(&exact_dot(&magnitudes(&x), &magnitudes(&y)));
            prop_assert!(error.is_at_most(&allowed) && Dyadic::zero().sub(&error).is_at_most(&allowed));
        }

        #[test]
        fn compensated_rows_are_within_lemma_l4(
            rows in 1..20_usize, columns in 1..12_usize, seed in prop::collection::vec(-1.0_f64..1.0, 260),
            cancel in 0..2_usize,
        ) {
            let matrix = &seed[..rows * columns];
            let mut x = seed[seed.len() - columns..].to_vec();
            if cancel == 1 && columns > 1 {
                // Two large terms that nearly cancel in the first row.
                x[0] = matrix[rows] * 1e8;
                x[1] = -matrix[0] * 1e8;
            }
            let mut seen = vec![0; rows];
            compensated_product(matrix, &x, rows, |i, high, low| {
                seen[i] += 1;
                let row: Vec<f64> = (0..columns).map(|j| matrix[i + j * rows]).collect();
                let sum = Dyadic::new(high).add(&Dyadic::new(low));
                let error = sum.sub(&exact_dot(&row, &x));
                let gamma = Dyadic::new(gamma_upper(columns));
                let allowed = gamma.mul(&gamma).mul(&exact_dot(&magnitudes(&row), &magnitudes(&x)));
                assert!(error.is_at_most(&allowed) && Dyadic::zero().sub(&error).is_at_most(&allowed));
            });
            prop_assert!(seen.iter().all(|&count| count == 1));
        }

        #[test]
        fn products_agree(n in 1..24_usize, seed in prop::collection::vec(-1.0_f64..1.0, 600)) {
            let full = |i: usize, j: usize| seed[i.max(j) + i.min(j) * n];
            let x = &seed[seed.len() - n..];
            let square: Vec<f64> = (0..n * n).map(|k| full(k % n, k / n)).collect();
            let mut transposed = vec![f64::NAN; n];
            transposed_product(&square, x, &mut transposed);
            let mut added = vec![0.0; n];
            add_product(&square, x, 1.0, &mut added);
            for i in 0..n {
                let row: Vec<f64> = (0..n).map(|j| full(i, j)).collect();
                let expected = dot(&row, x);
                for computed in [transposed[i], added[i]] {
                    prop_assert!((computed - expected).magnitude() <= 1e-13);
                }
            }
        }
    }
}
