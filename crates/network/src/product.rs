// SPDX-License-Identifier: MIT OR Apache-2.0

//! The matrix products of a network: `W h`, `Wᵀ δ` and `δ hᵀ`, for one example or many, up to widths of thousands.
//!
//! Contract: every entry is `c_ij = s · Σ_k a_ik b_kj`, summed in one accumulator from zero with `k` ascending, one
//! rounding a product, one a sum and one for the factor `s`; no fused operation. So the result is that of three plain
//! loops, bit for bit, on every target and with every feature. Entry by entry `|ĉ − c| ≤ γ_{n+1} |s| Σ|a_ik b_kj|`
//! for `n` terms, if nothing overflows or underflows.
//!
//! What is arranged is only the order in which entries take their turn: a piece of two columns of `c` takes four terms
//! at a time, from four pieces of columns of `a` that stay in the first cache while all columns of `c` pass by. The
//! sums of a piece lie side by side, so the compiler keeps them in vector registers; between two visits they wait
//! in `c`, which rounds nothing.

use alloc::vec;
use alloc::vec::Vec;

use nalgebra::DMatrix;
use widthwise_rounding::Scalar;

use crate::vectorized::vectorized;

/// Rows of a piece.
const ROWS: usize = 128;
/// Terms of a sum between two visits: `ROWS · TERMS` entries of `a` fit the first cache.
const TERMS: usize = 16;
/// Terms of a sum between two visits if `a` is transposed: what is copied together.
const COPIED_TERMS: usize = 64;
/// Columns of `c` that pass by.
const COLUMNS: usize = 64;
/// Entries of `c` that are revisited before others take their turn: they fit the second cache.
const REVISITED: usize = 1 << 15;

/// A factor of a product, as it is stored or transposed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Factor<'a, T> {
    /// The matrix itself.
    Plain(&'a DMatrix<T>),
    /// Its transpose.
    Transposed(&'a DMatrix<T>),
}

impl<T: Scalar> Factor<'_, T> {
    fn shape(&self) -> (usize, usize) {
        match self {
            Self::Plain(matrix) => matrix.shape(),
            Self::Transposed(matrix) => (matrix.ncols(), matrix.nrows()),
        }
    }

    fn entry(&self, i: usize, j: usize) -> T {
        match self {
            Self::Plain(matrix) => matrix[(i, j)],
            Self::Transposed(matrix) => matrix[(j, i)],
        }
    }
}

/// The memory into which a block of a transposed factor is copied.
#[derive(Clone, Debug)]
pub(crate) struct Packing<T>(Vec<T>);

impl<T: Scalar> Packing<T> {
    /// Enough for every product.
    pub(crate) fn new() -> Self {
        Self(vec![T::zero(); ROWS * COPIED_TERMS])
    }
}

/// `out = scale · A B`. That the shapes fit is the caller's to see to.
pub(crate) fn multiply<T: Scalar>(
    scale: T,
    a: Factor<'_, T>,
    b: Factor<'_, T>,
    out: &mut DMatrix<T>,
    packing: &mut Packing<T>,
) {
    let (rows, terms) = a.shape();
    let columns = b.shape().1;
    debug_assert_eq!((b.shape().0, out.shape()), (terms, (rows, columns)), "shapes fit");
    if rows == 0 || terms == 0 {
        out.fill(T::zero());
        return;
    }
    // With few terms it is `c` that costs: so much of it that all its visits find it in the second cache.
    let block = if terms <= COPIED_TERMS { (REVISITED / rows).clamp(2, COLUMNS) } else { COLUMNS };
    for first_column in (0..columns).step_by(block) {
        let width = block.min(columns - first_column);
        let sums = &mut out.as_mut_slice()[first_column * rows..(first_column + width) * rows];
        sums.fill(T::zero());
        let factors = Factors { b: &b, first_column };
        match a {
            Factor::Plain(a) => add_product(a.as_slice(), rows, terms, &factors, sums),
            Factor::Transposed(a) => add_transposed(a, terms, &factors, sums, &mut packing.0),
        }
        for sum in sums {
            *sum *= scale;
        }
    }
}

/// Some columns of `b`.
struct Factors<'a, T> {
    b: &'a Factor<'a, T>,
    first_column: usize,
}

