// SPDX-License-Identifier: MIT OR Apache-2.0

//! Products of small matrices, computed tile by tile.
//!
//! A tile is a block of entries of the product, each with its own scalar, that is summed in one pass. The entries of a
//! tile lie side by side in registers; their number changes no bit, since every entry is one sum in ascending order. An
//! entry that two tiles share is computed twice, to the same bits.
//!
//! A matrix `M` is given as columns of `short` numbers.

use widthwise_rounding::Scalar;

use crate::access::{at, columns, columns_mut, from, from_mut, put};
use crate::registers::{Portable, Registers};

/// Computes `factor · M Mᵀ`, symmetric to the bit, for `factor` a power of two.
///
/// Entry `(i, j)` is `Σ_k m_ik · m_jk`, `k` ascending, in one scalar, multiplied by `factor` once.
pub(crate) fn product_with_transpose<T: Scalar>(matrix: &[T], short: usize, factor: T, out: &mut [T]) {
    product_with_transpose_in(Portable, matrix, short, factor, out);
}

/// [`product_with_transpose`] in the registers given.
#[inline(always)]
pub(crate) fn product_with_transpose_in<T: Scalar, R: Registers<T>>(
    registers: R,
    matrix: &[T],
    short: usize,
    factor: T,
    out: &mut [T],
) {
    if short < 4 || short < R::LANES {
        for j in 0..short {
            for i in 0..=j {
                let mut sum = T::zero();
                for column in columns(matrix, short) {
                    sum += at(column, i) * at(column, j);
                }
                put(out, i + j * short, sum * factor);
                put(out, j + i * short, sum * factor);
            }
        }
    } else if R::LANES == 1 {
        in_tiles::<T, R, 4, 2>(registers, matrix, short, factor, out);
    } else if short < 4 * R::LANES {
        in_tiles::<T, R, 1, 4>(registers, matrix, short, factor, out);
    } else {
        in_tiles::<T, R, 2, 4>(registers, matrix, short, factor, out);
    }
}

/// The most lanes of any registers.
pub(crate) const MOST_LANES: usize = 8;

/// [`product_with_transpose`] in tiles of `VECTORS` vectors by `COLUMNS` columns that meet the upper triangle, each stored
/// with its mirror image.
#[inline(always)]
#[allow(
    clippy::needless_range_loop,
    reason = "loops over constants, which the compiler unrolls into registers"
)]
fn in_tiles<T: Scalar, R: Registers<T>, const VECTORS: usize, const COLUMNS: usize>(
    registers: R,
    matrix: &[T],
    short: usize,
    factor: T,
    out: &mut [T],
) {
    let rows = VECTORS * R::LANES;
    let scale = registers.splat(factor);
    let mut left = 0;
    while left < short {
        let right = left.min(short - COLUMNS);
        let mut top = 0;
        while top < right + COLUMNS {
            let row = top.min(short - rows);
            let mut tile = [[registers.splat(T::zero()); VECTORS]; COLUMNS];
            for column in columns(matrix, short) {
                let (block, factors) = (from(column, row), from(column, right));
                let mut entries = [registers.splat(T::zero()); VECTORS];
                for v in 0..VECTORS {
                    entries[v] = registers.load(from(block, v * R::LANES));
                }
                for c in 0..COLUMNS {
                    let x = registers.splat(at(factors, c));
                    for v in 0..VECTORS {
                        tile[c][v] = registers.add(tile[c][v], registers.mul(entries[v], x));
                    }
                }
            }
            for v in 0..VECTORS {
                let row = row + v * R::LANES;
                let mut numbers = [[T::zero(); MOST_LANES]; COLUMNS];
                for c in 0..COLUMNS {
                    let vector = registers.mul(tile[c][v], scale);
                    registers.store(vector, from_mut(out, (right + c) * short + row));
                    registers.store(vector, &mut numbers[c]);
                }
                // A tile of all rows is its own mirror image.
                if short > rows {
                    let mirrored = columns_mut(from_mut(out, row * short), short);
                    for (lane, column) in mirrored.enumerate().take(R::LANES) {
                        for (entry, numbers) in from_mut(column, right).iter_mut().zip(&numbers) {
                            *entry = at(numbers, lane);
                        }
                    }
                }
            }
            top += rows;
        }
        left += COLUMNS;
    }
}

