// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lower triangle of the Gram matrix in binary32, and how far it is from the exact one.
//!
//! `B` is `M` with its entries rounded to binary32. Entry `(i, j)` of `Ĝ` adds, in order, the products of the crate
//! faer over pieces of [`terms`] rows: a product meets at most so many roundings in its piece, in whatever order that
//! crate sums, and one for each further piece.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use widthwise_rounding::Scalar;
use widthwise_rounding::directed::{add_up, mul_up, square_root_up};

use super::super::gram::EntryNorms;
use super::super::vectorized::vectorized;
use super::{UNDERFLOW_ALLOWANCE, UNIT_ROUNDOFF, gamma};

/// Fewest columns of a matrix that this kernel takes.
pub(super) const LEAST: usize = 32;
/// Terms of a piece of a sum: fewer for long sums, where the error matters more than the time.
///
/// No more than `2 short`, as `rounded` holds at least so many rows of a matrix of [`LEAST`] columns or more.
fn terms(long: usize, short: usize) -> usize {
    if long <= 1024 && short >= 128 { 256 } else { 64 }
}
/// Rows and columns of the result that are summed at a time, so that they stay in the second cache.
const TILE_ROWS: usize = 240;
const TILE_COLUMNS: usize = 64;

/// The most roundings that a product meets on its way into an entry of [`gram`].
///
/// In a piece: its own, and one for each other term; one spare for the factor 1 that faer multiplies with. Then one
/// for each piece but the first.
pub(super) fn gram_height(long: usize, short: usize) -> usize {
    let terms = terms(long, short);
    long.min(terms) + long.div_ceil(terms)
}

/// A bound of `‖Ĝ − MᵀM‖₂` for the result of [`gram`]: with `e = u‖M‖_F` and `s = ‖ |M| ‖₂`,
///
/// `γ_h (s + e)² + e(2s + e)` and underflow.
///
/// *Proof.* `|B − M| ≤ u|M|` and underflow, so `‖B − M‖₂ ≤ e`, `‖ |B| ‖₂ ≤ s + e` and
/// `‖BᵀB − MᵀM‖₂ = ‖(B − M)ᵀB + Mᵀ(B − M)‖₂ ≤ e(2s + e)`. By lemma L2, `|Ĝ − BᵀB| ≤ γ_h |B|ᵀ|B|`, for `h` the
/// [`gram_height`]. A product or an entry that underflows is off by `ω/2 = 2⁻¹⁵⁰`; for entries of magnitude at most 2
/// that is in norm less than `8mnω`, far below the allowance `2⁻¹⁰⁰`. ∎
pub(super) fn gram_error(long: usize, short: usize, norms: &EntryNorms) -> f64 {
    let s = square_root_up(norms.size);
    let e = mul_up(UNIT_ROUNDOFF, square_root_up(norms.frobenius_square));
    let outer = add_up(s, e);
    let sums = mul_up(gamma(gram_height(long, short)), mul_up(outer, outer));
    let entries = mul_up(e, add_up(outer, s));
    add_up(add_up(sums, entries), UNDERFLOW_ALLOWANCE)
}

/// A bound of `‖ |Ĝ| ‖₂` for the result of [`gram`]: `(1 + γ_h)(s + e)²` and underflow, as in [`gram_error`].
///
/// *Proof.* `|Ĝ| ≤ |B|ᵀ|B| + |Ĝ − BᵀB| ≤ (1 + γ_h)|B|ᵀ|B|`, and `‖ |B| ‖₂ ≤ s + e`. ∎
pub(super) fn gram_size(long: usize, short: usize, norms: &EntryNorms) -> f64 {
    let s = square_root_up(norms.size);
    let outer = add_up(s, mul_up(UNIT_ROUNDOFF, square_root_up(norms.frobenius_square)));
    let sums = add_up(1.0, gamma(gram_height(long, short)));
    add_up(mul_up(sums, mul_up(outer, outer)), UNDERFLOW_ALLOWANCE)
}

/// Computes the lower triangle of `Ĝ`; entries above it are overwritten by anything. `rounded` receives `B`, as many
/// rows at a time as fit, all or at least `2 short`; `product` holds `short²` numbers.
pub(super) fn gram(matrix: &[f64], long: usize, out: &mut [f32], rounded: &mut [f32], product: &mut [f32]) {
    let short = matrix.len() / long;
    let fitting = rounded.len() / short;
    let length = terms(long, short);
    let slice = if fitting >= long { long } else { fitting / length * length };
    for start in (0..long).step_by(slice) {
        let rows = slice.min(long - start);
        let rounded = &mut rounded[..rows * short];
        for (rounded, column) in rounded.chunks_exact_mut(rows).zip(matrix.chunks_exact(long)) {
            round(&column[start..start + rows], rounded);
        }
        let b = MatRef::from_column_major_slice(&*rounded, rows, short);
        for left in (0..short).step_by(TILE_COLUMNS) {
            let columns = TILE_COLUMNS.min(short - left);
            for top in (left..short).step_by(TILE_ROWS) {
                let height = TILE_ROWS.min(short - top);
                let product = &mut product[..height * columns];
                for first in (0..rows).step_by(length) {
                    let terms = length.min(rows - first);
                    matmul(
                        MatMut::from_column_major_slice_mut(&mut *product, height, columns),
                        Accum::Replace,
                        b.submatrix(first, top, terms, height).transpose(),
                        b.submatrix(first, left, terms, columns),
                        1.0,
                        Par::Seq,
                    );
                    let is_first = start + first == 0;
                    vectorized(
                        #[inline(always)]
                        || {
                            for (j, product) in product.chunks_exact(height).enumerate() {
                                let out = &mut out[(left + j) * short + top..][..height];
                                if is_first {
                                    out.copy_from_slice(product);
                                } else {
                                    for (out, product) in out.iter_mut().zip(product) {
                                        *out += product;
                                    }
                                }
                            }
                        },
                    );
                }
            }
        }
    }
}

/// The nearest numbers of binary32.
pub(super) fn round(x: &[f64], out: &mut [f32]) {
    vectorized(
        #[inline(always)]
        || {
            for (out, &x) in out.iter_mut().zip(x) {
                *out = f32::from_f64(x);
            }
        },
    );
}
