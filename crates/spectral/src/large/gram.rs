// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lower triangle of the Gram matrix `G = MᵀM` of a large matrix, and its norms.
//!
//! The portable kernel cuts the rows into slices, packs the columns of a slice in groups of four, and gives each tile
//! of 4 × 4 entries its own scalars. With the feature `faer` the product is that of the crate faer. Either way each
//! entry is a sum of its `long` products by a conventional summation, so lemma L2 bounds its error by the number of
//! roundings a product can meet, [`gram_height`].

use widthwise_rounding::directed::{add_up, mul_up};
use widthwise_rounding::{Scalar, gamma_upper, inflate_down, inflate_up};

use super::products::dot;
use super::vectorized::vectorized;

/// Entries of a tile in one direction.
pub(super) const TILE: usize = 4;

/// Norms of `M` that are sums of entries.
#[derive(Clone, Copy, Debug)]
pub(super) struct EntryNorms {
    /// An upper bound of `‖M‖_F²`.
    pub(super) frobenius_square: f64,
    /// An upper bound of `‖ |M| ‖₂²`: the lesser of `‖M‖_F²` and `‖M‖_1 ‖M‖_∞`.
    pub(super) size: f64,
    /// A lower bound of the largest squared two-norm of a column.
    pub(super) column_square: f64,
}

impl EntryNorms {
    /// Measures `M`; `row_sums` is overwritten.
    pub(super) fn of(matrix: &[f64], row_sums: &mut [f64]) -> Self {
        let long = row_sums.len();
        let short = matrix.len() / long;
        row_sums.fill(0.0);
        let (mut total, mut column_square, mut column_sum) = (0.0, 0.0_f64, 0.0_f64);
        for column in matrix.chunks_exact(long) {
            let squares = dot(column, column);
            total += squares;
            column_square = column_square.greater(squares);
            let sum = vectorized(
                #[inline(always)]
                || {
                    let mut sums = [0.0; 8];
                    let (chunks, rest) = column.as_chunks::<8>();
                    for (sum, a) in sums.iter_mut().zip(rest) {
                        *sum = a.magnitude();
                    }
                    for chunk in chunks {
                        for (sum, a) in sums.iter_mut().zip(chunk) {
                            *sum += a.magnitude();
                        }
                    }
                    for (sum, a) in row_sums.iter_mut().zip(column) {
                        *sum += a.magnitude();
                    }
                    sums.iter().fold(0.0, |total, sum| total + sum)
                },
            );
            column_sum = column_sum.greater(sum);
        }
        let row_sum = row_sums.iter().fold(0.0_f64, |m, &sum| m.greater(sum));
        // Each sum of `long` or `short` terms meets fewer roundings than it has terms, and 8 of the lanes; underflow is in
        // the allowance.
        let frobenius_square = add_up(inflate_up(long + short + 8, total), f64::UNDERFLOW_ALLOWANCE);
        let product = mul_up(inflate_up(long + 8, column_sum), inflate_up(short, row_sum));
        Self {
            frobenius_square,
            size: frobenius_square.lesser(product),
            // Above 1/2 because the largest entry is at least 1, so that underflow is less than a rounding.
            column_square: inflate_down(long + 8, column_square),
        }
    }
}

/// Rows that the portable kernel packs at a time: as many as `pack` holds, at most 256.
#[cfg(not(feature = "faer"))]
fn slice_rows(pack: usize, short: usize) -> usize {
    (pack / (short.div_ceil(TILE) * TILE)).clamp(1, 256)
}

/// The length of the buffer that [`gram`] and the factorization pack into, beside an `n × n` array.
pub(super) fn pack_len(n: usize) -> usize {
    super::cholesky::BLOCK * (n.div_ceil(TILE) * TILE)
}

/// The most roundings that a product meets on its way into an entry of [`gram`].
///
/// Portable: its own, the additions in its slice, and one for each further slice. By the crate faer: no more than the
/// number of terms, and one for a factor.
pub(super) fn gram_height(long: usize, short: usize) -> usize {
    #[cfg(feature = "faer")]
    {
        let _ = short;
        long + 1
    }
    #[cfg(not(feature = "faer"))]
    {
        let rows = slice_rows(pack_len(short), short).min(long);
        rows + long.div_ceil(rows)
    }
}

