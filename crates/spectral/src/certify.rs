// SPDX-License-Identifier: MIT OR Apache-2.0

//! From a scaled matrix to bounds of its largest singular value: propose by squaring, then prove.
//!
//! [`Workspace::square`] and [`Workspace::iterate`] propose a power of the Gram matrix and a vector `x`;
//! [`Workspace::conclude`] proves bounds from them, whatever they are.

use nalgebra::{Dim, Dyn, Matrix, RawStorage};
use widthwise_linalg::Scaling;
use widthwise_rounding::directed::{add_up, mul_up, square_root_up};
use widthwise_rounding::{Enclosure, Scalar, inflate_up};

use crate::Certificate;
use crate::access::{at, columns, columns_mut, from};
use crate::kato_temple::RayleighQuotient;
#[cfg(all(feature = "std", target_arch = "x86_64"))]
use crate::registers::avx2;
use crate::registers::{Portable, Registers};
use crate::squaring::{
    Measure, SquaringChain, product_error, projector_eigenvalue_upper, second_square_upper, square_upper,
};
use crate::tiles::{product_with_transpose_in, product_with_vector, square_in_eight_sums, trace};

/// The arrays of the computation, for `M` with `short` rows and `long ≥ short ≥ 2` columns.
pub(crate) struct Workspace<'a, T> {
    /// `M`: columns of `short` numbers.
    pub(crate) matrix: &'a mut [T],
    /// The last power of the Gram matrix, `short × short`.
    pub(crate) power: &'a mut [T],
    /// The next one.
    pub(crate) next: &'a mut [T],
    /// `Mᵀx`, `long` numbers.
    pub(crate) image: &'a mut [T],
    /// `x`, `short` numbers.
    pub(crate) vector: &'a mut [T],
    /// `short` numbers.
    pub(crate) residual: &'a mut [T],
}

/// What squaring has left to say about the power in the workspace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Squared<T> {
    chain: SquaringChain<T>,
    /// An upper bound of `‖M‖_F²`.
    frobenius_square: T,
    /// The best upper bound of the largest eigenvalue so far that needs no gap.
    fallback: T,
    /// The computed `‖H‖_F²` of the last power `H`.
    power_square: T,
    /// Products of the last power with a vector that leave little of the other eigenvectors in it.
    products: usize,
}

/// The most impurity, `1 − Σμ_i²/(Σμ_i)²`, at which squaring ends. The other eigenvalues then add to less than half of the
/// first, as the gap test needs.
const IMPURITY: f64 = 0.4;

/// The impurity at which products with a vector are cheaper than one more squaring, which halves their number: a squaring
/// costs about as much as `n/2` of them.
#[inline(always)]
fn impurity_wanted<T: Scalar>(n: usize) -> T {
    let by_cost = T::from_count(n) / T::from_f64(f64::from(T::DIGITS));
    by_cost.lesser(T::from_f64(IMPURITY))
}

