// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Cholesky factorization `M̂ ≈ LLᵀ` in binary32, and how far below zero an eigenvalue of `M̂` can be if it succeeds.
//!
//! If every radicand is positive and finite, then
//!
//! `λ_min(M̂) ≥ −γ_h ‖ |L| ‖₂² − μ`,
//!
//! `h` the number of [`roundings`], `μ` for underflow. It is lemma L5 without its last step, which bounds
//! `‖ |L| ‖₂² ≤ ‖L‖_F²` by the trace: here the computed factor is measured, by the lesser of `‖L‖₁‖L‖_∞` and `‖L‖_F²`.
//! For `bI − G` with `G` of a random matrix the first is about `√n` times less than the trace.
//!
//! *Proof.* The columns are treated in outer blocks of [`OUTER`], these in inner blocks of [`INNER`]. Entry `(i, j)` of
//! the lower triangle loses, one subtraction each, its product over every outer block before its own, then over every
//! inner block before its own in the outer one, then its products with the columns before `j` in the inner block; then
//! it is divided by the pivot or its root is taken. Divide the equation that says so by all factors `1 + δ` that `m̂_ij`
//! meets: what is left of the factors of the `t`-th subtrahend is the inverses of those of the `t − 1` subtractions
//! before it and the factors in the product itself, at most as many as it has terms, and `l_ij l_jj` is left with the
//! inverses of all. With `B = ⌈n/OUTER⌉` outer blocks, the first kind carries at most `OUTER + B − 1` factors, the second
//! `INNER + (B − 1) + (OUTER/INNER − 1)`, the third and the last, where the root of the diagonal counts twice,
//! `(B − 1) + (OUTER/INNER − 1) + (INNER − 1) + 2`. None exceeds `OUTER + B`, nor `n + 1` as there are no more terms. So
//! `|M̂ − LLᵀ| ≤ γ_h |L||L|ᵀ` entrywise. For unit `z`, `zᵀM̂z ≥ ‖Lᵀz‖² − γ_h ‖ |L||L|ᵀ ‖₂`. A product that underflows is
//! off by at most `ω/2`, at most `n` of them and a quotient, times a pivot, in each entry: `μ ≤ n(n + √tr M̂)ω`, far below
//! the allowance. ∎
//!
//! Only the lower triangle is read.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use widthwise_rounding::Scalar;
use widthwise_rounding::directed::{add_up, mul_up};
use widthwise_rounding::inflate_up;

use super::super::vectorized::vectorized;
use super::{UNDERFLOW_ALLOWANCE, gamma};

/// Columns of an outer and of an inner block.
const OUTER: usize = 128;
const INNER: usize = 32;
/// Rows and columns of a product that is subtracted at a time.
const TILE_ROWS: usize = 240;
const TILE_COLUMNS: usize = 64;

/// The constant `h` for an `n × n` matrix: see the module, and one for the factor 1 that faer multiplies products with.
pub(super) fn roundings(n: usize) -> usize {
    (n + 2).min(OUTER + n.div_ceil(OUTER) + 1)
}

/// An upper bound of `−λ_min(M̂)` after a factorization that succeeded.
pub(super) fn indefiniteness(factor: &[f32], n: usize, sums: &mut [f32]) -> f64 {
    add_up(mul_up(gamma(roundings(n)), factor_size(factor, n, sums)), UNDERFLOW_ALLOWANCE)
}

/// An upper bound of `‖ |L| ‖₂²` for the lower triangle `L`: the lesser of `‖L‖₁‖L‖_∞` and `‖L‖_F²`. `sums` holds `n`
/// numbers.
///
/// Every sum meets fewer than `n` additions and eight of its lanes, a square one more; squares that underflow are off by
/// less than `n²ω`.
pub(super) fn factor_size(factor: &[f32], n: usize, sums: &mut [f32]) -> f64 {
    sums.fill(0.0);
    let (mut column_sum, mut squares) = (0.0_f32, 0.0_f32);
    for (j, column) in factor.chunks_exact(n).enumerate() {
        let column = &column[j..];
        let (sum, square) = vectorized(
            #[inline(always)]
            || {
                let mut lanes = [[0.0_f32; 8]; 2];
                let (chunks, rest) = column.as_chunks::<8>();
                for (lane, a) in rest.iter().enumerate() {
                    lanes[0][lane] = a.magnitude();
                    lanes[1][lane] = a * a;
                }
                for chunk in chunks {
                    for (lane, a) in chunk.iter().enumerate() {
                        lanes[0][lane] += a.magnitude();
                        lanes[1][lane] += a * a;
                    }
                }
                for (sum, a) in sums[j..].iter_mut().zip(column) {
                    *sum += a.magnitude();
                }
                let total = |lanes: &[f32; 8]| lanes.iter().fold(0.0, |total, lane| total + lane);
                (total(&lanes[0]), total(&lanes[1]))
            },
        );
        column_sum = column_sum.greater(sum);
        squares += square;
    }
    let row_sum = sums.iter().fold(0.0_f32, |m, &sum| m.greater(sum));
    let up = |k: usize, x: f32| f64::from(inflate_up(k, x));
    let product = mul_up(up(n + 8, column_sum), up(n, row_sum));
    product.lesser(add_up(up(2 * n + 9, squares), UNDERFLOW_ALLOWANCE))
}