/// A bound of `‖Ĝ − MᵀM‖₂` for the result of [`gram`] (lemma L3): `γ_h ‖ |M| ‖₂²` and underflow.
pub(super) fn gram_error(long: usize, short: usize, size: f64) -> f64 {
    add_up(mul_up(gamma_upper(gram_height(long, short)), size), f64::UNDERFLOW_ALLOWANCE)
}

/// Computes the lower triangle of `MᵀM` for `M` of `long` rows; the strict upper triangle of `out` is not touched.
#[cfg(feature = "faer")]
pub(super) fn gram(matrix: &[f64], long: usize, out: &mut [f64], pack: &mut [f64]) {
    use faer::linalg::matmul::triangular::{BlockStructure, matmul};
    use faer::{Accum, MatMut, MatRef, Par};
    let _ = pack;
    let short = matrix.len() / long;
    let m = MatRef::from_column_major_slice(matrix, long, short);
    matmul(
        MatMut::from_column_major_slice_mut(out, short, short),
        BlockStructure::TriangularLower,
        Accum::Replace,
        m.transpose(),
        BlockStructure::Rectangular,
        m,
        BlockStructure::Rectangular,
        1.0,
        Par::Seq,
    );
}

/// Computes the lower triangle of `MᵀM` for `M` of `long` rows; the strict upper triangle of `out` is not touched.
///
/// Entry `(i, j)`: for each slice of rows `Σ_k m_ki · m_kj`, `k` ascending, in one scalar; the slices in order.
#[cfg(not(feature = "faer"))]
pub(super) fn gram(matrix: &[f64], long: usize, out: &mut [f64], pack: &mut [f64]) {
    let short = matrix.len() / long;
    let rows = slice_rows(pack_len(short), short).min(long);
    let groups = short.div_ceil(TILE);
    let mut start = 0;
    while start < long {
        let count = rows.min(long - start);
        for (group, packed) in pack.chunks_exact_mut(TILE * count).take(groups).enumerate() {
            for lane in 0..TILE {
                let j = group * TILE + lane;
                if j < short {
                    let column = &matrix[j * long + start..][..count];
                    packed.iter_mut().skip(lane).step_by(TILE).zip(column).for_each(|(p, &a)| *p = a);
                } else {
                    packed.iter_mut().skip(lane).step_by(TILE).for_each(|p| *p = 0.0);
                }
            }
        }
        for right in 0..groups {
            for left in right..groups {
                let sums = tile(
                    &pack[left * TILE * count..][..TILE * count],
                    &pack[right * TILE * count..][..TILE * count],
                );
                for_each_in_tile(left, right, short, |i, j, lane, c| {
                    let entry = &mut out[i + j * short];
                    *entry = if start == 0 { sums[c][lane] } else { *entry + sums[c][lane] };
                });
            }
        }
        start += count;
    }
}

/// Calls `f(i, j, i mod TILE, j mod TILE)` for the entries `i ≥ j` of a tile that lie in an `n × n` matrix.
#[cfg(not(feature = "faer"))]
#[inline(always)]
pub(super) fn for_each_in_tile(
    left: usize,
    right: usize,
    n: usize,
    mut f: impl FnMut(usize, usize, usize, usize),
) {
    for c in 0..TILE {
        let j = right * TILE + c;
        for lane in 0..TILE {
            let i = left * TILE + lane;
            if i < n && j <= i {
                f(i, j, lane, c);
            }
        }
    }
}

/// `sums[c][lane] = Σ_k left[k][lane] · right[k][c]`, `k` ascending, for packed groups of columns.
#[cfg(not(feature = "faer"))]
#[inline]
pub(super) fn tile(left: &[f64], right: &[f64]) -> [[f64; TILE]; TILE] {
    let mut sums = [[0.0; TILE]; TILE];
    for (a, b) in left.chunks_exact(TILE).zip(right.chunks_exact(TILE)) {
        for c in 0..TILE {
            for lane in 0..TILE {
                sums[c][lane] += a[lane] * b[c];
            }
        }
    }
    sums
}