/// Computes `M x`: entry `i` is `Σ_k m_ik · x_k`, `k` ascending, in one scalar.
#[inline(always)]
pub(crate) fn product_with_vector<T: Scalar, R: Registers<T>>(
    registers: R,
    matrix: &[T],
    short: usize,
    x: &[T],
    out: &mut [T],
) {
    if short < R::LANES || short < 4 {
        for (i, out) in out.iter_mut().enumerate().take(short) {
            let mut sum = T::zero();
            for (j, column) in columns(matrix, short).enumerate() {
                sum += at(column, i) * at(x, j);
            }
            *out = sum;
        }
    } else if short >= 4 * R::LANES {
        in_strips::<T, R, 4>(registers, matrix, short, x, out);
    } else if short >= 2 * R::LANES {
        in_strips::<T, R, 2>(registers, matrix, short, x, out);
    } else {
        in_strips::<T, R, 1>(registers, matrix, short, x, out);
    }
}

#[inline(always)]
#[allow(
    clippy::needless_range_loop,
    reason = "loops over constants, which the compiler unrolls into registers"
)]
fn in_strips<T: Scalar, R: Registers<T>, const VECTORS: usize>(
    registers: R,
    matrix: &[T],
    short: usize,
    x: &[T],
    out: &mut [T],
) {
    let rows = VECTORS * R::LANES;
    let mut top = 0;
    while top < short {
        let row = top.min(short - rows);
        let mut strip = [registers.splat(T::zero()); VECTORS];
        for (j, column) in columns(matrix, short).enumerate() {
            let (x, block) = (registers.splat(at(x, j)), from(column, row));
            for v in 0..VECTORS {
                let entries = registers.load(from(block, v * R::LANES));
                strip[v] = registers.add(strip[v], registers.mul(entries, x));
            }
        }
        for v in 0..VECTORS {
            registers.store(strip[v], from_mut(out, row + v * R::LANES));
        }
        top += rows;
    }
}

/// `Σ x_i²`: four sums of every fourth term, then `(s_0 + s_1) + (s_2 + s_3)`. A term meets at most `x.len() + 1`
/// roundings, its own included.
#[inline(always)]
pub(crate) fn square_in_four_sums<T: Scalar>(x: &[T]) -> T {
    let mut sums = [T::zero(); 4];
    let mut blocks = x.chunks_exact(4);
    for block in &mut blocks {
        for lane in 0..4 {
            sums[lane] += block[lane] * block[lane];
        }
    }
    for (sum, &x) in sums.iter_mut().zip(blocks.remainder()) {
        *sum += x * x;
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// `Σ x_i²`: eight sums of every eighth term, added two by two. A term meets at most `x.len() / 8 + 4` roundings, its own
/// included, since each sum starts from zero.
#[inline(always)]
#[allow(
    clippy::needless_range_loop,
    reason = "loops over constants, which the compiler unrolls into registers"
)]
pub(crate) fn square_in_eight_sums<T: Scalar, R: Registers<T>>(registers: R, x: &[T]) -> T {
    let mut sums = [registers.splat(T::zero()); MOST_LANES];
    let vectors = MOST_LANES / R::LANES;
    let mut blocks = x.chunks_exact(MOST_LANES);
    for block in &mut blocks {
        for v in 0..vectors {
            let terms = registers.load(from(block, v * R::LANES));
            sums[v] = registers.add(sums[v], registers.mul(terms, terms));
        }
    }
    let mut numbers = [T::zero(); MOST_LANES];
    for v in 0..vectors {
        registers.store(sums[v], from_mut(&mut numbers, v * R::LANES));
    }
    for (sum, &x) in numbers.iter_mut().zip(blocks.remainder()) {
        *sum += x * x;
    }
    let [a, b, c, d, e, f, g, h] = numbers;
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}

/// The trace of a square matrix with columns of `n` numbers, summed as [`square_in_four_sums`].
#[inline(always)]
pub(crate) fn trace<T: Scalar>(h: &[T], n: usize) -> T {
    let mut sums = [T::zero(); 4];
    let mut i = 0;
    while i < n {
        for (lane, sum) in sums.iter_mut().enumerate() {
            if i + lane < n {
                *sum += at(h, (i + lane) * (n + 1));
            }
        }
        i += 4;
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}