impl<T: Scalar> Factors<'_, T> {
    /// `N` entries of a column, the factors of as many terms.
    #[inline(always)]
    fn of<const N: usize>(&self, term: usize, column: usize) -> [T; N] {
        let mut factors = [T::zero(); N];
        for (k, factor) in factors.iter_mut().enumerate() {
            *factor = self.b.entry(term + k, self.first_column + column);
        }
        factors
    }
}

/// Adds all terms to `sums`, columns of `rows` numbers.
fn add_product<T: Scalar>(a: &[T], rows: usize, terms: usize, factors: &Factors<'_, T>, sums: &mut [T]) {
    let width = sums.len() / rows;
    let revisited = (REVISITED / width).next_multiple_of(ROWS);
    for top in (0..rows).step_by(revisited) {
        for first_term in (0..terms).step_by(TERMS) {
            let terms = TERMS.min(terms - first_term);
            for row in (top..rows.min(top + revisited)).step_by(ROWS) {
                let left = Pieces { entries: &a[first_term * rows + row..], stride: rows, first_term, terms };
                let height = ROWS.min(rows - row);
                vectorized(
                    #[inline(always)]
                    || left.add_to(height, factors, &mut sums[row..], rows),
                );
            }
        }
    }
}

/// As [`add_product`] with the transpose of `a`.
fn add_transposed<T: Scalar>(
    a: &DMatrix<T>,
    terms: usize,
    factors: &Factors<'_, T>,
    sums: &mut [T],
    packing: &mut [T],
) {
    let rows = a.ncols();
    for row in (0..rows).step_by(ROWS) {
        let height = ROWS.min(rows - row);
        for first_term in (0..terms).step_by(COPIED_TERMS) {
            let terms = COPIED_TERMS.min(terms - first_term);
            let columns = a.as_slice().chunks_exact(a.nrows()).skip(row).take(height);
            for (i, column) in columns.enumerate() {
                let entries = &column[first_term..first_term + terms];
                for (piece, &entry) in packing.chunks_exact_mut(ROWS).zip(entries) {
                    piece[i] = entry;
                }
            }
            for skipped in (0..terms).step_by(TERMS) {
                let left = Pieces {
                    entries: &packing[skipped * ROWS..],
                    stride: ROWS,
                    first_term: first_term + skipped,
                    terms: TERMS.min(terms - skipped),
                };
                vectorized(
                    #[inline(always)]
                    || left.add_to(height, factors, &mut sums[row..], rows),
                );
            }
        }
    }
}

/// Pieces of neighbouring columns of `a`.
struct Pieces<'a, T> {
    /// From the first entry of the first piece on.
    entries: &'a [T],
    /// From a piece to the next.
    stride: usize,
    first_term: usize,
    terms: usize,
}