/// Copies the lower triangle to the upper one, for products that only serve the search: no bound reads it.
pub(super) fn mirror(gram: &mut [f64], n: usize) {
    const SIDE: usize = 16;
    for left in (0..n).step_by(SIDE) {
        for top in (left..n).step_by(SIDE) {
            for j in left..(left + SIDE).min(n) {
                for i in top.max(j + 1)..(top + SIDE).min(n) {
                    gram[j + i * n] = gram[i + j * n];
                }
            }
        }
    }
}

/// What is measured of a Gram matrix of which the lower triangle is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct GramNorms {
    /// An upper bound of `‖Ĝ‖_F`, which bounds `‖ |Ĝ| ‖₂`.
    pub(super) frobenius: f64,
    /// The computed trace.
    pub(super) trace: f64,
    /// The largest diagonal entry.
    pub(super) largest: f64,
}

impl GramNorms {
    pub(super) fn of(gram: &[f64], n: usize) -> Self {
        let (mut square, mut trace, mut largest) = (0.0, 0.0, 0.0_f64);
        for (j, column) in gram.chunks_exact(n).enumerate() {
            let (diagonal, below) = (column[j], &column[j + 1..]);
            square += diagonal * diagonal + 2.0 * dot(below, below);
            trace += diagonal;
            largest = largest.greater(diagonal);
        }
        // A square meets its own rounding, fewer than n additions and four of the lanes in a column, one there, n over
        // the columns.
        let square = add_up(inflate_up(2 * n + 6, square), f64::UNDERFLOW_ALLOWANCE);
        Self { frobenius: square.square_root().next_up(), trace, largest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{Dyadic, eigenvalues_above};
    use proptest::prelude::*;
    use std::vec;
    use std::vec::Vec;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn gram_error_bounds_the_two_norm(
            long in 1..40_usize, short in 1..11_usize, seed in prop::collection::vec(-2.0_f64..2.0, 440), positive in any::<bool>(),
        ) {
            let short = short.min(long);
            let matrix: Vec<f64> =
                seed[..long * short].iter().map(|&a| if positive { a.magnitude() } else { a }).collect();
            let mut out = vec![f64::NAN; short * short];
            gram(&matrix, long, &mut out, &mut vec![f64::NAN; pack_len(short)]);
            let norms = EntryNorms::of(&matrix, &mut vec![f64::NAN; long]);
            let bound = Dyadic::new(gram_error(long, short, norms.size));
            let difference: Vec<Vec<Dyadic>> = (0..short).map(|i| (0..short).map(|j| {
                let exact = (0..long).fold(Dyadic::zero(), |sum, k| {
                    sum.add(&Dyadic::new(matrix[k + i * long]).mul(&Dyadic::new(matrix[k + j * long])))
                });
                Dyadic::new(out[i.max(j) + i.min(j) * short]).sub(&exact)
            }).collect()).collect();
            let negated: Vec<Vec<Dyadic>> =
                difference.iter().map(|row| row.iter().map(|x| Dyadic::zero().sub(x)).collect()).collect();
            prop_assert_eq!(eigenvalues_above(&difference, &bound).0, 0);
            prop_assert_eq!(eigenvalues_above(&negated, &bound).0, 0);
        }
    }

    /// Rounding errors that all have one sign: a bound that forgets the additions does not survive.
    #[test]
    fn gram_error_covers_sums_that_always_round_down() {
        let mut column = vec![(0.99 * f64::UNIT_ROUNDOFF).square_root(); 600];
        column[0] = 1.0;
        let mut out = [f64::NAN];
        gram(&column, 600, &mut out, &mut vec![0.0; pack_len(1)]);
        let exact =
            column.iter().fold(Dyadic::zero(), |sum, &a| sum.add(&Dyadic::new(a).mul(&Dyadic::new(a))));
        let norms = EntryNorms::of(&column, &mut [0.0; 600]);
        let error = exact.sub(&Dyadic::new(out[0]));
        assert!(error.is_at_most(&Dyadic::new(gram_error(600, 1, norms.size))));
        assert!(exact.is_at_most(&Dyadic::new(norms.frobenius_square)));
        assert!(Dyadic::new(norms.column_square).is_at_most(&exact));
    }
}