impl<T: Scalar> Workspace<'_, T> {
    fn short(&self) -> usize {
        self.vector.len()
    }

    fn long(&self) -> usize {
        self.image.len()
    }

    /// Copies the scaled matrix, transposed if it has more rows than columns.
    #[inline]
    pub(crate) fn load<R: Dim, C: Dim, S: RawStorage<T, R, C>>(
        &mut self,
        a: &Matrix<T, R, C, S>,
        scaling: &Scaling<T>,
    ) {
        let (rows, width) = a.shape();
        if rows <= width {
            for (j, column) in columns_mut(self.matrix, rows).enumerate().take(width) {
                for (i, entry) in column.iter_mut().enumerate() {
                    *entry = a.get((i, j)).map_or(T::INFINITY, |&entry| scaling.apply(entry));
                }
            }
        } else {
            for (i, column) in columns_mut(self.matrix, width).enumerate().take(rows) {
                for (j, entry) in column.iter_mut().enumerate() {
                    *entry = a.get((i, j)).map_or(T::INFINITY, |&entry| scaling.apply(entry));
                }
            }
        }
    }

    /// An upper bound of `‖M‖_1 ‖M‖_∞`; overwrites `residual`.
    fn product_of_max_sums_upper(&mut self) -> T {
        let mut max_column = T::zero();
        for sum in self.residual.iter_mut() {
            *sum = T::zero();
        }
        for column in columns(self.matrix, self.vector.len()) {
            let mut column_sum = T::zero();
            for (row_sum, &x) in self.residual.iter_mut().zip(column) {
                column_sum += x.magnitude();
                *row_sum += x.magnitude();
            }
            max_column = max_column.greater(column_sum);
        }
        let max_row = self.residual.iter().fold(T::zero(), |m: T, &sum| m.greater(sum));
        mul_up(inflate_up(self.short(), max_column), inflate_up(self.long(), max_row))
    }

    /// Encloses `‖M‖₂` for a matrix that is not zero, with entries of magnitude at most 2, the largest at least 1.
    #[inline(never)]
    pub(crate) fn enclose(&mut self) -> (Enclosure<T>, Certificate) {
        self.enclose_of_shape(Dyn(self.short()), Dyn(self.long()))
    }

    /// [`enclose`](Self::enclose), to the bit, for an `A` of a shape that the compiler may know.
    #[inline]
    pub(crate) fn enclose_of_shape<R: Dim, C: Dim>(
        &mut self,
        rows: R,
        columns: C,
    ) -> (Enclosure<T>, Certificate) {
        #[cfg(all(feature = "std", target_arch = "x86_64"))]
        if let Some(processor) = pulp::x86::V3::try_new() {
            let few = self.vector.len() < 8;
            if let Some(workspace) = self.in_format(T::as_doubles) {
                let registers = avx2::Doubles(processor);
                return in_scalar(processor.vectorize(Enclose { workspace, registers, rows, columns }));
            }
            if let Some(workspace) = self.in_format(T::as_singles) {
                return in_scalar(if few {
                    let registers = avx2::FourSingles(processor);
                    processor.vectorize(Enclose { workspace, registers, rows, columns })
                } else {
                    let registers = avx2::Singles(processor);
                    processor.vectorize(Enclose { workspace, registers, rows, columns })
                });
            }
        }
        let Self { matrix, power, next, image, vector, residual } = self;
        let workspace = Workspace { matrix, power, next, image, vector, residual };
        Enclose { workspace, registers: Portable, rows, columns }.run()
    }

    /// The same arrays, if their format is the one that `own` knows.
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    #[inline]
    fn in_format<U>(&mut self, own: impl Fn(&mut [T]) -> Option<&mut [U]>) -> Option<Workspace<'_, U>> {
        Some(Workspace {
            matrix: own(self.matrix)?,
            power: own(self.power)?,
            next: own(self.next)?,
            image: own(self.image)?,
            vector: own(self.vector)?,
            residual: own(self.residual)?,
        })
    }

    /// Squares the Gram matrix until one eigenvalue dominates, or until it is nearly a multiple of a projector.
    #[inline(always)]
    fn square<R: Registers<T>>(&mut self, registers: R, impurity_wanted: T) -> Squared<T> {
        let (short, long) = (self.short(), self.long());
        product_with_transpose_in(registers, self.matrix, short, T::one(), self.power);
        let mut power_trace = trace(self.power, short);
        let frobenius_square = add_up(inflate_up(short + long, power_trace), T::UNDERFLOW_ALLOWANCE);
        let mut chain = SquaringChain::new(0, product_error(long, frobenius_square));
        let mut fallback = frobenius_square;
        let mut last_purity = T::zero();
        loop {
            // The scaled trace lies in [1, 2).
            let half = power_trace.exponent().unwrap_or(0);
            let factor = T::power_of_two(-half);
            product_with_transpose_in(registers, self.power, short, factor * factor, self.next);
            let next_trace = trace(self.next, short);
            // The trace of the square is the sum of the squares.
            let scaled_trace = power_trace * factor;
            let purity = next_trace / (scaled_trace * scaled_trace);
            let power_square = square_in_eight_sums(registers, self.next);
            let next_impurity = T::one() - power_square / (next_trace * next_trace);
            let one_dominates = next_impurity <= impurity_wanted;
            let square = next_trace * T::power_of_two(2 * half);
            let exponent = i16::try_from(2 * half).unwrap_or(0);
            let mut done = one_dominates;
            // Where squaring hardly helps, the largest eigenvalue may be multiple.
            if !one_dominates && purity <= last_purity * T::from_f64(1.125) {
                let (is_projector, bound) = self.step_without_gap(&mut chain, exponent, square);
                fallback = fallback.lesser(bound);
                done = is_projector;
            } else {
                chain.push(exponent, product_error(short, square_upper(square, short)));
            }
            last_purity = purity;
            power_trace = next_trace;
            core::mem::swap(&mut self.power, &mut self.next);
            if done || chain.is_full() {
                let products = products_for(next_impurity);
                return Squared { chain, frobenius_square, fallback, power_square, products };
            }
        }
    }

    /// Records the squaring of a power of which no eigenvalue dominates, with the tighter of two bounds of its error;
    /// returns whether the power is nearly a multiple of a projector, and an upper bound of the largest eigenvalue.
    #[cold]
    #[inline(never)]
    fn step_without_gap(&mut self, chain: &mut SquaringChain<T>, exponent: i16, square: T) -> (bool, T) {
        let (short, long) = (self.short(), self.long());
        let measure = Measure::of(self.power, short);
        let size = measure.size_upper().lesser(square_upper(square, short));
        let error = product_error(short, size);
        let level = chain.squarings();
        chain.push(exponent, error);
        let (bound, distance) =
            projector_eigenvalue_upper(self.power, self.next, short, i32::from(exponent), error, &measure);
        // A distance d costs d/2^level in the end: what squaring could still gain is no more than the errors of the
        // Gram matrix and of the powers, each several n·u.
        let level_power = T::power_of_two(i32::try_from(level).unwrap_or(i32::MAX));
        if distance <= T::from_count(8 * short) * T::UNIT_ROUNDOFF * level_power {
            chain.tighten_gram_error(product_error(long, self.product_of_max_sums_upper()));
            (true, chain.largest_eigenvalue_upper(level, bound))
        } else {
            (false, T::INFINITY)
        }
    }

    /// The bounds that the power, the vector and `second_square`, an upper bound of the square of the power's second
    /// eigenvalue, prove.
    #[inline(always)]
    fn conclude<R: Registers<T>>(
        &mut self,
        registers: R,
        squared: &Squared<T>,
        second_square: T,
    ) -> (Enclosure<T>, Certificate) {
        let squarings = squared.chain.squarings();
        // The largest entry is a lower bound.
        let mut lower = T::one();
        let mut by_gap = None;
        if let Some(quotient) =
            RayleighQuotient::of(registers, self.matrix, self.vector, self.image, squared.frobenius_square)
        {
            lower = quotient.lower().greater(lower);
            // After k squarings the ratio of the first two eigenvalues to the power 2^k is large: (1 −
            // 2^(−k−1))^(2^k) ≈ 0.6 lies between their powers.
            let gap = T::power_of_two(-i32::try_from(squarings + 1).unwrap_or(i32::MAX));
            let b = quotient.lower_square() * (T::one() - gap);
            if squared.chain.proves_second_eigenvalue_at_most(b, second_square) {
                let residual_square = quotient.residual_square_upper(
                    registers,
                    self.matrix,
                    self.vector,
                    self.image,
                    self.residual,
                );
                by_gap = quotient.kato_temple(residual_square, b);
            }
        }
        if let Some(upper) = by_gap {
            // Wider only if the gap is hardly larger than the errors of the Gram matrix: then the chain may be tighter.
            if upper <= lower + T::from_count(16) * T::UNIT_ROUNDOFF * lower {
                return (Enclosure::from_bounds(lower, upper), Certificate::KatoTemple { squarings });
            }
        }
        self.conclude_by_chain(squared, lower, by_gap)
    }

    /// The bounds that the powers prove, if those of the gap are not better.
    #[cold]
    #[inline(never)]
    fn conclude_by_chain(
        &mut self,
        squared: &Squared<T>,
        lower: T,
        by_gap: Option<T>,
    ) -> (Enclosure<T>, Certificate) {
        let mut chain = squared.chain;
        let squarings = chain.squarings();
        chain.tighten_gram_error(product_error(self.long(), self.product_of_max_sums_upper()));
        let measure = Measure::of(self.power, self.short());
        let by_chain = chain.largest_eigenvalue_upper(squarings, measure.eigenvalue_upper());
        let by_chain = square_root_up(by_chain.lesser(squared.fallback));
        match by_gap {
            Some(upper) if upper <= by_chain => {
                (Enclosure::from_bounds(lower, upper), Certificate::KatoTemple { squarings })
            }
            _ => (Enclosure::from_bounds(lower, by_chain), Certificate::SquaringChain { squarings }),
        }
    }

    /// Leaves in `vector` a column of the last power `H` multiplied by `H` a few times, its largest entry in `[1,
    /// 2)`; returns an upper bound of the square of the second eigenvalue of `H`.
    #[inline(always)]
    fn iterate<R: Registers<T>>(&mut self, registers: R, squared: &Squared<T>) -> T {
        let n = self.short();
        let (mut largest, mut largest_diagonal) = (T::zero(), 0);
        for j in 0..n {
            let diagonal = at(self.power, j * (n + 1));
            largest_diagonal = if diagonal > largest { j } else { largest_diagonal };
            largest = diagonal.greater(largest);
        }
        for (x, &entry) in self.vector.iter_mut().zip(from(self.power, largest_diagonal * n)) {
            *x = entry;
        }
        for _ in 1..squared.products {
            product_with_vector(registers, self.power, n, self.vector, self.residual);
            core::mem::swap(&mut self.vector, &mut self.residual);
        }
        normalize(self.vector);
        product_with_vector(registers, self.power, n, self.vector, self.residual);
        let second_square =
            second_square_upper(squared.power_square, n * n / 8 + 4, self.vector, self.residual);
        core::mem::swap(&mut self.vector, &mut self.residual);
        normalize(self.vector);
        second_square
    }
}