/// Factorizes in place; `false` if a radicand was not positive or not finite. `product` holds `n²` numbers.
pub(super) fn cholesky(matrix: &mut [f32], n: usize, product: &mut [f32]) -> bool {
    for outer in (0..n).step_by(OUTER) {
        let outer_end = n.min(outer + OUTER);
        for inner in (outer..outer_end).step_by(INNER) {
            let inner_end = outer_end.min(inner + INNER);
            if !factorize_panel(matrix, n, inner, inner_end) {
                return false;
            }
            subtract_product(matrix, n, (inner, inner_end), (inner_end, outer_end), product);
        }
        subtract_product(matrix, n, (outer, outer_end), (outer_end, n), product);
    }
    true
}

/// The columns of an inner block, from the diagonal down: each loses its products with those to its left in the block,
/// one after the other, and is divided by its root.
fn factorize_panel(matrix: &mut [f32], n: usize, start: usize, end: usize) -> bool {
    for j in start..end {
        let (left, rest) = matrix.split_at_mut(j * n);
        let column = &mut rest[j..n];
        let done = |p: usize| &left[p * n + j..(p + 1) * n];
        let is_positive = vectorized(
            #[inline(always)]
            || {
                let mut p = start;
                while p + 4 <= j {
                    let (a, b, c, d) = (done(p), done(p + 1), done(p + 2), done(p + 3));
                    let [w, x, y, z] = [a[0], b[0], c[0], d[0]];
                    for ((((entry, a), b), c), d) in column.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                        *entry = (((*entry - a * w) - b * x) - c * y) - d * z;
                    }
                    p += 4;
                }
                while p < j {
                    let a = done(p);
                    let w = a[0];
                    for (entry, a) in column.iter_mut().zip(a) {
                        *entry -= a * w;
                    }
                    p += 1;
                }
                let radicand = column[0];
                if !(radicand > 0.0 && radicand.is_finite()) {
                    return false;
                }
                let root = radicand.square_root();
                column[0] = root;
                for entry in &mut column[1..] {
                    *entry /= root;
                }
                true
            },
        );
        if !is_positive {
            return false;
        }
    }
    true
}

/// Subtracts from the lower triangle of columns `left..right` the product of rows in columns `start..end`.
fn subtract_product(
    matrix: &mut [f32],
    n: usize,
    (start, end): (usize, usize),
    (left, right): (usize, usize),
    product: &mut [f32],
) {
    let terms = end - start;
    for first in (left..right).step_by(TILE_COLUMNS) {
        let columns = TILE_COLUMNS.min(right - first);
        for top in (first..n).step_by(TILE_ROWS) {
            let height = TILE_ROWS.min(n - top);
            let product = &mut product[..height * columns];
            let factor = MatRef::from_column_major_slice(&*matrix, n, n);
            matmul(
                MatMut::from_column_major_slice_mut(&mut *product, height, columns),
                Accum::Replace,
                factor.submatrix(top, start, height, terms),
                factor.submatrix(first, start, columns, terms).transpose(),
                1.0,
                Par::Seq,
            );
            vectorized(
                #[inline(always)]
                || {
                    for (j, product) in product.chunks_exact(height).enumerate() {
                        let above = (first + j).saturating_sub(top);
                        let entries = &mut matrix[(first + j) * n + top..][..height];
                        for (entry, product) in entries[above..].iter_mut().zip(&product[above..]) {
                            *entry -= product;
                        }
                    }
                },
            );
        }
    }
}
