// SPDX-License-Identifier: MIT OR Apache-2.0

//! Products of a large matrix with a vector.
//!
//! `M` has `long` rows and `short` columns, stored by columns. `Mx` runs over many rows at once, each with its own
//! sums; `Mᵀy` gives each column [`LANES`] sums. The products that only serve the search for a vector have no bound;
//! the two that a bound rests on say theirs.

use core::array;

use widthwise_rounding::Scalar;
use widthwise_rounding::error_free::{split, two_prod, two_sum};

use super::vectorized::vectorized;

/// Sums that a dot product of columns is split into: entry `k` goes to sum `k mod LANES`, and the sums are added in
/// pairs at half the distance, eight, four, two, one.
const LANES: usize = 16;
/// Rows of [`compensated_product`] at a time.
const ROWS: usize = 8;

/// The most roundings that a product meets on its way into [`dot`] of `length` terms: its own, `⌈length/16⌉ − 1`
/// additions in its lane (the first, to zero, is exact) and four of the lanes.
pub(super) fn dot_height(length: usize) -> usize {
    length.div_ceil(LANES) + 4
}

/// `xᵀy` in [`LANES`] sums.
#[inline(always)]
fn lanes_dot(x: &[f64], y: &[f64]) -> f64 {
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
    vectorized(
        #[inline(always)]
        || lanes_dot(x, y),
    )
}

/// `Mᵀy` into `out`, each entry as by [`dot`].
pub(super) fn transposed_product(matrix: &[f64], y: &[f64], out: &mut [f64]) {
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

/// `Gx` into `out` for a symmetric `G` of which the lower triangle is stored, read once.
pub(super) fn symmetric_product(lower: &[f64], x: &[f64], out: &mut [f64]) {
    const COLUMNS: usize = 4;
    const WIDTH: usize = 4;
    let n = x.len();
    vectorized(
        #[inline(always)]
        || {
            out.fill(0.0);
            let mut j = 0;
            while j < n {
                let width = COLUMNS.min(n - j);
                for c in j..j + width {
                    out[c] += lower[c + c * n] * x[c];
                    for r in c + 1..j + width {
                        out[r] += lower[r + c * n] * x[c];
                        out[c] += lower[r + c * n] * x[r];
                    }
                }
                let below = j + width;
                if width == COLUMNS && below < n {
                    let column = |c: usize| &lower[below + (j + c) * n..(j + c + 1) * n];
                    let (a, b, c, d) = (column(0), column(1), column(2), column(3));
                    let [p, q, r, s] = [x[j], x[j + 1], x[j + 2], x[j + 3]];
                    let (x, y) = (&x[below..], &mut out[below..]);
                    let mut sums = [[0.0; WIDTH]; COLUMNS];
                    let full = x.len() / WIDTH * WIDTH;
                    let chunks = (a.as_chunks::<WIDTH>().0.iter().zip(b.as_chunks::<WIDTH>().0))
                        .zip(c.as_chunks::<WIDTH>().0.iter().zip(d.as_chunks::<WIDTH>().0))
                        .zip(x.as_chunks::<WIDTH>().0.iter().zip(y.as_chunks_mut::<WIDTH>().0));
                    for (((a, b), (c, d)), (x, y)) in chunks {
                        *y = array::from_fn(|i| y[i] + ((a[i] * p + b[i] * q) + (c[i] * r + d[i] * s)));
                        sums[0] = array::from_fn(|i| sums[0][i] + a[i] * x[i]);
                        sums[1] = array::from_fn(|i| sums[1][i] + b[i] * x[i]);
                        sums[2] = array::from_fn(|i| sums[2][i] + c[i] * x[i]);
                        sums[3] = array::from_fn(|i| sums[3][i] + d[i] * x[i]);
                    }
                    for i in full..x.len() {
                        y[i] += (a[i] * p + b[i] * q) + (c[i] * r + d[i] * s);
                        sums[0][0] += a[i] * x[i];
                        sums[1][0] += b[i] * x[i];
                        sums[2][0] += c[i] * x[i];
                        sums[3][0] += d[i] * x[i];
                    }
                    for (out, sums) in out[j..].iter_mut().zip(sums) {
                        *out += (sums[0] + sums[1]) + (sums[2] + sums[3]);
                    }
                }
                j += width;
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
                if count == ROWS {
                    for (column, &x) in matrix.chunks_exact(rows).zip(x) {
                        let Some(entries) = column[first..].first_chunk::<ROWS>() else { continue };
                        let products = two_prod_lanes(entries, x);
                        let sums = two_sum_lanes(&high, &products.0);
                        high = sums.0;
                        low = array::from_fn(|lane| low[lane] + (sums.1[lane] + products.1[lane]));
                    }
                } else {
                    for (column, &x) in matrix.chunks_exact(rows).zip(x) {
                        for (lane, &entry) in column[first..].iter().enumerate() {
                            let (h, r) = two_prod(entry, x);
                            let (p, t) = two_sum(high[lane], h);
                            high[lane] = p;
                            low[lane] += t + r;
                        }
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

/// [`two_prod`] of each entry with `x`, one operation at a time for all lanes.
#[inline(always)]
fn two_prod_lanes(a: &[f64; ROWS], x: f64) -> ([f64; ROWS], [f64; ROWS]) {
    let factor = f64::power_of_two(27) + 1.0;
    let (x_high, x_low) = split(x);
    let p: [f64; ROWS] = array::from_fn(|lane| a[lane] * x);
    let c: [f64; ROWS] = array::from_fn(|lane| factor * a[lane]);
    let high: [f64; ROWS] = array::from_fn(|lane| c[lane] - (c[lane] - a[lane]));
    let low: [f64; ROWS] = array::from_fn(|lane| a[lane] - high[lane]);
    let e = array::from_fn(|lane| {
        low[lane] * x_low - (((p[lane] - high[lane] * x_high) - low[lane] * x_high) - high[lane] * x_low)
    });
    (p, e)
}

/// [`two_sum`] of each pair, one operation at a time for all lanes.
#[inline(always)]
fn two_sum_lanes(a: &[f64; ROWS], b: &[f64; ROWS]) -> ([f64; ROWS], [f64; ROWS]) {
    let s: [f64; ROWS] = array::from_fn(|lane| a[lane] + b[lane]);
    let b_virtual: [f64; ROWS] = array::from_fn(|lane| s[lane] - a[lane]);
    let a_virtual: [f64; ROWS] = array::from_fn(|lane| s[lane] - b_virtual[lane]);
    let e = array::from_fn(|lane| (a[lane] - a_virtual[lane]) + (b[lane] - b_virtual[lane]));
    (s, e)
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
            let lower: Vec<f64> =
                (0..n * n).map(|k| if k % n >= k / n { full(k % n, k / n) } else { f64::NAN }).collect();
            let x = &seed[seed.len() - n..];
            let mut product = vec![f64::NAN; n];
            symmetric_product(&lower, x, &mut product);
            let square: Vec<f64> = (0..n * n).map(|k| full(k % n, k / n)).collect();
            let mut transposed = vec![f64::NAN; n];
            transposed_product(&square, x, &mut transposed);
            let mut added = vec![0.0; n];
            add_product(&square, x, 1.0, &mut added);
            for i in 0..n {
                let row: Vec<f64> = (0..n).map(|j| full(i, j)).collect();
                let expected = dot(&row, x);
                for computed in [product[i], transposed[i], added[i]] {
                    prop_assert!((computed - expected).magnitude() <= 1e-13);
                }
            }
        }
    }
}