impl<T: Scalar> Pieces<'_, T> {
    /// Adds the terms to a piece of every column of `sums`, whose columns are `stride` numbers apart.
    #[inline(always)]
    fn add_to(&self, height: usize, factors: &Factors<'_, T>, sums: &mut [T], stride: usize) {
        let (mut pairs, mut column) = (sums.chunks_mut(2 * stride), 0);
        for pair in &mut pairs {
            if pair.len() > stride {
                let (x, y) = pair.split_at_mut(stride);
                self.add_to_pair(factors, column, &mut x[..height], &mut y[..height]);
            } else {
                self.add_to_single(factors, column, &mut pair[..height]);
            }
            column += 2;
        }
    }

    #[inline(always)]
    fn piece(&self, term: usize, height: usize) -> &[T] {
        &self.entries[term * self.stride..term * self.stride + height]
    }

    #[inline(always)]
    fn add_to_pair(&self, factors: &Factors<'_, T>, column: usize, x: &mut [T], y: &mut [T]) {
        let whole = self.terms - self.terms % 4;
        for term in (0..whole).step_by(4) {
            let p = factors.of::<4>(self.first_term + term, column);
            let q = factors.of::<4>(self.first_term + term, column + 1);
            let piece = |k| self.piece(term + k, x.len());
            let pieces = piece(0).iter().zip(piece(1)).zip(piece(2)).zip(piece(3));
            for ((x, y), (((&a, &b), &c), &d)) in x.iter_mut().zip(y.iter_mut()).zip(pieces) {
                *x = (((*x + a * p[0]) + b * p[1]) + c * p[2]) + d * p[3];
                *y = (((*y + a * q[0]) + b * q[1]) + c * q[2]) + d * q[3];
            }
        }
        for term in whole..self.terms {
            let [p] = factors.of::<1>(self.first_term + term, column);
            let [q] = factors.of::<1>(self.first_term + term, column + 1);
            let piece = self.piece(term, x.len());
            for ((x, y), &a) in x.iter_mut().zip(y.iter_mut()).zip(piece) {
                *x += a * p;
                *y += a * q;
            }
        }
    }

    #[inline(always)]
    fn add_to_single(&self, factors: &Factors<'_, T>, column: usize, x: &mut [T]) {
        let whole = self.terms - self.terms % 4;
        for term in (0..whole).step_by(4) {
            let p = factors.of::<4>(self.first_term + term, column);
            let piece = |k| self.piece(term + k, x.len());
            let pieces = piece(0).iter().zip(piece(1)).zip(piece(2)).zip(piece(3));
            for (x, (((&a, &b), &c), &d)) in x.iter_mut().zip(pieces) {
                *x = (((*x + a * p[0]) + b * p[1]) + c * p[2]) + d * p[3];
            }
        }
        for term in whole..self.terms {
            let [p] = factors.of::<1>(self.first_term + term, column);
            let piece = self.piece(term, x.len());
            for (x, &a) in x.iter_mut().zip(piece) {
                *x += a * p;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use widthwise_sampling::Stream;

    fn random<T: Scalar>(stream: &mut Stream, rows: usize, columns: usize) -> DMatrix<T> {
        DMatrix::from_fn(rows, columns, |_, _| T::from_f64(stream.normal()))
    }

    /// The contract, in three loops.
    fn reference<T: Scalar>(scale: T, a: &Factor<'_, T>, b: &Factor<'_, T>) -> DMatrix<T> {
        DMatrix::from_fn(a.shape().0, b.shape().1, |i, j| {
            let mut sum = T::zero();
            for k in 0..a.shape().1 {
                sum += a.entry(i, k) * b.entry(k, j);
            }
            scale * sum
        })
    }

    /// All four arrangements of the factors give the bits of the contract.
    fn check<T: Scalar>(rows: usize, terms: usize, columns: usize, seed: u64) {
        let mut stream = Stream::new(seed, "product", 0);
        let (a, b): (DMatrix<T>, DMatrix<T>) =
            (random(&mut stream, rows, terms), random(&mut stream, terms, columns));
        let (a_turned, b_turned) = (a.transpose(), b.transpose());
        let mut packing = Packing::new();
        let mut out = DMatrix::from_element(rows, columns, T::NAN);
        let scale = T::from_f64(0.3);
        for a in [Factor::Plain(&a), Factor::Transposed(&a_turned)] {
            for b in [Factor::Plain(&b), Factor::Transposed(&b_turned)] {
                multiply(scale, a, b, &mut out, &mut packing);
                assert_eq!(out, reference(scale, &a, &b), "{rows} {terms} {columns}");
            }
        }
    }

    #[test]
    fn shapes_across_every_edge_of_the_blocks_give_the_bits_of_three_loops() {
        for (rows, terms, columns) in
            [(1, 1, 1), (129, 257, 5), (256, 512, 3), (7, 600, 9), (130, 3, 515), (300, 1, 300)]
        {
            check::<f64>(rows, terms, columns, 0);
            check::<f32>(rows, terms, columns, 1);
        }
    }

    #[test]
    fn empty_dimensions_give_empty_results_or_zeros() {
        for (rows, terms, columns) in [(0, 3, 2), (3, 0, 2), (3, 2, 0), (0, 0, 0)] {
            check::<f64>(rows, terms, columns, 0);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn products_give_the_bits_of_three_loops(
            rows in 1..40_usize, terms in 1..40_usize, columns in 1..40_usize, seed in any::<u64>(),
        ) {
            check::<f64>(rows, terms, columns, seed);
            check::<f32>(rows, terms, columns, seed);
        }
    }
}