/// The work of [`Workspace::enclose_of_shape`].
struct Enclose<'a, T, V, R, C> {
    workspace: Workspace<'a, T>,
    registers: V,
    rows: R,
    columns: C,
}

impl<T: Scalar, V: Registers<T>, R: Dim, C: Dim> Enclose<'_, T, V, R, C> {
    #[inline(always)]
    fn run(self) -> (Enclosure<T>, Certificate) {
        let (rows, columns) = (self.rows.value(), self.columns.value());
        let (short, long) = if rows <= columns { (rows, columns) } else { (columns, rows) };
        // Lengths that the compiler may know.
        let Workspace { matrix, power, next, image, vector, residual } = self.workspace;
        let (Some(matrix), Some(power), Some(next), Some(image), Some(vector), Some(residual)) = (
            matrix.get_mut(..short * long),
            power.get_mut(..short * short),
            next.get_mut(..short * short),
            image.get_mut(..long),
            vector.get_mut(..short),
            residual.get_mut(..short),
        ) else {
            debug_assert!(false, "an array is too short");
            return (
                Enclosure::from_bounds(T::zero(), T::INFINITY),
                Certificate::SquaringChain { squarings: 0 },
            );
        };
        let mut workspace = Workspace { matrix, power, next, image, vector, residual };
        let squared = workspace.square(self.registers, impurity_wanted(short));
        let second_square = workspace.iterate(self.registers, &squared);
        workspace.conclude(self.registers, &squared, second_square)
    }
}

#[cfg(all(feature = "std", target_arch = "x86_64"))]
impl<T: Scalar, V: Registers<T>, R: Dim, C: Dim> pulp::NullaryFnOnce for Enclose<'_, T, V, R, C> {
    type Output = (Enclosure<T>, Certificate);

    #[inline(always)]
    fn call(self) -> Self::Output {
        self.run()
    }
}

/// The result in the format that it has.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
#[inline]
fn in_scalar<U: Scalar, T: Scalar>(
    (norm, certificate): (Enclosure<U>, Certificate),
) -> (Enclosure<T>, Certificate) {
    let end = |x: U| T::from_f64(x.to_f64());
    (Enclosure::from_bounds(end(norm.lo()), end(norm.hi())), certificate)
}

/// How many products with a power of this impurity leave a part below `2^(−DIGITS/2)` of other eigenvectors in one of its
/// columns: their square, which enters the Kato-Temple bound, is below `u`.
#[inline(always)]
fn products_for<T: Scalar>(impurity: T) -> usize {
    // For eigenvalues that add to a part s of the first the impurity is at least 2s/(1 + s)², and s at most 1.05 times
    // it where it is at most 0.4. Below u it is all rounding.
    let ratio = (impurity * T::from_f64(1.05)).greater(T::UNIT_ROUNDOFF);
    let (mut left, mut products) = (ratio * ratio, 1);
    while left > T::power_of_two(-T::DIGITS / 2) && products < MOST_PRODUCTS {
        left *= ratio;
        products += 1;
    }
    products
}

/// Enough for every impurity up to [`IMPURITY`].
const MOST_PRODUCTS: usize = 32;

/// Scales by the power of two that brings the largest entry into `[1, 2)`; a vector that nearly vanishes becomes the first
/// unit vector.
#[inline(always)]
fn normalize<T: Scalar>(x: &mut [T]) {
    let mut sums = [T::zero(); 4];
    let mut blocks = x.chunks_exact(4);
    for block in &mut blocks {
        for lane in 0..4 {
            sums[lane] = block[lane].magnitude().greater(sums[lane]);
        }
    }
    for (sum, x) in sums.iter_mut().zip(blocks.remainder()) {
        *sum = x.magnitude().greater(*sum);
    }
    let largest = sums[0].greater(sums[1]).greater(sums[2].greater(sums[3]));
    match largest.exponent() {
        Some(exponent) if largest >= T::UNDERFLOW_ALLOWANCE => {
            let factor = T::power_of_two(-exponent);
            for x in x.iter_mut() {
                *x *= factor;
            }
        }
        _ => {
            for (i, x) in x.iter_mut().enumerate() {
                *x = if i == 0 { T::one() } else { T::zero() };
            }
        }
    }
}

#[cfg(test)]
mod tests;
